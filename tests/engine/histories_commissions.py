"""Small generated histories of what partners earn, mean at the boundaries of terms, months, currencies and issues."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random

from engine.histories_world import Rows, World
from engine.oracle_commissions import Ledger, following
from engine.oracle_facts import later_months, month_start

CURRENCIES = ("USD", "EUR", "JPY", "COP", "GBP", "KWD")
CLOSINGS = (
    date(2016, 5, 5),
    date(2018, 1, 21),
    date(2019, 2, 28),
    date(2021, 7, 1),
    date(2022, 7, 17),
    date(2023, 3, 31),
    date(2023, 4, 1),
    date(2024, 1, 31),
    date(2024, 2, 29),
)
INDEXES = (-1, 0, 0, 1, 5, 11, 11, 12, 12, 13, 35, 35, 36, 36, 37)
KNOWN = datetime(2024, 4, 10, 12)  # noqa: DTZ001 - moments of facts are UTC without a zone
"""What statements were issued on; everything recorded later is a late correction."""
LATER = datetime(2024, 4, 20, 12)  # noqa: DTZ001 - as above
FIRST_PAID = date(2023, 12, 1)
MONTHS_PAID = 6


def generate_commissions(seed: int, *, count: int, issued: tuple[date, date] | None) -> Rows:
    """So many independent histories in one set of facts, with statements issued from one month to another, or none."""
    merged: Rows = defaultdict(list)
    merged["market_rates"] = _rates(Random(f"rates/{seed}"))  # noqa: S311 - rates, not secrets
    for number in range(count):
        rng = Random(f"commissions/{seed}/{number}")  # noqa: S311 - histories, not secrets
        world = World(rng, date(2024, 3, 31), f"h{number}")
        _history(world, merged["market_rates"])
        if issued is not None:
            _issue(world, merged["market_rates"], issued)
        for table, rows in world.rows.items():
            merged[table].extend(rows)
    return dict(merged)


def _rates(rng: Random) -> list[dict[str, object]]:
    """Each currency has a rate before all months; then at the month's end, beside it, or not at all for months."""
    rows: list[dict[str, object]] = []
    for currency in (*CURRENCIES[1:], "USD"):
        rated = {date(2023, 11, 15)}
        for index in range(MONTHS_PAID + 2):
            first = later_months(FIRST_PAID, index)
            last = following(first) - timedelta(days=1)
            beside = (last, last - timedelta(days=1), first, first + timedelta(days=14))
            rated |= set(rng.sample(beside, rng.choice((0, 0, 1, 2))))
        rows += [
            {"currency": currency, "rated_on": on, "usd_rate": f"{rng.randint(1, 3_000_000) / 1_000_000:.6f}"}
            for on in sorted(rated)
        ]
    return rows


def _history(world: World, rates: list[dict[str, object]]) -> None:
    partners = [_partner(world) for _ in range(2 if world.chance(0.15) else 1)]
    for _ in range(world.rng.choice((1, 1, 1, 2, 3))):
        customer = world.add(
            "customers",
            customer_id=world.fresh("c"),
            churned_on=_churn(world),
            country=world.rng.choice(("FR", "IN", None)),
        )
        sale = _sale(world, world.rng.choice(partners), str(customer["customer_id"]))
        for _ in range(world.rng.choice((1, 2, 3))):
            _paid(world, sale)
    for _ in range(world.rng.choice((0, 0, 1, 2))):
        _late(world)
    if world.chance(0.05) and rates:
        world.add("payments", **_payment(world, None, date(2024, 3, 1), 777))


def _partner(world: World) -> str:
    partner_id = world.fresh("p")
    world.add("partners", partner_id=partner_id, payment_currency=world.rng.choice(CURRENCIES))
    return partner_id


def _churn(world: World) -> date | None:
    if world.chance(0.6):
        return None
    return world.rng.choice(
        (date(2024, 2, 1), date(2024, 2, 2), date(2024, 2, 29), date(2024, 3, 1), date(2023, 6, 15))
    )


def _levels(world: World, partner_id: str, closed_on: date) -> None:
    """The partner's levels before, on and after the day of closing; only half of them are one level throughout."""
    turn = closed_on + timedelta(days=world.rng.choice((-1, 0, 1, 40, 400)))
    began, again = date(2015, 1, 1), date(2024, 1, 15)
    patterns: tuple[tuple[tuple[str, date, date | None], ...], ...] = (
        (("partner", began, None),),
        (("partner", began, None),),
        (("provider", began, None),),
        (("provider", began, turn), ("partner", turn, None)),
        (("partner", began, turn), ("provider", turn, None)),
        (("partner", began, turn),),
        (("partner", turn, None),),
        (("provider", began, turn), ("partner", max(again, turn + timedelta(days=9)), None)),
    )
    for level, since, until in world.rng.choice(patterns):
        world.add(
            "enrolments",
            enrolment_id=world.fresh("e"),
            partner_id=partner_id,
            program="solutions",
            level=level,
            enrolled_on=since,
            left_on=until,
        )


