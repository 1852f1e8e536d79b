"""A recalibration: tried on real facts, exceptions decided, published once, and told to those that it moves."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from palier.backends.files import facts_digest
from palier.backends.history import replay
from palier.engine.moves import History
from palier.portal.journal.actions import broken_places
from palier.portal.journal.models import Entry, Message
from palier.portal.partners.models import Decision
from palier.portal.people.models import User
from palier.portal.programs.actions import recalibrations
from palier.portal.programs.actions.recalibrations import (
    RecalibrationError,
    decide_exception,
    publish_recalibration,
    try_recalibration,
)
from palier.portal.programs.models import LedgerEditedError, Moved, Recalibration
from palier.portal.programs.permissions import NotAllowedError
from palier.portal.programs.queries import governing_version, rulebook_on
from palier.portal.standings.models import Run
from palier.rulebook.read import Rulebook
from portal.conftest import NOW, ON, client_of
from portal.programs.conftest import partner_admin
from support.kept import kept_value

DAY = date(2026, 11, 15)
COMING = date(2026, 12, 15)
HISTORIES: dict[tuple[str, date], History] = {}
"""The replays made so far, by facts and day: each is made once for all tests."""


@pytest.fixture(autouse=True)
def replayed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def once(rulebook: Rulebook, *, facts: Path, until: date, since: date, **kwargs: Any) -> History:  # noqa: ANN401
        key = str(facts), until
        if key not in HISTORIES:
            asked = partial(replay, rulebook, facts=facts, until=until, since=since, **kwargs)
            HISTORIES[key] = kept_value("moves", rulebook.digest, facts_digest(facts), until, since, make=asked)
        return HISTORIES[key]

    monkeypatch.setattr(recalibrations, "replay", once)


@pytest.fixture
def tried(run: Run, vendor: dict[str, User]) -> Recalibration:
    del run
    return try_recalibration(vendor["manager"], "solutions", DAY, at=NOW)


def mover(kept: Recalibration) -> Moved:
    return kept.moves.exclude(way="stay").earliest("partner_id")


def publish(user: User) -> int:
    return publish_recalibration(user, "solutions", DAY, at=NOW)


def test_what_is_tried_is_what_the_replay_says_of_the_day(tried: Recalibration, run: Run) -> None:
    history = HISTORIES[str(run.facts), DAY]
    moves = {each.partner_id: each for each in history.moves if each.on == DAY and each.kind in recalibrations.STEPS}
    assert moves
    for each in tried.moves.all():
        held = history.holding_on(each.partner_id, DAY)
        assert held is not None
        assert each.final_tier == (held.tier or "")
        if each.partner_id in moves:
            assert each.tier_before == (moves[each.partner_id].tier_before or "")
            assert "15 novembre 2026" in each.sentences["fr"]
    assert tried.published_at is None
    assert Decision.objects.count() == 0
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "may_try", "may_publish"),
    [
        ("administrator", True, True),
        ("manager", True, True),
        ("reviewer", True, False),
        ("vendor_finance", False, False),
        ("auditor", False, False),
    ],
)
def test_who_may(who: str, may_try: bool, may_publish: bool, tried: Recalibration, vendor: dict[str, User]) -> None:
    user = vendor[who]
    for allowed, act in (
        (may_try, lambda: try_recalibration(user, "solutions", DAY, at=NOW)),
        (may_try, lambda: decide_exception(user, mover(tried).pk, exception="hold", tier="", reason="x", at=NOW)),
        (may_publish, lambda: publish(user)),
    ):
        if allowed:
            act()
        else:
            with pytest.raises(NotAllowedError):
                act()
    assert bool(Decision.objects.count()) == may_publish


def test_published_everybody_has_a_decision_and_those_that_move_a_notice(
    tried: Recalibration, vendor: dict[str, User]
) -> None:
    moved = mover(tried)
    stays = tried.moves.filter(way="stay").earliest("partner_id")
    english, french = partner_admin(moved.partner_id), partner_admin(moved.partner_id, "fr")
    partner_admin(stays.partner_id)
    assert publish(vendor["manager"]) == 2
    decisions = dict(Decision.objects.filter(kind="published", effective_on=DAY).values_list("partner_id", "tier"))
    assert decisions == {each.partner_id: each.final_tier for each in tried.moves.all()}
    mails = {each.to: each for each in Message.objects.filter(kind="tier_change")}
    assert set(mails) == {english.email, french.email}
    assert moved.sentences["en"] in mails[english.email].text
    assert moved.sentences["fr"] in mails[french.email].text
    assert "votre niveau est" in mails[french.email].subject
    assert mails[french.email].html.startswith("<!doctype html>")
    entry = Entry.objects.get(verb="publish", subject_kind="recalibration")
    assert entry.after is not None
    assert [moved.partner_id, moved.tier_before, moved.final_tier, ""] in entry.after["moves"]
    assert broken_places() == []


def test_published_again_nothing_changes(tried: Recalibration, vendor: dict[str, User]) -> None:
    partner_admin(mover(tried).partner_id)
    publish(vendor["manager"])
    counts = Decision.objects.count(), Message.objects.count(), Entry.objects.count()
    assert publish(vendor["administrator"]) == 0
    assert (Decision.objects.count(), Message.objects.count(), Entry.objects.count()) == counts
    with pytest.raises(RecalibrationError, match="published"):
        try_recalibration(vendor["manager"], "solutions", DAY, at=NOW)
    moved = mover(Recalibration.objects.get(on_day=DAY))
    with pytest.raises(RecalibrationError, match="published"):
        decide_exception(vendor["manager"], moved.pk, exception="hold", tier="", reason="Late.", at=NOW)
    with pytest.raises(LedgerEditedError):
        moved.save()
    with pytest.raises(LedgerEditedError):
        moved.delete()


def test_an_exception_is_held_through_another_try_and_told_with_its_reason(
    tried: Recalibration, vendor: dict[str, User]
) -> None:
    moved = mover(tried)
    admin = partner_admin(moved.partner_id, "fr")
    with pytest.raises(RecalibrationError, match="reason"):
        decide_exception(vendor["reviewer"], moved.pk, exception="hold", tier="", reason=" ", at=NOW)
    with pytest.raises(RecalibrationError, match="unknown_tier"):
        decide_exception(vendor["reviewer"], moved.pk, exception="override", tier="silver", reason="x", at=NOW)
    decide_exception(vendor["reviewer"], moved.pk, exception="override", tier="diamond", reason="Merger.", at=NOW)
    try_recalibration(vendor["manager"], "solutions", DAY, at=NOW)
    publish(vendor["manager"])
    decision = Decision.objects.get(partner_id=moved.partner_id)
    assert (decision.tier, decision.reason) == ("diamond", "Merger.")
    mail = Message.objects.get(to=admin.email)
    assert "Diamond" in mail.text
    assert "Merger" in mail.text
    entry = Entry.objects.get(verb="except")
    assert (entry.actor, entry.reason) == (vendor["reviewer"].pseudonym, "Merger.")


def test_a_day_that_the_facts_do_not_reach_is_tried_and_not_published(run: Run, vendor: dict[str, User]) -> None:
    del run
    kept = try_recalibration(vendor["manager"], "solutions", COMING, at=NOW)
    assert kept.facts_until == ON
    with pytest.raises(RecalibrationError, match="too_early"):
        publish_recalibration(vendor["manager"], "solutions", COMING, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recalibration.objects.filter(pk=kept.pk).update(published_at=NOW, published_by=vendor["manager"])
    assert not Decision.objects.exists()


def test_what_is_wrong_is_said_and_nothing_is_half_done(run: Run, vendor: dict[str, User]) -> None:
    with pytest.raises(RecalibrationError, match="no_such_day"):
        try_recalibration(vendor["manager"], "solutions", date(2026, 11, 16), at=NOW)
    with pytest.raises(RecalibrationError, match="untried"):
        publish(vendor["manager"])
    try_recalibration(vendor["manager"], "solutions", DAY, at=NOW)
    Run.objects.filter(pk=run.pk).update(facts_digest="newer")
    with pytest.raises(RecalibrationError, match="stale"):
        publish(vendor["manager"])
    assert not Decision.objects.exists()
    assert not Message.objects.exists()


def test_facts_that_come_late_do_not_rewrite_what_was_published(
    tried: Recalibration, run: Run, vendor: dict[str, User], tmp_path: Path
) -> None:
    """Everybody is published one tier apart from the rules: the replay of the ledger keeps it, whatever facts say."""
    moved = mover(tried)
    decide_exception(vendor["manager"], moved.pk, exception="hold", tier="", reason="Disputed.", at=NOW)
    publish(vendor["manager"])
    for source in run.facts.iterdir():
        if not source.name.startswith("tier_decisions"):
            (tmp_path / source.name).symlink_to(source)
    rows = [
        f"{each.decision_id},{each.partner_id},solutions,{each.tier},published,,{each.effective_on}"
        for each in Decision.objects.all()
    ]
    heading = "decision_id,partner_id,program,tier,kind,reason,effective_on"
    (tmp_path / "tier_decisions.csv").write_text("\n".join([heading, *rows, ""]), encoding="utf-8")
    again = replay(rulebook_on("solutions", DAY), facts=tmp_path, until=DAY, since=DAY, among={moved.partner_id})
    held = again.holding_on(moved.partner_id, DAY)
    assert held is not None
    assert (held.tier or "") == moved.tier_before
    assert [each.computed_tier for each in again.moves if each.kind == "published"] == [moved.tier_after or None]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_day_is_worked_through_in_the_browser(language: str, run: Run, vendor: dict[str, User]) -> None:
    del run
    User.objects.update(language=language)
    manager, reviewer = client_of(vendor["manager"]), client_of(vendor["reviewer"])
    page = reverse("programs:recalibration", args=["solutions", "2026-11-15"])
    assert manager.get(page).status_code == 200
    assert manager.get(reverse("programs:recalibrations", args=["solutions"])).status_code == 200
    assert manager.get(reverse("programs:recalibration", args=["solutions", "2026-11-16"])).status_code == 404
    assert reviewer.post(reverse("programs:try_recalibration", args=["solutions", "2026-11-15"])).status_code == 302
    kept = Recalibration.objects.get()
    moved = mover(kept)
    shown = manager.get(page).content.decode()
    assert moved.name in shown
    assert '<figure id="flows-recalibration"' in shown
    exception = reverse("programs:exception", args=[moved.pk])
    assert reviewer.post(exception, {"exception": "hold", "reason": ""}).status_code == 422
    assert reviewer.post(exception, {"exception": "hold", "reason": "Disputed."}).status_code == 302
    assert reviewer.post(reverse("programs:publish", args=["solutions", "2026-11-15"])).status_code == 403
    assert manager.post(reverse("programs:publish", args=["solutions", "2026-11-15"])).status_code == 302
    assert Decision.objects.get(partner_id=moved.partner_id).tier == moved.tier_before
    assert manager.get(reverse("programs:moves_csv", args=["solutions", "2026-11-15"])).status_code == 200
    assert manager.get(reverse("programs:home")).status_code == 200


def test_what_was_published_stays_on_the_list_however_long_ago(run: Run, vendor: dict[str, User]) -> None:
    long_ago = date(2024, 1, 15)
    Recalibration.objects.create(
        program="solutions", on_day=long_ago, version=governing_version("solutions", long_ago), facts_until=run.as_of,
        facts_digest=run.facts_digest, tried_at=NOW, published_at=NOW, published_by=vendor["manager"],
    )  # fmt: skip
    page = client_of(vendor["auditor"]).get(reverse("programs:recalibrations", args=["solutions"])).content.decode()
    assert "15 January 2024" in page
    assert "15 February 2024" not in page
