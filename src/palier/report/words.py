"""All that a report says of its own, in English and French; figures, days and a program's names come from Words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from string import Formatter

from babel.dates import format_date

from palier.engine.results import Gate
from palier.engine.words import Words
from palier.report.html import Node
from palier.report.sentences import CAUSES, ENDINGS, SENTENCES


class Speech:
    """How a report speaks about one program in one language; `addressed` to the partner, it says *you*."""

    def __init__(self, words: Words, *, addressed: bool = False) -> None:
        self.words = words
        self.language = words.language
        self.addressed = addressed

    def say(self, key: str, /, **parts: object) -> str:
        """One of the report's own sentences."""
        return self._template(key).format(**parts)

    def weave(self, key: str, /, **parts: Node) -> list[Node]:
        """One of the report's own sentences, with elements for its parts."""
        woven: list[Node] = []
        for said, part, _, _ in Formatter().parse(self._template(key)):
            woven += [said, parts[part] if part else None]
        return woven

    def _template(self, key: str) -> str:
        sentences = SENTENCES[self.language]
        return sentences.get(f"{key}_you", sentences[key]) if self.addressed else sentences[key]

    def count(self, key: str, number: int, /, **parts: object) -> str:
        """A sentence about a number of things: for none, one or many, where they differ."""
        sentences = SENTENCES[self.language]
        one = number == 1 or (number == 0 and self.language == "fr")
        wanted = f"{key}_none" if number == 0 and f"{key}_none" in sentences else f"{key}_one" if one else f"{key}_many"
        return sentences[wanted].format(count=self.whole(number), **parts)

    def both(self, parts: Sequence[str]) -> str:
        """Things in a row: a, b and c."""
        if len(parts) <= 1:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.say('and')} {parts[-1]}"

    def row(self, parts: Sequence[Node]) -> list[Node]:
        """Elements in a row: a, b and c."""
        woven: list[Node] = []
        for place, part in enumerate(parts):
            last = place == len(parts) - 1
            woven += [None if place == 0 else f" {self.say('and')} " if last else ", ", part]
        return woven

    def whole(self, number: int) -> str:
        """A whole number."""
        return self.words.number(number, 0)

    def tier(self, tier: str | None) -> str:
        """A tier's name, or the words for none."""
        return self.words.tier(tier)

    def metric(self, metric: str) -> str:
        """A metric's name."""
        return self.words.name("metrics", metric)

    def figure(self, metric: str, value: Fraction | None) -> str:
        """A figure as people read it."""
        return self.words.figure(metric, value)

    def aligned(self, metric: str, value: Fraction | None) -> str:
        """A figure in a column: whole numbers carry the zeros that the others have decimals."""
        spoken = self.figure(metric, value)
        unit = self.words.rulebook.program.metrics[metric].unit
        shown = unit == "share" or self.words.currency_of(unit) is not None
        decimals = 0 if shown else self.words.rulebook.program.units[unit].decimals
        mark = self.words.number(Fraction(1, 2), 1)[1]
        return spoken if value is None or decimals == 0 or mark in spoken else f"{spoken}{mark}{'0' * decimals}"

    def unit(self, metric: str) -> str:
        """What a metric is counted in."""
        return self.words.rulebook.text(self.language, "metrics", metric, "unit") or ""

    def counted(self, metric: str, value: Fraction | None) -> str:
        """A figure with what it is counted in, once: 42 points, USD 1,234.56."""
        said, unit = self.figure(metric, value), self.unit(metric)
        return said if not unit or unit in said else f"{said} {unit}"

    def required(self, gate: Gate) -> str:
        """What a gate asks."""
        return self.words.figure(gate.metric, gate.required)

    def short_by(self, gate: Gate) -> str:
        """By how much a gate is missed."""
        return self.say("short_by", missing=self.words.figure(gate.metric, gate.missing))

    def source(self, motion: str | None, market: str | None) -> str:
        """Who brought a credit, and in which market."""
        named = [("motions", motion), ("markets", market)]
        return ", ".join(self.words.name(kind, each) for kind, each in named if each is not None)

    def lower(self, name: str) -> str:
        """A name inside a sentence; abbreviations stay as they are."""
        return name if name[:2].isupper() else name[:1].lower() + name[1:]

    def cause(self, table: str, because: str | None, name: str) -> str:
        """The fact behind an ending, as part of a sentence."""
        causes = CAUSES[self.language]
        kind = str(because).partition(":")[0]
        found = causes.get(f"{table} {because}") or causes.get(str(because)) or causes.get(f"{table} {kind}")
        return (found or causes["other"]).format(name=name)

    def ending(self, table: str, name: str) -> str:
        """What ends, in a few words."""
        endings = ENDINGS[self.language]
        return endings.get(table, endings["other"]).format(name=name)

    def month(self, day: date) -> str:
        """A month, short: Nov, nov."""
        return str(format_date(day, format="MMM", locale=self.language))

    def month_year(self, day: date) -> str:
        """A month with its year."""
        return str(format_date(day, format="MMMM y", locale=self.language))

    def short_day(self, day: date) -> str:
        """A day without its year: 21 Nov, 1er déc."""
        spoken = str(format_date(day, format="d MMM", locale=self.language))
        return spoken.replace("1 ", "1er ", 1) if self.language == "fr" and day.day == 1 else spoken
