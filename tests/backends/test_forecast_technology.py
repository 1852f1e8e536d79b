"""A technology partner's forecast: idle evaluates each later day, continuing repeats the last known month."""

from __future__ import annotations

import os
import random
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

import palier
from palier.backends.forecast import forecast
from palier.engine.calendar import add_months, month_start
from palier.engine.compile import compile_rulebook
from palier.engine.forecast import FigureChange, Forecast
from palier.engine.plan import Assumption, Vantage
from support.facts import write_facts
from support.small import Rows

ON = date(2026, 11, 20)
UNTIL = date(2028, 1, 10)
TECHNOLOGY = palier.read_program("technology")
EVERY = 20 if os.environ.get("PALIER_WHOLE") else 60
"""Each how-manieth day of change of a forecast is compared with its evaluation."""
PARTNERS = ("p1", "p2")


def foretold(
    facts: Path, partner: str, *, assume: Assumption, vantage: Vantage = "vendor", until: date = UNTIL
) -> Forecast:
    return forecast(TECHNOLOGY, facts=facts, on=ON, until=until, partner_id=partner, assume=assume, vantage=vantage)


def some_days(rolled: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=rolled.randint(0, (last - first).days))


def small_world(seed: int) -> Rows:
    """Two partners with two apps each and ten customers; every row has begun by the day asked."""
    rolled = random.Random(seed)  # noqa: S311  # facts, not secrets
    year_ago, soon = ON - timedelta(days=400), ON + timedelta(days=300)
    customers = [f"c{number}" for number in range(10)]
    apps = {"a1": "p1", "a2": "p1", "b1": "p2", "b2": "p2"}

    def since() -> date:
        return some_days(rolled, year_ago, ON)

    def perhaps(chance: float) -> date | None:
        return some_days(rolled, ON - timedelta(days=15), soon) if rolled.random() < chance else None

    codes = ("technical_contact", "partnership_manager", "executive_sponsor", "account_mapping")
    told = [(partner, code) for partner in PARTNERS for code in codes]
    rows: Rows = {
        "partners": [{"partner_id": partner, "name": partner} for partner in PARTNERS],
        "enrolments": [
            {"enrolment_id": p, "partner_id": p, "program": "technology", "level": "member", "enrolled_on": year_ago}
            for p in PARTNERS
        ],
        "apps": [
            {"app_id": app, "partner_id": p, "listed_on": year_ago, "delisted_on": perhaps(0.3)}
            for app, p in apps.items()
        ],
        "customers": [{"customer_id": c, "first_purchased_on": since(), "churned_on": perhaps(0.2)} for c in customers],
        "subscriptions": [
            {
                "subscription_id": f"{c}-{number}",
                "customer_id": c,
                "mrr_minor": rolled.randint(10_000_000, 90_000_000),
                "currency": rolled.choice(["USD", "EUR", "JPY"]),
                "effective_from": rolled.choice([year_ago, since(), some_days(rolled, ON - timedelta(days=19), ON)]),
                "effective_until": rolled.choice([None, perhaps(1.0), ON + timedelta(days=rolled.randint(-18, 12))]),
            }
            for c in customers
            for number in range(2)
        ],
        "app_uses": [
            {"app_id": app, "customer_id": c, "month": add_months(month_start(ON), -back)}
            for app in apps
            for c in customers
            for back in range(16)
            if rolled.random() < 0.4
        ],
        "installs": [
            {"install_id": f"{app}{c}", "app_id": app, "customer_id": c, "installed_on": since()}
            for app in apps
            for c in customers
        ],
        "influenced_sales": [
            {
                "influenced_id": f"i{number}",
                "partner_id": rolled.choice(PARTNERS),
                "customer_id": rolled.choice(customers),
                "role": "sourced",
                "mrr_minor": rolled.randint(100_000, 5_000_000),
                "currency": "USD",
                "closed_on": since(),
                "matched_on": some_days(rolled, year_ago, soon),
            }
            for number in range(12)
        ],
        "reviews": [
            {
                "review_id": f"r{number}",
                "app_id": rolled.choice([*apps]),
                "stars": rolled.randint(3, 5),
                "published_on": since(),
                "withdrawn_on": perhaps(0.2),
            }
            for number in range(30)
        ],
        "credentials": [
            {
                "credential_id": app,
                "partner_id": p,
                "app_id": app,
                "kind": "certification",
                "code": "app",
                "earned_on": year_ago,
                "expires_on": perhaps(0.8),
            }
            for app, p in apps.items()
        ],
        "attestations": [
            {"attestation_id": p, "partner_id": p, "code": "agreement_signed", "effective_from": year_ago}
            for p in PARTNERS
        ]
        + [
            {
                "attestation_id": p + code,
                "partner_id": p,
                "code": code,
                "effective_from": year_ago,
                "effective_until": perhaps(0.2),
            }
            for p, code in told
        ],
    }
    return rows


def going_on(rows: Rows) -> Rows:
    """The facts with the last known month repeated: use as in October, subscriptions as on 1 November."""
    november, december = date(2026, 11, 1), date(2026, 12, 1)
    later = [add_months(november, ahead) for ahead in range(16)]
    uses = [row for row in rows["app_uses"] if str(row["month"]) < str(november)]
    october = [row for row in uses if row["month"] == date(2026, 10, 1)]
    uses += [{**row, "month": month} for row in october for month in later]
    subscriptions: list[dict[str, object]] = []
    for row in rows["subscriptions"]:
        since, until = row["effective_from"], row["effective_until"]
        assert isinstance(since, date)
        assert until is None or isinstance(until, date)
        subscriptions.append({**row, "effective_until": min(until or december, december)})
        if since <= november and (until is None or until > november):
            subscriptions.append({**row, "effective_from": december, "effective_until": None})
    kept = [row for row in subscriptions if str(row["effective_from"]) < str(row["effective_until"] or "9")]
    return {**rows, "app_uses": uses, "subscriptions": kept}


