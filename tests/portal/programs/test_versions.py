"""Versions: immutable files under their digest, drafted, tried, and published by two people."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from threading import Barrier
from unittest.mock import Mock

import duckdb
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from palier.engine.check import check_program
from palier.engine.words import Words
from palier.facts.codes import currency_codes
from palier.portal.journal.models import Entry, Message
from palier.portal.people.models import User
from palier.portal.programs.actions import trials, versions
from palier.portal.programs.actions.trials import ask_trial, run_trial
from palier.portal.programs.actions.versions import (
    NotReadyError,
    VersionClosedError,
    adopt_shipped,
    approve,
    decline,
    draft,
    propose,
    set_value,
    take_reading,
    unset_value,
)
from palier.portal.programs.forms import amount_of
from palier.portal.programs.labels import WORDS
from palier.portal.programs.models import RulebookVersion, Trial
from palier.portal.programs.permissions import NotAllowedError
from palier.portal.programs.queries import FilesTouchedError, governing, governing_version, is_untouched
from palier.portal.programs.rewriting import flow, keep_version, write_version
from palier.portal.programs.tasks import work_trials
from palier.portal.programs.values import differences, label, rule_values, said
from palier.portal.standings.models import Run
from palier.portal.texts import compile_texts
from palier.rulebook.edits import parse_edits
from palier.rulebook.read import examine_program, program_folder, read_program, shipped_programs
from portal.conftest import NOW, ON, ON_ONE_DATABASE, client_of
from portal.programs.conftest import GOLD

HIGHER = f'{GOLD}.reach.2026-11-20={{value: 500, note: "The board asks more."}}'
FROM = ON + timedelta(days=2)


@pytest.fixture
def tried(run: Run, vendor: dict[str, User]) -> RulebookVersion:
    """A draft of the manager that asks more of Gold, tried on the current run."""
    del run
    made = draft(vendor["manager"], "solutions", on=ON, at=NOW)
    set_value(vendor["manager"], made.pk, HIGHER, at=NOW)
    run_trial(ask_trial(vendor["manager"], made.pk, months=0, at=NOW).pk, at=NOW)
    made.refresh_from_db()
    return made


def proposed(version: RulebookVersion, user: User, on: date = FROM, *, backdated: bool = False) -> RulebookVersion:
    version.refresh_from_db()
    return propose(
        user, version.pk, seen=version.seal, effective_from=on, note="More for Gold.", backdated=backdated, at=NOW
    )


def agree(user: User, version: RulebookVersion, *, at: datetime) -> RulebookVersion:
    version.refresh_from_db()
    return approve(user, version.pk, seen=version.seal, at=at)


@pytest.mark.django_db
@pytest.mark.parametrize("program", shipped_programs())
def test_the_shipped_programs_are_the_first_versions_and_adopted_once(program: str) -> None:
    (first,) = RulebookVersion.objects.filter(program=program)
    assert (first.state, first.digest) == ("approved", read_program(program).digest)
    assert first.path.parent.name == first.digest
    assert adopt_shipped(program, at=NOW) == first
    assert RulebookVersion.objects.filter(program=program).count() == 1


@pytest.mark.django_db
def test_files_that_somebody_touched_are_told_from_those_that_were_published(tmp_path: Path) -> None:
    kept = write_version(program_folder("solutions"), parse_edits([HIGHER]), {}, under=tmp_path)
    version = RulebookVersion(program="solutions", digest=kept.digest, folder=str(kept.folder))
    assert is_untouched(version)
    file = kept.folder / "program.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("value: 500", "value: 50"), encoding="utf-8")
    assert not is_untouched(version)
    assert not is_untouched(RulebookVersion(program="solutions", digest="x", folder=str(tmp_path / "gone")))
    RulebookVersion.objects.filter(program="solutions").update(folder=str(kept.folder))
    with pytest.raises(FilesTouchedError, match="not those that were published"):
        governing("solutions", ON)


@pytest.mark.parametrize("program", ["solutions", "technology"])
def test_every_reading_and_every_kind_of_edit_is_written_as_it_would_be_read(program: str, tmp_path: Path) -> None:
    base = read_program(program)
    for erratum, each in base.errata.items():
        for reading in each.switch:
            written = write_version(base.folder, {}, {erratum: reading}, under=tmp_path)
            wanted, _ = examine_program(program, switches={erratum: reading})
            assert wanted is not None
            assert written.program == wanted.program
            assert {name: sql.text for name, sql in written.metrics.items()} == {
                name: sql.text for name, sql in wanted.metrics.items()
            }
    edited = [value for value in rule_values(base)[::30] if not isinstance(value.periods[-1].value, dict)]
    assert len(edited) > 5
    told = [
        f"{value.path}.2031-01-01={flow({'value': value.periods[-1].value, 'note': 'tried: « 1, 2 » {x}'})}"
        for value in edited
    ]
    written = write_version(base.folder, parse_edits(told), {}, under=tmp_path)  # all in one: files are read four times
    changed = {each.path: each for each in rule_values(written)}
    for value in edited:
        *before, last = changed[value.path].periods
        assert tuple(before) == tuple(value.periods)
        assert (last.effective_from, last.value) == (date(2031, 1, 1), value.periods[-1].value)
    untouched = {each.path: each for each in rule_values(base)}
    assert {path for path in changed if changed[path] != untouched[path]} == {value.path for value in edited}


@pytest.mark.parametrize("program", shipped_programs())
def test_a_french_page_of_rules_says_no_key_of_the_files(program: str) -> None:
    compile_texts()
    rulebook = read_program(program)
    words = Words(rulebook, "fr")
    found = rule_values(rulebook)
    with translation.override("fr"):
        told = {part for each in found for part in label(words, each).split(" · ")}
        told |= {said(words, each, period, yes="oui", no="non") for each in found for period in each.periods}
        same = {word for word, promise in WORDS.items() if str(promise) == word}
    keys = {key for each in found for key in each.trail if not key.isdecimal()}
    keys |= {str(period.value) for each in found for period in each.periods if isinstance(period.value, str)}
    assert told & {key.replace("_", " ") for key in keys} - same - currency_codes() == set()


def test_only_what_is_edited_is_written_anew(tmp_path: Path) -> None:
    base = program_folder("solutions")
    written = write_version(base, parse_edits([HIGHER]), {}, under=tmp_path)
    was = (base / "program.yaml").read_text(encoding="utf-8").splitlines()
    is_ = (written.folder / "program.yaml").read_text(encoding="utf-8").splitlines()
    changed = [(before, after) for before, after in zip(was, is_, strict=True) if before != after]
    assert len(changed) == 1
    assert changed[0][1].endswith(', 2026-11-20: {value: 500, note: "The board asks more."}}')
    (difference,) = differences(read_program(base), written)
    assert difference.path == f"{GOLD}.reach"


@pytest.mark.parametrize("who", ["reviewer", "vendor_finance", "auditor"])
def test_others_do_not_draft(who: str, run: Run, vendor: dict[str, User]) -> None:
    del run
    with pytest.raises(NotAllowedError):
        draft(vendor[who], "solutions", on=ON, at=NOW)
    assert not RulebookVersion.objects.filter(state="draft").exists()
    assert not Entry.objects.filter(subject_kind="rulebook").exists()


def test_a_value_that_breaks_the_rules_is_told_with_all_problems_and_goes_no_further(
    run: Run, vendor: dict[str, User]
) -> None:
    del run
    made = draft(vendor["manager"], "solutions", on=ON, at=NOW)
    broken = set_value(vendor["manager"], made.pk, f"{GOLD}.reach.2026-11-20={{value: much}}", at=NOW)
    assert [each["severity"] for each in broken.problems][:1] == ["error"]
    assert broken.digest == ""
    with pytest.raises(NotReadyError, match="problems"):
        ask_trial(vendor["manager"], made.pk, months=0, at=NOW)
    lower = set_value(vendor["manager"], made.pk, f"{GOLD}.reach.2026-11-20={{value: 50000, note: more}}", at=NOW)
    assert len(lower.edits) == 1
    assert any("platinum" in each["message"] or "gold" in each["message"] for each in lower.problems)
    mended = unset_value(vendor["manager"], made.pk, f"{GOLD}.reach.2026-11-20", at=NOW)
    assert (mended.edits, mended.digest) == ([], governing_version("solutions", ON).digest)


def test_a_trial_says_who_moves_and_why(tried: RulebookVersion, run: Run) -> None:
    (trial,) = tried.trials.all()
    falls = list(trial.movers.filter(direction="demoted"))
    assert trial.told["demoted"] == len(falls) > 0
    assert sum(count for _, _, count in trial.told["flows"]) == trial.told["partners"] == run.standings.count()
    gold = set(run.standings.filter(tier="gold").values_list("partner_id", flat=True))
    points = {each.partner_id: each.value for each in run.figures.filter(metric="total_points")}
    assert {each.partner_id for each in falls if each.tier_before == "gold"} == {
        who for who in gold if (points[who] or 0) < 500
    }
    assert all("500" in " ".join(each.reasons["en"]) for each in falls)
    assert "\u202f:" in falls[0].reasons["fr"][0]


def test_a_trial_run_by_two_at_once_is_kept_once(tried: RulebookVersion, vendor: dict[str, User]) -> None:
    asked = ask_trial(vendor["manager"], tried.pk, months=0, at=NOW)
    told = trials._compared(asked)  # noqa: SLF001  # what the second of two found out
    first = run_trial(asked.pk, at=NOW)
    count = first.movers.count()
    assert trials._keep(asked, told, NOW).finished_at == NOW  # noqa: SLF001
    assert first.movers.count() == count > 0
    assert run_trial(asked.pk, at=NOW).finished_at == NOW


def test_a_trial_that_stops_whoever_runs_it_is_given_up(
    tried: RulebookVersion, vendor: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(trial: Trial) -> None:
        raise SystemExit(f"out of memory at {trial}")

    monkeypatch.setattr(trials, "_compared", killed)
    asked = ask_trial(vendor["manager"], tried.pk, months=0, at=NOW)
    for _ in range(trials.MOST_BEGUN):
        with pytest.raises(SystemExit):
            run_trial(asked.pk, at=NOW)
    given_up = run_trial(asked.pk, at=NOW)
    assert given_up.finished_at == NOW
    assert "memory" in given_up.problem


@ON_ONE_DATABASE
def test_a_value_of_a_later_day_is_tried_as_if_it_held(run: Run, vendor: dict[str, User]) -> None:
    del run
    made = draft(vendor["manager"], "solutions", on=ON, at=NOW)
    later = HIGHER.replace("2026-11-20", "2027-03-15")
    set_value(vendor["manager"], made.pk, later, at=NOW)
    trial = run_trial(ask_trial(vendor["manager"], made.pk, months=1, at=NOW).pk, at=NOW)
    assert trial.as_if
    assert trial.told["demoted"] > 0
    assert trial.told["months"] == ["2026-10-01"]


def test_a_second_person_approves_and_the_day_it_begins_is_answered_by_it(
    tried: RulebookVersion, vendor: dict[str, User]
) -> None:
    first = governing_version("solutions", ON)
    proposed(tried, vendor["manager"])
    with pytest.raises(NotReadyError, match="own"):
        agree(vendor["manager"], tried, at=NOW)
    assert governing_version("solutions", FROM) == first
    agree(vendor["colleague"], tried, at=NOW)
    assert governing_version("solutions", FROM).pk == tried.pk
    assert governing("solutions", FROM) == Path(RulebookVersion.objects.get(pk=tried.pk).folder)
    assert governing_version("solutions", FROM - timedelta(days=1)) == first
    assert governing_version("solutions", date(1999, 1, 1)) == first
    verbs = Entry.objects.filter(subject_id=f"solutions/{tried.pk}").values_list("verb", "actor")
    assert list(verbs)[-2:] == [("propose", vendor["manager"].pseudonym), ("approve", vendor["colleague"].pseudonym)]


def test_the_database_itself_refuses_ones_own_approval(tried: RulebookVersion, vendor: dict[str, User]) -> None:
    proposed(tried, vendor["manager"])
    with pytest.raises(IntegrityError), transaction.atomic():
        RulebookVersion.objects.filter(pk=tried.pk).update(
            state="approved", approved_by=vendor["manager"], approved_at=NOW
        )


def test_colleagues_are_asked_and_everybody_is_told_once(tried: RulebookVersion, vendor: dict[str, User]) -> None:
    User.objects.filter(pk=vendor["colleague"].pk).update(language="fr")
    proposed(tried, vendor["manager"])
    asked = Message.objects.filter(kind="version_proposed")
    assert set(asked.values_list("to", flat=True)) == {vendor["administrator"].email, vendor["colleague"].email}
    assert "2 décembre 2026" not in asked.get(to=vendor["administrator"].email).text
    assert "22 novembre 2026" in asked.get(to=vendor["colleague"].email).text
    assert reverse("programs:draft", args=[tried.pk]) in asked.get(to=vendor["colleague"].email).html
    agree(vendor["colleague"], tried, at=NOW)
    assert Message.objects.filter(kind="version_approved").count() == len(vendor)


@pytest.mark.parametrize(
    ("case", "expected"), [("past", "past"), ("untried", "untried"), ("note", "note"), ("edited", "not_proposed")]
)
def test_what_is_not_ready_is_not_published(
    case: str, expected: str, tried: RulebookVersion, vendor: dict[str, User]
) -> None:
    manager = vendor["manager"]

    def go_on() -> None:
        if case == "past":
            proposed(tried, manager, ON - timedelta(days=9))
        elif case == "untried":
            take_reading(manager, tried.pk, "A-04", "deal_close", at=NOW)
            proposed(tried, manager)
        elif case == "note":
            propose(manager, tried.pk, seen=tried.seal, effective_from=FROM, note=" ", backdated=False, at=NOW)
        else:
            proposed(tried, manager)
            set_value(vendor["colleague"], tried.pk, HIGHER.replace("500", "550"), at=NOW)
            agree(vendor["administrator"], tried, at=NOW)

    with pytest.raises(NotReadyError, match=expected):
        go_on()
    assert not Message.objects.filter(kind="version_approved").exists()
    assert governing_version("solutions", FROM).pk != tried.pk


def test_a_day_in_the_past_is_published_where_it_is_meant(tried: RulebookVersion, vendor: dict[str, User]) -> None:
    proposed(tried, vendor["manager"], ON - timedelta(days=9), backdated=True)
    agree(vendor["administrator"], tried, at=NOW)
    assert governing_version("solutions", ON).pk == tried.pk


def test_a_day_that_went_by_before_the_approval_is_not_published(
    tried: RulebookVersion, vendor: dict[str, User]
) -> None:
    proposed(tried, vendor["manager"])
    with pytest.raises(NotReadyError, match="past"):
        agree(vendor["colleague"], tried, at=NOW + timedelta(days=3))
    assert governing_version("solutions", FROM).pk != tried.pk


@pytest.mark.parametrize(
    "error", [duckdb.OutOfMemoryException("no room"), ValueError("odd"), PermissionError("locked")]
)
def test_a_trial_that_fails_says_so_and_leaves_whoever_ran_it_alive(
    error: Exception, tried: RulebookVersion, vendor: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "compare", Mock(side_effect=error))
    asked = ask_trial(vendor["manager"], tried.pk, months=0, at=NOW)
    assert work_trials() == 1
    asked.refresh_from_db()
    assert (str(error) in asked.problem, asked.finished_at is not None) == (True, True)
    assert work_trials() == 0


def test_what_is_closed_stays_closed(tried: RulebookVersion, vendor: dict[str, User]) -> None:
    browser, address = client_of(vendor["manager"]), reverse("programs:decline", args=[tried.pk])
    browser.post(address, {"reason": "longer than the journal keeps" * 40})
    assert not Entry.objects.filter(verb="decline").exists()
    decline(vendor["administrator"], tried.pk, reason="Not this year.", at=NOW)
    with pytest.raises(VersionClosedError):
        set_value(vendor["manager"], tried.pk, HIGHER, at=NOW)
    entry = Entry.objects.get(verb="decline")
    assert entry.reason == "Not this year."
    page = client_of(vendor["manager"]).get(reverse("programs:draft", args=[tried.pk])).content.decode()
    assert "This change was declined." in page


def test_partners_and_customers_read_what_is_published_and_no_draft(
    tried: RulebookVersion, vendor: dict[str, User]
) -> None:
    from portal.programs.conftest import partner_admin  # noqa: PLC0415

    reader = client_of(partner_admin("P1"))
    page = reader.get(reverse("programs:program", args=["solutions"]))
    assert page.status_code == 200
    assert b"More for Gold" not in page.content
    assert reader.get(reverse("programs:draft", args=[tried.pk])).status_code == 403
    assert reader.get(reverse("programs:difference", args=[tried.pk])).status_code == 404
    assert client_of(vendor["auditor"]).get(reverse("programs:draft", args=[tried.pk])).status_code == 200


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_change_is_made_in_the_browser_from_draft_to_approval(
    language: str, run: Run, vendor: dict[str, User]
) -> None:
    del run
    User.objects.update(language=language)
    manager, colleague = client_of(vendor["manager"]), client_of(vendor["colleague"])
    begun = manager.post(reverse("programs:begin", args=["solutions"]))
    pk = int(begun["Location"].rpartition("/")[2])
    wrong = manager.post(reverse("programs:set_value", args=[pk]), {"path": f"{GOLD}.reach", "amount": "500"})
    assert wrong.status_code == 422
    today = datetime.now(UTC).date()
    given = {"path": f"{GOLD}.reach", "effective_from": today.isoformat(), "amount": "500", "note": "More."}
    assert manager.post(reverse("programs:set_value", args=[pk]), given).status_code == 302
    assert manager.post(reverse("programs:try", args=[pk]), {"months": "0"}).status_code == 302
    page = manager.get(reverse("programs:draft", args=[pk])).content.decode()
    assert '<figure id="flows-draft"' in page
    later = (today + timedelta(days=1)).isoformat()
    proposal = {"effective_from": later, "note": "More for Gold.", "seen": RulebookVersion.objects.get(pk=pk).seal}
    assert manager.post(reverse("programs:propose", args=[pk]), proposal).status_code == 302
    seen = {"seen": RulebookVersion.objects.get(pk=pk).seal}
    manager.post(reverse("programs:approve", args=[pk]), seen)
    assert RulebookVersion.objects.get(pk=pk).state == "proposed"
    colleague.post(reverse("programs:approve", args=[pk]))
    assert RulebookVersion.objects.get(pk=pk).state == "proposed", "nobody approves what they have not read"
    colleague.post(reverse("programs:approve", args=[pk]), seen)
    version = RulebookVersion.objects.get(pk=pk)
    assert (version.state, version.approved_by) == ("approved", vendor["colleague"])
    assert "500" in manager.get(reverse("programs:program", args=["solutions"]), {"on": later}).content.decode()
    assert manager.get(reverse("programs:movers_csv", args=[pk])).status_code == 200
    assert manager.get(reverse("programs:difference", args=[pk])).status_code == 200


def test_nobody_approves_or_proposes_what_was_edited_since_they_read_it(
    tried: RulebookVersion, vendor: dict[str, User]
) -> None:
    read = tried.seal
    set_value(vendor["colleague"], tried.pk, HIGHER.replace("500", "550"), at=NOW)
    with pytest.raises(NotReadyError, match="moved_on"):
        propose(vendor["manager"], tried.pk, seen=read, effective_from=FROM, note="x", backdated=False, at=NOW)
    run_trial(ask_trial(vendor["colleague"], tried.pk, months=0, at=NOW).pk, at=NOW)
    first = proposed(tried, vendor["colleague"]).seal
    again = proposed(tried, vendor["colleague"], FROM + timedelta(days=1)).seal
    with pytest.raises(NotReadyError, match="moved_on"):
        approve(vendor["manager"], tried.pk, seen=first, at=NOW)
    assert approve(vendor["manager"], tried.pk, seen=again, at=NOW).state == "approved"


def test_two_changes_at_once_do_not_take_each_other_back(tried: RulebookVersion, vendor: dict[str, User]) -> None:
    other = draft(vendor["colleague"], "solutions", on=ON, at=NOW)
    platinum = HIGHER.replace("tiers.gold", "tiers.platinum").replace("500", "900")
    set_value(vendor["colleague"], other.pk, platinum, at=NOW)
    run_trial(ask_trial(vendor["colleague"], other.pk, months=0, at=NOW).pk, at=NOW)
    proposed(tried, vendor["manager"])
    proposed(other, vendor["colleague"])
    agree(vendor["colleague"], tried, at=NOW)
    with pytest.raises(NotReadyError, match="outdated"):
        agree(vendor["manager"], other, at=NOW)
    page = client_of(vendor["colleague"]).get(reverse("programs:draft", args=[other.pk])).content.decode()
    assert reverse("programs:renew", args=[other.pk]) in page
    client_of(vendor["colleague"]).post(reverse("programs:renew", args=[other.pk]), {"on": FROM.isoformat()})
    other.refresh_from_db()
    assert (other.based_on, other.state) == (tried, "draft")
    assert {each.path for each in differences(read_program(tried.folder), read_program(other.folder))} == {
        platinum.partition(".2026-")[0]
    }
    assert Entry.objects.filter(verb="renew", subject_id=f"solutions/{other.pk}").exists()
    run_trial(ask_trial(vendor["colleague"], other.pk, months=0, at=NOW).pk, at=NOW)
    proposed(other, vendor["colleague"])
    agree(vendor["manager"], other, at=NOW)
    assert governing_version("solutions", FROM) == other


@pytest.fixture
def released(tmp_path: Path, run: Run, vendor: dict[str, User]) -> RulebookVersion:
    """New files of the program, as somebody wrote them outside: Gold asks more."""
    del run, vendor
    folder = tmp_path / "solutions"
    shutil.copytree(program_folder("solutions"), folder)
    main = folder / "program.yaml"
    text = main.read_text(encoding="utf-8")
    changed = write_version(folder, parse_edits([HIGHER]), {}, under=tmp_path / "kept")
    main.write_text((changed.folder / "program.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert main.read_text(encoding="utf-8") != text
    call_command("adopt", str(folder), note="More for Gold, by files.", stdout=StringIO())
    return RulebookVersion.objects.get(release__gt="")


@ON_ONE_DATABASE
def test_new_files_are_a_draft_that_is_edited_tried_and_approved(
    released: RulebookVersion, vendor: dict[str, User]
) -> None:
    assert (released.state, released.based_on) == ("draft", governing_version("solutions", ON))
    assert Entry.objects.get(verb="adopt").subject_id == f"solutions/{released.pk}"
    manager = client_of(vendor["manager"])
    page = manager.get(reverse("programs:draft", args=[released.pk]))
    assert "More for Gold, by files." in page.content.decode()
    given = {"path": GOLD.replace("gold", "platinum") + ".reach", "effective_from": "2026-11-20", "amount": "900"}
    manager.post(reverse("programs:set_value", args=[released.pk]), {**given, "note": "And Platinum."})
    released.refresh_from_db()
    assert released.based_on is not None
    kept = {each.path for each in differences(read_program(released.based_on.folder), read_program(released.folder))}
    assert kept == {f"{GOLD}.reach", f"{GOLD.replace('gold', 'platinum')}.reach"}
    run_trial(ask_trial(vendor["manager"], released.pk, months=0, at=NOW).pk, at=NOW)
    proposed(released, vendor["manager"])
    agree(vendor["colleague"], released, at=NOW)
    assert governing_version("solutions", FROM) == released


@ON_ONE_DATABASE
def test_the_same_files_again_are_nothing_new_and_bad_ones_are_refused(
    released: RulebookVersion, tmp_path: Path
) -> None:
    known = RulebookVersion.objects.count()
    call_command("adopt", str(tmp_path / "solutions"), stdout=StringIO())
    assert RulebookVersion.objects.count() == known
    assert released.state == "draft"
    (tmp_path / "solutions" / "program.yaml").write_text("program: [", encoding="utf-8")
    for folder in ("solutions", "nowhere"):
        with pytest.raises(CommandError):
            call_command("adopt", str(tmp_path / folder), stdout=StringIO())
    assert RulebookVersion.objects.count() == known


@pytest.mark.parametrize(
    ("said", "value"),
    [("1 234,5", Decimal("1234.5")), ("1,234.5", Decimal("1234.5")), ("1,234,567", 1234567), ("12,5", Decimal("12.5")),
     ("-3", -3), ("oui", True), ("1, 4, 7", [1, 4, 7]), ("while customer", "while customer")],
)  # fmt: skip
def test_a_value_is_read_as_people_write_it(said: str, value: object) -> None:
    assert amount_of(said) == value


def test_a_value_that_reads_in_two_ways_is_asked_again(tried: RulebookVersion, vendor: dict[str, User]) -> None:
    given = {"path": f"{GOLD}.reach", "effective_from": "2026-11-20", "amount": "1,234", "note": "More."}
    page = client_of(vendor["manager"]).post(reverse("programs:set_value", args=[tried.pk]), given)
    assert page.status_code == 422
    assert "write 1234, or 1.2340." in page.content.decode()
    tried.refresh_from_db()
    assert tried.edits == [HIGHER]


def test_partners_read_no_program_that_does_not_run_here(run: Run, vendor: dict[str, User]) -> None:
    del run
    from portal.programs.conftest import partner_admin  # noqa: PLC0415

    partner, manager = client_of(partner_admin("P1")), client_of(vendor["manager"])
    for program, status in (("solutions", 200), ("starter", 404)):
        assert partner.get(reverse("programs:program", args=[program])).status_code == status
        assert manager.get(reverse("programs:program", args=[program])).status_code == 200
    first = governing_version("starter", ON)
    assert partner.get(reverse("programs:difference", args=[first.pk])).status_code == 404
    assert "/programs/starter" not in partner.get(reverse("programs:programs")).content.decode()


@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01", "yesterday", "2026-02-30"])
def test_a_day_that_no_calendar_reaches_is_answered_with_today(on: str, run: Run, vendor: dict[str, User]) -> None:
    del run
    manager = client_of(vendor["manager"])
    assert manager.get(reverse("programs:program", args=["solutions"]), {"on": on}).status_code == 200
    assert manager.get(reverse("programs:recalibration", args=["solutions", on])).status_code == 404
    assert manager.post(reverse("programs:begin", args=["solutions"]), {"on": on}).status_code == 302


def test_who_keeps_the_same_files_at_once_keeps_them_once(tmp_path: Path) -> None:
    folder, start = program_folder("starter"), Barrier(6)

    def keep(_number: int) -> Path:
        start.wait()
        return keep_version(folder, under=tmp_path).folder

    with ThreadPoolExecutor(max_workers=6) as writers:
        kept = set(writers.map(keep, range(6)))
    assert len(kept) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [read_program(folder).digest]


def test_the_first_version_is_compared_with_nothing(run: Run, vendor: dict[str, User]) -> None:
    first = RulebookVersion.objects.get(program=run.program)
    page = client_of(vendor["manager"]).get(reverse("programs:difference", args=[first.pk])).content.decode()
    assert "There is no earlier version." in page
    assert "0 values differ" not in page
    assert "<select" not in page


def test_two_who_edit_a_draft_at_once_keep_both_edits(
    run: Run, vendor: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one edit is being checked nothing is locked: a colleague's edit comes between, and neither is lost."""
    del run
    made = draft(vendor["manager"], "solutions", on=ON, at=NOW)
    colleagues = HIGHER.replace("gold", "platinum").replace("500", "900")
    waiting = [colleagues]

    def checked(folder: Path) -> object:
        if waiting:
            set_value(vendor["colleague"], made.pk, waiting.pop(), at=NOW)
        return check_program(folder)

    monkeypatch.setattr(versions, "check_program", checked)
    set_value(vendor["manager"], made.pk, HIGHER, at=NOW)
    made.refresh_from_db()
    assert made.edits == [colleagues, HIGHER]
    told = Entry.objects.filter(verb="edit").order_by("place")
    assert [(each.after or {})["edits"] for each in told] == [[colleagues], [colleagues, HIGHER]]
