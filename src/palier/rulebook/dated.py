"""Values over time: each holds from its date until the next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


class Value(BaseModel):
    """A frozen value of a rulebook; unknown keys are problems."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _exact(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


Number = Annotated[Decimal, BeforeValidator(_exact, json_schema_input_type=int | float)]
Scalar = bool | Number | str
DAY_PATTERN = r"^\d{4}-\d{2}-\d{2}$"
Cites = Annotated[
    dict[str, Any],
    WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "string"}}, {"type": "string"}]}),
]


class Entry(Value, Generic[T]):
    """One value from a date on, with the guide lines it comes from and what each of them states."""

    value: T = Field(description="What holds from this date on.")
    cite: Cites = Field(
        default_factory=dict,
        description="Citation (letter and line, `A124`) to what that line states; a list states the value itself.",
    )
    dated_by: dict[str, date] = Field(
        default_factory=dict,
        description="Citation to the date that line gives for this value, where several do.",
    )
    note: str | None = Field(default=None, description="Why the value reads so, in one sentence.")


class Dated(Generic[T]):
    """Values of one cell over time, oldest first; open before the first date and after the last.

    A value asked for a day before the first date is the first value (readings.md, *Days and windows*).
    """

    __slots__ = ("entries",)

    def __init__(self, entries: Mapping[date, Entry[T]]) -> None:
        self.entries: tuple[tuple[date, Entry[T]], ...] = tuple(sorted(entries.items()))

    def entry(self, on: date) -> Entry[T]:
        """The entry in force on the day, or the first one if the day is earlier than all."""
        chosen = self.entries[0][1]
        for effective_from, entry in self.entries:
            if effective_from <= on:
                chosen = entry
        return chosen

    def at(self, on: date) -> T:
        """The value in force on the day, or the first one if the day is earlier than all."""
        return self.entry(on).value

    def periods(self) -> tuple[tuple[date | None, date | None, Entry[T]], ...]:
        """Each entry with the half-open period in which it holds; the first is open at its start."""
        starts = [start for start, _ in self.entries]
        return tuple(
            (None if index == 0 else start, starts[index + 1] if index + 1 < len(starts) else None, entry)
            for index, (start, entry) in enumerate(self.entries)
        )

    def __repr__(self) -> str:
        return f"Dated({ {str(day): entry.value for day, entry in self.entries} })"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dated) and self.entries == other.entries

    def __hash__(self) -> int:
        return hash(tuple(day for day, _ in self.entries))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401
        (inner,) = getattr(source, "__args__", (Any,))
        entries = handler.generate_schema(dict[IsoDay, Annotated[Entry[inner], BeforeValidator(_entry)]])  # type: ignore[valid-type]
        return core_schema.no_info_after_validator_function(cls._checked, entries)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(schema)

    @classmethod
    def _checked(cls, entries: Mapping[date, Entry[T]]) -> Dated[T]:
        if not entries:
            message = "at least one date with its value is expected, such as {2022-07-18: 243}"
            raise ValueError(message)
        return cls(entries)


def days_named(value: object) -> Iterator[date]:
    """Every day that a value names, with those in it: only on one of these can what it says of a day change."""
    if isinstance(value, date):
        yield value
    elif isinstance(value, Dated):
        for day, entry in value.entries:
            yield day
            yield from days_named(entry.value)
    elif isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from days_named(getattr(value, field))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from days_named(key)
            yield from days_named(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from days_named(each)


def _iso_day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


IsoDay = Annotated[date, BeforeValidator(_iso_day, json_schema_input_type=date)]


def _entry(value: object) -> object:
    """Let a bare scalar stand for `{value: scalar}` and a list of citations for « states the value »."""
    if not isinstance(value, Mapping):
        return {"value": value}
    cite = value.get("cite")
    if isinstance(cite, str):
        cite = [cite]
    if isinstance(cite, list):
        return {**value, "cite": {str(name): value.get("value") for name in cite}}
    return value


def fraction(value: Decimal | int) -> Fraction:
    """The exact fraction of a number of a rulebook."""
    return Fraction(value)