@pytest.mark.parametrize(("seed", "assume"), [(1, "idle"), (2, "continuing")])
def test_the_vendors_forecast_is_the_evaluation_of_each_later_day(
    seed: int, assume: Assumption, tmp_path: Path
) -> None:
    known = small_world(seed)
    write_facts(tmp_path / "known", known, form="parquet")
    write_facts(tmp_path / "then", known if assume == "idle" else going_on(known), form="parquet")
    told = {partner: foretold(tmp_path / "known", partner, assume=assume) for partner in PARTNERS}
    changed = {change.on for each in told.values() for change in each.changes}
    asked = sorted({*sorted(changed)[::EVERY], ON, ON + timedelta(days=11), UNTIL})
    for day in asked:
        with palier.evaluate(TECHNOLOGY, facts=tmp_path / "then", on=day) as run:
            figures = {(each.partner_id, each.metric): each.value for each in run.figures()}
            tiers = {each.partner_id: each.tier for each in run.standings()}
        for partner, each in told.items():
            assert {(partner, name): value for name, value in figures_on(each, day).items()} == {
                key: value for key, value in figures.items() if key[0] == partner
            }, day
            assert tier_on(each, day) == tiers[partner], day
    assert {metric for each in told.values() for change in each.changes for metric in moved(change.figures)} >= {
        "attached_mrr",
        "influenced_deal_mrr",
        "installed_90d_mrr",
        "review_rating",
    }


def moved(figures: tuple[FigureChange, ...]) -> set[str]:
    return {each.metric for each in figures}


def figures_on(told: Forecast, day: date) -> dict[str, Fraction | None]:
    figures = dict(told.figures)
    for change in told.changes:
        if change.on <= day:
            figures |= {each.metric: each.after for each in change.figures}
    return figures


def tier_on(told: Forecast, day: date) -> str | None:
    return next((change.tier[1] for change in reversed(told.changes) if change.on <= day), told.tier)


def test_a_partner_sees_what_the_vendor_sees_since_no_credit_is_shared(tmp_path: Path) -> None:
    write_facts(tmp_path, small_world(4))
    for assume in ("idle", "continuing"):
        mine = foretold(tmp_path, "p1", assume=assume, vantage="partner")
        whole = foretold(tmp_path, "p1", assume=assume, vantage="vendor")
        assert mine.changes == whole.changes
        assert mine.figures == whole.figures


def test_attached_mrr_fades_month_by_month_when_idle_and_stays_when_use_goes_on(tmp_path: Path) -> None:
    rows = one_app()
    rows["app_uses"] = [{"app_id": "a1", "customer_id": "c1", "month": date(2026, month, 1)} for month in (8, 9, 10)]
    write_facts(tmp_path, rows)
    idle = foretold(tmp_path, "p1", assume="idle")
    fades = [(date(2027, 9, 1), 300, 200), (date(2027, 10, 1), 200, 100), (date(2027, 11, 1), 100, 0)]
    assert attached(idle) == [(on, Fraction(before), Fraction(after)) for on, before, after in fades]
    causes = {cause.because for change in idle.changes for cause in change.causes}
    assert causes == {"window:attached"}
    continuing = foretold(tmp_path, "p1", assume="continuing", until=date(2027, 3, 15))
    grows = [(date(2026, 12, 1), 400), (date(2027, 1, 1), 500), (date(2027, 2, 1), 600), (date(2027, 3, 1), 700)]
    assert attached(continuing) == [(on, Fraction(after - 100), Fraction(after)) for on, after in grows]


def test_what_ends_names_the_window_of_its_own_figure() -> None:
    compiled = compile_rulebook(palier.read_program("technology"))
    named = {name: compiled.windows_of(name) for name in compiled.program.metrics}
    assert {name: windows for name, windows in named.items() if windows} == {
        "attached_mrr": ("attached",),
        "influenced_deal_mrr": ("influenced",),
        "installed_90d_mrr": ("installed",),
        "review_count": ("reviewed",),
        "review_rating": ("reviewed",),
    }
    solutions = compile_rulebook(palier.read_program("solutions"))
    assert solutions.windows_of("sold_points") == ("sold",)
    assert solutions.windows_of("managed_points") == ("activity",)
    assert solutions.windows_of("total_points") == ("sold", "activity")


def attached(told: Forecast) -> list[tuple[date, Fraction | None, Fraction | None]]:
    return [
        (change.on, each.before, each.after)
        for change in told.changes
        for each in change.figures
        if each.metric == "attached_mrr"
    ]


def one_app() -> Rows:
    """A partner with one app, and a customer of 1,200 USD a month."""
    return {
        "partners": [{"partner_id": "p1"}],
        "enrolments": [
            {
                "enrolment_id": "e1",
                "partner_id": "p1",
                "program": "technology",
                "level": "member",
                "enrolled_on": date(2026, 1, 1),
            }
        ],
        "apps": [{"app_id": "a1", "partner_id": "p1", "listed_on": date(2026, 1, 1)}],
        "customers": [{"customer_id": "c1"}],
        "subscriptions": [
            {
                "subscription_id": "s1",
                "customer_id": "c1",
                "mrr_minor": 120_000,
                "currency": "USD",
                "effective_from": date(2026, 1, 1),
            }
        ],
    }
