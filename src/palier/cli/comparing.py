"""`palier compare`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from palier.backends.compare import Compared, compare, compare_histories
from palier.cli.printing import console, print_json, print_oddities, print_problems, progress, table
from palier.engine.compare import Comparison
from palier.engine.compared import (
    move_sentence,
    partner_name,
    reason_sentences,
    side_sentence,
    summary_sentences,
)
from palier.engine.histories_compared import HistoriesCompared, histories_sentence, moves_sentence
from palier.engine.words import Language, Words
from palier.rulebook.checks import SENSIBLE, run_checks
from palier.rulebook.edits import Edits
from palier.rulebook.read import Rulebook, read_program

SHOWN = 40
HEADINGS = {
    "en": ("partner", "tier", "to keep", "why"),
    "fr": ("partenaire", "niveau", "à garder", "pourquoi"),
}
SAID = {
    "en": {
        "title": "{program} on {day}",
        "before": "from: {side}",
        "after": "to: {side}",
        "moves": "Who moves",
        "figures_only": "Only figures or benefits change for",
        "more": "and {count} more; --json and --out have them all",
        "written": "comparison written to {out}",
        "day_headings": "day|promoted|demoted|hold another tier",
        "course_headings": "partner|only before|only after|at the end",
    },
    "fr": {
        "title": "{program} au {day}",
        "before": "de\u202f: {side}",
        "after": "à\u202f: {side}",
        "moves": "Qui bouge",
        "figures_only": "Seuls des chiffres ou des avantages changent pour",
        "more": "et {count} autres\u202f; --json et --out les donnent tous",
        "written": "comparaison écrite dans {out}",
        "day_headings": "jour|montent|descendent|tiennent un autre niveau",
        "course_headings": "partenaire|avant seulement|après seulement|à la fin",
    },
}


def compare_programs(
    program: str,
    other: str | None,
    *,
    facts: Path,
    on: date | None,
    span: tuple[date, date] | None,
    switches: dict[str, str],
    edits: Edits,
    known_at: datetime | None,
    months: list[date],
    out: Path | None,
    language: str,
    stale: bool,
    as_json: bool,
) -> None:
    """Compare two versions of a program, or two states of knowledge, and print who moves and why."""
    before, after = sides(program, other, switches=switches, edits=edits, known_at=known_at)
    warn_of_rules(before.rulebook, after.rulebook)
    words = Words(after.rulebook, cast("Language", language))
    if span is not None:
        courses = compare_histories(
            before, after, facts=facts, since=span[0], until=span[1], stale=stale, progress=progress
        )
        print_json(asdict(courses)) if as_json else print_histories(words, courses)
        return
    if on is None:
        return
    told = compare(before, after, facts=facts, on=on, months=months, out=out, stale=stale, progress=progress)
    if as_json:
        print_json(values(told))
        return
    print_oddities(told.problems)
    print_comparison(words, told)
    if out is not None:
        console().print(SAID[language]["written"].format(out=out))


def sides(
    program: str, other: str | None, *, switches: dict[str, str], edits: Edits, known_at: datetime | None
) -> tuple[Compared, Compared]:
    """The two sides: the program as it is, and the other rulebook, reading, values or knowledge.

    A moment alone compares what was known then with what is known now; beside other rules it holds for both sides.
    """
    rules_differ = other is not None or bool(switches) or bool(edits)
    before = read_program(program)
    after = read_program(other or program, switches=switches, edits=edits)
    return Compared(rulebook=before, known_at=known_at), Compared(
        rulebook=after, known_at=known_at if rules_differ else None
    )


def warn_of_rules(before: Rulebook, after: Rulebook) -> None:
    """Say on standard error what a reader of the changed rules would object to, and not of those before."""
    known = {(each.code, each.found, each.message) for each in run_checks(before, SENSIBLE)}
    new = [each for each in run_checks(after, SENSIBLE) if (each.code, each.found, each.message) not in known]
    if new:
        print_problems(new, to_stderr=True)


def print_comparison(words: Words, told: Comparison) -> None:
    """Print the summary, then a row for each partner that moves, then those that stand where they stood."""
    said, out = SAID[words.language], console()
    out.print(said["title"].format(program=told.program, day=words.day(told.on)), style="bold")
    knowledge = told.before.known_at != told.after.known_at
    for name, side in (("before", told.before), ("after", told.after)):
        out.print(said[name].format(side=side_sentence(words, side, knowledge=knowledge)), style="dim", markup=False)
    for sentence in summary_sentences(words, told):
        out.print(sentence, markup=False)
    moved = sorted((each for each in told.differences if each.stands_elsewhere), key=told.bigness)
    others = [each for each in told.differences if not each.stands_elsewhere]
    for title, found in (("moves", moved), ("figures_only", others)):
        if not found:
            continue
        rows = [
            (
                partner_name(each),
                move_sentence(words, each.tier),
                move_sentence(words, each.tier_kept),
                "\n".join(reason_sentences(words, each)),
            )
            for each in found[:SHOWN]
        ]
        out.print()
        out.print(table(said[title], [(heading, False) for heading in HEADINGS[words.language]], rows))
        if len(found) > SHOWN:
            out.print(said["more"].format(count=len(found) - SHOWN))


def print_histories(words: Words, told: HistoriesCompared) -> None:
    """Print the days on which partners move, then each partner that takes another course."""
    said, out = SAID[words.language], console()
    for name, side in (("before", told.before), ("after", told.after)):
        knowledge = told.before.known_at != told.after.known_at
        out.print(said[name].format(side=side_sentence(words, side, knowledge=knowledge)), style="dim", markup=False)
    out.print(histories_sentence(words, told), style="bold", markup=False)
    days = [
        (words.day(day.on), *(f"{pair[0]} → {pair[1]}" for pair in (day.promoted, day.demoted)), str(day.apart))
        for day in told.days
    ]
    headings = said["day_headings"].split("|")
    if days:
        out.print(table(None, [(heading, place > 0) for place, heading in enumerate(headings)], days))
    courses = [
        (
            course.partner_id,
            moves_sentence(words, course.moves_before),
            moves_sentence(words, course.moves_after),
            move_sentence(words, course.tier),
        )
        for course in told.courses[:SHOWN]
    ]
    if courses:
        out.print()
        out.print(table(None, [(heading, False) for heading in said["course_headings"].split("|")], courses))
    if len(told.courses) > SHOWN:
        out.print(said["more"].format(count=len(told.courses) - SHOWN))


def values(told: Comparison) -> dict[str, Any]:
    """A comparison for machines, its counts first."""
    up, down = told.kept_moves()
    counts: dict[str, Any] = {
        direction: len(told.moved(direction)) for direction in ("promoted", "demoted", "entered", "left")
    }
    summary = {**counts, "could_keep_higher": up, "could_keep_lower": down, "figures": dict(told.figures_changed())}
    content = asdict(told)
    return {"summary": summary, **content}
