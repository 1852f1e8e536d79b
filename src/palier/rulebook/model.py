"""A program as frozen, typed, dated values: what `program.yaml` and `ERRATA.yaml` may say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from palier.rulebook.benefits import Benefits
from palier.rulebook.calendar import Calendar
from palier.rulebook.commissions import Commissions
from palier.rulebook.dated import Dated, Number, Value
from palier.rulebook.gates import Tier
from palier.rulebook.kinds import Cell, ColumnKind, CurrencyCode, DayKey, Days, Months, NotNegative, Positive, SqlFile

MetricKind = Literal["sum", "mean", "median", "ratio", "total", "share", "capped"]


def _bad_row(position: int, said: str) -> PydanticCustomError:
    return PydanticCustomError("bad_row", "{said}", {"said": said, "at": f"rows.{position}"})


class Source(Value):
    """A text the rules come from; `lines` quotes the cited lines, so that a citation can be read."""

    title: str = Field(description="The text's title.")
    language: str = Field(default="en", description="The language of the quotes (ISO 639).")
    dated: str | None = Field(default=None, description="The date the text carries.")
    lines: dict[str, str] = Field(description="Line number to the words quoted from it.")


class Edition(Value):
    """A period in which the program has rules; a day outside every edition cannot be evaluated."""

    effective_from: date = Field(description="First day of the edition.")
    effective_until: date | None = Field(default=None, description="First day after it; open if absent.")
    cite: list[str] = Field(default_factory=list, description="Citations.")


class Window(Value):
    """How long a credit lives: days, calendar months clipped to the month's last day, or whole months."""

    days: Dated[Days] | None = Field(default=None, description="Length in days, by date; at most 3660.")
    months: Dated[Months] | None = Field(default=None, description="Length in calendar months, by date.")
    whole_months: Dated[Annotated[Months, Field(le=60)]] | None = Field(
        default=None, description="How many complete calendar months before the day's month count, by date."
    )

    @model_validator(mode="after")
    def _one_length(self) -> Self:
        if sum(length is not None for length in (self.days, self.months, self.whole_months)) != 1:
            message = "a window has exactly one of `days`, `months` and `whole_months`"
            raise ValueError(message)
        return self

    @property
    def length(self) -> Dated[int]:
        """The dated length, whichever unit it is in."""
        length = next((each for each in (self.days, self.months, self.whole_months) if each is not None), None)
        assert length is not None  # noqa: S101  # proven by _one_length
        return length


class Unit(Value):
    """What a figure is counted in; `money` says how many units of the basis currency make one."""

    money: int | None = Field(
        default=None,
        gt=0,
        description="Major units of the basis currency that make one unit at rate 1 (100 for points). "
        "A unit of 1 that is named after the basis (`usd`) is shown as money.",
    )
    decimals: int = Field(default=2, ge=0, le=10, description="Decimals shown to people, 0 to 10; results stay exact.")


class CurrencyUnits(Value):
    """The program's own fixed equivalents between currencies, never market rates."""

    basis: CurrencyCode = Field(description="The basis currency (ISO 4217).")
    amount: int = Field(gt=0, description="How many major units of the basis every equivalent is worth.")
    equivalents: dict[CurrencyCode, Dated[Positive]] = Field(
        description="Currency (ISO 4217) to the major units worth `amount` of the basis, by date."
    )


class Territory(Value):
    """The countries of a territory from a date on."""

    countries: dict[str, str] = Field(description="ISO 3166 alpha-2 code to the name the source uses.")
    cite: list[str] = Field(default_factory=list, description="Citations.")


class Table(Value):
    """A parameter table: a relation that metrics read, its last column dated."""

    meaning: str = Field(description="What a row says, in one sentence.")
    keys: dict[str, ColumnKind] = Field(description="Key columns and their kinds.")
    value: dict[str, ColumnKind] = Field(description="The one dated column and its kind.")
    rows: list[dict[str, Cell]] = Field(description="Rows: the keys, and the dated value.")

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if len(self.value) != 1:
            message = "a parameter table has exactly one dated column under `value`"
            raise ValueError(message)
        expected = [*self.keys, self.column]
        for position, row in enumerate(self.rows):
            if sorted(row) != sorted(expected):
                said = f"the row has {', '.join(row)}; expected {', '.join(expected)}"
                raise _bad_row(position, said)
            if not isinstance(row[self.column], Dated):
                said = f"{self.column} must be dated, such as {{2022-07-18: ...}}"
                raise _bad_row(position, said)
        return self

    @property
    def column(self) -> str:
        """The name of the dated column."""
        return next(iter(self.value))


