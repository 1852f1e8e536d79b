"""What cannot be typed, told as a problem: where it is, what was found, what is expected in its place."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from palier.rulebook.document import Document, Trail
from palier.rulebook.model import Erratum, Program
from palier.rulebook.problems import Problem

KEYS_EXPECTED = "a mapping of keys to values is expected"
_SAID = {
    "model_type": KEYS_EXPECTED,
    "model_attributes_type": KEYS_EXPECTED,
    "dict_type": KEYS_EXPECTED,
    "list_type": "a list is expected",
    "tuple_type": "a list is expected",
    "string_type": "text is expected; write it in quotes if it looks like a number or a date",
    "bool_type": "true or false is expected",
    "int_type": "a whole number is expected",
    "is_instance_of": "a number is expected, such as 62.5",
    "decimal_type": "a number is expected, such as 62.5",
    "date_type": "a day is expected, such as 2024-02-27",
}
_CODES = {"missing": "missing_key", "extra_forbidden": "unknown_key", "unknown_currency": "unknown_currency"}


_BOUNDS = frozenset({"greater_than", "greater_than_equal", "less_than", "less_than_equal"})
_WANTED = re.compile(
    r"(?:should be|should have|must be|needs|expected|is(?= exactly)|has(?= exactly| at most)) "
    r"(?P<wanted>.+?)(?: after validation, not \d+|, found .*)?$"
)


def expected_of(kind: str, said: str) -> str | None:
    """What is expected, out of the sentence that says what is wrong; None where the sentence does not say.

    Args:
        kind: what pydantic calls the fault.
        said: the sentence.
    """
    if kind == "unknown_currency":
        return "a code of ISO 4217, such as EUR"
    wanted, marked, more = said.partition(" is expected")
    if marked:
        return wanted + more
    found = _WANTED.search(said)
    return None if found is None else f"{'a number ' if kind in _BOUNDS else ''}{found['wanted']}"


def mistyped(each: Any, document: Document) -> Problem:  # noqa: ANN401  # pydantic's ErrorDetails
    """The problem of a value that cannot be typed, at its file and line.

    Args:
        each: one of the errors of pydantic.
        document: where the value was read.
    """
    from palier.rulebook.schema import known_keys, near  # noqa: PLC0415  # only when there is something to mend

    trail: Trail = ()
    for part in (*each["loc"], *str(each.get("ctx", {}).get("at", "")).split(".")):
        if (*trail, str(part)) in document.places:
            trail = (*trail, str(part))
    place = document.place(trail)
    kind = str(each["type"])
    last = str(each["loc"][-1]) if each["loc"] else ""
    named = ".".join(trail) or document.file
    said = _SAID.get(kind) or str(each["msg"]).removeprefix("Value error, ")
    messages = {
        "missing": f"{last!r} is missing under {named}",
        "extra_forbidden": f"{named} is not a key that palier knows here",
    }
    mend = "see docs/rulebook.md for the keys and their values"
    if kind == "extra_forbidden":
        model, loc = (Program, each["loc"]) if document.file == "program.yaml" else (Erratum, each["loc"][1:])
        mend = near(last, known_keys(model, loc)) or mend
    found = each.get("input")
    return Problem(
        severity="error",
        code=_CODES.get(kind, "bad_value"),
        message=messages.get(kind, f"{named}: {said}"),
        file=place.file,
        line=place.line,
        found=None if kind == "missing" or isinstance(found, dict | list | BaseModel) else str(found),
        expected=None if kind in messages else expected_of(kind, said),
        mend=mend,
    )
