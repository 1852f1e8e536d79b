"""What happens to a partner of any program beside its calendar: joining, leaving, breaches, decisions, late rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor

from engine.histories_world import Rows, World, minor_units
from engine.oracle_partner import Program, promotes

LADDERS: dict[Program, tuple[str, ...]] = {
    "solutions": ("provider", "partner", "gold", "platinum", "diamond"),
    "technology": ("partner", "rising", "leading", "premier"),
}


@dataclass(frozen=True)
class Span:
    """Two years of one program."""

    program: Program
    first: date
    last: date

    @property
    def recalibrations(self) -> list[date]:
        days = [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]
        return [on for on in days if promotes(self.program, on)]


SPANS: dict[str, Span] = {
    "solutions of 2018": Span("solutions", date(2018, 1, 22), date(2019, 12, 31)),
    "solutions of points": Span("solutions", date(2023, 9, 1), date(2025, 9, 30)),
    "solutions between editions": Span("solutions", date(2019, 8, 1), date(2022, 12, 31)),
    "technology": Span("technology", date(2026, 1, 1), date(2028, 1, 31)),
}


class Course:
    """Three to eight partners of one program, whose tiers rise and fall beside its calendar."""

    def __init__(self, world: World, span: Span) -> None:
        self.world = world
        self.rng = world.rng
        self.span = span
        self.calendar = span.recalibrations

    def rows(self) -> Rows:
        self.partners(self.rng.choice((3, 3, 3, 3, 4, 5, 8)))
        if self.world.chance(0.15):
            self._late()
        return dict(self.world.rows)

    def partners(self, count: int) -> None:
        """Add so many partners with all that concerns them."""
        raise NotImplementedError

    # --- days -------------------------------------------------------------------------------------

    def recalibration(self) -> date:
        return self.rng.choice(self.calendar)

    def edge(self) -> date:
        """A day on or beside a day of the calendar, within the fortnight after it, or any."""
        if self.world.chance(0.25):
            return self.span.first + timedelta(days=self.rng.randrange((self.span.last - self.span.first).days))
        if self.world.chance(0.15):
            return self.recalibration() + timedelta(days=self.rng.choice((2, 5, 9, 13, 14, 15)))
        return self.world.near(self.recalibration())

    def sometimes(self, chance: float) -> date | None:
        return self.edge() if self.world.chance(chance) else None

    def _minor(self, usd: Fraction, currency: str = "USD") -> int:
        exact = minor_units(usd, currency)
        return max((ceil(exact) if self.world.chance(0.8) else floor(exact)) - (self.rng.random() < 0.1), 0)

    # --- who takes part ---------------------------------------------------------------------------

    def _partner(self) -> str:
        """A partner that joins and perhaps leaves and returns, with the vendor's decisions and perhaps a breach."""
        partner_id = self.world.fresh("p")
        self.world.add("partners", partner_id=partner_id)
        joined_on = self.span.first - timedelta(days=self.rng.choice((0, 1, 40, 500)))
        if self.world.chance(0.25):
            joined_on = self.edge()
        left_on = self.sometimes(0.15)
        self._enrol(partner_id, joined_on, left_on)
        if left_on is not None and self.world.chance(0.7):
            self._enrol(partner_id, left_on + timedelta(days=self.rng.choice((-3, 0, 0, 1, 14, 90))), None)
        self._decisions(partner_id)
        if self.world.chance(0.12):
            self._breach(partner_id)
            if self.world.chance(0.4):
                self._breach(partner_id)
        return partner_id

    def _enrol(self, partner_id: str, since: date, until: date | None) -> None:
        technology = self.span.program == "technology"
        level = "member" if technology else "partner" if self.world.chance(0.9) else "provider"
        self.world.add(
            "enrolments",
            enrolment_id=self.world.fresh("e"),
            partner_id=partner_id,
            program=self.span.program,
            level=level,
            enrolled_on=since,
            left_on=until,
        )

    def _attest(self, partner_id: str, code: str, since: date, until: date | None = None, **more: object) -> None:
        self.world.add(
            "attestations",
            attestation_id=self.world.fresh("t"),
            partner_id=partner_id,
            code=code,
            effective_from=since,
            effective_until=until,
            **more,
        )

    def _breach(self, partner_id: str) -> None:
        since = self.edge()
        until = self.rng.choice((None, since + timedelta(days=self.rng.choice((0, 1, 30, 200))), self.edge()))
        self._attest(partner_id, "compliant", since, until, value=self.rng.choice(("no", "NO")))

    def _decisions(self, partner_id: str) -> None:
        """What the vendor decided, each on a day of its own."""
        kinds = ("opening", "published", "published", "published", "override", "override", "suspended", "suspended")
        days: set[date] = set()
        for _ in range(self.rng.choice((0, 0, 0, 1, 1, 2, 3))):
            kind, on = self.rng.choice(kinds), self.edge()
            if kind == "published" and self.world.chance(0.7):
                on = self.recalibration()
            self._decision(partner_id, kind, on, days)
            if kind == "suspended" and self.world.chance(0.8):
                self._decision(partner_id, "restored", self.rng.choice((self.edge(), on + timedelta(days=9))), days)

    def _decision(self, partner_id: str, kind: str, on: date, days: set[date]) -> None:
        if on in days:
            return
        days.add(on)
        names_tier = kind not in {"suspended", "restored"}
        self.world.add(
            "tier_decisions",
            decision_id=self.world.fresh("v"),
            partner_id=partner_id,
            program=self.span.program,
            tier=self.rng.choice(LADDERS[self.span.program]) if names_tier else None,
            kind=kind,
            effective_on=on,
        )

    def _late(self) -> None:
        """Rows that were recorded, corrected or withdrawn after the day they speak of."""
        for table in ("sales", "influenced_sales", "tier_decisions", "contact_forms", "enrolments", "app_uses"):
            for row in list(self.world.rows.get(table, ())):
                row["recorded_at"] = self.recorded_at() if self.world.chance(0.2) else None
                if row["recorded_at"] is None and self.world.chance(0.1):
                    self.world.add(table, **{**row, "recorded_at": self.recorded_at(), "retracted": True})
        for row in list(self.world.rows.get("apps", ())):
            row["recorded_at"] = None
            if self.world.chance(0.2):
                self.world.add("apps", **{**row, "recorded_at": self.recorded_at(), "delisted_on": self.edge()})

    def recorded_at(self) -> datetime:
        on = self.recalibration() + timedelta(days=self.rng.choice((0, 1, 20)))
        return datetime(on.year, on.month, on.day, 12, 0, 0)  # noqa: DTZ001 - facts are in UTC without a zone
