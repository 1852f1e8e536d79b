"""Canaries planted for each organisation are read by nobody else: in mails, in PDF files, in answers that fail."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from palier.portal.journal.models import Message, Occurrence
from palier.portal.partners.models import ContactForm
from palier.portal.runs.notices import give_notice
from palier.portal.runs.performance import queue_reports
from palier.portal.runs.reminders import remind
from palier.portal.standings.models import Move
from portal.cast import NOBODY, ONE, TWO
from portal.planting import canary
from portal.stage import PDFTOTEXT, Stage, text_of
from portal.stage import stage as stage  # noqa: PLC0414  # the fixture

pytestmark = [pytest.mark.xdist_group("access"), pytest.mark.django_db]

AT = datetime(2026, 11, 27, 7, tzinfo=UTC)
DUTIES = {"monthly_report": queue_reports, "reminders": remind, "recalibration_notice": give_notice}
"""Whatever writes mails of its own accord."""
NOWHERE = ("/nowhere/{}", "/partners/{}/nowhere", "/standing.exe?{}", "/%00{}", "/partners/{}/figures/none")
"""Addresses of nothing, which say whom they ask for."""


def test_the_mails_that_go_out_by_themselves_tell_nobody_of_others(stage: Stage) -> None:
    deadline = AT.date()
    with transaction.atomic():
        ContactForm.objects.all().delete()
        for place, name in enumerate((ONE, TWO)):
            Move.objects.create(
                run=stage.run, partner_id=stage.organisations[name].fact_id, position=900 + place, on=stage.run.as_of,
                kind="awaiting_form", state="active", reason="form", about="gold", deadline=deadline,
                rulebook_digest="x", sentence_en="", sentence_fr="",
            )  # fmt: skip
        before = set(Message.objects.values_list("pk", flat=True))
        for kind, duty in DUTIES.items():
            planned = datetime(2026, 12, 1, 6, tzinfo=UTC) if kind == "monthly_report" else AT
            duty(
                Occurrence(key=kind, kind=kind, subject="solutions", planned_at=planned, due_at=planned),
                AT,
                lambda: None,
            )
        sent = list(Message.objects.exclude(pk__in=before))
        transaction.set_rollback(True)
    assert {each.kind for each in sent} >= {"report", "form_due", "recalibration"}
    told = [
        f"{each.kind} to {each.to}: {leak}"
        for each in sent
        for leak in stage.foreign(f"{each.subject}{each.text}{each.html}", stage.reader(each.to))
    ]
    assert told == []
    assert len({each.to for each in sent}) > 6


@pytest.mark.skipif(PDFTOTEXT is None, reason="pdftotext reads the file back (Debian: poppler-utils)")
@pytest.mark.parametrize(("who", "own"), [("partner one admin", ONE), ("of both partners as two", TWO)])
def test_a_pdf_file_is_read_back_and_holds_ones_own_alone(who: str, own: str, stage: Stage) -> None:
    answer = stage.ask(who, "GET", reverse("standings:home_pdf"))
    assert answer.status == 200
    assert stage.leaks(who, answer.text) == []
    assert any(each.startswith(f"{own}: ") for each in stage.foreign(answer.text, ()))


@pytest.mark.parametrize("pattern", NOWHERE)
def test_what_is_not_found_says_nothing(pattern: str, stage: Stage) -> None:
    address = pattern.format(stage.things[TWO]["partner_id"])
    for who in stage.actors:
        for method in ("GET", "POST", "DELETE"):
            answer = stage.ask(who, method, address)
            assert answer.status in {302, 403, 404}
            assert stage.leaks(who, answer.text + answer.location, typed=[address]) == []


def test_a_request_that_is_refused_as_a_whole_says_nothing(stage: Stage) -> None:
    """400: more fields than a form has, a host that is not ours; 403: no token against forgery."""
    many = {f"field{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    for who in stage.actors:
        browser = stage.browser(who)
        with transaction.atomic():
            for answer in (
                browser.post(reverse("people:me"), many),
                browser.get(reverse("home"), headers={"host": "elsewhere.example"}),
            ):
                assert answer.status_code in {302, 400, 403}
                assert stage.leaks(who, text_of(answer)) == []
            transaction.set_rollback(True)
        forged = stage.ask(who, "POST", reverse("language"), forged=True)
        assert forged.status == 403
        assert stage.leaks(who, forged.text) == []


@pytest.mark.parametrize("page", ["standings:points", "partners:team", "people:me", "clients:access", "account_login"])
def test_a_page_that_fails_says_nothing_of_why(page: str, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """500: neither what the error says nor what the page had read."""
    secret = canary(stage.organisations[TWO])

    def fail(*said: object, **more: object) -> None:
        read = [said, more, secret]
        raise RuntimeError(f"{secret} {read}")

    for module in ("standings.customer_views", "partners.views.team", "people.own_views", "clients.customer_views"):
        monkeypatch.setattr(f"palier.portal.{module}.render", fail)
    failed = []
    for who in stage.actors:
        answer = stage.ask(who, "GET", reverse(page))
        failed.append(answer.status == 500)
        assert stage.leaks(who, answer.text) == []
        assert secret not in answer.text
    assert any(failed) is (page != "account_login")
    assert stage.ask(NOBODY, "GET", reverse(page)).status in {200, 302}
