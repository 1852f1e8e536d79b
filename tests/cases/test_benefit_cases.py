"""Worked cases of benefits, and both matrices cell by cell against the quoted lines of the guides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import palier
from palier.backends.benefits import benefits
from palier.engine.benefits import Entitlement, Granted, entitlements, known
from palier.engine.discounts import quote
from palier.engine.moves import State
from palier.engine.quotas import Use
from palier.engine.working_days import promised
from support.cases import CaseError, Facts, _merged, _texts, _utc, _Yaml12Loader
from support.facts import write_facts

PROGRAMS = Path(__file__).resolve().parents[2] / "programs"
_KEYS = frozenset(
    {"case", "cite", "quote", "on", "known_at", "switches", "tier", "state", "figures", "uses", "country"}
    | {"partner", "facts", "expect"}
)
_EXPECTED = frozenset(
    {"known", "tier", "state", "strengths", "reasons", "ways", "missing", "needs", "assumed", "usable"}
    | {"left", "due", "used", "season", "promise", "discounts"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitCase:
    """One worked case: over facts where it has a partner, else for a tier with the figures it names."""

    program: Path
    file: Path
    sentence: str
    cites: tuple[str, ...]
    quotes: tuple[str, ...]
    on: date
    known_at: datetime | None
    switches: tuple[tuple[str, str], ...]
    given: Mapping[str, Any]
    facts: Facts
    expect: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.program.name}/{self.file.stem}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came out, whichever way it was asked."""

    known: bool
    tier: str | None
    state: State
    benefits: Mapping[str, Entitlement]


def read_benefit_cases(programs: Path) -> tuple[BenefitCase, ...]:
    files = sorted(programs.glob("*/cases/benefits/*.yaml"))
    return tuple(case for file in files for case in _cases(file))


def _cases(file: Path) -> Iterator[BenefitCase]:
    document = yaml.load(file.read_text(encoding="utf-8"), Loader=_Yaml12Loader)  # noqa: S506
    for number, raw in enumerate(document["cases"], start=1):
        place = f"{file}: case {number}"
        unknown = (raw.keys() - _KEYS) | (raw["expect"].keys() - _EXPECTED)
        if unknown or not raw["expect"] or ("partner" in raw) == ("figures" in raw):
            raise CaseError(f"{place}: {sorted(unknown)} is not part of a case of benefits")
        yield BenefitCase(
            program=file.parents[2],
            file=file,
            sentence=raw["case"],
            cites=_texts(raw["cite"]),
            quotes=_texts(raw["quote"]),
            on=raw["on"],
            known_at=_utc(raw.get("known_at")),
            switches=tuple(sorted(raw.get("switches", {}).items())),
            given={key: raw[key] for key in ("tier", "state", "figures", "uses", "country", "partner") if key in raw},
            facts=_merged([raw.get("facts", {})], place),
            expect=raw["expect"],
        )


CASES = read_benefit_cases(PROGRAMS)


@cache
def rulebook_of(program: Path, switches: tuple[tuple[str, str], ...] = ()) -> palier.Rulebook:
    return palier.read_program(program, switches=dict(switches))


def figure(written: object) -> Fraction | None:
    return None if written == "undefined" else Fraction(str(written))


def answered(case: BenefitCase, folder: Path) -> Answer:
    rulebook, given = rulebook_of(case.program, case.switches), case.given
    if "partner" in given:
        write_facts(folder, case.facts)
        told = benefits(rulebook, facts=folder, on=case.on, partner_id=given["partner"], known_at=case.known_at)
        found = {each.benefit: each for each in told.entitlements}
        return Answer(known=told.known, tier=told.tier, state=told.state, benefits=found)
    tier = None if given["tier"] == "none" else given["tier"]
    state: State = given.get("state", "active")
    asked = entitlements(
        rulebook.program,
        tier,
        {metric: figure(value) for metric, value in given["figures"].items()},
        [Use(**use) for use in given.get("uses", ())],
        case.on,
        state=state,
    )
    is_known = known(rulebook.program, case.on)
    return Answer(known=is_known, tier=tier, state=state, benefits={each.benefit: each for each in asked})


def gates(granted: Granted | None) -> list[list[str]]:
    return [] if granted is None else [[each.gate for each in way] for way in granted.missing if way]


def needed(entitlement: Entitlement) -> object:
    need = entitlement.need
    return "none" if need is None else {"tier": need.tier, "strength": need.strength, "missing": gates(need)}


