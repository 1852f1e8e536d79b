"""Solutions partners that sell to a customer they share and manage one of their own, at the edges of a tier."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from engine.histories_moves_course import SPANS, Course
from engine.oracle_facts import later_months, month_start
from engine.oracle_gates import MINIMUMS, MRR_2018, TOTALS_SINCE, TOTALS_TO_MID_2024

TOOLS = ("crm", "email", "forms", "lists", "ads", "cta")


class SolutionsCourse(Course):
    """A few partners whose points or MRR come and go around the days of the calendar."""

    def partners(self, count: int) -> None:
        growth = self.span is not SPANS["solutions of 2018"] and self.world.chance(0.4)
        shared = self._shared_customer(growth=growth)
        for _ in range(count):
            self._solutions(shared, growth=growth)

    def _shared_customer(self, *, growth: bool) -> str:
        """A customer that all partners of the history sell to; its six tools make a median of 3 with one of none."""
        customer_id = self.world.fresh("c")
        churned_on = self.sometimes(0.1)
        self.world.add("customers", customer_id=customer_id, country="IN" if growth else "FR", churned_on=churned_on)
        month = later_months(month_start(self.span.first), -1)
        skipped = later_months(month_start(self.recalibration()), -1) if self.world.chance(0.4) else None
        while month <= self.span.last:
            for tool in TOOLS[: 5 if month == skipped else 6]:
                self.world.add("tool_uses", customer_id=customer_id, tool=tool, month=month)
            month = later_months(month, 1)
        return customer_id

    def _solutions(self, shared: str, *, growth: bool) -> None:
        partner_id = self._partner()
        user_id = self._user(partner_id)
        old = self.span.first < date(2020, 1, 1)
        tier = self.rng.choice(tuple(MRR_2018) if old else ("gold", "gold", "platinum", "diamond", "elite", "elite"))
        if not old:
            self._membership(partner_id)
        if tier == "elite":
            self._elite(partner_id, user_id)
        sold, managed = self._aims(tier) if not old else MRR_2018[tier]
        self._sales(partner_id, shared, Fraction(sold), growth=growth, old=old)
        own = self.world.fresh("c")
        self.world.add("customers", customer_id=own, country="IN" if growth else "FR", churned_on=self.sometimes(0.06))
        managed_at = shared if self.world.chance(0.15) else own
        self._subscription(managed_at, Fraction(managed) * (1 if old else Fraction(100, 2 if growth else 1)))
        self._work(user_id, managed_at)

    def _user(self, partner_id: str) -> str:
        since, user_id = date(2016, 1, 1), self.world.fresh("u")
        self.world.add("partner_domains", partner_id=partner_id, domain=f"{partner_id}.example", approved_on=since)
        self.world.add(
            "partner_users",
            user_id=user_id,
            partner_id=partner_id,
            email=f"a@{partner_id}.example",
            is_partner_employee=True,
            added_on=since,
            deactivated_on=self.sometimes(0.04),
        )
        expires_on = self.sometimes(0.2)
        for earned_on, until in ((since, expires_on), (expires_on and expires_on + timedelta(days=40), None)):
            if earned_on is not None:
                self.world.credential(
                    partner_id, user_id, "solutions_partner", earned_on=earned_on, expires_on=until, family=None
                )
        return user_id

    def _membership(self, partner_id: str) -> None:
        onboarded_on = self.edge() if self.world.chance(0.25) else date(2020, 1, 1)
        self._attest(partner_id, "onboarded", onboarded_on, self.sometimes(0.05))
        until = self.sometimes(0.1)
        edition = self.rng.choice(("pro", "pro", "pro", "starter"))
        self.world.own_subscription(
            partner_id, edition, base_price=True, effective_from=date(2020, 1, 1), effective_until=until
        )

    def _aims(self, tier: str) -> tuple[int, int]:
        """Points sold and managed that are just enough for a tier, by either total."""
        sold, managed = MINIMUMS[tier]
        total = self.rng.choice((TOTALS_TO_MID_2024, TOTALS_SINCE))[tier]
        return self.rng.choice(((total - managed, managed), (sold, total - sold)))

    def _elite(self, partner_id: str, user_id: str) -> None:
        for number in range(99 + self.world.chance(0.8)):
            self.world.credential(
                partner_id, user_id, f"code{number}", earned_on=date(2022, 1, 1), expires_on=None, family=None
            )
        for code in ("elite_invited", "account_review_passed"):
            if self.world.chance(0.6):
                self._attest(partner_id, code, self.rng.choice((date(2022, 1, 1), self.edge())), self.sometimes(0.2))

    def _sales(self, partner_id: str, customer_id: str, aim: Fraction, *, growth: bool, old: bool) -> None:
        """Sales that reach the aim for a while: the whole on one day, or in parts some months apart."""
        for _ in range(self.rng.choice((1, 1, 2))):
            start = later_months(month_start(self.recalibration()), -1) + timedelta(days=self.rng.randrange(28))
            for part in self.rng.choice(([1], [1], [Fraction(1, 3), Fraction(2, 3)])):
                closed_on = start if self.world.chance(0.7) else self.edge()
                rate = 1 if old else (5 if closed_on >= date(2024, 2, 27) else 3) * (2 if growth else 1)
                usd = aim * part if old else aim * part * 100 / rate
                sale = self.world.sale(partner_id, customer_id, self._minor(usd), "USD", closed_on)
                sale["motion"] = "sourced"

    def _subscription(self, customer_id: str, usd: Fraction) -> None:
        since = date(2017, 1, 1)
        if self.world.chance(0.3):
            change = self.rng.choice((self.edge(), month_start(self.recalibration())))
            factor = self.rng.choice((0, 1, 2, Fraction(1, 2)))
            self.world.subscription(customer_id, self._minor(usd * factor), "USD", since, change)
            since = change
        self.world.subscription(customer_id, self._minor(usd), "USD", since)

    def _work(self, user_id: str, customer_id: str) -> None:
        """Work every three months or so, sometimes just too late for the next recalibration."""
        granted_on = date(2016, 1, 1)
        self.world.access(user_id, customer_id, granted_on, granted_on)
        if self.world.chance(0.08):
            self.world.rows["client_access"][-1]["removed_on"] = self.edge()
        on = self.span.first - timedelta(days=self.rng.choice((10, 60, 400)))
        while on < self.span.last:
            self.world.activity(user_id, customer_id, on, "edit")
            next_one = self.world.near(self.recalibration()) - timedelta(days=self.rng.choice((0, 89, 90)))
            gap = timedelta(days=self.rng.choice((60, 88, 89, 90, 91, 91, 150)))
            on = next_one if on < next_one < on + timedelta(days=100) else on + gap
