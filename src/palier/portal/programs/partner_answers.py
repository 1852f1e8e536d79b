"""What pages of partners ask of the rules: the currencies that they convert."""

from __future__ import annotations

from datetime import date

from palier.portal.partners import asked
from palier.portal.programs.queries import governing_versions, rulebook_of


def answer_partners() -> None:
    """Answer the questions of the app of partners from now on."""
    asked.CURRENCIES.fill(currencies)


def currencies(program: str | None, on: date) -> tuple[str, ...]:
    """The currencies that a program converts by the rules of a day, or any program that has rules, in their order."""
    governing = governing_versions(on)
    asked_of = [each for name, each in governing.items() if program in {None, name}]
    units = (rulebook_of(each.folder).program.currency_units for each in asked_of)
    return tuple(dict.fromkeys(code for each in units if each is not None for code in each.equivalents))
