"""What the runs answer to pages of partners: the tier that waits for a form, candidates, customers, credentials."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from palier.portal.partners.asked import AWAITING, CANDIDATES, CREDENTIALS, CUSTOMER, Awaiting
from palier.portal.runs.reminders import awaited as reminded
from palier.portal.standings.models import Move, Run, Standing
from palier.portal.standings.queries import published
from portal.conftest import ON, publish

NOTICE, DEADLINE = date(2026, 10, 15), date(2026, 10, 29)


@pytest.fixture
def run(db: None, published_folder: Path) -> Run:
    """The published run, said to be one of the technology program."""
    del db
    made = publish(published_folder)
    made.program = made.rulebook_folder = "technology"
    made.save()
    return made


def move(
    run: Run, kind: str, on: date, about: str = "", deadline: date | None = None, *, after: str = "rising"
) -> None:
    Move.objects.create(
        run=run, partner_id="P1", position=1_000_000 + Move.objects.count(), on=on, kind=kind, state="active",
        reason="x", after=after, about=about, deadline=deadline, rulebook_digest="x", sentence_en="x", sentence_fr="x",
    )  # fmt: skip


def awaited() -> Awaiting | None:
    return AWAITING.ask("P1", "technology", otherwise=None)


def test_a_tier_waits_until_it_is_the_partners_own(run: Run) -> None:
    assert awaited() is None
    move(run, "awaiting_form", NOTICE, "leading", DEADLINE)
    assert awaited() == Awaiting("leading", NOTICE, DEADLINE)
    move(run, "lapsed", DEADLINE, "leading", DEADLINE)
    assert awaited() == Awaiting("leading", NOTICE, DEADLINE), "a late form is still told that it was due"
    move(run, "activated", ON, after="leading")
    assert awaited() is None


@pytest.mark.parametrize(("kind", "after", "waits"), [
    ("published", "leading", False), ("overridden", "premier", False), ("promoted", "premier", False),
    ("published", "rising", True), ("overridden", "partner", True), ("suspended", "rising", True),
])  # fmt: skip
def test_a_decision_ends_the_wait_if_it_gives_the_tier(run: Run, kind: str, after: str, waits: bool) -> None:
    move(run, "awaiting_form", NOTICE, "leading", DEADLINE)
    move(run, kind, NOTICE, after=after)
    found = published("technology")
    assert found is not None
    assert (awaited() is not None) == waits
    assert [(each.tier, each.deadline) for each in reminded(found)] == ([("leading", DEADLINE)] if waits else [])


def test_the_next_cycle_looks_anew(run: Run) -> None:
    move(run, "awaiting_form", date(2026, 7, 15), "leading", date(2026, 7, 29))
    assert awaited() is None, "the cycle of 15 October has passed by the run of 20 November"


@pytest.mark.django_db
def test_candidates_customers_and_credentials_come_from_the_run(published_folder: Path) -> None:
    run = publish(published_folder)
    assert CUSTOMER.ask("nobody", otherwise=None) is None
    assert CUSTOMER.ask("C0000001", otherwise=None)
    found = CANDIDATES.ask(otherwise=())
    assert {each.partner_id for each in found} == set(
        Standing.objects.filter(run=run).exclude(candidate="").values_list("partner_id", flat=True)
    )
    assert all(len(set(each.missing)) == len(each.missing) > 0 for each in found)
    certified = [CREDENTIALS.ask(each.partner_id, otherwise=()) for each in run.standings.all()[:10]]
    assert any(certified)
    assert all(each.live > 0 for known in certified for each in known)
