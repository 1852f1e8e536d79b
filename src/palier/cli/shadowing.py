"""`palier shadow`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from palier.backends.shadow import shadow
from palier.cli.printing import console, print_json, print_oddities, progress, table
from palier.engine.shadow import Against, Shadow, agreement_sentences, difference_sentences
from palier.engine.words import Language, Words
from palier.rulebook.read import read_program

SHOWN = 40
SAID = {
    "en": {
        "title": "{program} on {day}: the vendor's list ({source}) against {against}",
        "standing": "the tier that the day's figures reach",
        "held": "the tier that the history holds",
        "matrix": "vendor ↓   Palier →",
        "differences": "Where they differ",
        "headings": "partner|vendor|Palier|why",
        "more": "and {count} more; --json has them all",
    },
    "fr": {
        "title": "{program} au {day}\u202f: la liste de l’éditeur ({source}) et {against}",
        "standing": "le niveau que les chiffres du jour atteignent",
        "held": "le niveau que l’historique tient",
        "matrix": "éditeur ↓   Palier →",
        "differences": "Ce qui diffère",
        "headings": "partenaire|éditeur|Palier|pourquoi",
        "more": "et {count} autres\u202f; --json les donne tous",
    },
}


def shadow_program(
    program: str,
    *,
    facts: Path,
    on: date,
    tiers: Path | None,
    held: bool,
    known_at: datetime | None,
    switches: dict[str, str],
    language: str,
    stale: bool,
    as_json: bool,
) -> None:
    """Compare the vendor's own list of tiers with Palier's and print how far they agree, and why not."""
    rulebook = read_program(program, switches=switches)
    told = shadow(
        rulebook,
        facts=facts,
        on=on,
        tiers=tiers,
        against="held" if held else "standing",
        known_at=known_at,
        stale=stale,
        progress=progress,
    )
    if as_json:
        print_json(values(told))
        return
    print_oddities(told.problems)
    print_shadow(Words(rulebook, cast("Language", language)), told)


def print_shadow(words: Words, told: Shadow) -> None:
    """Print the agreement, the matrix of tiers, and each difference with its gates."""
    said, out = SAID[words.language], console()
    against: Against = told.against
    title = said["title"].format(
        program=told.program, day=words.day(told.on), source=told.source, against=said[against]
    )
    out.print(title, style="bold", markup=False)
    for sentence in agreement_sentences(words, told):
        out.print(sentence, markup=False)
    out.print()
    out.print(_matrix(words, told, said["matrix"]))
    if told.differences:
        rows = [
            (
                each.partner_id if each.name is None else f"{each.name} ({each.partner_id})",
                words.tier(each.theirs),
                words.tier(each.ours),
                "\n".join(difference_sentences(words, each)),
            )
            for each in told.differences[:SHOWN]
        ]
        out.print()
        out.print(table(said["differences"], [(each, False) for each in said["headings"].split("|")], rows))
    if len(told.differences) > SHOWN:
        out.print(said["more"].format(count=len(told.differences) - SHOWN))


def _matrix(words: Words, told: Shadow, corner: str) -> Any:  # noqa: ANN401  # a rich table
    tiers: list[str | None] = [*reversed(told.ladder), None]
    counts = {(cell.theirs, cell.ours): cell.partners for cell in told.matrix}
    columns = [(corner, False), *((words.tier(tier), True) for tier in tiers)]
    rows = [
        (words.tier(theirs), *(str(counts.get((theirs, ours), "·")) for ours in tiers))
        for theirs in tiers
        if any(cell.theirs == theirs for cell in told.matrix)
    ]
    return table(None, columns, rows)


def values(told: Shadow) -> dict[str, Any]:
    """A shadow comparison for machines."""
    from dataclasses import asdict  # noqa: PLC0415

    return {**asdict(told), "share": told.share}
