"""Histories without an aim: a few partners and customers whose every date lies on some boundary."""

from __future__ import annotations

from datetime import date, timedelta

from engine.histories_world import (
    ACTIONS,
    GROWTH_COUNTRIES,
    LOGINS_UNTIL,
    MULTIPLIER_FROM,
    PLAIN_COUNTRIES,
    World,
)
from engine.oracle_facts import UNITS_PER_100_USD, later_months, month_start


def noise(world: World) -> None:
    """Writes one history of one to four partners that share one to four customers."""
    rng = world.rng
    partners = [_partner(world) for _ in range(rng.choice((1, 2, 2, 3, 4)))]
    customers = [_customer(world) for _ in range(rng.randint(1, 4))]
    for partner_id in partners:
        users = [_user(world, partner_id) for _ in range(rng.choice((1, 1, 2)))]
        _standing(world, partner_id, users)
        for customer_id in customers:
            for _ in range(rng.choice((0, 1, 1, 2))):
                _sale(world, partner_id, customer_id)
            for user_id in users:
                if world.chance(0.7):
                    _work(world, user_id, customer_id)


def _partner(world: World) -> str:
    partner_id = world.partner()
    if world.chance(0.5):
        return partner_id
    rows = world.rows["enrolments"]
    rows.pop()
    first, day = world.long_ago(), world.edge()
    variant = world.rng.choice(("turned", "back", "leaves", "joins", "provider", "fell"))
    if variant == "turned":
        world.enrol(partner_id, "provider", first, day)
        world.enrol(partner_id, "partner", day, None)
    elif variant == "fell":
        world.enrol(partner_id, "partner", first, day)
        world.enrol(partner_id, "provider", day, None)
    elif variant == "back":
        left_on = later_months(world.on, -world.rng.choice((2, 13)))
        world.enrol(partner_id, "partner", first, left_on)
        world.enrol(partner_id, "partner", max(left_on, world.near(world.on)), None)
    elif variant == "provider":
        world.enrol(partner_id, "provider", first, None)
    else:
        since, until = (first, day) if variant == "leaves" else (day, None)
        world.enrol(partner_id, "partner", since, until)
    if world.chance(0.3):
        world.enrol(partner_id, "member", first, None)
    return partner_id


def _customer(world: World) -> str:
    rng = world.rng
    customer_id = world.customer()
    if world.chance(0.3):
        world.rows["customers"][-1]["churned_on"] = world.edge()
    if world.chance(0.3):
        moved_on = world.edge()
        for since, until in ((world.long_ago(), moved_on), (moved_on, rng.choice((None, world.on)))):
            world.add(
                "customer_countries",
                customer_id=customer_id,
                country=rng.choice([c for c in (*PLAIN_COUNTRIES, *GROWTH_COUNTRIES) if c is not None]),
                effective_from=since,
                effective_until=until,
            )
    for _ in range(rng.choice((0, 1, 1, 2))):
        _subscriptions(world, customer_id)
    world.uses(customer_id, rng.choice((0, 2, 3, 3, 4, 16)))
    return customer_id


def _subscriptions(world: World, customer_id: str) -> None:
    """One price, or successive prices of one subscription, that change on or beside a first of the month."""
    rng = world.rng
    first = world.long_ago()
    row = world.subscription(customer_id, _minor(world), _currency(world), first, None)
    changes = sorted({world.edge(), rng.choice((month_start(world.on), month_start(world.then)))})
    if world.chance(0.5):
        row["effective_until"] = changes[0]
        for since, until in zip(changes, [*changes[1:], None], strict=True):
            if world.chance(0.8):
                price = {"mrr_minor": _minor(world), "effective_from": since, "effective_until": until}
                world.rows["subscriptions"].append({**row, **price})
    elif world.chance(0.4):
        row.update(effective_from=changes[0], effective_until=rng.choice((None, changes[-1], world.edge())))


def _minor(world: World) -> int:
    return world.rng.choice(
        (0, 1, 99, 100_000, 100_000, world.rng.randint(1, 400_000), world.rng.randint(1, 9_000_000))
    )


