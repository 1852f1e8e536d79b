"""The days on which tiers may change, and what is known of one partner on one day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from engine.oracle_facts import Facts, Row, day, in_force, key, moment, text
from engine.oracle_technology import FORM_GATES

Program = Literal["solutions", "technology"]

EDITIONS: dict[Program, tuple[tuple[date, date], ...]] = {
    "solutions": ((date(2018, 1, 22), date(2020, 2, 5)), (date(2022, 7, 18), date.max)),
    "technology": ((date(2026, 1, 1), date.max),),
}
POINTS_FROM = date(2022, 7, 18)
PARIS = ZoneInfo("Europe/Paris")


def has_rules(program: Program, on: date) -> bool:
    return any(since <= on < until for since, until in EDITIONS[program])


def promotes(program: Program, on: date) -> bool:
    """C65: the 15th of each month; B846: the 15th of the first month of each quarter."""
    return has_rules(program, on) and on.day == 15 and (program == "solutions" or on.month in {1, 4, 7, 10})


def demotes(program: Program, on: date) -> bool:
    """C65 in 2018; 15 January and 15 July since (M-01, B-01), in technology from 2027 on (B-02)."""
    if not has_rules(program, on) or on.day != 15:
        return False
    if program == "solutions" and on < POINTS_FROM:
        return True
    return on.month in {1, 7} and (program == "solutions" or on.year >= 2027)


def local_day(filed_at: datetime) -> date:
    return filed_at.replace(tzinfo=UTC).astimezone(PARIS).date()


def calendar(program: Program, last: date) -> list[date]:
    """The days on which tiers may change, all of them days of promotion."""
    first = EDITIONS[program][0][0]
    days = [date(year, month, 15) for year in range(first.year, last.year + 1) for month in range(1, 13)]
    return [on for on in days if on <= last and promotes(program, on)]


@dataclass
class Partner:
    """What is known of one partner, each question asked of a single day."""

    partner_id: str
    program: Program
    facts: Facts
    decisions: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        mine = self.facts.where("tier_decisions", "partner_id", self.partner_id)
        self.decisions = sorted(
            (row for row in mine if text(row, "program") == self.program), key=lambda row: key(row, "decision_id")
        )

    def is_enrolled(self, on: date) -> bool:
        return self.facts.level(self.partner_id, on, self.program) is not None

    def takes_part(self, on: date) -> bool:
        """Enrolled; in technology with a listed app and the agreement signed, too (B142, B225)."""
        if not self.is_enrolled(on) or self.program == "solutions":
            return self.is_enrolled(on)
        apps = self.facts.where("apps", "partner_id", self.partner_id)
        agreements = [row for row in self._attestations() if text(row, "code") == "agreement_signed"]
        signed = not agreements or any(in_force(row, on) for row in agreements)
        return signed and any(in_force(row, on, "listed_on", "delisted_on") for row in apps)

    def breaches(self, on: date) -> frozenset[str]:
        """The breaches that go on, by attestation."""
        return frozenset(
            key(row, "attestation_id")
            for row in self._attestations()
            if text(row, "code") == "compliant" and (text(row, "value") or "").lower() == "no" and in_force(row, on)
        )

    def supplies(self, tier: str, on: date) -> bool:
        """Whether the contacts that the tier needs are named on the day (B228-231)."""
        named = {
            text(row, "code")
            for row in self._attestations()
            if in_force(row, on) and (text(row, "value") or "").lower() != "no"
        }
        return named.issuperset(FORM_GATES[tier])

    def filings(self) -> list[date]:
        """The days in Paris on which a form was filed."""
        found = []
        for row in self.facts.where("contact_forms", "partner_id", self.partner_id):
            filed_at = moment(row, "filed_at")
            if text(row, "program") == self.program and filed_at is not None:
                found.append(local_day(filed_at))
        return sorted(found)

    def decided(self, on: date, *kinds: str) -> list[Row]:
        return [row for row in self.decisions if day(row, "effective_on") == on and text(row, "kind") in kinds]

    def decided_days(self, kind: str) -> list[date]:
        days = [day(row, "effective_on") for row in self.decisions if text(row, "kind") == kind]
        return sorted(one for one in days if one is not None)

    def days(self) -> set[date]:
        """Every day on which an answer about the partner may change: on all others nothing can happen."""
        tables = ("enrolments", "apps", "attestations", "tier_decisions")
        rows = [row for table in tables for row in self.facts.where(table, "partner_id", self.partner_id)]
        return {value for row in rows for value in row.values() if type(value) is date} | set(self.filings())

    def _attestations(self) -> list[Row]:
        return self.facts.where("attestations", "partner_id", self.partner_id)
