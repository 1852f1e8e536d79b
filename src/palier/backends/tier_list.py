"""The vendor's own list of tiers from a CSV file of two columns, with all its problems at once."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from palier.rulebook.problems import InputProblemsError, Problem, Severity
from palier.rulebook.read import LANGUAGES, Rulebook
from palier.rulebook.schema import near

COLUMNS = ("partner_id", "tier")


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list: a partner, its tier as written (None: no tier), and its line where it is a file's."""

    partner_id: str
    tier: str | None
    line: int | None


def read_tier_list(path: Path) -> tuple[tuple[Listed, ...], tuple[Problem, ...]]:
    """The rows of a CSV file with the columns `partner_id` and `tier`: UTF-8, commas or semicolons, a header.

    Raises:
        InputProblemsError: it is no such file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        said = f"{path.name} cannot be read as UTF-8 text: {error}"
        raise InputProblemsError([_problem(path, 1, "unreadable_file", said, mend="save it as CSV in UTF-8")]) from None
    header = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=";" if header.count(";") > header.count(",") else ",")
    names = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in COLUMNS if names.count(name) != 1]
    if missing:
        said = f"{path.name} needs the column {' and '.join(missing)} once in its first line"
        found = _problem(path, 1, "missing_column", said, found=header.strip(), mend="write the header partner_id,tier")
        raise InputProblemsError([found])
    places = [names.index(name) for name in COLUMNS]
    try:
        return _rows(path, reader, places, len(names))
    except csv.Error as error:
        said = f"{path.name} cannot be read as CSV: {error}"
        raise InputProblemsError([_problem(path, reader.line_num, "unreadable_file", said)]) from None


def _rows(
    path: Path, reader: Iterable[Sequence[str]], places: Sequence[int], width: int
) -> tuple[tuple[Listed, ...], tuple[Problem, ...]]:
    listed: dict[str, Listed] = {}
    problems: list[Problem] = []
    for line, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != width:
            said = f"line {line} has {len(cells)} cells"
            problems.append(_problem(path, line, "bad_row", said, found=";".join(cells), expected=f"{width} cells"))
            continue
        partner, tier = (cells[place].strip() for place in places)
        row = Listed(partner, tier or None, line)
        if not partner:
            problems.append(_problem(path, line, "empty_cell", f"line {line} names no partner"))
        elif partner in listed:
            said = f"{partner} stands twice, first on line {listed[partner].line}"
            problems.append(_problem(path, line, "duplicate_key", said, found=partner, mend="keep one of the two"))
        else:
            listed[partner] = row
    return tuple(listed.values()), tuple(problems)


def known_tiers(rulebook: Rulebook, on: date) -> Mapping[str, str]:
    """What a tier in force on the day may be called in a list, in lower case, to its id."""
    known: dict[str, str] = {}
    for tier in rulebook.program.tiers:
        if tier.in_force(on):
            spoken = (rulebook.text(language, "tiers", tier.tier) for language in LANGUAGES)
            known |= {name.casefold(): tier.tier for name in (tier.tier, *spoken) if name is not None}
    return known


def list_problems(
    listed: Iterable[Listed],
    *,
    file: Path | None,
    tiers: Mapping[str, str],
    partners: frozenset[str],
    enrolled: frozenset[str],
    other_days: frozenset[str] = frozenset(),
) -> Iterator[Problem]:
    """Tiers and partners that nobody knows, and, as warnings, partners that are not compared.

    `other_days` are tiers of which an earlier decision may speak, and that are not in force on the day.
    """
    for row in listed:
        if row.tier in other_days:
            said = f"{row.partner_id}: {row.tier}, decided last, is not a tier on that day, and is not compared"
            mend = "record a later decision on its tier"
            yield _problem(file, row.line, "tier_gone", said, found=row.tier, mend=mend, severity="warning")
        elif row.tier is not None and row.tier.casefold() not in tiers:
            ids = tuple(dict.fromkeys(tiers.values()))
            mend = near(row.tier, ids) or "write a tier's id or its name; leave it empty for no tier"
            said = f"{row.partner_id}: {row.tier} is not a tier on that day"
            yield _problem(file, row.line, "unknown_tier", said, found=row.tier, expected=", ".join(ids), mend=mend)
        if row.partner_id not in partners:
            said = f"{row.partner_id} is not in the table partners"
            yield _problem(file, row.line, "unknown_partner", said, found=row.partner_id, mend="mend the id")
        elif row.partner_id not in enrolled:
            said = f"{row.partner_id} is not enrolled on that day and is not compared"
            yield _problem(file, row.line, "not_enrolled", said, found=row.partner_id, severity="warning")


def _problem(
    path: Path | None,
    line: int | None,
    code: str,
    message: str,
    *,
    found: str | None = None,
    expected: str | None = None,
    mend: str = "write a partner's id and a tier on each line",
    severity: Severity = "error",
) -> Problem:
    return Problem(
        severity=severity,
        code=code,
        message=message,
        file=None if path is None else path.name,
        table="tier_decisions" if path is None else None,
        line=line,
        found=found,
        expected=expected,
        mend=mend,
    )
