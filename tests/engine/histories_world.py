"""The world of one small history: its rows, its identifiers and days that lie on boundaries."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from engine.oracle_facts import UNITS_PER_100_USD, later_months, month_start

Rows = dict[str, list[dict[str, object]]]

PLAIN_COUNTRIES = ("FR", "US", "CA", "JP", "MA", "PR", "VI", "UM", "KZ", "ES", None)
GROWTH_COUNTRIES = ("IN", "MX", "GL", "RE", "CY", "BQ", "PM", "ZA", "UA", "GS", "SG", "BR", "TW")
COUNTED_TOOLS = (
    *("ads", "contacts", "contacts_report", "crm", "cta", "email", "forms", "landing_pages", "lists"),
    *("pages_report", "reports_addon", "social_monitoring", "social_publishing", "sources_report"),
    *("website_pages", "workflows"),
)
ACTIONS = ("create", "edit", "publish", "configure", "interact")
MULTIPLIER_FROM = date(2024, 2, 27)
LOGINS_UNTIL = date(2023, 2, 22)


def minor_units(usd: Fraction, currency: str) -> Fraction:
    """How many minor units of the currency so many USD are, exactly."""
    major = usd * UNITS_PER_100_USD[currency] / 100
    return major if currency == "JPY" else major * 100


class World:
    """Collects the rows of one history; every identifier carries its prefix."""

    def __init__(self, rng: Random, on: date, prefix: str) -> None:
        self.rng = rng
        self.on = on
        self.then = later_months(on, -12)
        self.prefix = prefix
        self.rows: Rows = defaultdict(list)
        self._numbers: dict[str, int] = defaultdict(int)

    def fresh(self, kind: str) -> str:
        self._numbers[kind] += 1
        return f"{self.prefix}-{kind}{self._numbers[kind]}"

    def add(self, table: str, **columns: object) -> dict[str, object]:
        row = dict(columns)
        self.rows[table].append(row)
        return row

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    # --- days -----------------------------------------------------------------------------------

    def shifted(self, days: int) -> date:
        return self.on + timedelta(days=days)

    def near(self, on: date) -> date:
        return on + timedelta(days=self.rng.choice((-1, 0, 0, 1)))

    def long_ago(self) -> date:
        return self.then - timedelta(days=self.rng.randint(420, 900))

    def edge(self) -> date:
        """A day on or beside a day that matters to `on`."""
        first = month_start(self.on)
        last_year = month_start(self.then)
        return self.near(
            self.rng.choice(
                (
                    *(self.on, self.on, self.on, first, first, self.then, last_year),
                    *(self.shifted(-90), self.shifted(-45), self.shifted(40), later_months(first, -1)),
                )
            )
        )

    def closing_day(self) -> date:
        """A day to close a sale on: at the edges of the twelve months, at month ends, on 29 February."""
        first = month_start(self.on)
        days = [self.near(self.then), self.near(self.then), first - timedelta(days=1), first]
        days += [
            later_months(first, -1),
            later_months(first, -5) - timedelta(days=1),
            self.on,
            self.shifted(1),
        ]
        days += [self.shifted(-self.rng.randint(31, 360)), self.shifted(-self.rng.randint(366, 760))]
        days += [
            leap
            for leap in (date(2020, 2, 29), date(2024, 2, 29), date(2024, 2, 28), date(2023, 2, 28))
            if self.shifted(-800) < leap < self.on
        ]
        if self.shifted(-700) < MULTIPLIER_FROM < self.on:
            days += [self.near(MULTIPLIER_FROM)] * 2
        return self.rng.choice(days)

    def live_closing_day(self, on: date) -> date:
        """A day to close a sale on so that it counts on `on`, often at the very edge."""
        first = month_start(on)
        days = [first - timedelta(days=1), later_months(first, -1), later_months(on, -12) + timedelta(days=1)]
        days += [first - timedelta(days=self.rng.randint(1, 320)) for _ in range(3)]
        days += [self.near(MULTIPLIER_FROM)]
        live = [day for day in days if day < first and later_months(day, 12) > on]
        return self.rng.choice(live)

    def activity_day(self) -> date:
        days = [-91, -90, -90, -89, -89, -88, -1, 0, 0, 1, -self.rng.randint(2, 87), -self.rng.randint(2, 87)]
        days += [(month_start(self.on) - self.on).days]
        days += [(self.then - self.on).days - shift for shift in (0, self.rng.choice((45, 89, 90)))]
        recent = [LOGINS_UNTIL + timedelta(days=shift) for shift in (-1, 0)]
        return self.rng.choice(
            [self.shifted(shift) for shift in days] + [day for day in recent if self.shifted(-92) < day <= self.on] * 2
        )

    def live_activity_day(self) -> date:
        return self.shifted(-self.rng.choice((0, 1, 89, 88, self.rng.randint(2, 87))))

    # --- rows -----------------------------------------------------------------------------------

    def partner(self, level: str = "partner") -> str:
        """A partner that has long been at its level, and stays."""
        partner_id = self.fresh("p")
        self.add("partners", partner_id=partner_id, name=partner_id.upper(), country="FR", payment_currency="EUR")
        self.enrol(partner_id, level, self.long_ago(), None)
        return partner_id

    def enrol(self, partner_id: str, level: str, since: date, until: date | None) -> None:
        program = "technology" if level == "member" else "solutions"
        self.add(
            "enrolments",
            enrolment_id=self.fresh("e"),
            partner_id=partner_id,
            program=program,
            level=level,
            enrolled_on=since,
            left_on=until,
        )

    def user(self, partner_id: str) -> str:
        """An employee who has long been there, with an address on a domain approved long ago."""
        domain = f"{partner_id}.example"
        if not any(row["domain"] == domain for row in self.rows["partner_domains"]):
            self.add(
                "partner_domains",
                partner_id=partner_id,
                domain=domain,
                approved_on=self.long_ago(),
                revoked_on=None,
            )
        user_id = self.fresh("u")
        self.add(
            "partner_users",
            user_id=user_id,
            partner_id=partner_id,
            email=f"{user_id}@{domain.upper() if self.chance(0.1) else domain}",
            is_partner_employee=True,
            added_on=self.long_ago(),
            deactivated_on=None,
            deleted_on=None,
        )
        return user_id

    def customer(self, *, growth: bool | None = None) -> str:
        customer_id = self.fresh("c")
        if growth is None:
            growth = self.chance(0.3)
        self.add(
            "customers",
            customer_id=customer_id,
            name=customer_id.upper(),
            domain=f"{customer_id}.example",
            country=self.rng.choice(GROWTH_COUNTRIES if growth else PLAIN_COUNTRIES),
            first_purchased_on=self.long_ago(),
            churned_on=None,
        )
        return customer_id

    def subscription(
        self, customer_id: str, minor: int, currency: str, since: date, until: date | None = None
    ) -> dict[str, object]:
        return self.add(
            "subscriptions",
            subscription_id=self.fresh("s"),
            customer_id=customer_id,
            product_line=self.rng.choice(("marketing", "sales", "service")),
            edition=self.rng.choice(("starter", "pro", "enterprise")),
            mrr_minor=minor,
            currency=currency,
            effective_from=since,
            effective_until=until,
        )

    def sale(self, partner_id: str, customer_id: str, minor: int, currency: str, closed_on: date) -> dict[str, object]:
        return self.add(
            "sales",
            sale_id=self.fresh("d"),
            partner_id=partner_id,
            customer_id=customer_id,
            product_line="marketing",
            kind=self.rng.choice(("new", "cross_sell", "upsell")),
            motion=self.rng.choice(("sourced", "sourced", "assisted", "self_service")),
            mrr_minor=minor,
            currency=currency,
            closed_on=closed_on,
            line_first_sold_on=None,
            upmarket=self.rng.choice((True, False, None)),
        )

    def access(self, user_id: str, customer_id: str, granted_on: date, associated_on: date | None) -> None:
        self.add(
            "client_access",
            access_id=self.fresh("a"),
            user_id=user_id,
            customer_id=customer_id,
            associated_on=associated_on,
            granted_on=granted_on,
            removed_on=None,
        )

    def activity(self, user_id: str, customer_id: str, occurred_on: date, action: str) -> None:
        self.add(
            "activities",
            activity_id=self.fresh("x"),
            user_id=user_id,
            customer_id=customer_id,
            tool=self.rng.choice(("email", "workflows", "blog", None)),
            action=action,
            occurred_on=occurred_on,
        )

    def credential(self, partner_id: str, user_id: str | None, code: str, /, **columns: object) -> None:
        self.add(
            "credentials",
            **{
                "credential_id": self.fresh("k"),
                "partner_id": partner_id,
                "user_id": user_id,
                "app_id": None,
                "kind": "certification",
                "code": code,
                "family": self.rng.choice(("software", "implementation", None)),
                "earned_on": self.long_ago(),
                "expires_on": self.rng.choice((None, self.shifted(1), self.shifted(400))),
                **columns,
            },
        )

    def attestation(self, partner_id: str, code: str, /, **columns: object) -> None:
        self.add(
            "attestations",
            **{
                "attestation_id": self.fresh("t"),
                "partner_id": partner_id,
                "code": code,
                "value": self.rng.choice((None, "yes", "2023")),
                "effective_from": self.rng.choice((self.long_ago(), self.on)),
                "effective_until": self.rng.choice((None, None, self.shifted(1))),
                **columns,
            },
        )

    def own_subscription(self, partner_id: str, edition: str, /, **columns: object) -> None:
        self.add(
            "own_subscriptions",
            **{
                "partner_id": partner_id,
                "product_line": self.fresh("line"),
                "edition": edition,
                "base_price": None,
                "seats": None,
                "effective_from": self.rng.choice((self.long_ago(), self.on)),
                "effective_until": self.rng.choice((None, None, self.shifted(1))),
                **columns,
            },
        )

    def uses(self, customer_id: str, tools: int) -> None:
        """So many counted tools in the last complete month, and others that do not count."""
        this = month_start(self.on)
        last, before = later_months(this, -1), later_months(this, -2)
        chosen = self.rng.sample(COUNTED_TOOLS, tools)
        rows = {(tool, last) for tool in chosen}
        rows |= {(self.rng.choice(COUNTED_TOOLS), month) for month in (this, before) if self.chance(0.4)}
        rows |= {("blog", last)} if self.chance(0.3) else set()
        for tool, month in sorted(rows):
            self.add("tool_uses", customer_id=customer_id, tool=tool, month=month)
