"""Small generated histories of technology partners, mean at the boundaries of guide B."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from random import Random

from engine.histories_twists import moments
from engine.histories_world import Rows, World, minor_units
from engine.oracle_facts import UNITS_PER_100_USD, later_months, month_start
from engine.oracle_technology import ATTACHED, DEALS, EARLY_INSTALLS, EXCEPTION, REVIEWS

TECHNOLOGY_DAYS: tuple[date, ...] = (
    date(2026, 1, 1),
    date(2026, 1, 15),
    date(2026, 2, 28),
    date(2026, 3, 1),
    date(2026, 7, 15),
    date(2026, 11, 20),
    date(2026, 12, 31),
    date(2027, 1, 1),
    date(2027, 1, 15),
    date(2027, 3, 31),
    date(2028, 2, 29),
)
"""Days on and beside those on which guide B's rules begin."""
CONTACTS = ("technical_contact", "partnership_manager", "executive_sponsor", "account_mapping")


def generate_technology(seed: int, *, count: int, on: date) -> Rows:
    """So many independent histories in one set of facts; the same arguments give the same facts."""
    merged: Rows = defaultdict(list)
    for number in range(count):
        rng = Random(f"technology/{seed}/{on}/{number}")  # noqa: S311 - histories, not secrets
        for table, rows in _history(World(rng, on, f"t{number}")).items():
            merged[table].extend(rows)
    return dict(merged)


def _history(world: World) -> Rows:
    partner_id = _partner(world)
    apps = [_app(world, partner_id) for _ in range(world.rng.choice((1, 1, 2, 3)))]
    tier = world.rng.choice(("rising", "leading", "leading", "premier", "premier"))
    _attached(world, apps, tier)
    _deals(world, partner_id, tier)
    _installs(world, apps, tier)
    _reviews(world, apps, tier)
    _quality(world, partner_id, apps)
    for _ in range(world.rng.choice((0, 0, 1, 2))):
        _twist(world)
    if world.chance(0.2):
        _versions(world)
    return world.rows


def _partner(world: World) -> str:
    partner_id = world.fresh("p")
    world.add("partners", partner_id=partner_id)
    enrolled_on = world.edge() if world.chance(0.1) else date(2025, 3, 1)
    world.add(
        "enrolments",
        enrolment_id=world.fresh("e"),
        partner_id=partner_id,
        program="technology" if world.chance(0.95) else "solutions",
        level="member",
        enrolled_on=enrolled_on,
        left_on=world.near(world.on) if world.chance(0.05) else None,
    )
    return partner_id


def _app(world: World, partner_id: str) -> str:
    app_id = world.fresh("app")
    world.add(
        "apps",
        app_id=app_id,
        partner_id=partner_id,
        listed_on=world.near(world.on) if world.chance(0.08) else None if world.chance(0.03) else date(2024, 5, 1),
        delisted_on=world.near(world.on) if world.chance(0.1) else None,
    )
    return app_id


def _customer(world: World, usd: Fraction | None, *, bought_on: date | None = None) -> str:
    """A customer worth so many USD a month since long ago, or of any worth."""
    customer_id = world.fresh("c")
    churned_on = world.edge() if world.chance(0.06) else None
    world.add("customers", customer_id=customer_id, first_purchased_on=bought_on, churned_on=churned_on)
    worth = usd if usd is not None else Fraction(world.rng.choice((30, 500, 12_000)))
    currency = world.rng.choice(tuple(UNITS_PER_100_USD))
    exact = minor_units(worth, currency)
    minor = ceil(exact) if world.chance(0.7) else floor(exact)
    since = world.long_ago() if world.chance(0.9) else month_start(world.edge())
    until = month_start(world.edge()) if world.chance(0.08) else None
    row = {"subscription_id": world.fresh("s"), "customer_id": customer_id, "currency": currency}
    if until is None or until > since:
        world.add("subscriptions", **row, mrr_minor=max(minor, 0), effective_from=since, effective_until=until)
    return customer_id


def _attached(world: World, apps: list[str], tier: str) -> None:
    """Customers whose twelve months average the tier's threshold, exactly or nearly, and months beside the twelve."""
    goal = Fraction(ATTACHED[tier]) * world.rng.choice((1, 1, 1, 2, 0))
    shares = [Fraction(1)] if world.chance(0.5) else [Fraction(1, 3), Fraction(2, 3)]
    first = month_start(world.on)
    for share in shares:
        customer_id = _customer(world, goal * share)
        skipped = world.rng.choice((0, 0, 0, 1, 12))
        for back in range(14):
            if back == skipped and back:
                continue
            for app_id in world.rng.sample(apps, world.rng.randint(1, len(apps))):
                world.add("app_uses", app_id=app_id, customer_id=customer_id, month=later_months(first, -back))
    if world.chance(0.3):
        _customer(world, None)