def _currency(world: World) -> str:
    return world.rng.choice(tuple(UNITS_PER_100_USD))


def _sale(world: World, partner_id: str, customer_id: str) -> None:
    closed_on = world.closing_day()
    sale = world.sale(partner_id, customer_id, _minor(world), _currency(world), closed_on)
    if world.chance(0.5):
        sale["line_first_sold_on"] = world.rng.choice(
            (
                world.near(MULTIPLIER_FROM),
                MULTIPLIER_FROM,
                MULTIPLIER_FROM - timedelta(days=1),
                date(2021, 5, 1),
            )
        )


def _user(world: World, partner_id: str) -> str:
    """An employee with some of the small things that can be wrong with an account."""
    user_id = world.user(partner_id)
    row = world.rows["partner_users"][-1]
    day = world.rng.choice((world.edge(), world.activity_day()))
    wrong: tuple[dict[str, object], ...] = (
        {"is_partner_employee": False},
        {"is_partner_employee": None},
        {"added_on": day},
        {"deactivated_on": day},
        {"deactivated_on": day},
        {"deleted_on": day},
        {"deleted_on": day},
        {"email": f"{user_id}@elsewhere.example"},
        {"email": f"{user_id}@mail.{partner_id}.example"},
        {"email": f"{user_id}@{partner_id}.example".upper()},
    )
    if world.chance(0.4):
        row.update(world.rng.choice(wrong))
    if world.chance(0.25):
        domain = world.rows["partner_domains"][-1]
        others = [row["approved_on"] for row in world.rows["partner_domains"]]
        domain.update({"revoked_on": day} if day in others or world.chance(0.5) else {"approved_on": day})
        if world.chance(0.4):
            again = later_months(world.on, -2)
            if again not in [row["approved_on"] for row in world.rows["partner_domains"]]:
                world.rows["partner_domains"].append({**domain, "approved_on": again, "revoked_on": None})
    return user_id


def _work(world: World, user_id: str, customer_id: str) -> None:
    """Access and activities whose days lie on or beside one another."""
    rng = world.rng
    days = [world.activity_day() for _ in range(rng.choice((1, 1, 2, 3)))]
    for day in days:
        action = rng.choice((*ACTIONS, "view", "login", "login"))
        if abs((day - LOGINS_UNTIL).days) <= 1:
            action = rng.choice(("login", "login", "view", "edit"))
        world.activity(user_id, customer_id, day, action)
    for _ in range(rng.choice((1, 1, 1, 2))):
        granted_on = rng.choice((world.long_ago(), world.near(days[0])))
        associated_on = rng.choice((None, None, world.long_ago(), world.near(days[0]), world.near(granted_on)))
        world.access(user_id, customer_id, granted_on, associated_on)
        if world.chance(0.25):
            gone = rng.choice((world.near(days[-1]), world.near(world.on), world.shifted(30)))
            world.rows["client_access"][-1]["removed_on"] = gone


def _standing(world: World, partner_id: str, users: list[str]) -> None:
    rng = world.rng
    if world.chance(0.8):
        code = rng.choice(("solutions_partner", "solutions_partner", "solutions_partner", "cms"))
        user_id = rng.choice((*users, *users, None))
        world.credential(partner_id, user_id, code, expires_on=rng.choice((None, None, world.near(world.on))))
    if world.chance(0.2):
        world.credential(partner_id, rng.choice(users), "solutions_partner", earned_on=world.near(world.on))
    for code in ("onboarded", "elite_invited", "compliant"):
        if world.chance(0.6):
            world.attestation(partner_id, code, value=rng.choice((None, "yes", "no", "NO", "")))
    for _ in range(rng.choice((0, 1, 1, 2))):
        world.own_subscription(
            partner_id,
            rng.choice(("starter", "pro", "enterprise")),
            base_price=rng.choice((True, False, None)),
            seats=rng.choice((None, 0, 3, 4)),
            effective_until=rng.choice((None, None, world.near(world.on))),
        )
