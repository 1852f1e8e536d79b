"""What is known: the rows that hold, typed reading of their columns, days, money and countries."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import TypeVar

T = TypeVar("T")
Row = Mapping[str, object]

KEYS: dict[str, tuple[str, ...]] = {
    "partners": ("partner_id",),
    "enrolments": ("enrolment_id",),
    "partner_domains": ("partner_id", "domain", "approved_on"),
    "partner_users": ("user_id",),
    "customers": ("customer_id",),
    "customer_countries": ("customer_id", "effective_from"),
    "subscriptions": ("subscription_id", "effective_from"),
    "sales": ("sale_id",),
    "client_access": ("access_id",),
    "activities": ("activity_id",),
    "tool_uses": ("customer_id", "tool", "month"),
    "credentials": ("credential_id",),
    "attestations": ("attestation_id",),
    "own_subscriptions": ("partner_id", "product_line", "edition", "effective_from"),
    "apps": ("app_id",),
    "installs": ("install_id",),
    "app_uses": ("app_id", "customer_id", "month"),
    "influenced_sales": ("influenced_id",),
    "reviews": ("review_id",),
    "contact_forms": ("form_id",),
    "tier_decisions": ("decision_id",),
    "payments": ("payment_id",),
    "market_rates": ("currency", "rated_on"),
    "statement_lines": ("statement_id", "line_no"),
}
"""What makes two rows versions of one another, in the tables that figures, moves and commissions rest on."""

UNITS_PER_100_USD: dict[str, Fraction] = {
    "USD": Fraction(100),
    "AUD": Fraction(105),
    "COP": Fraction(300_300),
    "EUR": Fraction(75),
    "GBP": Fraction("62.5"),
    "SGD": Fraction(140),
    "JPY": Fraction(12_000),
    "ZAR": Fraction(1_545),
    "CAD": Fraction(130),
}
"""A143-151: how many major units are worth 100 USD."""

_ASIA = "BD BN KH CN TW HK IN ID LA MY MV MN MM NP PK PH SG KR LK TH TL VN"
_EUROPE = "AL AM AZ BY BA BG HR CZ EE GE GR HU LV LT MK MD ME PL RO RU RS SK SI UA"
_MIDDLE_EAST_AND_AFRICA = (
    "DZ AO SH BH BJ BW BF CM CV CG CY CD EG GQ ET GA GM GH GN IQ IL CI JO KE KW LB LS LR MG MW ML MR MU YT"
    " MZ NA NG OM PS QA RE RW SN SC SL SO ZA SZ TZ TG TN TR UG AE YE ZM ZW"
)
_CARIBBEAN = "AI AG AW BS BB BQ VG KY CU CW DM DO GD GP HT JM MQ MS BL KN LC MF VC SX TT TC"
_CENTRAL_AMERICA = "BZ CR SV GT HN MX NI PA"
_SOUTH_AMERICA = "AR BO BV BR CL CO EC FK GF GY PY PE GS SR UY VE"
_NORTH_AMERICA = "BM GL PM"
GROWTH: frozenset[str] = frozenset(
    f"{_ASIA} {_EUROPE} {_MIDDLE_EAST_AND_AFRICA}"
    f" {_CARIBBEAN} {_CENTRAL_AMERICA} {_SOUTH_AMERICA} {_NORTH_AMERICA}".split()
)
"""A158-162; in America every code but CA, US and the US territories PR, VI and UM (A-10)."""


class MistypedValueError(Exception):
    """A value has another type than its column."""


def text(row: Row, column: str) -> str | None:
    value = row.get(column)
    if value is None or isinstance(value, str):
        return value
    raise MistypedValueError(column, value)


def whole(row: Row, column: str) -> int | None:
    value = row.get(column)
    if value is not None and not isinstance(value, int):
        raise MistypedValueError(column, value)
    return value


def day(row: Row, column: str) -> date | None:
    value = row.get(column)
    if value is None or type(value) is date:
        return value
    raise MistypedValueError(column, value)


def moment(row: Row, column: str) -> datetime | None:
    value = row.get(column)
    if value is not None and not isinstance(value, datetime):
        raise MistypedValueError(column, value)
    return value


def key(row: Row, column: str) -> str:
    """A text that may not be empty."""
    value = text(row, column)
    if value is None:
        raise MistypedValueError(column, value)
    return value


def begun(row: Row, column: str, on: date) -> bool:
    """Whether the day in `column` is there, and on or before `on`."""
    value = day(row, column)
    return value is not None and value <= on


def in_force(row: Row, on: date, since: str = "effective_from", until: str = "effective_until") -> bool:
    return begun(row, since, on) and not begun(row, until, on)


@cache
def later_months(on: date, months: int) -> date:
    """So many calendar months later, clipped to the last day of the month."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def month_start(on: date) -> date:
    return on.replace(day=1)


