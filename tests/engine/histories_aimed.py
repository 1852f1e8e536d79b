"""Histories aimed at a tier: every gate met, at its very edge or missed alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from engine.histories_world import ACTIONS, MULTIPLIER_FROM, World, minor_units
from engine.oracle_facts import GROWTH, UNITS_PER_100_USD, later_months, month_start

POINTS = {
    "gold": (113, 38, (243, 300)),
    "platinum": (270, 150, (645, 875)),
    "diamond": (570, 550, (2_020, 2_990)),
    "elite": (1_950, 1_700, (5_950, 8_600)),
}
MRR_2018 = {
    "silver": (1_125, 1_125),
    "gold": (2_100, 6_000),
    "platinum": (3_750, 20_000),
    "diamond": (10_000, 50_000),
}
OF_PARTNER = ("onboarded", "partner_certification", "own_pro_subscription")
OF_POINTS = ("sold", "managed", "total", "app_usage")
OF_ELITE = ("invitation", "account_review", "customer_retention", "revenue_retention", "team_certifications")
POINTS_SINCE = date(2022, 7, 18)


@dataclass
class Aim:
    """A tier, the gate to miss alone (if any), and how far from the edge in minor units."""

    tier: str
    miss: str | None
    nudge: int


def choose_aim(world: World) -> Aim:
    rng = world.rng
    if world.on < POINTS_SINCE:
        tier = rng.choice(tuple(MRR_2018))
        gates: tuple[str, ...] = ("sold", "managed", "partner_certification", "app_usage")
    else:
        tier = rng.choices(("provider", "partner", *POINTS), (4, 8, 20, 20, 20, 28))[0]
        gates = ("level_partner", *OF_PARTNER) if tier in {"provider", "partner"} else (*OF_PARTNER, *OF_POINTS)
        if tier == "elite":
            gates = (*OF_PARTNER, *OF_POINTS, *OF_ELITE, *OF_ELITE, "human")
    return Aim(tier, rng.choice(gates) if world.chance(0.55) else None, rng.choice((0, 0, 1)))


def aimed(world: World) -> None:
    """Writes one history of a partner that stands at a tier, or misses it by one gate."""
    aim = choose_aim(world)
    partner_id = world.partner("provider" if aim.miss == "level_partner" else "partner")
    _gates_of_partner(world, aim, partner_id)
    if aim.tier in {"provider", "partner"}:
        return
    sold, managed = _targets(world, aim)
    customers = _sold(world, partner_id, sold, aim.nudge if aim.miss not in {"sold", "total"} else -1)
    customers += _managed(world, partner_id, managed, aim.nudge if aim.miss != "managed" else -1, customers)
    _tools(world, sorted(set(customers)), missed=aim.miss == "app_usage")
    if aim.tier == "elite":
        _team(world, partner_id, aim)
        _cohort(world, partner_id, aim)
        for code, gate in (("elite_invited", "invitation"), ("account_review_passed", "account_review")):
            if aim.miss not in {gate, "human"}:
                world.attestation(partner_id, code)


def _targets(world: World, aim: Aim) -> tuple[Fraction, Fraction]:
    """Sold and managed points (2018: hundreds of USD) of which one lies at its edge."""
    rng = world.rng
    slack = Fraction(rng.choice((1, 5, 20)))
    if world.on < POINTS_SINCE:
        low_sold, low_managed = (Fraction(minimum, 100) for minimum in MRR_2018[aim.tier])
        edge = aim.miss if aim.miss in {"sold", "managed"} else rng.choice(("sold", "managed", "none"))
        sold = low_sold if edge == "sold" else low_sold + slack
        return sold, low_managed if edge == "managed" else low_managed + slack
    sold_min, managed_min, totals = POINTS[aim.tier]
    total = rng.choice(totals)
    rest = total - sold_min - managed_min
    edge = aim.miss if aim.miss in OF_POINTS else rng.choice(("sold", "managed", "total", "none"))
    if edge == "sold":
        return Fraction(sold_min), managed_min + rest + slack
    if edge == "managed":
        return sold_min + rest + slack, Fraction(managed_min)
    more = rng.randint(1, rest - 1)
    if edge == "total":
        below = 1 if aim.miss == "total" and world.chance(0.5) else 0
        return Fraction(sold_min + more), Fraction(managed_min + rest - more - below, 1)
    return sold_min + more + slack, managed_min + rest - more + slack


def _amount(world: World, usd: Fraction, nudge: int) -> tuple[int, str]:
    """A currency and minor units worth so many USD, or the nearest amount above or below."""
    currencies = tuple(UNITS_PER_100_USD)
    currency = world.rng.choice(currencies)
    exact = minor_units(usd, currency)
    amount = (floor(exact) if nudge < 0 else ceil(exact)) + nudge
    return max(amount, 0), currency


def _rate(world: World, sale: dict[str, object], closed_on: date, *, growth: bool) -> int:
    if world.on < POINTS_SINCE:
        return 1
    first = sale["line_first_sold_on"] or closed_on
    assert isinstance(first, date)
    return (5 if sale["motion"] != "assisted" and first >= MULTIPLIER_FROM else 3) * (2 if growth else 1)


def _parts(world: World, whole: Fraction, most: int) -> list[Fraction]:
    number = world.rng.randint(1, most)
    parts = [whole / world.rng.choice((4, 5, 10)) for _ in range(number - 1)]
    return [*parts, whole - sum(parts, Fraction(0))]


def _moves(world: World, customer_id: str, closed_on: date) -> None:
    """Moves the customer to another market on or beside the day of the sale."""
    old, new = world.rng.choice((("FR", "IN"), ("BR", "US")))
    moved_on = closed_on + timedelta(days=world.rng.choice((0, 1)))
    gap = timedelta(days=world.rng.choice((0, 0, 1)))
    for country, since, until in ((old, world.long_ago(), moved_on - gap), (new, moved_on, None)):
        world.add(
            "customer_countries",
            customer_id=customer_id,
            country=country,
            effective_from=since,
            effective_until=until,
        )


def _sold(world: World, partner_id: str, points: Fraction, nudge: int) -> list[str]:
    customers = []
    parts = _parts(world, points, 3)
    for number, part in enumerate(parts):
        customer_id = world.customer()
        closed_on = world.live_closing_day(world.on)
        if world.chance(0.25):
            _moves(world, customer_id, closed_on)
        growth = _is_growth(world, customer_id, closed_on)
        sale = world.sale(partner_id, customer_id, 0, "USD", closed_on)
        if world.chance(0.3):
            sale["line_first_sold_on"] = world.rng.choice(
                (closed_on, world.near(MULTIPLIER_FROM), closed_on - timedelta(days=500))
            )
        usd = part * 100 / _rate(world, sale, closed_on, growth=growth)
        sale["mrr_minor"], sale["currency"] = _amount(world, usd, nudge if number == len(parts) - 1 else 0)
        customers.append(customer_id)
    return customers


def _managed(world: World, partner_id: str, points: Fraction, nudge: int, known: list[str]) -> list[str]:
    customers = []
    parts = _parts(world, points, 2)
    free = list(known)
    for number, part in enumerate(parts):
        reuse = free and world.chance(0.5)
        customer_id = free.pop() if reuse else world.customer()
        growth = world.on >= POINTS_SINCE and _is_growth(world, customer_id, world.on)
        sharers = world.rng.choices((1, 2, 3, 7), (65, 16, 12, 7))[0]
        usd = part * 100 * sharers / (2 if growth else 1)
        minor, currency = _amount(world, usd, nudge if number == len(parts) - 1 else 0)
        since = world.rng.choice((world.long_ago(), month_start(world.on), month_start(world.on)))
        subscription = world.subscription(customer_id, minor, currency, since)
        if world.chance(0.3):
            _succession(world, subscription)
        works(world, partner_id, customer_id)
        for _ in range(sharers - 1):
            works(world, _colleague(world, "partner"), customer_id)
        if world.chance(0.2):
            works(world, _colleague(world, "provider"), customer_id)
        customers.append(customer_id)
    return customers


def _is_growth(world: World, customer_id: str, on: date) -> bool:
    """Whether the customer sits in a growth market on the day, as far as written."""
    for row in world.rows["customer_countries"]:
        since, until = row["effective_from"], row["effective_until"]
        assert isinstance(since, date)
        begun = row["customer_id"] == customer_id and since <= on
        if begun and (until is None or (isinstance(until, date) and on < until)):
            return row["country"] in GROWTH
    return next(r["country"] for r in world.rows["customers"] if r["customer_id"] == customer_id) in GROWTH


def _succession(world: World, row: dict[str, object]) -> None:
    """The price before, or the price to come, of the same subscription."""
    since = row["effective_from"]
    assert isinstance(since, date)
    if world.chance(0.5):
        before = since - timedelta(days=200)
        world.rows["subscriptions"].append(
            {**row, "mrr_minor": 12_345, "effective_from": before, "effective_until": since}
        )
    else:
        until = world.rng.choice((world.on + timedelta(days=1), later_months(month_start(world.on), 1)))
        row["effective_until"] = until
        world.rows["subscriptions"].append({**row, "effective_from": until, "effective_until": None})


def _colleague(world: World, level: str) -> str:
    """Another partner: providers, and those that left, neither count nor dilute."""
    partner_id = world.partner(level)
    if level == "provider" and world.chance(0.5):
        world.rows["enrolments"][-1].update(level="partner", left_on=world.on)
    return partner_id


def works(world: World, partner_id: str, customer_id: str) -> None:
    """A user of the partner who manages the customer on the day."""
    user_id = world.user(partner_id)
    occurred_on = world.live_activity_day()
    granted_on = world.rng.choice((world.long_ago(), occurred_on))
    world.access(user_id, customer_id, granted_on, world.rng.choice((None, None, granted_on, occurred_on)))
    world.activity(user_id, customer_id, occurred_on, world.rng.choice(ACTIONS))
    if world.chance(0.2):
        world.activity(user_id, customer_id, world.activity_day(), world.rng.choice((*ACTIONS, "view", "login")))


def _tools(world: World, customers: list[str], *, missed: bool) -> None:
    """Tools in use so that the median is exactly 3, just under it, or comfortable."""
    rng = world.rng
    number = len(customers)
    counts = [rng.randint(0, 2) for _ in range((number - 1) // 2)]
    if number % 2 == 1:
        counts.append(2 if missed else rng.choice((3, 3, 4)))
    else:
        counts += rng.choice(((2, 3), (1, 4), (2, 2))) if missed else rng.choice(((3, 3), (2, 4), (1, 5), (3, 4)))
    counts += [rng.randint(5, 16) for _ in range(number - len(counts))]
    rng.shuffle(customers)
    for customer_id, count in zip(customers, counts, strict=True):
        world.uses(customer_id, count)


def _gates_of_partner(world: World, aim: Aim, partner_id: str) -> None:
    rng, on = world.rng, world.on
    if aim.miss == "onboarded":
        wrong = (
            {"value": "no"},
            {"value": "No"},
            {"effective_until": on},
            {"effective_from": world.shifted(1)},
        )
        if world.chance(0.8):
            world.attestation(partner_id, "onboarded", **rng.choice(wrong))
    else:
        world.attestation(partner_id, "onboarded")
        if world.chance(0.1):
            world.attestation(partner_id, "onboarded", value="no")
    if aim.tier != "elite":
        user_id = world.user(partner_id)
        failing: tuple[dict[str, object], ...] = ({"expires_on": on}, {"earned_on": world.shifted(1)})
        failing += ({"kind": "accreditation"}, {"code": "other"}, {"user_id": None})
        columns: dict[str, object] = {} if aim.miss != "partner_certification" else rng.choice(failing)
        world.credential(partner_id, user_id, "solutions_partner", **columns)
        if aim.miss == "partner_certification" and world.chance(0.3):
            world.rows["credentials"].pop()
            world.credential(partner_id, user_id, "solutions_partner")
            world.rows["partner_users"][-1][rng.choice(("deactivated_on", "deleted_on"))] = on
    _own(world, aim, partner_id)


def _own(world: World, aim: Aim, partner_id: str) -> None:
    paid: tuple[dict[str, object], ...] = (
        {"base_price": True},
        {"seats": 4},
        {"seats": 5, "base_price": False},
    )
    unpaid: tuple[dict[str, object], ...] = (
        {},
        {"seats": 3},
        {"base_price": False},
        {"seats": 3, "base_price": False},
    )
    if aim.miss == "own_pro_subscription" or aim.tier == "provider":
        if world.chance(0.5):
            world.own_subscription(partner_id, "starter", **world.rng.choice(paid))
        if world.chance(0.5):
            world.own_subscription(partner_id, "pro", **world.rng.choice(unpaid))
        if world.chance(0.3):
            world.own_subscription(partner_id, "pro", base_price=True, effective_until=world.on)
        return
    world.own_subscription(partner_id, world.rng.choice(("pro", "pro", "enterprise")), **world.rng.choice(paid))


def _team(world: World, partner_id: str, aim: Aim) -> None:
    """Ten people with ten certifications each: 100, or 99, or 101."""
    users = [world.user(partner_id) for _ in range(10)]
    codes = [f"code{number}" for number in range(9)]
    codes.append("code9" if aim.miss == "partner_certification" else "solutions_partner")
    for user_id in users:
        for code in codes:
            world.credential(partner_id, user_id, code)
    if aim.miss == "team_certifications":
        world.rows["credentials"][-2]["expires_on"] = world.on
    elif world.chance(0.3):
        world.credential(partner_id, users[0], "one_more")
    if world.chance(0.5):
        world.credential(partner_id, users[0], codes[0])
        world.credential(partner_id, users[0], "crm_implementation", kind="accreditation")


def _cohort(world: World, partner_id: str, aim: Aim) -> None:
    """Customers of twelve months before, of whom just enough or just too few remain."""
    rng = world.rng
    number, gone = rng.choice(((20, 3), (20, 3), (7, 1), (3, 0)))
    if aim.miss == "customer_retention":
        number, gone = rng.choice(((20, 4), (6, 1)))
    if aim.miss == "revenue_retention":
        number, gone = 20, 3
    for index in range(number):
        customer_id = world.customer()
        row = world.rows["customers"][-1]
        world.sale(partner_id, customer_id, 10_000, "USD", world.live_closing_day(world.then))
        minor = 100_000
        if index < gone:
            row["churned_on"] = rng.choice((world.on, world.on, world.then + timedelta(days=1)))
            cheap = {"customer_retention": 1_000, "revenue_retention": 100_000}
            minor = cheap.get(aim.miss or "", 99_999)
        elif world.chance(0.1):
            row["churned_on"] = world.shifted(1)
        subscription = world.subscription(customer_id, minor, "USD", month_start(world.then))
        if index >= gone and world.chance(0.2):
            _upsold(world, subscription, minor)


def _upsold(world: World, row: dict[str, object], minor: int) -> None:
    """A higher price since: it may not make up for losses, unless retention is read net."""
    row["effective_until"] = month_start(world.on)
    later = {**row, "mrr_minor": minor * 2, "effective_from": month_start(world.on), "effective_until": None}
    world.rows["subscriptions"].append(later)