def way_of(entitlement: Entitlement) -> str | None:
    return None if entitlement.way is None else entitlement.way.way or "matrix"


def counted(entitlement: Entitlement, name: str) -> object:
    number = None if entitlement.quota is None else getattr(entitlement.quota, name)
    return "none" if number is None else number


def season_of(entitlement: Entitlement) -> object:
    season = entitlement.season
    return "none" if season is None else [season.opens_on, season.closes_on]


def said_of(entitlement: Entitlement, key: str) -> object:
    told: Mapping[str, object] = {
        "strengths": entitlement.strength,
        "reasons": entitlement.reason,
        "ways": way_of(entitlement),
        "missing": gates(entitlement.way),
        "needs": needed(entitlement),
        "assumed": entitlement.way is not None and entitlement.way.assumed,
        "usable": entitlement.usable,
        "season": season_of(entitlement),
        **{name: counted(entitlement, name) for name in ("left", "due", "used")},
    }
    return told[key]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_worked_case_of_benefits_comes_out_as_written(case: BenefitCase, tmp_path: Path) -> None:
    answer = answered(case, tmp_path)
    for key, wanted in case.expect.items():
        if key in {"known", "tier", "state"}:
            assert getattr(answer, key) == wanted, key
        elif key == "promise":
            check_promises(case, wanted)
        elif key == "discounts":
            check_discounts(case, wanted)
        else:
            found = {benefit: said_of(answer.benefits[benefit], key) for benefit in wanted}
            assert found == wanted, key
    assert answer.known or not answer.benefits


def check_promises(case: BenefitCase, wanted: Mapping[str, list[date]]) -> None:
    declared = rulebook_of(case.program, case.switches).program.benefits
    assert declared is not None
    for benefit, days in wanted.items():
        answer = declared.granted[benefit].answer
        assert answer is not None
        promise = promised(answer, case.on, case.given.get("country"))
        assert [promise.first_on, promise.last_on] == days


def check_discounts(case: BenefitCase, wanted: list[Mapping[str, Any]]) -> None:
    declared = rulebook_of(case.program, case.switches).program.benefits
    assert declared is not None
    discounts = declared.granted["sponsorship_discounts"].discounts
    assert discounts is not None
    for each in wanted:
        given = quote(discounts, case.given["tier"], int(Decimal(each["package"]) * 100), case.on)
        found = {name: getattr(given, name) for name in each if name != "package"}
        assert found == {name: value for name, value in each.items() if name != "package"}, each["package"]


def test_benefits_are_worked_through_by_at_least_40_cases() -> None:
    assert len(CASES) >= 40


def test_no_two_cases_of_benefits_say_the_same_sentence() -> None:
    sentences = Counter((case.program.name, case.sentence) for case in CASES)
    assert [sentence for sentence, times in sentences.items() if times > 1] == []


def test_every_case_of_benefits_quotes_words_of_a_line_it_cites() -> None:
    unquoted = [
        case.name
        for case in CASES
        for words in case.quotes
        if not any(words in (rulebook_of(case.program).quote(cite) or "") for cite in case.cites)
    ]
    assert unquoted == []


# ---- the matrices, cell by cell

SOLUTIONS = {
    173: ("commission",),
    174: ("enterprise_referral",),
    181: ("partner_manager",),
    182: ("inbound_specialist",),
    183: ("experienced_support",),
    184: ("hub_specialists",),
    185: ("presales_experts",),
    186: ("aftersales_services",),
    189: ("directory_listing",),
    190: ("asset_manager",),
    191: ("impact_awards",),
    192: ("tier_badge",),
    193: ("resource_library",),
    194: ("co_marketing",),
    195: ("blog_citation",),
    200: ("deal_registration",),
    201: ("lead_notifications",),
    202: ("demo_account",),
    203: ("onboarding_waiver",),
    204: ("reference_call",),
    205: ("lead_matching",),
    210: ("exclusive_academy",),
    211: ("client_dashboard",),
    212: ("partner_seat",),
    213: ("data_migration_tool",),
    218: ("resource_centre",),
    219: ("seismic",),
    220: ("product_previews",),
    223: ("community_space",),
    224: ("program_newsletter", "powerup_newsletter"),
    225: ("slack_group",),
    226: ("facebook_group",),
    227: ("advisory_board",),
}
TECHNOLOGY = {
    374: ("advisory_board",),
    375: ("partner_manager",),
    376: ("joint_planning",),
    377: ("champion",),
    382: ("account_mapping",),
    383: ("co_sell",),
    384: ("site_visits",),
    385: ("presales_demo",),
    394: ("marketplace_listing",),
    395: ("growth_accelerator",),
    396: ("sponsorship_discounts",),
    397: ("marketplace_visibility",),
    398: ("joint_marketing",),
    401: ("developer_platform",),
    402: ("app_certification",),
    403: ("beta_access",),
    404: ("technical_consulting",),
}
"""The rows of the guides' tables, each with the benefits that it is (A172 to A227, B374 to B404)."""