@cache
def usd(minor: int, currency: str) -> Fraction:
    """USD in major units, by the fixed table; ISO 4217 gives the yen no minor unit and all the others two."""
    major = Fraction(minor) if currency == "JPY" else Fraction(minor, 100)
    return major * 100 / UNITS_PER_100_USD[currency]


def earliest(*days: date | None) -> date | None:
    known = [one for one in days if one is not None]
    return min(known) if known else None


def _held_versions(rows: Sequence[Row], columns: tuple[str, ...], known_at: datetime | None) -> list[Row]:
    versions: dict[tuple[object, ...], Row] = {}
    for row in rows:
        recorded = moment(row, "recorded_at") or datetime.min  # noqa: DTZ901
        if known_at is not None and recorded > known_at:
            continue
        identity = tuple(row.get(column) for column in columns)
        other = versions.get(identity)
        if other is None or recorded > (moment(other, "recorded_at") or datetime.min):  # noqa: DTZ901
            versions[identity] = row
        elif recorded == (moment(other, "recorded_at") or datetime.min):  # noqa: DTZ901
            msg = f"duplicate key {identity}"
            raise ValueError(msg)
    return [row for row in versions.values() if row.get("retracted") is not True]


class Facts:
    """The rows that hold as known at a moment, findable by one column."""

    def __init__(self, tables: Mapping[str, Sequence[Row]], known_at: datetime | None) -> None:
        self._tables = {
            table: _held_versions(tables.get(table, []), columns, known_at) for table, columns in KEYS.items()
        }
        self._found: dict[tuple[str, str], dict[object, list[Row]]] = {}
        self._once: dict[Hashable, object] = {}

    def once(self, asked: Hashable, make: Callable[[], T]) -> T:
        """What `make` says of these facts, worked out once for all who ask the same."""
        if asked not in self._once:
            self._once[asked] = make()
        return self._once[asked]  # type: ignore[return-value]  # what `make` gave

    def rows(self, table: str) -> list[Row]:
        return self._tables[table]

    def where(self, table: str, column: str, value: object) -> list[Row]:
        found = self._found.get((table, column))
        if found is None:
            by_value: dict[object, list[Row]] = defaultdict(list)
            for row in self._tables[table]:
                by_value[row.get(column)].append(row)
            found = self._found[table, column] = dict(by_value)
        return found.get(value, [])

    def one(self, table: str, column: str, value: str) -> Row:
        (row,) = self.where(table, column, value)
        return row

    def churned(self, customer_id: str, on: date) -> bool:
        return begun(self.one("customers", "customer_id", customer_id), "churned_on", on)

    def churned_on(self, customer_id: str) -> date | None:
        return day(self.one("customers", "customer_id", customer_id), "churned_on")

    def is_growth(self, customer_id: str, on: date) -> bool:
        for row in self.where("customer_countries", "customer_id", customer_id):
            if in_force(row, on):
                return text(row, "country") in GROWTH
        return text(self.one("customers", "customer_id", customer_id), "country") in GROWTH

    def mrr(self, customer_id: str, on: date) -> Fraction:
        """The MRR: subscriptions in force on the first of the month; none from the day of churn."""
        return Fraction(0) if self.churned(customer_id, on) else self.paid(customer_id, month_start(on))

    def paid(self, customer_id: str, on: date) -> Fraction:
        """The MRR of the subscriptions in force on the day itself."""
        return sum(
            (
                usd(whole(row, "mrr_minor") or 0, key(row, "currency"))
                for row in self.where("subscriptions", "customer_id", customer_id)
                if in_force(row, on)
            ),
            Fraction(0),
        )

    def level(self, partner_id: str, on: date, program: str = "solutions") -> str | None:
        """The partner's level in a program on the day; none when it is not enrolled."""
        levels = {
            text(row, "level")
            for row in self.where("enrolments", "partner_id", partner_id)
            if text(row, "program") == program and in_force(row, on, "enrolled_on", "left_on")
        }
        return "partner" if "partner" in levels else next(iter(levels), None)