def _sale(world: World, partner_id: str, customer_id: str) -> dict[str, object]:
    closed_on = world.rng.choice(CLOSINGS)
    if world.chance(0.4):
        closed_on = date(2020, 6, 1) + timedelta(days=world.rng.randint(0, 1400))
    if not any(row["partner_id"] == partner_id for row in world.rows["enrolments"]):
        _levels(world, partner_id, closed_on)
    return world.add(
        "sales",
        sale_id=world.fresh("s"),
        partner_id=partner_id,
        customer_id=customer_id,
        motion=world.rng.choice(("sourced", "sourced", "self_service", "assisted")),
        mrr_minor=1000,
        currency="USD",
        closed_on=closed_on,
        upmarket=world.rng.choice((None, None, False)),
    )


def _paid(world: World, sale: dict[str, object], indexes: tuple[int, ...] = INDEXES) -> None:
    """A payment of one month of a sale, with what corrects it, in any order of days."""
    closed_on = sale["closed_on"]
    assert isinstance(closed_on, date)
    index = world.rng.choice(indexes) if world.chance(0.7) else world.rng.randint(0, indexes[-1] + 3)
    period_month = later_months(month_start(closed_on), index)
    if indexes is INDEXES and world.chance(0.3):
        period_month = world.rng.choice((date(2024, 2, 1), date(2024, 3, 1)))
    chain = [world.add("payments", **_payment(world, sale, period_month, _amount(world)))]
    for _ in range(world.rng.choice((0, 0, 1, 1, 2, 3))):
        corrected = world.rng.choice(chain)
        before = corrected["net_minor"]
        assert isinstance(before, int)
        amount = world.rng.choice((-before, -before // 3, _amount(world), before))
        row = _payment(world, sale, period_month, amount, str(corrected["currency"]))
        row["corrects_payment_id"] = corrected["payment_id"]
        row["sale_id"] = world.rng.choice((row["sale_id"], row["sale_id"], None))
        chain.append(world.add("payments", **row))


def _amount(world: World) -> int:
    return world.rng.choice((world.rng.randint(-40, 40), world.rng.randint(1, 400_000), world.rng.randint(-90_000, 9)))


def _payment(
    world: World, sale: dict[str, object] | None, period_month: date, amount: int, currency: str | None = None
) -> dict[str, object]:
    if sale is None:
        world.add("customers", customer_id=world.fresh("c"))
    return {
        "payment_id": world.fresh("y"),
        "customer_id": world.rows["customers"][-1]["customer_id"] if sale is None else sale["customer_id"],
        "sale_id": None if sale is None else sale["sale_id"],
        "period_month": period_month,
        "net_minor": amount,
        "currency": world.rng.choice(CURRENCIES) if currency is None or world.chance(0.05) else currency,
        "paid_on": _day(world),
        "corrects_payment_id": None,
    }


def _day(world: World) -> date:
    first = later_months(FIRST_PAID, world.rng.randint(0, MONTHS_PAID - 1))
    return world.rng.choice((first, following(first) - timedelta(days=1), first + timedelta(days=11)))


def _late(world: World) -> None:
    """Something recorded late: a payment, its amount, its day, its end, or to whom a sale is credited."""
    payments = world.rows["payments"]
    row = world.rng.choice(payments)
    if "recorded_at" in row:
        return
    corrected = any(other["corrects_payment_id"] == row["payment_id"] for other in payments)
    kind = world.rng.choice(("late", "amount", "day", "month", "taken back", "credited"))
    if kind == "late" and not corrected:
        row["recorded_at"] = world.rng.choice((KNOWN, LATER))
    elif kind == "amount":
        payments.append({**row, "net_minor": _amount(world), "recorded_at": LATER})
    elif kind == "day":
        payments.append({**row, "paid_on": _day(world), "recorded_at": LATER})
    elif kind == "month":
        payments.append({**row, "period_month": date(2024, 2, 1), "recorded_at": LATER})
    elif kind == "taken back" and not corrected:
        payments.append({**row, "recorded_at": LATER, "retracted": True})
    elif kind == "credited":
        sale = world.rng.choice(world.rows["sales"])
        partner = world.rng.choice(world.rows["partners"])
        if "recorded_at" not in sale and sale["partner_id"] != partner["partner_id"]:
            world.rows["sales"].append({**sale, "partner_id": partner["partner_id"], "recorded_at": LATER})
            sale["recorded_at"] = None
    row.setdefault("recorded_at", None)


def _issue(world: World, rates: list[dict[str, object]], issued: tuple[date, date]) -> None:
    """Statements issued to most partners for some of the months, agreeing with what was known or not."""
    ledger = Ledger({**world.rows, "market_rates": rates}, known_at=KNOWN)
    first, last = issued
    lines: list[dict[str, object]] = []
    for partner in world.rows["partners"]:
        partner_id = str(partner["partner_id"])
        own_last = world.rng.choice((last, last, last, first, None))
        month = first if world.chance(0.8) else following(first)
        while own_last is not None and month <= own_last:
            lines += [_line(world, partner, month, each.payment_id, each.amount_minor)
                      for each in ledger.statements(month)[1] if each.partner_id == partner_id]  # fmt: skip
            if world.chance(0.1):
                lines.append(_line(world, partner, month, None, world.rng.randint(-5000, 5000)))
            month = following(month)
    for line in lines:
        line["line_no"] = lines.index(line) + 1
    _misissue(world, lines)
    world.rows["statement_lines"] += lines


def _line(
    world: World, partner: dict[str, object], month: date, payment_id: str | None, amount_minor: int
) -> dict[str, object]:
    return {
        "statement_id": f"{world.prefix}-{partner['partner_id']}-{month:%Y%m}",
        "line_no": 0,
        "partner_id": partner["partner_id"],
        "month": month,
        "payment_id": payment_id,
        "amount_minor": amount_minor,
        "currency": partner["payment_currency"],
    }


def _misissue(world: World, lines: list[dict[str, object]]) -> None:
    """What was issued differs from what was due: other amounts, lines left out, issued twice, in a former currency."""
    if not lines or world.chance(0.5):
        return
    line = world.rng.choice(lines)
    kind = world.rng.choice(("amount", "left out", "twice", "currency", "later"))
    if kind == "amount":
        line["amount_minor"] = world.rng.randint(-5000, 5000)
    elif kind == "left out":
        lines.remove(line)
    elif kind == "twice":
        lines.append({**line, "line_no": len(lines) + 1, "amount_minor": world.rng.randint(-50, 50)})
    elif kind == "currency":
        line |= {"currency": world.rng.choice(CURRENCIES), "amount_minor": world.rng.randint(1, 5000)}
    else:
        line["recorded_at"] = LATER


# ---- enterprise referral: the tier held and the accreditation on the day of closing

REFERRALS = (date(2022, 12, 31), date(2023, 1, 1), date(2024, 2, 10), date(2024, 6, 30), date(2025, 3, 31))
"""Days of closing; none is beside a day of the calendar on which a tier could be lost."""


def generate_referrals(seed: int, *, count: int) -> Rows:
    """Histories of assisted sales: tiers decided by people, accreditations at the edges of the day of closing."""
    merged: Rows = defaultdict(list)
    merged["market_rates"] = _rates(Random(f"rates/{seed}"))  # noqa: S311 - rates, not secrets
    for number in range(count):
        rng = Random(f"referrals/{seed}/{number}")  # noqa: S311 - histories, not secrets
        world = World(rng, date(2024, 3, 31), f"r{number}")
        _referral(world)
        for table, rows in world.rows.items():
            merged[table].extend(rows)
    return dict(merged)


def _referral(world: World) -> None:
    closed_on = world.rng.choice(REFERRALS)
    partner_id = _partner(world)
    customer_id = world.fresh("c")
    world.add("customers", customer_id=customer_id, country="US")
    sale = _sale(world, partner_id, customer_id)
    sale |= {
        "closed_on": closed_on,
        "motion": "assisted",
        "upmarket": True if world.chance(0.85) else world.rng.choice((False, None)),
    }
    if world.chance(0.85):
        world.rows["enrolments"].clear()
        level = "partner" if world.chance(0.85) else "provider"
        enrolment = {"enrolment_id": world.fresh("e"), "partner_id": partner_id, "program": "solutions"}
        world.add("enrolments", **enrolment, level=level, enrolled_on=date(2022, 7, 18))
    opened_on = closed_on - timedelta(days=world.rng.choice((25, 9, 1, 0, -1)))
    _decide(world, partner_id, "opening", opened_on)
    if world.chance(0.4):
        _decide(world, partner_id, "override", closed_on + timedelta(days=world.rng.choice((-1, 0, 1))))
    if world.chance(0.1):
        breach = {"attestation_id": world.fresh("t"), "partner_id": partner_id, "code": "compliant", "value": "no"}
        world.add("attestations", **breach, effective_from=closed_on - timedelta(days=5))
    for _ in range(world.rng.choice((0, 1, 1, 1, 2))):
        world.add(
            "credentials",
            credential_id=world.fresh("k"),
            partner_id=partner_id,
            kind="accreditation" if world.chance(0.9) else "certification",
            code="crm_implementation" if world.chance(0.9) else "onboarding",
            earned_on=closed_on + timedelta(days=world.rng.choice((-300, -1, 0, 0, 1))),
            expires_on=world.rng.choice((None, None, None, closed_on, closed_on + timedelta(days=1))),
        )
    for _ in range(world.rng.choice((2, 3, 4))):
        _paid(world, sale, (-1, 0, 0, 1, 5, 11, 11, 12))
    if world.chance(0.25):
        _decide(world, partner_id, "opening", closed_on + timedelta(days=world.rng.choice((1, 30))))


def _decide(world: World, partner_id: str, kind: str, on: date) -> None:
    tier = world.rng.choice(("gold", "platinum", "platinum", "diamond", "elite"))
    decision = {"decision_id": world.fresh("d"), "partner_id": partner_id, "program": "solutions", "tier": tier}
    world.add("tier_decisions", **decision, kind=kind, effective_on=on)