class Recalled(Value):
    """A view as it stood some months before the day, by that day's rules and facts."""

    view: str = Field(description="The view to recall.")
    months_before: Months = Field(description="How many calendar months earlier, clipped to the month's end.")
    cite: list[str] = Field(default_factory=list, description="Citations.")


class View(Value):
    """What a forecast does with a view: kept as of the day asked, or re-evaluated (the default)."""

    carried: Literal["always", "continuing"] | None = Field(
        default=None,
        description="Keep the rows of the day asked: in every forecast, or only when work continues.",
    )
    dated: str | None = Field(
        default=None,
        description="A date column that moves to the forecast day in carried rows (work goes on).",
    )
    shared: bool = Field(
        default=False, description="Depends on other partners: held constant in one partner's forecast."
    )


class Raised(Value):
    """How one more fact raises a figure, so that a goal can name the smallest amount that does.

    Without it a goal counts one for each fact of a unit that is no money, and takes money as it is where a unit is
    one of the basis; of another unit, a mean or a ratio it says that the program does not say what raises it.
    """

    rates: str | None = Field(
        default=None, description="The parameter table of rates at which an amount counts; none: as it is."
    )
    each: str | None = Field(
        default=None, description="For a sum that no money raises: the one of `values` that one more fact adds."
    )
    window: str | None = Field(default=None, description="The window for which it counts from its day.")
    starts: Literal["day", "next_month"] = Field(
        default="day", description="When it begins to count: on its day, or on the first day of the next month."
    )
    best: Number | None = Field(default=None, description="For a mean: the most that one more fact may add.")
    part: Literal["both", "numerator"] = Field(
        default="both", description="For a ratio or share: what it adds to; numerator alone wins back what was lost."
    )


class Metric(Value):
    """How lines become a figure. A metric with SQL has `metrics/<id>.sql`; total, share and capped combine others."""

    kind: MetricKind = Field(
        description="sum, mean, median or ratio of the lines of its SQL; total, share or capped of other metrics."
    )
    unit: str = Field(description="A unit of `units`.")
    of: list[str] = Field(default_factory=list, description="For total: the metrics added; for capped: the one.")
    numerator: str | None = Field(default=None, description="For share: the metric above the line.")
    denominator: str | None = Field(default=None, description="For share: the metric below the line.")
    lines_in: str | None = Field(
        default=None, description="For a ratio: the unit its lines are counted in, so that they can be read."
    )
    cap: Dated[NotNegative] | None = Field(default=None, description="For capped: the most it may count.")
    effective_from: date | None = Field(default=None, description="The metric exists from this day.")
    effective_until: date | None = Field(default=None, description="The metric exists before this day.")
    headline: bool = Field(default=True, description="Shown among the main figures; gates' own counts are not.")
    raised_by: Raised | None = Field(default=None, description="How one more fact raises the figure.")
    cite: list[str] = Field(default_factory=list, description="Citations.")

    @model_validator(mode="after")
    def _parts(self) -> Self:
        needs = {
            "total": len(self.of) > 0,
            "capped": len(self.of) == 1 and self.cap is not None,
            "share": self.numerator is not None and self.denominator is not None,
        }
        if not needs.get(self.kind, True):
            message = {
                "total": "a total needs `of`, the metrics it adds",
                "capped": "a capped metric needs `of` with one metric, and `cap`",
                "share": "a share needs `numerator` and `denominator`",
            }[self.kind]
            raise ValueError(message)
        return self

    @property
    def has_sql(self) -> bool:
        """Whether the metric's lines come from `metrics/<id>.sql`."""
        return self.kind in {"sum", "mean", "median", "ratio"}

    @property
    def parts(self) -> tuple[str, ...]:
        """The metrics this one combines."""
        named = [name for name in (self.numerator, self.denominator) if name is not None]
        return (*self.of, *named)

    def in_force(self, on: date) -> bool:
        """Whether the metric exists on the day."""
        after_start = self.effective_from is None or self.effective_from <= on
        return after_start and (self.effective_until is None or on < self.effective_until)


