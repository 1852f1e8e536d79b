"""What the journal says people did: every verb that is written has its words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

import palier.portal
from palier.portal.runs.deeds import DEEDS, KINDS, SAID_OF_ANY, said

ROOT = Path(palier.portal.__file__).parent
WRITERS = {
    "record": None, "_record": 1, "_record_contact": 1, "_decide": 2, "_journal": 1, "_journal_invitation": 1,
    "journal_membership": 1, "write": 1, "_write": 1, "_end": 1, "_close": 1,
}  # fmt: skip
"""What writes an entry, or hands its verb on, and where the verb stands."""


def written(name: str) -> Iterator[str]:
    """The texts that stand for an argument of an entry, by its name, or by its place where it is the verb."""
    for module in sorted(ROOT.rglob("*.py")):
        for call in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if called not in WRITERS or (called == "_write" and module.name != "seats.py"):
                continue
            place = WRITERS[called]
            values = [each.value for each in call.keywords if each.arg == name]
            values += call.args[place : place + 1] if name == "verb" and place is not None else []
            for value in values:
                texts = (each.value for each in ast.walk(value) if isinstance(each, ast.Constant))
                yield from (text for text in texts if isinstance(text, str) and text)


def test_every_verb_that_is_written_has_its_words() -> None:
    known = {verb for _, verb in DEEDS} | set(SAID_OF_ANY)
    found = set(written("verb"))
    assert len(found) > 50
    assert found - known == set()


def test_every_kind_of_subject_has_its_words() -> None:
    found = set(written("subject_kind"))
    assert found - set(KINDS) == set()
    assert {kind for kind, _ in DEEDS} <= set(KINDS)


def test_words_stand_in_the_readers_language_and_codes_where_none_are_known() -> None:
    with translation.override("fr"):
        assert str(said("run", "publish")) == "a publié un calcul"
        assert str(said("recalibration", "publish")) == "a publié un recalibrage"
    with translation.override("en"):
        assert str(said("customer", "identify")) == "said under which id the warehouse knows this"
        assert said("moon", "land") == "land"
