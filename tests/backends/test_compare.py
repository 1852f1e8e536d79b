"""A what-if is the same evaluation twice: who moves, by which gate, with which figure, from which late row."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from backends.test_forecast import gold_of_243
from palier.backends.compare import (
    Compared,
    NothingToCompareError,
    OtherProgramError,
    compare,
    compare_histories,
)
from palier.backends.runs import OutputInTheWayError
from palier.backends.session import rows as rows_in
from palier.engine.compare import Comparison, joined_ladder
from palier.engine.compared import reason_sentences, side_sentence, summary_sentences
from palier.engine.histories_compared import histories_sentence
from palier.engine.words import Words
from palier.rulebook.edits import parse_edits
from palier.rulebook.problems import InputProblemsError
from palier.rulebook.read import read_program
from support.facts import write_facts
from support.small import Rows, sells, works, world

ON = date(2024, 7, 1)
SOLUTIONS = read_program("solutions")
GOLD = "tiers.gold.requires.all"
RISE = f"{GOLD}.total_points_goal.at_least={{2022-07-18: 300}}"


def at(text: str) -> datetime:
    """A moment in UTC, without its zone, as facts carry it."""
    return datetime.fromisoformat(text)


_COMPARED: dict[tuple[object, ...], Comparison] = {}


def compared(
    folder: Path,
    rows: Rows,
    *edits: str,
    switches: dict[str, str] | None = None,
    known_at: datetime | None = None,
    on: date = ON,
    out: Path | None = None,
) -> Comparison:
    """A comparison of the program with itself read otherwise; the same question about the same rows is asked once."""
    known = (repr(rows), edits, str(switches), known_at, on)
    if out is not None or known not in _COMPARED:
        _COMPARED[known] = _compared(folder, rows, edits, switches=switches, known_at=known_at, on=on, out=out)
    return _COMPARED[known]


def _compared(
    folder: Path,
    rows: Rows,
    edits: tuple[str, ...],
    *,
    switches: dict[str, str] | None,
    known_at: datetime | None,
    on: date,
    out: Path | None,
) -> Comparison:
    write_facts(folder, rows, form="parquet")
    after = read_program("solutions", switches=switches, edits=parse_edits(edits))
    return compare(
        Compared(rulebook=SOLUTIONS, known_at=known_at),
        Compared(rulebook=after),
        facts=folder,
        on=on,
        out=out,
    )


def test_the_rise_of_july_2024_demotes_by_the_total_and_says_so(tmp_path: Path) -> None:
    """A128: 243; A134: 300. The partner of 243 points stands at Gold before, not after."""
    told = compared(tmp_path, gold_of_243(), RISE)
    (partner,) = told.differences
    assert (partner.direction, partner.tier, partner.tier_kept) == ("demoted", ("gold", "partner"), ("gold", "partner"))
    gates = {(gate.tier, gate.purpose, gate.gate) for gate in partner.gates}
    assert gates == {("gold", purpose, "total_points_goal") for purpose in ("reach", "keep")}
    gate = partner.gates[0]
    assert (gate.required_before, gate.required_after) == (Fraction(243), Fraction(300))
    assert (gate.value_before, gate.value_after) == (Fraction(243), Fraction(243))
    assert (gate.passed_before, gate.passed_after) == (True, False)
    assert partner.figures == ()


def test_the_other_way_round_it_promotes(tmp_path: Path) -> None:
    write_facts(tmp_path, gold_of_243(), form="parquet")
    risen = read_program("solutions", edits=parse_edits([RISE]))
    told = compare(Compared(rulebook=risen), Compared(rulebook=SOLUTIONS), facts=tmp_path, on=ON)
    (partner,) = told.moved("promoted")
    assert partner.tier == ("partner", "gold")
    assert partner.steps == 1, "silver, which is not in force, is no step"
    assert not partner.gates[0].passed_before
    assert partner.gates[0].passed_after


def test_an_equal_requirement_in_other_words_changes_nothing(tmp_path: Path) -> None:
    assert compared(tmp_path, gold_of_243(), f"{GOLD}.total_points_goal.at_least={{2020-01-01: 243}}").differences == ()


def test_another_rate_changes_figures_exactly(tmp_path: Path) -> None:
    """A 4,100 USD sale at 5 points for 100 USD, then at 6: 205 and 246."""
    told = compared(tmp_path, gold_of_243(), "tables.sold_rates.rows.0.rate={2022-07-18: 6}")
    (partner,) = told.differences
    changed = {each.metric: (each.before, each.after) for each in partner.figures}
    assert changed == {
        "sold_points": (Fraction(205), Fraction(246)),
        "total_points": (Fraction(243), Fraction(284)),
    }
    assert partner.direction == "same"
    assert told.figures_changed() == {"sold_points": 1, "total_points": 1}


def test_another_currency_table_changes_denominators_and_only_real_differences_are_told(tmp_path: Path) -> None:
    told = compared(tmp_path, gold_of_243(), "currency_units.equivalents.EUR={2018-01-22: 76}")
    assert told.differences == (), "all money here is in USD"


def test_another_reading_is_another_version(tmp_path: Path) -> None:
    rows = gold_of_243()
    rows["sales"][0]["line_first_sold_on"] = date(2024, 1, 1)
    told = compared(tmp_path, rows, switches={"A-04": "deal_close"})
    (partner,) = told.differences
    assert {each.metric: (each.before, each.after) for each in partner.figures}["sold_points"] == (
        Fraction(123),
        Fraction(205),
    )
    assert partner.tier == ("partner", "gold")


def test_a_gate_taken_away_or_added_decides(tmp_path: Path) -> None:
    shutil.copytree(SOLUTIONS.folder, tmp_path / "other")
    program = tmp_path / "other" / "program.yaml"
    text = program.read_text()
    gate = (
        "        - {gate: app_usage, metric: app_usage_median, at_least: {2018-01-22: {value: 3, cite: {A140: 3}}}}\n"
    )
    assert text.count(gate) == 3
    program.write_text(text.replace(gate, ""))
    rows = gold_of_243()
    rows["tool_uses"] = []
    write_facts(tmp_path / "facts", rows, form="parquet")
    other = read_program(tmp_path / "other")
    told = compare(Compared(rulebook=SOLUTIONS), Compared(rulebook=other), facts=tmp_path / "facts", on=ON)
    (partner,) = told.moved("promoted")
    assert {(each.gate, each.required_before, each.required_after) for each in partner.gates} == {
        ("app_usage", Fraction(3), None)
    }
    back = compare(Compared(rulebook=other), Compared(rulebook=SOLUTIONS), facts=tmp_path / "facts", on=ON)
    assert [each.gate for each in back.moved("demoted")[0].gates] == ["app_usage", "app_usage"]


def test_a_late_correction_shows_with_the_row_behind_it(tmp_path: Path) -> None:
    rows = gold_of_243()
    (sale,) = rows["sales"]
    sale["recorded_at"] = at("2024-05-03")
    rows["sales"].append({**sale, "mrr_minor": 2_000_00, "recorded_at": at("2024-06-20 08:00:00")})
    told = compared(tmp_path, rows, known_at=at("2024-06-01"))
    (partner,) = told.moved("demoted")
    assert {each.metric: (each.before, each.after) for each in partner.figures}["sold_points"] == (
        Fraction(205),
        Fraction(100),
    )
    (late,) = partner.late_rows
    assert (late.source_table, late.source_id, late.happened) == ("sales", str(sale["sale_id"]), "corrected")
    assert late.recorded_at == at("2024-06-20 08:00:00")
    assert {gate.gate for gate in partner.gates} == {"sold_points_minimum", "total_points_goal"}


def test_a_row_recorded_at_the_very_moment_was_known(tmp_path: Path) -> None:
    rows = gold_of_243()
    rows["sales"][0]["recorded_at"] = at("2024-06-20 08:00:00")
    assert compared(tmp_path, rows, known_at=at("2024-06-20 08:00:00")).differences == ()
    (partner,) = compared(tmp_path, rows, known_at=at("2024-06-20 07:59:59")).differences
    assert [(late.source_table, late.happened) for late in partner.late_rows] == [("sales", "added")]


def test_a_withdrawn_attestation_and_a_late_activity_of_another_partner_are_named(tmp_path: Path) -> None:
    rows = gold_of_243()
    attested = {**rows["attestations"][0], "recorded_at": at("2023-01-01")}
    rows["attestations"] = [attested, {**attested, "recorded_at": at("2024-06-20"), "retracted": True}]
    (partner,) = compared(tmp_path / "a", rows, known_at=at("2024-06-01")).differences
    assert [(late.source_table, late.happened) for late in partner.late_rows] == [("attestations", "retracted")]
    rows = gold_of_243()
    rows["partners"].append({"partner_id": "p2"})
    rows["enrolments"].append({**rows["enrolments"][0], "enrolment_id": "e2", "partner_id": "p2"})
    rows["partner_users"].append({**rows["partner_users"][0], "user_id": "u-p2", "partner_id": "p2"})
    works(rows, "p2", "c1", date(2024, 6, 25))
    rows["activities"][-1]["recorded_at"] = at("2024-06-26")
    told = compared(tmp_path / "b", rows, known_at=at("2024-06-25"))
    shared = {each.partner_id: each.late_rows[0].source_id for each in told.differences}
    assert shared == {"p1": "x-p2-c1", "p2": "x-p2-c1"}


def test_a_partner_known_only_later_enters(tmp_path: Path) -> None:
    rows = world(partners={"p1": "partner", "p2": "provider"}, customers={"c1": 1})
    rows["enrolments"][1]["recorded_at"] = at("2024-06-20")
    told = compared(tmp_path, rows, known_at=at("2024-06-01"))
    assert [(each.partner_id, each.direction) for each in told.differences] == [("p2", "entered")]
    assert "1 stand only on the second side" in " ".join(summary_sentences(Words(SOLUTIONS, "en"), told))


def test_every_partner_alone_moves_as_all_together(tmp_path: Path) -> None:
    rows = world(partners={f"p{n}": "partner" for n in range(1, 6)}, customers={f"c{n}": 1 for n in range(1, 6)})
    for n in range(1, 6):
        sells(rows, f"p{n}", f"c{n}", n * 1_000_00, date(2024, 5, 2))
    told = compared(tmp_path, rows, "tables.sold_rates.rows.0.rate={2022-07-18: 6}")
    assert {each.partner_id: each.figures[0].after for each in told.differences} == {
        f"p{n}": Fraction(60 * n) for n in range(1, 6)
    }


def test_the_comparison_is_written_as_tables(tmp_path: Path) -> None:
    out = tmp_path / "out"
    compared(tmp_path / "facts", gold_of_243(), RISE, out=out)
    compared(tmp_path / "facts", gold_of_243(), RISE, out=out)
    assert sorted(path.name for path in out.iterdir()) == [
        "comparison.parquet",
        "comparison_benefits.parquet",
        "comparison_figures.parquet",
        "comparison_gates.parquet",
    ]
    found = rows_in(
        duckdb.connect(), f"SELECT partner_id, direction, tier_before, tier_after FROM '{out}/comparison.parquet'"
    )
    assert [tuple(row.values()) for row in found] == [("p1", "demoted", "gold", "partner")]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.txt").write_text("mine")
    with pytest.raises(OutputInTheWayError):
        compared(tmp_path / "facts", gold_of_243(), RISE, out=tmp_path / "mine")
    assert (tmp_path / "mine" / "mine.txt").read_text() == "mine"


def test_wrong_calls_have_errors_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(NothingToCompareError):
        compared(tmp_path, gold_of_243())
    with pytest.raises(OtherProgramError):
        compare(
            Compared(rulebook=SOLUTIONS),
            Compared(rulebook=read_program("starter")),
            facts=tmp_path,
            on=ON,
        )


@pytest.mark.parametrize(
    ("edits", "codes"),
    [
        (("gold",), {"bad_edit"}),
        (("a=[1", "b="), {"bad_yaml", "bad_edit"}),
        ((f"{GOLD}.total_points_gaol.at_least=1", "tiers.gould=1"), {"path_leads_nowhere"}),
        ((f"{GOLD}.total_points_goal.at_least=300",), {"bad_value"}),
        (("currency_units.equivalents.EUR={2018-01-22: -1}",), {"bad_value"}),
        ((f"{GOLD}.total_points_goal.metric=no_such_metric",), {"unknown_metric"}),
        ((RISE, RISE), {"bad_edit"}),
    ],
)
def test_bad_edits_are_problems_all_at_once(edits: tuple[str, ...], codes: set[str], tmp_path: Path) -> None:
    with pytest.raises(InputProblemsError) as refused:
        compared(tmp_path, gold_of_243(), *edits)
    assert {problem.code for problem in refused.value.problems} >= codes
    assert all(problem.mend for problem in refused.value.problems)


def test_an_edited_program_is_a_version_of_its_own() -> None:
    plain, risen = SOLUTIONS, read_program("solutions", edits=parse_edits([RISE]))
    again = read_program("solutions", edits=parse_edits([RISE]))
    added = read_program("solutions", edits=parse_edits([f"{GOLD}.total_points_goal.at_least.reach.2024-09-01=310"]))
    assert len({plain.digest, risen.digest, added.digest}) == 3
    assert risen == again
    gate = next(each for each in added.program.tiers[3].requires.leaves() if each.gate == "total_points_goal")
    assert [int(gate.threshold.reach.at(date(2024, *day))) for day in ((8, 31), (9, 1))] == [300, 310]


def test_a_tier_of_one_side_only_has_its_place_in_the_ladder() -> None:
    solutions = SOLUTIONS.program
    tiers = [tier for tier in solutions.tiers if tier.tier != "platinum"]
    fewer = solutions.model_copy(update={"tiers": tiers})
    both = ("provider", "partner", "gold", "platinum", "diamond", "elite")
    assert joined_ladder(solutions, fewer, ON) == both
    assert joined_ladder(fewer, solutions, ON) == both


@pytest.mark.parametrize(
    ("language", "why", "counted"),
    [
        ("en", "Gold, Goal of total points: 243, at least 300 instead of 243", "1 partners: 0 promoted, 1 demoted"),
        ("fr", "Gold, Objectif de points total\u202f: 243, au moins 300 au lieu de 243", "1 en baisse"),
    ],
)
def test_a_manager_reads_the_counts_and_the_reason(language: str, why: str, counted: str, tmp_path: Path) -> None:
    told = compared(tmp_path, gold_of_243(), RISE)
    words = Words(SOLUTIONS, "fr" if language == "fr" else "en")
    assert reason_sentences(words, told.differences[0])[0] == why
    assert counted in summary_sentences(words, told)[0]
    assert "at_least = {2022-07-18: 300}" in side_sentence(words, told.after, knowledge=False)


def test_benefits_follow_the_tier_and_the_rules(tmp_path: Path) -> None:
    """From Gold to partner a benefit of Gold is lost; who stays where it is loses none."""
    told = compared(tmp_path, gold_of_243(), RISE)
    (partner,) = told.differences
    assert partner.benefits
    assert all((each.before, each.after) != ("none", "none") for each in partner.benefits)
    assert {each.after for each in partner.benefits} == {"none"}
    words = Words(SOLUTIONS, "en")
    assert any(sentence.startswith("loses ") for sentence in reason_sentences(words, partner))


def test_the_months_of_commissions_are_compared_in_minor_units(tmp_path: Path) -> None:
    """20 % of 1,000.00 USD paid in May; the other rules pay 10 %."""
    rows = gold_of_243()
    rows["partners"][0]["payment_currency"] = "USD"
    rows["payments"] = [
        {
            "payment_id": "y1",
            "customer_id": "c2",
            "sale_id": rows["sales"][0]["sale_id"],
            "period_month": date(2024, 5, 1),
            "net_minor": 1_000_00,
            "currency": "USD",
            "paid_on": date(2024, 5, 20),
        }
    ]
    write_facts(tmp_path, rows, form="parquet")
    other = read_program(
        "solutions", edits=parse_edits(["commissions.kinds.sale.levels.partner.percent={2018-01-22: 10}"])
    )
    told = compare(
        Compared(rulebook=SOLUTIONS),
        Compared(rulebook=other),
        facts=tmp_path,
        on=ON,
        months=[date(2024, 5, 1)],
    )
    (cost,) = told.commissions
    assert (cost.currency, cost.before_minor, cost.after_minor, cost.partners) == ("USD", 200_00, 100_00, 1)
    assert "USD" in summary_sentences(Words(other, "fr"), told)[-1]


def test_histories_part_on_the_day_of_promotion_and_say_so(tmp_path: Path) -> None:
    """Promotion on 15 June 2024 by the rules as written; never when Gold asks 300."""
    rows = gold_of_243()
    rows["activities"][0]["occurred_on"] = date(2024, 6, 10)
    write_facts(tmp_path, rows, form="parquet")
    told = compare_histories(
        Compared(rulebook=SOLUTIONS),
        Compared(rulebook=read_program("solutions", edits=parse_edits([RISE]))),
        facts=tmp_path,
        since=date(2024, 6, 1),
        until=date(2024, 6, 30),
    )
    (course,) = told.courses
    assert course.tier == ("gold", "partner")
    assert [(move.on, move.kind) for move in course.moves_before] == [(date(2024, 6, 15), "promoted")]
    assert course.moves_after == ()
    (day,) = told.days
    assert (day.on, day.promoted, day.demoted, day.apart) == (date(2024, 6, 15), (1, 0), (0, 0), 1)
    assert "1 partners take another course" in histories_sentence(Words(SOLUTIONS, "en"), told)
