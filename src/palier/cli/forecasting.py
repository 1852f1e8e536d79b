"""`palier forecast`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import cast

from palier.backends.forecast import forecast
from palier.cli.printing import console, print_json, progress, table
from palier.engine.foretold import change_sentences, lapse_sentence
from palier.engine.plan import Assumption, Vantage
from palier.engine.words import Language, Words
from palier.rulebook.read import read_program

HEADINGS = {
    "en": ("day", "what changes", "because", "tier"),
    "fr": ("jour", "ce qui change", "à cause de", "niveau"),
}
SAID = {
    "en": {
        "title": "{partner} after {day}, {assume}",
        "still": "Nothing changes until {until}.",
        "next": "Next lapse: {lapse}",
    },
    "fr": {
        "title": "{partner} après le {day}, {assume}",
        "still": "Rien ne change jusqu’au {until}.",
        "next": "Prochaine échéance\u202f: {lapse}",
    },
}
ASSUMED = {
    "en": {"continuing": "if work goes on as today", "idle": "if nothing is recorded any more"},
    "fr": {"continuing": "si le travail continue comme aujourd’hui", "idle": "si plus rien n’est enregistré"},
}


def forecast_partner(
    program: str,
    *,
    facts: Path,
    on: date,
    until: date,
    partner: str,
    assume: str,
    view: str,
    language: str,
    known_at: datetime | None,
    switches: dict[str, str],
    stale: bool,
    as_json: bool,
) -> None:
    """Forecast and print the days on which something changes."""
    rulebook = read_program(program, switches=switches)
    words = Words(rulebook, cast("Language", language))
    told = forecast(
        rulebook,
        facts=facts,
        on=on,
        until=until,
        partner_id=partner,
        assume=cast("Assumption", assume),
        vantage=cast("Vantage", view),
        known_at=known_at,
        stale=stale,
        progress=progress,
    )
    if as_json:
        print_json({**_values(told), "next_lapse": None if told.next_lapse is None else told.next_lapse.on})
        return
    said = SAID[language]
    out = console()
    title = said["title"].format(partner=partner, day=words.day(on), assume=ASSUMED[language][assume])
    if not told.changes:
        out.print(title, style="bold")
        out.print(said["still"].format(until=words.day(until)))
        return
    rows = [
        (
            words.day(change.on),
            *("\n".join(part) for part in change_sentences(words, change)),
            words.tier(change.tier[1]),
        )
        for change in told.changes
    ]
    out.print(table(title, [(heading, False) for heading in HEADINGS[language]], rows))
    if told.next_lapse is not None:
        out.print(said["next"].format(lapse=lapse_sentence(words, told.next_lapse, told.credits)), style="bold")


def _values(told: object) -> dict[str, object]:
    from dataclasses import asdict  # noqa: PLC0415

    values = asdict(told)  # type: ignore[call-overload]
    values["credits"] = sorted(values["credits"])
    return dict(values)
