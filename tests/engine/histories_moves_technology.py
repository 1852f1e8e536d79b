"""Technology partners that qualify around a day of the calendar and file their forms around the fourteenth day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil

from engine.histories_moves_course import Course
from engine.oracle_facts import later_months, month_start
from engine.oracle_partner import PARIS
from engine.oracle_technology import ATTACHED, DEALS, EARLY_INSTALLS, EXCEPTION, RATING, REVIEWS


class TechnologyCourse(Course):
    """A few partners whose figures, listings, contacts and forms come and go."""

    def partners(self, count: int) -> None:
        for _ in range(count):
            self._technology()

    def _technology(self) -> None:
        partner_id = self._partner()
        if self.world.chance(0.3):
            signed_on = self.rng.choice((self.edge(), date(2025, 1, 1)))
            self._attest(partner_id, "agreement_signed", signed_on, self.sometimes(0.1))
        apps = self._apps(partner_id)
        for number in range(self.rng.choice((1, 1, 2))):
            tier = self.rng.choice(("rising", "leading", "leading", "premier", "premier"))
            notice_on = self.recalibration()
            self._attached(apps, tier, notice_on)
            self._influenced(partner_id, apps, tier, notice_on)
            self._forms(partner_id, notice_on)
            if number == 0:
                self._reviews(apps, tier)
        self._certified(partner_id, apps)
        self._contacts(partner_id)

    def _apps(self, partner_id: str) -> list[str]:
        """Listed since long ago, or later, or lost and listed anew, or two of which one is lost or not listed yet."""
        old = date(2024, 5, 1)
        listings: list[tuple[date | None, date | None]] = [(old, None)]
        match self.rng.randrange(9):
            case 0:
                listings = [(self.edge(), None)]
            case 1:
                listings = [(old, self.edge()), (self.edge(), None)]
            case 2:
                listings = [(old, self.edge()), (old, self.sometimes(0.3))]
            case 3:
                listings = [(None, None), (old, self.edge())]
        apps = []
        for listed_on, delisted_on in listings:
            apps.append(self.world.fresh("app"))
            self.world.add("apps", app_id=apps[-1], partner_id=partner_id, listed_on=listed_on, delisted_on=delisted_on)
        return apps

    def _technology_customer(self, usd: Fraction, bought_on: date | None = None) -> str:
        customer_id = self.world.fresh("c")
        churned_on = self.sometimes(0.05)
        self.world.add("customers", customer_id=customer_id, first_purchased_on=bought_on, churned_on=churned_on)
        self.world.subscription(customer_id, self._minor(usd), "USD", date(2020, 1, 1))
        return customer_id

    def _attached(self, apps: list[str], tier: str, notice_on: date) -> None:
        """A tier's attached MRR on a day of the calendar, from a few months of use, which count for a year."""
        months = self.rng.choice((1, 2, 3, 12))
        customer_id = self._technology_customer(Fraction(ATTACHED[tier]) * 12 / months)
        back = self.rng.choice((1, 11, 12, 13 if self.world.chance(0.1) else 6))
        used = later_months(month_start(notice_on), -max(back, months))
        for later in range(months):
            for month in (later_months(used, later), later_months(used, later + 12)):
                if month <= self.span.last and (month < later_months(used, 12) or self.world.chance(0.7)):
                    app_id = self.rng.choice(apps)
                    self.world.add("app_uses", app_id=app_id, customer_id=customer_id, month=month)

    def _influenced(self, partner_id: str, apps: list[str], tier: str, notice_on: date) -> None:
        for _ in range(self.rng.choice((1, 1, 2))):
            closed_on = notice_on - timedelta(days=self.rng.choice((0, 0, 0, 1, 30, 80, 364, 365)))
            self.world.add(
                "influenced_sales",
                influenced_id=self.world.fresh("i"),
                partner_id=partner_id,
                customer_id=self._technology_customer(Fraction(1)),
                role="sourced",
                mrr_minor=self._minor(Fraction(self.rng.choice((DEALS[tier], DEALS[tier], EXCEPTION)))),
                currency="USD",
                closed_on=closed_on,
                matched_on=self.world.near(notice_on) if self.world.chance(0.15) else closed_on,
            )
        if self.world.chance(0.3):
            installed_on = self.edge()
            customer_id = self._technology_customer(
                Fraction(EARLY_INSTALLS[tier]), installed_on - timedelta(days=self.rng.choice((0, 90, 91)))
            )
            self.world.add(
                "installs",
                install_id=self.world.fresh("n"),
                app_id=self.rng.choice(apps),
                customer_id=customer_id,
                installed_on=installed_on,
            )

    def _reviews(self, apps: list[str], tier: str) -> None:
        """As many as the tier asks, from before the first demotion on, for a year or two."""
        app_id = self.rng.choice(apps)
        star = ceil(RATING[tier])
        for published_on in self.rng.sample((date(2026, 1, 20), date(2026, 12, 1), date(2027, 6, 1)), 2):
            for _ in range(REVIEWS[tier] - self.world.chance(0.1)):
                self.world.add(
                    "reviews",
                    review_id=self.world.fresh("r"),
                    app_id=app_id,
                    stars=star - self.world.chance(0.03),
                    published_on=published_on,
                    withdrawn_on=self.sometimes(0.02),
                )

    def _certified(self, partner_id: str, apps: list[str]) -> None:
        if self.world.chance(0.85):
            self.world.add(
                "credentials",
                credential_id=self.world.fresh("k"),
                partner_id=partner_id,
                app_id=self.rng.choice(apps),
                kind="certification",
                code="app",
                earned_on=date(2025, 6, 1),
                expires_on=self.sometimes(0.2),
            )

    def _contacts(self, partner_id: str) -> None:
        """Who is named, from when until when."""
        since = self.edge() if self.world.chance(0.2) else date(2025, 1, 1)
        codes = ["technical_contact", "partnership_manager", "executive_sponsor", "account_mapping"]
        for code in codes[: self.rng.choice((4, 4, 4, 4, 2, 2, 1))]:
            lost_on = self.sometimes(0.08)
            self._attest(partner_id, code, since, lost_on)
            if lost_on is not None and self.world.chance(0.5):
                self._attest(partner_id, code, lost_on + timedelta(days=self.rng.choice((3, 60))))

    def _forms(self, partner_id: str, notice_on: date) -> None:
        for _ in range(self.rng.choice((0, 1, 2, 2))):
            self.world.add(
                "contact_forms",
                form_id=self.world.fresh("f"),
                partner_id=partner_id,
                program="technology" if self.world.chance(0.95) else "solutions",
                filed_at=self._filed_at(notice_on),
            )

    def _filed_at(self, notice_on: date) -> datetime:
        """Around the notice and around the end of the fourteenth day in Paris, as a moment of UTC."""
        day, clock = self.rng.choice(
            (
                *((14, (23, 59, 59)), (15, (0, 0, 0)), (15, (0, 1, 0)), (14, (22, 30, 0)), (15, (1, 30, 0))),
                *((0, (0, 0, 0)), (0, (0, 30, 0)), (0, (23, 59, 59)), (-1, (23, 59, 59)), (-40, (12, 0, 0))),
                *((5, (10, 0, 0)), (1, (0, 0, 0)), (9, (8, 0, 0)), (13, (8, 0, 0)), (14, (0, 0, 0)), (40, (12, 0, 0))),
                *((on, (9, 0, 0)) for on in (2, 3, 6, 11)),
            )
        )
        on = notice_on + timedelta(days=day)
        hour, minute, second = clock
        local = datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=PARIS)
        return local.astimezone(UTC).replace(tzinfo=None)
