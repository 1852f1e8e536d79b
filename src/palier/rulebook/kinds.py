"""The kinds of values that several parts of a rulebook share: days, currencies, file names, cells."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from palier.rulebook.dated import DAY_PATTERN, Dated, Number

ColumnKind = Literal["text", "integer", "boolean", "date", "money", "timestamp"]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Days = Annotated[int, Field(gt=0, le=3660)]
Months = Annotated[int, Field(gt=0, le=120)]
_SQL_FILE = r"^(metrics|views)/[a-z0-9_]+(--[a-z0-9_]+)?\.sql$"


def _iso_currency(code: str) -> str:
    from iso4217 import Currency  # noqa: PLC0415  # a rulebook without money needs no list of currencies

    try:
        return str(Currency(code).code)
    except ValueError as error:
        kind, message = "unknown_currency", "{code} is no currency of ISO 4217"
        raise PydanticCustomError(kind, message, {"code": code}) from error


def _iso_day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        kind, message = "date_type", "a day is expected, such as 2024-02-27"
        raise PydanticCustomError(kind, message) from error


def _sql_file(text: str) -> str:
    if re.fullmatch(_SQL_FILE, text) is None:
        kind, message = "sql_file", "a file of the program is expected, such as metrics/name--reading.sql"
        raise PydanticCustomError(kind, message)
    return text


CurrencyCode = Annotated[str, AfterValidator(_iso_currency)]
DayKey = Annotated[str, AfterValidator(_iso_day), WithJsonSchema({"type": "string", "pattern": DAY_PATTERN})]
SqlFile = Annotated[str, AfterValidator(_sql_file), WithJsonSchema({"type": "string", "pattern": _SQL_FILE})]
Cell = Annotated[
    Annotated[Dated[bool | int | str], Tag("dated")] | Annotated[bool | int | str, Tag("key")],
    Discriminator(lambda given: "dated" if isinstance(given, dict | Dated) else "key"),
]
