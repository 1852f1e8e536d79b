"""The contact form: in time, late by a minute, late by a cycle; what it attests; its receipt."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from palier.portal.journal.models import Entry, Message
from palier.portal.partners import actions, days
from palier.portal.partners.asked import Awaiting
from palier.portal.partners.errors import NotAllowedError, NothingFilledInError
from palier.portal.partners.facts import EXPORTS
from palier.portal.partners.models import Attestation, ContactForm
from portal.partners.people import ONE, Stage

AWAITING = Awaiting("leading", date(2026, 10, 15), date(2026, 10, 29))
END = datetime(2026, 10, 29, 23, tzinfo=UTC)  # the end of the day in Paris, an hour ahead of UTC in winter
ANSWERS = {
    "technical_contact_name": "Ana",
    "technical_contact_email": "ana@one.example",
    "partnership_manager_name": "Bo",
    "partnership_manager_email": "bo@one.example",
    "account_mapping": "crossbeam",
}


def file(stage: Stage, at: datetime, awaiting: Awaiting | None = AWAITING, **answers: str) -> ContactForm:
    return actions.file_form(
        by=stage.one["admin"], partner_id=ONE, program="technology", answers=ANSWERS | answers, awaiting=awaiting, at=at
    )


def held() -> dict[str, date]:
    return {each.code: each.effective_from for each in Attestation.objects.filter(effective_until=None)}


def test_the_last_day_ends_in_the_programs_time_zone() -> None:
    assert days.end_of(date(2026, 10, 29), "technology") == END
    assert days.end_of(date(2026, 7, 29), "technology") == datetime(2026, 7, 29, 22, tzinfo=UTC)


def test_a_form_in_the_last_minute_is_in_time(stage: Stage) -> None:
    form = file(stage, END - timedelta(minutes=1))
    assert (form.deadline_on, form.waits_for_on) == (date(2026, 10, 29), None)
    assert set(held()) == {"technical_contact", "partnership_manager", "account_mapping", "contact_form_filed"}
    assert set(held().values()) == {date(2026, 10, 29)}
    (receipt,) = Message.objects.all()
    assert receipt.to == "admin@one.example"
    assert (receipt.language, receipt.subject) == ("fr", "Votre formulaire de contacts est déposé")
    assert "29 octobre 2026" in receipt.text
    assert "29 octobre 2026" in receipt.html
    assert [entry.verb for entry in Entry.objects.all()] == ["attest"] * 4 + ["file"]


def test_a_form_late_by_a_minute_waits_for_the_next_cycle(stage: Stage) -> None:
    form = file(stage, END)
    assert form.waits_for_on == date(2027, 1, 15)
    assert set(held().values()) == {date(2026, 10, 30)}
    assert "15 janvier 2027" in Message.objects.get().text


def test_a_form_late_by_a_cycle_waits_for_the_one_after(stage: Stage) -> None:
    assert file(stage, datetime(2027, 1, 20, 9, tzinfo=UTC)).waits_for_on == date(2027, 4, 15)
    assert file(stage, datetime(2027, 4, 15, 9, tzinfo=UTC)).waits_for_on == date(2027, 4, 15), "forms precede moves"


def test_a_form_that_nothing_waits_for_is_on_file(stage: Stage) -> None:
    form = file(stage, END, awaiting=None)
    assert (form.deadline_on, form.waits_for_on) == (None, None)


def test_a_form_filed_again_keeps_what_stays_and_ends_what_is_gone(stage: Stage) -> None:
    file(stage, END - timedelta(days=3, minutes=1))
    file(
        stage, END - timedelta(days=1, minutes=1), partnership_manager_name="", partnership_manager_email="",
        executive_sponsor_name="Cy", executive_sponsor_email="cy@one.example",
    )  # fmt: skip
    assert held() == {
        "technical_contact": date(2026, 10, 26),
        "account_mapping": date(2026, 10, 26),
        "contact_form_filed": date(2026, 10, 26),
        "executive_sponsor": date(2026, 10, 28),
    }
    ended = Attestation.objects.get(code="partnership_manager")
    assert ended.effective_until == date(2026, 10, 28)
    assert ContactForm.objects.count() == 2
    assert len(list(EXPORTS["contact_forms"]())) == 2


def test_an_empty_form_and_a_stranger_leave_nothing(stage: Stage) -> None:
    with pytest.raises(NothingFilledInError):
        actions.file_form(
            by=stage.one["admin"], partner_id=ONE, program="technology", answers={}, awaiting=None, at=END
        )
    for by in stage.everybody:
        if by in (stage.one["admin"], stage.one["employee"]):
            continue
        with pytest.raises(NotAllowedError):
            actions.file_form(by=by, partner_id=ONE, program="technology", answers=ANSWERS, awaiting=None, at=END)
    assert (ContactForm.objects.count(), Attestation.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_a_form_sent_twice_is_one_form_and_one_receipt(stage: Stage) -> None:
    first = file(stage, END - timedelta(days=2))
    assert file(stage, END - timedelta(days=2) + timedelta(seconds=20)).pk == first.pk
    assert (ContactForm.objects.count(), Message.objects.filter(kind="partners.receipt").count()) == (1, 1)
    assert file(stage, END - timedelta(days=1)).pk != first.pk