def _deals(world: World, partner_id: str, tier: str) -> None:
    goal = world.rng.choice((DEALS[tier], DEALS[tier], EXCEPTION, 0))
    for part in (Fraction(1, 4), Fraction(3, 4)):
        currency = world.rng.choice(tuple(UNITS_PER_100_USD))
        exact = minor_units(goal * part, currency)
        closed_on = world.rng.choice((world.then, world.shifted(-364), world.shifted(-365), world.shifted(-100)))
        closed_on = world.on if world.chance(0.15) else closed_on
        matched = (closed_on, closed_on + timedelta(days=20), world.near(world.on), None)
        world.add(
            "influenced_sales",
            influenced_id=world.fresh("i"),
            partner_id=partner_id,
            customer_id=_customer(world, Fraction(10)),
            role=world.rng.choice(("sourced", "supported")),
            mrr_minor=(ceil(exact) if world.chance(0.7) else floor(exact)) + world.rng.choice((0, 0, 1)),
            currency=currency,
            closed_on=closed_on,
            matched_on=world.rng.choices(matched, (6, 2, 1, 1))[0],
        )


def _installs(world: World, apps: list[str], tier: str) -> None:
    goal = Fraction(world.rng.choice((EARLY_INSTALLS[tier], EARLY_INSTALLS[tier], 0, 100_000)))
    for part in (Fraction(1, 2), Fraction(1, 2)):
        installed_on = world.rng.choice(
            (world.then, world.then + timedelta(days=1), world.on, world.shifted(-200), world.shifted(1))
        )
        after = world.rng.choice((0, 1, 45, 89, 90, 91, -1))
        bought_on = installed_on - timedelta(days=after) if world.chance(0.95) else None
        customer_id = _customer(world, goal * part, bought_on=bought_on)
        days = [installed_on]
        if world.chance(0.3):
            days.append(installed_on + timedelta(days=world.rng.choice((-100, -1, 0, 3))))
        for day in days:
            world.add(
                "installs",
                install_id=world.fresh("n"),
                app_id=world.rng.choice(apps),
                customer_id=customer_id,
                installed_on=day,
                uninstalled_on=day + timedelta(days=5) if world.chance(0.2) else None,
            )


def _reviews(world: World, apps: list[str], tier: str) -> None:
    """As many reviews as the tier asks, one fewer or one more, of a mean at or beside its rating."""
    count = max(REVIEWS[tier] + world.rng.choice((-1, 0, 0, 1)), 0) if world.chance(0.9) else 0
    whole_star = 4 if tier != "rising" else 3
    stars = [whole_star] * count
    if tier == "rising":
        stars = [3, 4] * (count // 2) + [4] * (count % 2)
    if stars and world.chance(0.4):
        stars[0] += world.rng.choice((-1, 1))
    for star in stars:
        published_on = world.rng.choice((world.shifted(-10), world.then + timedelta(days=1), world.on))
        published_on = world.near(world.then) if world.chance(0.05) else published_on
        world.add(
            "reviews",
            review_id=world.fresh("r"),
            app_id=world.rng.choice(apps),
            stars=star,
            published_on=published_on,
            withdrawn_on=world.near(world.on) if world.chance(0.04) else None,
        )


def _quality(world: World, partner_id: str, apps: list[str]) -> None:
    if world.chance(0.7):
        world.add(
            "credentials",
            credential_id=world.fresh("k"),
            partner_id=partner_id,
            app_id=world.rng.choice(apps),
            kind="certification",
            code="app",
            earned_on=world.near(world.on) if world.chance(0.1) else date(2025, 6, 1),
            expires_on=world.near(world.on) if world.chance(0.1) else None,
        )
    missing = world.rng.choice((None, None, None, *CONTACTS))
    for code in CONTACTS:
        if code != missing:
            world.attestation(partner_id, code)


def _twist(world: World) -> None:
    """One date or amount of a finished history moved across a boundary."""
    choices = (
        ("customers", "churned_on", world.edge),
        ("reviews", "withdrawn_on", lambda: world.near(world.on)),
        ("influenced_sales", "matched_on", world.edge),
        ("attestations", "effective_until", lambda: world.near(world.on)),
        ("attestations", "value", lambda: world.rng.choice(("no", "NO", ""))),
        ("apps", "delisted_on", lambda: world.near(world.on)),
        ("credentials", "expires_on", lambda: world.near(world.on)),
        ("subscriptions", "mrr_minor", lambda: world.rng.choice((0, 40_000_000))),
    )
    table, column, value = world.rng.choice(choices)
    if world.rows[table]:
        world.rng.choice(world.rows[table])[column] = value()


def _versions(world: World) -> None:
    """A row taken back, or corrected by a later version."""
    table, column, value = world.rng.choice(
        (("reviews", "stars", 1), ("influenced_sales", "mrr_minor", 1), ("installs", "uninstalled_on", None))
    )
    if not world.rows[table]:
        return
    row = world.rng.choice(world.rows[table])
    row["recorded_at"] = None
    later = {**row, "recorded_at": moments(world.on)[1]}
    world.rows[table].append(later | ({"retracted": True} if world.chance(0.5) else {column: value}))
