"""The vendor's own list beside Palier's: agreement counted, each difference with the gate and figure behind it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from backends.test_forecast import gold_of_243
from backends.test_history import world
from palier.backends.shadow import shadow
from palier.engine.moves import Holding
from palier.engine.shadow import Shadow, agreement_sentences, difference_sentences
from palier.engine.words import Words
from palier.rulebook.problems import InputProblemsError
from palier.rulebook.read import read_program
from support.facts import write_facts
from support.small import Rows

ON = date(2024, 7, 1)
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


def two_partners() -> Rows:
    """P1 stands at Gold with 243 points on 1 July 2024, p2 is a provider without a subscription of its own."""
    rows = gold_of_243()
    rows["partners"] += [{"partner_id": "p2"}, {"partner_id": "p3"}]
    rows["enrolments"].append({**rows["enrolments"][0], "enrolment_id": "e2", "partner_id": "p2", "level": "provider"})
    return rows


def decided(rows: Rows, *decisions: tuple[str, str | None, str, date]) -> Rows:
    rows["tier_decisions"] = [
        {"decision_id": f"n{n}", "partner_id": p, "program": "solutions", "tier": t, "kind": k, "effective_on": on}
        for n, (p, t, k, on) in enumerate(decisions)
    ]
    return rows


def shadowed(folder: Path, rows: Rows, listed: str | bytes | None = None, *, on: date = ON) -> Shadow:
    write_facts(folder / "facts", rows)
    path = None
    if listed is not None:
        path = folder / "list.csv"
        path.write_bytes(listed if isinstance(listed, bytes) else listed.encode())
    return shadow(read_program("solutions"), facts=folder / "facts", on=on, tiers=path)


def refused(folder: Path, listed: str | bytes) -> list[tuple[str, int | None]]:
    with pytest.raises(InputProblemsError) as error:
        shadowed(folder, two_partners(), listed)
    assert all(problem.mend and problem.message for problem in error.value.problems)
    return [(problem.code, problem.line) for problem in error.value.problems]


@pytest.mark.parametrize(
    "listed",
    [
        "partner_id,tier\np1,gold\np2,\n",
        f"{BOM}partner_id;tier\r\np1;Gold\r\np2;\r\n",
        "tier;partner_id;note\ngold;p1;x\n;p2;y\n\n",
        'Partner_ID,Tier\n"p1"," GOLD "\np2,',
    ],
)
def test_agreement_whatever_the_form_of_the_file(listed: str, tmp_path: Path) -> None:
    told = shadowed(tmp_path, two_partners(), listed)
    assert (told.compared, told.agreed, told.share, told.differences) == (2, 2, Fraction(1), ())
    assert {(cell.theirs, cell.ours, cell.partners) for cell in told.matrix} == {("gold", "gold", 1), (None, None, 1)}


def test_a_higher_tier_of_the_vendor_is_explained_by_the_gates_missed(tmp_path: Path) -> None:
    told = shadowed(tmp_path, two_partners(), "partner_id,tier\np1,platinum\n")
    (difference,) = told.differences
    assert (difference.theirs, difference.ours, difference.steps, difference.could_keep) == (
        "platinum",
        "gold",
        -1,
        False,
    )
    missed = {each.gate: (each.value, each.required, each.held) for each in difference.gates}
    assert missed == {
        "sold_points_minimum": (Fraction(205), Fraction(270), False),
        "managed_points_minimum": (Fraction(38), Fraction(150), False),
        "total_points_goal": (Fraction(243), Fraction(645), False),
    }
    assert told.unlisted == 1
    said = difference_sentences(Words(read_program("solutions"), "en"), difference)
    assert said[0] == "misses Minimum of sold points: 205, at least 270"


def test_a_lower_tier_of_the_vendor_is_explained_by_the_gates_held(tmp_path: Path) -> None:
    (difference,) = shadowed(tmp_path, two_partners(), "partner_id,tier\np1,partner\n").differences
    assert (difference.steps, {each.tier for each in difference.gates}) == (1, {"gold"})
    assert all(each.held for each in difference.gates)
    assert ("total_points_goal", Fraction(243), Fraction(243)) in {
        (each.gate, each.value, each.required) for each in difference.gates
    }


def test_a_tier_that_may_still_be_kept_says_so(tmp_path: Path) -> None:
    """From 2024-07-15 Gold asks 300 to be reached, 243 to be kept until 2025-01-15 (A73, A130)."""
    (difference,) = shadowed(tmp_path, two_partners(), "partner_id,tier\np1,gold\n", on=date(2024, 7, 15)).differences
    assert (difference.theirs, difference.ours, difference.tier_kept) == ("gold", "partner", "gold")
    assert difference.could_keep
    assert [each.gate for each in difference.gates] == ["total_points_goal"]


def test_against_what_is_held_whoever_is_enrolled_and_holds_nothing_is_compared(tmp_path: Path) -> None:
    """P2 has no listed app: it takes part on no day, so the history holds nothing for it."""
    rows = world()
    rows["apps"][1]["listed_on"] = None
    write_facts(tmp_path / "facts", rows)
    (tmp_path / "list.csv").write_text("partner_id,tier\np1,rising\np2,partner\n")
    told = shadow(
        read_program("technology"),
        facts=tmp_path / "facts", on=date(2026, 5, 1), tiers=tmp_path / "list.csv", against="held",
    )  # fmt: skip
    assert (told.compared, told.agreed, told.unlisted) == (2, 1, 3)
    assert [(each.partner_id, each.theirs, each.ours) for each in told.differences] == [("p2", "partner", None)]


@pytest.mark.parametrize(("listed", "steps"), [("gold", -1), ("partner", 1), ("", 3)])
def test_a_tier_still_held_that_is_gone_has_its_place_on_the_ladder(listed: str, steps: int, tmp_path: Path) -> None:
    write_facts(tmp_path / "facts", two_partners())
    (tmp_path / "list.csv").write_text(f"partner_id,tier\np1,{listed}\n")
    silver = Holding("p1", "silver", "active", date(2020, 1, 20), None)
    told = shadow(
        read_program("solutions"),
        facts=tmp_path / "facts", on=ON, tiers=tmp_path / "list.csv", against="held", held=[silver],
    )  # fmt: skip
    assert told.ladder == ("provider", "partner", "silver", "gold", "platinum", "diamond", "elite")
    assert [(each.ours, each.steps) for each in told.differences] == [("silver", steps)]


def test_the_latest_decision_by_the_day_is_the_vendors_list(tmp_path: Path) -> None:
    rows = decided(
        two_partners(),
        ("p1", "platinum", "opening", date(2023, 1, 1)),
        ("p1", "gold", "override", date(2024, 7, 1)),
        ("p1", "diamond", "published", date(2024, 7, 1)),
        ("p1", None, "suspended", date(2024, 7, 1)),
        ("p1", "elite", "override", date(2024, 7, 2)),
        ("p2", "provider", "published", date(2024, 1, 15)),
        ("p2", None, "published", date(2024, 2, 15)),
    )
    told = shadowed(tmp_path, rows)
    assert told.source == "tier_decisions"
    assert (told.compared, told.agreed) == (2, 2)
    before = shadowed(tmp_path, rows, on=date(2024, 6, 30))
    assert [(each.partner_id, each.theirs) for each in before.differences] == [("p1", "platinum")]


def test_decisions_of_another_program_do_not_count(tmp_path: Path) -> None:
    rows = decided(two_partners(), ("p1", "gold", "published", date(2024, 1, 15)))
    rows["tier_decisions"][0]["program"] = "technology"
    told = shadowed(tmp_path, rows)
    assert (told.compared, told.unlisted, told.share) == (0, 2, None)


def test_a_tier_that_was_decided_and_is_gone_is_a_warning_and_not_compared(tmp_path: Path) -> None:
    rows = decided(two_partners(), ("p1", "silver", "published", date(2018, 6, 15)), ("p2", None, "override", ON))
    told = shadowed(tmp_path, rows)
    assert (told.compared, told.agreed, told.unlisted) == (1, 1, 1)
    sentences = agreement_sentences(Words(read_program("solutions"), "en"), told)
    assert "One enrolled partner is not on the vendor's list." in sentences
    assert [(each.severity, each.code, each.found) for each in told.problems if each.table == "tier_decisions"] == [
        ("warning", "tier_gone", "silver")
    ]


def test_who_is_not_enrolled_is_a_warning_and_not_compared(tmp_path: Path) -> None:
    told = shadowed(tmp_path, two_partners(), "partner_id,tier\np1,gold\np3,gold\n")
    assert (told.compared, told.not_enrolled) == (1, 1)
    assert [(each.code, each.severity) for each in told.problems if each.file] == [("not_enrolled", "warning")]


def test_bad_lists_give_all_their_problems_with_lines(tmp_path: Path) -> None:
    listed = "partner_id,tier\np1,gould\np9,gold\n,gold\np2,silver\np2,gold\np1\n"
    assert refused(tmp_path / "a", listed) == [
        ("empty_cell", 4),
        ("duplicate_key", 6),
        ("bad_row", 7),
        ("unknown_tier", 2),
        ("unknown_partner", 3),
        ("unknown_tier", 5),
    ]
    assert refused(tmp_path / "b", "partner,level\np1,gold\n") == [("missing_column", 1)]
    assert refused(tmp_path / "c", "") == [("missing_column", 1)]
    assert refused(tmp_path / "d", "partner_id,tier\np1,g\xf6ld\n".encode("latin-1")) == [("unreadable_file", 1)]


@pytest.mark.parametrize(("language", "share"), [("en", "50%"), ("fr", "50\u202f%")])
def test_the_agreement_is_a_sentence(language: str, share: str, tmp_path: Path) -> None:
    told = shadowed(tmp_path, two_partners(), "partner_id,tier\np1,gold\np2,gold\n")
    words = Words(read_program("solutions"), "fr" if language == "fr" else "en")
    assert share in agreement_sentences(words, told)[0]