LADDERS = {
    "A": ("provider", "partner", "gold", "platinum", "diamond", "elite"),
    "B": ("partner", "rising", "leading", "premier"),
}
OUTLIERS = {("A213", "platinum"): "guaranteed"}
"""Cells in which the data departs from the table: A-01, the tick that footnote and detail have."""

ROWS = [
    *(("solutions", "A", row, benefit) for row, benefits in SOLUTIONS.items() for benefit in benefits),
    *(("technology", "B", row, benefit) for row, benefits in TECHNOLOGY.items() for benefit in benefits),
]


def strength_of(cell: str) -> str:
    """A cell of the guides' tables: a tick or a rate, `Considéré`, `Priorisé`, a dash or nothing."""
    words = cell.strip()
    if words in {"", "-"}:
        return "none"
    if words.startswith("Considéré"):
        return "considered"
    return "prioritised" if words.startswith("Priorisé") else "guaranteed"


@pytest.mark.parametrize(("program", "letter", "row", "benefit"), ROWS, ids=str)
def test_each_cell_of_the_tables_is_in_the_data(program: str, letter: str, row: int, benefit: str) -> None:
    rulebook = rulebook_of(PROGRAMS / program)
    written = rulebook.quote(f"{letter}{row}")
    assert written is not None
    assert rulebook.program.benefits is not None
    _, *cells = written.split("\t")
    ladder = LADDERS[letter]
    table = dict(zip(ladder, [*cells, *[""] * (len(ladder) - len(cells))], strict=True))
    wanted = {tier: OUTLIERS.get((f"{letter}{row}", tier), strength_of(cell)) for tier, cell in table.items()}
    granted = rulebook.program.benefits.granted[benefit]
    found = {tier: granted.tiers[tier].at(date(2026, 9, 10)) for tier in ladder}
    assert found == wanted


def test_each_cell_cites_its_row_and_says_what_the_row_states() -> None:
    for program, letter, row, benefit in ROWS:
        declared = rulebook_of(PROGRAMS / program).program.benefits
        assert declared is not None
        for tier, cell in declared.granted[benefit].tiers.items():
            stated = cell.at(date(2026, 9, 10))
            cites = cell.entry(date(2026, 9, 10)).cite
            wanted = "none" if (f"{letter}{row}", tier) in OUTLIERS else stated
            assert cites[f"{letter}{row}"] == wanted, (benefit, tier)


def test_help_for_representatives_is_two_benefits_of_one_row() -> None:
    declared = rulebook_of(PROGRAMS / "technology").program.benefits
    assert declared is not None
    _, *cells = str(rulebook_of(PROGRAMS / "technology").quote("B381")).split("\t")
    advanced = [cell.partition("Avancé")[2] if "Avancé" in cell else "-" for cell in cells]
    on = date(2026, 9, 10)
    base, more = (declared.granted[f"rep_enablement_{part}"] for part in ("base", "advanced"))
    assert [base.tiers[tier].at(on) for tier in LADDERS["B"]] == ["guaranteed"] * 4
    assert [more.tiers[tier].at(on) for tier in LADDERS["B"]] == [strength_of(cell) for cell in advanced]


@pytest.mark.parametrize(
    ("program", "letter", "first", "last", "told"),
    [("solutions", "A", 172, 227, set(SOLUTIONS)), ("technology", "B", 373, 404, {*TECHNOLOGY, 381})],
    ids=["solutions", "technology"],
)
def test_no_row_of_the_tables_is_left_out(program: str, letter: str, first: int, last: int, told: set[int]) -> None:
    lines = rulebook_of(PROGRAMS / program).program.sources[letter].lines
    tables = {int(line): words.split("\t") for line, words in lines.items() if first <= int(line) <= last}
    rows = {line for line, cells in tables.items() if len(cells) > 1 and not cells[0].isupper()}
    assert rows == told