class FactColumn(Value):
    """A column of a program's own fact table."""

    type: ColumnKind = Field(description="The column's kind.")
    meaning: str = Field(description="What it holds, in one sentence.")
    required: bool = Field(default=False, description="Whether it may not be empty.")
    references: str | None = Field(default=None, description="The table whose key it holds.")


class FactTable(Value):
    """A fact table that the program declares beside the contract's."""

    meaning: str = Field(description="What a row is, in one sentence.")
    key: list[str] = Field(min_length=1, description="The key columns.")
    columns: dict[str, FactColumn] = Field(min_length=1, description="The columns in order.")


class Program(Value):
    """`program.yaml`: one partner program."""

    program: str = Field(description="The program's id; enrolments name it.")
    time_zone: str = Field(description="IANA time zone of its deadlines.")
    max_sharers: int = Field(default=20, ge=1, le=40, description="Most partners that may share one customer, 1 to 40.")
    sources: dict[str, Source] = Field(default_factory=dict, description="Letter to source text.")
    editions: list[Edition] = Field(min_length=1, description="The periods in which the program has rules.")
    units: dict[str, Unit] = Field(description="Units of figures.")
    currency_units: CurrencyUnits | None = Field(default=None, description="Fixed equivalents between currencies.")
    territories: dict[str, dict[DayKey, Territory]] = Field(
        default_factory=dict, description="Territory to its countries, by date."
    )
    windows: dict[str, Window] = Field(default_factory=dict, description="How long credits live.")
    values: dict[str, Dated[bool | int | str]] = Field(
        default_factory=dict, description="Single dated values, bound as $name in SQL."
    )
    tables: dict[str, Table] = Field(default_factory=dict, description="Parameter tables.")
    facts: dict[str, FactTable] = Field(default_factory=dict, description="Fact tables of the program's own.")
    factors: dict[str, ColumnKind] = Field(
        default_factory=dict, description="Extra factor columns that its lines carry."
    )
    views: dict[str, View] = Field(default_factory=dict, description="What forecasts do with views.")
    recalled: dict[str, Recalled] = Field(default_factory=dict, description="Views as of an earlier day.")
    metrics: dict[str, Metric] = Field(min_length=1, description="The metrics, in the order people read them.")
    tiers: list[Tier] = Field(min_length=1, description="The ladder, easiest first.")
    calendar: Calendar | None = Field(default=None, description="When standings become moves.")
    benefits: Benefits | None = Field(default=None, description="What tiers grant, from `benefits.yaml`.")
    commissions: Commissions | None = Field(default=None, description="What sales earn, from `commissions.yaml`.")

    def with_parts(self, metrics: Iterable[str]) -> frozenset[str]:
        """Metrics with those they combine, and those that these combine."""
        found: set[str] = set()
        pending = list(metrics)
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += self.metrics[name].parts
        return frozenset(found)

    def edition(self, on: date) -> Edition | None:
        """The edition in force on the day, if any."""
        for edition in self.editions:
            if edition.effective_from <= on and (edition.effective_until is None or on < edition.effective_until):
                return edition
        return None


class Reading(Value):
    """What taking one reading of an erratum changes."""

    means: str = Field(description="The reading in one sentence.")
    set: dict[str, Any] = Field(default_factory=dict, description="Dotted path in program.yaml to its value instead.")
    files: dict[SqlFile, SqlFile] = Field(default_factory=dict, description="SQL file to the file read instead.")


class Erratum(Value):
    """A contradiction or gap of the source and the reading taken."""

    wording: str = Field(description="What the source says.")
    problem: str = Field(description="Why it cannot be taken as it stands.")
    reading: str = Field(description="The reading taken by default.")
    cite: list[str] = Field(default_factory=list, description="Citations.")
    settles: list[str] = Field(
        default_factory=list, description="Dotted paths whose disagreeing citations this entry settles."
    )
    switch: dict[str, Reading] = Field(
        default_factory=dict, description="Other readings that can be computed, by name."
    )
    flag_before: date | None = Field(
        default=None, description="Evaluations of earlier days carry this erratum as a warning."
    )
