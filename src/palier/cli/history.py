"""`palier history`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from palier.backends.corrections import Correction, corrections
from palier.backends.history import replay
from palier.backends.history_tables import require_history_place, write_history
from palier.backends.runs import PartnerNotFoundError
from palier.cli.printing import console, print_json, print_oddities, progress, table
from palier.engine.move_words import KINDS, move_sentence, sentences
from palier.engine.moves import History, Move
from palier.engine.words import Language, Words
from palier.rulebook.read import Rulebook, read_program

SAID = {
    "en": {
        "title": "{program} from {since} to {until}",
        "columns": ("day", "partner", "move", "what is said"),
        "still": "Nothing moves from {since} to {until}.",
        "corrected": "What was recorded since {moment} changes",
        "was": "as known then",
        "is": "as known now",
        "rows": "rows recorded since",
        "nothing": "nothing",
    },
    "fr": {
        "title": "{program}, du {since} au {until}",
        "columns": ("jour", "partenaire", "mouvement", "ce qui est dit"),
        "still": "Rien ne bouge du {since} au {until}.",
        "corrected": "Ce que change ce qui a été enregistré depuis le {moment}",
        "was": "d’après ce qu’on savait alors",
        "is": "d’après ce qu’on sait",
        "rows": "lignes enregistrées depuis",
        "nothing": "rien",
    },
}


def tell_history(
    program: str,
    *,
    facts: Path,
    since: date,
    until: date,
    partner: str | None,
    out: Path | None,
    known_at: datetime | None,
    corrected_since: datetime | None,
    language: str,
    switches: dict[str, str],
    stale: bool,
    as_json: bool,
) -> None:
    """Replay a program's moves and print them, with what later rows corrected if that is asked."""
    rulebook = read_program(program, switches=switches)
    if out is not None:
        require_history_place(out)

    def replayed(moment: datetime | None) -> History:
        return replay(
            rulebook,
            facts=facts,
            since=since,
            until=until,
            known_at=moment,
            partner_id=partner,
            stale=stale,
            progress=progress,
        )

    corrected: tuple[Correction, ...] = ()
    if corrected_since is None:
        history = replayed(known_at)
    else:
        then, history = _then_and_now(replayed, corrected_since, known_at)
        corrected = corrections(rulebook, facts, then, history, since=corrected_since, known_at=known_at)
    if out is not None:
        write_history(rulebook, history, out)
    if as_json:
        print_json(_values(rulebook, history, corrected, since=since, until=until, known_at=known_at))
        return
    print_oddities(history.problems)
    words = Words(rulebook, cast("Language", language))
    _print_moves(words, history, since=since, until=until)
    if corrected_since is not None:
        _print_corrections(words, corrected, corrected_since)


def _then_and_now(
    replayed: Callable[[datetime | None], History], then: datetime, now: datetime | None
) -> tuple[History, History]:
    """Both histories; a partner that is known at one of the two moments only has an empty one at the other."""
    told: list[History] = []
    unknown: list[PartnerNotFoundError] = []
    for moment in (then, now):
        try:
            told.append(replayed(moment))
        except PartnerNotFoundError as error:
            told.append(History(moves=(), holdings=()))
            unknown.append(error)
    if len(unknown) == len(told):
        raise unknown[-1]
    return told[0], told[1]


def _values(
    rulebook: Rulebook,
    history: History,
    corrected: tuple[Correction, ...],
    *,
    since: date,
    until: date,
    known_at: datetime | None,
) -> dict[str, Any]:
    def told(move: Move) -> dict[str, Any]:
        return {**asdict(move), "sentence": sentences(rulebook, move)}

    return {
        "program": rulebook.program.program,
        "rulebook": rulebook.digest,
        "from": since,
        "until": until,
        "known_at": known_at,
        "moves": [told(move) for move in history.moves],
        "holdings": [asdict(holding) for holding in history.holdings],
        "corrections": [
            {
                "partner_id": each.partner_id,
                "on": each.on,
                "then": [told(move) for move in each.then],
                "now": [told(move) for move in each.now],
                "rows": [asdict(row) for row in each.rows],
            }
            for each in corrected
        ],
        "problems": history.problems,
    }


def _print_moves(words: Words, history: History, *, since: date, until: date) -> None:
    said: dict[str, Any] = SAID[words.language]
    days = {"since": words.day(since), "until": words.day(until)}
    if not history.moves:
        console().print(said["still"].format(**days))
        return
    rows = [
        (words.day(move.on), move.partner_id, KINDS[words.language][move.kind], move_sentence(words, move))
        for move in history.moves
    ]
    program = words.rulebook.text(words.language, "program", "name") or words.rulebook.program.program
    title = said["title"].format(program=program, **days)
    console().print(table(title, [(heading, False) for heading in said["columns"]], rows))


def _print_corrections(words: Words, corrected: tuple[Correction, ...], since: datetime) -> None:
    said: dict[str, Any] = SAID[words.language]
    day, partner, *_ = said["columns"]
    headings = (day, partner, said["was"], said["is"], said["rows"])

    def moves(made: tuple[Move, ...]) -> str:
        return "\n".join(_brief(words, move) for move in made) or said["nothing"]

    rows = [
        (
            words.day(each.on),
            each.partner_id,
            moves(each.then),
            moves(each.now),
            "\n".join(f"{row.table} {row.key}" for row in each.rows),
        )
        for each in corrected
    ]
    title = said["corrected"].format(moment=since.isoformat(sep=" "))
    console().print(table(title, [(heading, False) for heading in headings], rows))


def _brief(words: Words, move: Move) -> str:
    """A move in a cell: its kind, and the tier it speaks of."""
    given = move.computed_tier if move.kind == "differs" else move.tier_after
    return f"{KINDS[words.language][move.kind]}: {words.tier(move.about or given)}"
