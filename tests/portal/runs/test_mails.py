"""What people are written to: in their language, once, with the figures of the pages, and not when they refused."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from palier.engine.words import Words
from palier.portal.journal.models import Message, Occurrence
from palier.portal.partners.models import ContactForm
from palier.portal.people.models import MailPreference, Membership, Organisation, User
from palier.portal.runs.calendar import NOTICE, occasions
from palier.portal.runs.notices import give_notice
from palier.portal.runs.performance import queue_reports
from palier.portal.runs.reminders import endings, remind
from palier.portal.standings.models import Move, Run
from palier.portal.standings.queries import figures_of, published
from palier.report.words import Speech
from portal.conftest import NOW, ON, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(db: None, published_folder: Path) -> Run:
    del db
    return publish(published_folder)


def partner_of(run: Run) -> str:
    """A partner of whose credit something ends within two weeks."""
    found = published(run.program)
    assert found is not None
    for standing in run.standings.exclude(tier="").order_by("partner_id"):
        if endings(found, standing.partner_id, after=ON, until=ON + timedelta(days=14)):
            return standing.partner_id
    raise AssertionError


def person(partner_id: str, role: str = "admin", language: str = "en", kind: str = "partner") -> User:
    organisation, _ = Organisation.objects.get_or_create(kind=kind, fact_id=partner_id, defaults={"name": kind})
    user = User.objects.create_user(f"{role}.{language}@example.com", name=role, language=language)
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def occurrence(kind: str, at: datetime) -> Occurrence:
    return Occurrence(key=f"{kind}:x", kind=kind, subject="solutions", planned_at=at, due_at=at)


def keep(duty: object, kind: str, at: datetime) -> None:
    assert callable(duty)
    with transaction.atomic():
        duty(occurrence(kind, at), at, lambda: None)


def test_the_report_says_the_figures_of_the_page_in_both_languages(run: Run) -> None:
    partner_id = partner_of(run)
    person(partner_id), person(partner_id, language="fr")
    keep(queue_reports, "monthly_report", datetime(2026, 12, 1, 6, tzinfo=UTC))
    english, french = Message.objects.order_by("language")
    found = published("solutions")
    assert found is not None
    total = next(each for each in figures_of(found, partner_id) if each.metric == "total_points")
    for message, month in ((english, "November 2026"), (french, "novembre 2026")):
        speech = Speech(Words(found.rulebook, "fr" if message.language == "fr" else "en"))
        said = speech.counted("total_points", total.value)
        assert said in message.text
        assert said in message.html
        assert month in message.subject
        assert "\n" not in message.subject
        assert message.refuse_at in message.text


def test_a_report_goes_out_once_and_not_to_whoever_refused(run: Run) -> None:
    partner_id = partner_of(run)
    person(partner_id)
    MailPreference.objects.create(user=person(partner_id, "finance"), kind="report", wanted=False)
    for _ in range(2):
        keep(queue_reports, "monthly_report", datetime(2026, 12, 1, 6, tzinfo=UTC))
    assert [each.to for each in Message.objects.all()] == ["admin.en@example.com"]


def test_what_is_about_to_lapse_is_told_once_a_week_to_the_team(run: Run) -> None:
    partner_id = partner_of(run)
    person(partner_id), person(partner_id, "employee", "fr"), person(partner_id, "finance")
    monday = datetime(2026, 11, 23, 7, tzinfo=UTC)
    for day in range(5):
        keep(remind, "reminders", monday + timedelta(days=day))
    told = Message.objects.filter(kind="lapse")
    assert {each.to for each in told} <= {"admin.en@example.com", "employee.fr@example.com"}
    assert told.count() in {0, 2}
    keep(remind, "reminders", datetime.combine(ON, NOW.time(), tzinfo=UTC))
    before = Message.objects.filter(kind="lapse").order_by("pk").last()
    assert before is not None
    found = published("solutions")
    assert found is not None
    first = endings(found, partner_id, after=ON, until=ON + timedelta(days=14))[0]
    assert Words(found.rulebook, "en").day(first.on) in Message.objects.filter(kind="lapse", language="en")[0].text


@pytest.mark.parametrize(
    ("today", "kind"),
    [
        (date(2026, 11, 26), None),
        (date(2026, 11, 27), "form_due"),
        (date(2026, 11, 30), "form_due"),
        (date(2026, 12, 1), "form_overdue"),
        (date(2026, 12, 14), "form_overdue"),
        (date(2026, 12, 15), None),
    ],
)
def test_a_form_is_asked_for_three_days_before_its_deadline_and_two_weeks_after(
    run: Run, today: date, kind: str | None
) -> None:
    partner_id = run.standings.order_by("partner_id")[0].partner_id
    person(partner_id, language="fr"), person(partner_id, "employee")
    Move.objects.create(
        run=run, partner_id=partner_id, position=0, on=date(2026, 11, 16), kind="awaiting_form", state="active",
        reason="form", about="gold", deadline=date(2026, 11, 30), rulebook_digest="x", sentence_en="", sentence_fr="",
    )  # fmt: skip
    keep(remind, "reminders", datetime.combine(today, NOW.time(), tzinfo=UTC))
    keep(remind, "reminders", datetime.combine(today, NOW.time(), tzinfo=UTC))
    sent = list(Message.objects.exclude(kind="lapse"))
    assert [(each.kind, each.to) for each in sent] == ([(kind, "admin.fr@example.com")] if kind else [])
    for each in sent:
        assert "30 novembre 2026" in each.text
        assert each.refuse_at == ""


@pytest.mark.parametrize(
    ("filed_at", "asked"),
    [
        (datetime(2026, 11, 15, 12, tzinfo=UTC), True),
        (datetime(2026, 11, 16, 12, tzinfo=UTC), True),  # forms of a day come before its moves
        (datetime(2026, 11, 16, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 16, 23, tzinfo=UTC), False),  # midnight in Paris: the next day
    ],
)
def test_a_form_filed_before_the_tier_was_offered_is_no_answer_to_the_offer(
    run: Run, filed_at: datetime, asked: bool
) -> None:
    partner_id = run.standings.order_by("partner_id")[0].partner_id
    person(partner_id)
    Move.objects.create(
        run=run, partner_id=partner_id, position=0, on=date(2026, 11, 16), kind="awaiting_form", state="active",
        reason="form", about="gold", deadline=date(2026, 11, 30), rulebook_digest="x", sentence_en="", sentence_fr="",
    )  # fmt: skip
    ContactForm.objects.create(form_id="F", partner_id=partner_id, program=run.program, filed_at=filed_at, answers={})
    keep(remind, "reminders", datetime(2026, 11, 27, 7, tzinfo=UTC))
    assert Message.objects.filter(kind="form_due").exists() == asked


def test_managers_hear_of_a_recalibration_a_week_before(run: Run) -> None:
    assert run.is_current
    user = person("", "manager", "fr", kind="vendor")
    person("", "reviewer", kind="vendor")
    start = datetime(2026, 11, 20, tzinfo=UTC)
    notices = [each for each in occasions("solutions", start, start + timedelta(days=120)) if "recal" in each.kind]
    assert notices
    keep(give_notice, "recalibration_notice", notices[0].at)
    (sent,) = Message.objects.all()
    assert sent.to == user.email
    day = Words(published("solutions").rulebook, "fr").day(notices[0].at.date() + NOTICE)  # type: ignore[union-attr]
    assert day in sent.subject


def test_no_mail_brings_script_or_anything_from_outside(run: Run) -> None:
    partner_id = partner_of(run)
    person(partner_id)
    keep(queue_reports, "monthly_report", datetime(2026, 12, 1, 6, tzinfo=UTC))
    html = Message.objects.get().html
    assert re.findall(r"<(?:script|img|link|iframe|form)\b", html) == []
    assert "{{" not in html
    assert "{%" not in html
