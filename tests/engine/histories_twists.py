"""Twists: one value of a finished history moved across a boundary, and rows that have versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from engine.histories_world import World
from engine.oracle_facts import KEYS

Twist = tuple[str, str, Callable[[World], object]]

TWISTS: tuple[Twist, ...] = (
    ("sales", "closed_on", World.closing_day),
    ("sales", "closed_on", World.closing_day),
    ("sales", "mrr_minor", lambda _: 0),
    ("sales", "motion", lambda world: world.rng.choice(("assisted", "sourced"))),
    ("sales", "line_first_sold_on", lambda world: world.near(date(2024, 2, 27))),
    ("customers", "churned_on", World.edge),
    ("customers", "churned_on", World.edge),
    ("customers", "country", lambda world: world.rng.choice((None, "US", "GL"))),
    ("subscriptions", "effective_until", World.edge),
    ("subscriptions", "mrr_minor", lambda world: world.rng.choice((0, 100_000))),
    ("activities", "occurred_on", World.activity_day),
    ("activities", "occurred_on", World.activity_day),
    ("activities", "action", lambda world: world.rng.choice(("view", "login"))),
    ("client_access", "removed_on", World.activity_day),
    ("client_access", "removed_on", lambda world: world.near(world.on)),
    ("client_access", "associated_on", World.activity_day),
    ("client_access", "granted_on", World.activity_day),
    ("partner_users", "deleted_on", lambda world: world.near(world.on)),
    ("partner_users", "deleted_on", World.activity_day),
    ("partner_users", "deactivated_on", World.activity_day),
    ("partner_users", "added_on", World.activity_day),
    ("partner_users", "is_partner_employee", lambda world: world.rng.choice((None, False))),
    ("partner_users", "email", lambda _: "someone@elsewhere.example"),
    ("partner_domains", "revoked_on", World.activity_day),
    ("credentials", "expires_on", lambda world: world.near(world.on)),
    ("attestations", "effective_until", lambda world: world.near(world.on)),
    ("attestations", "value", lambda world: world.rng.choice(("no", "NO", ""))),
    ("own_subscriptions", "effective_until", lambda world: world.near(world.on)),
    ("enrolments", "left_on", lambda world: world.near(world.on)),
)
"""What may happen to one row, at the edge of the day asked about."""

LEAVES = ("sales", "subscriptions", "client_access", "activities", "tool_uses", "credentials", "attestations")
"""Tables no other table refers to: their rows may be taken back, or be unknown for a while."""


def twist(world: World) -> None:
    """Moves one value of one row, or hands a customer over to a colleague."""
    if world.chance(0.1) and world.rows["client_access"]:
        _hand_over(world)
        return
    table, column, value = world.rng.choice(TWISTS)
    rows = world.rows[table]
    if not rows:
        return
    row = world.rng.choice(rows)
    if _stands_alone(rows, table, row):
        row[column] = value(world)


def _hand_over(world: World) -> None:
    """One user loses access on or beside the day; a colleague, who does nothing, keeps it (D-12)."""
    access = world.rng.choice(world.rows["client_access"])
    user = next(row for row in world.rows["partner_users"] if row["user_id"] == access["user_id"])
    colleague = {**user, "user_id": world.fresh("u"), "email": "colleague@elsewhere.example"}
    world.rows["partner_users"].append({**colleague, "deactivated_on": None, "deleted_on": None})
    world.access(str(colleague["user_id"]), str(access["customer_id"]), world.long_ago(), None)
    if world.chance(0.3):
        world.rows["client_access"][-1]["removed_on"] = world.near(world.on)
    if world.chance(0.3):
        user["deleted_on"] = world.near(world.on)
    else:
        access["removed_on"] = world.rng.choice((world.near(world.on), world.shifted(-1), world.shifted(-20)))


def _stands_alone(rows: list[dict[str, object]], table: str, row: dict[str, object]) -> bool:
    """Periods of one subscription, and of one partner's levels, follow one another and must not overlap."""
    column = {"subscriptions": "subscription_id", "enrolments": "partner_id"}.get(table)
    return column is None or [one for one in rows if one[column] == row[column]] == [row]


def moments(on: date) -> tuple[datetime, ...]:
    """When the versions of a history asked about on `on` were recorded; known-at moments to try."""
    return (
        datetime.combine(on - timedelta(days=40), time(9)),
        datetime.combine(on - timedelta(days=1), time(23, 59, 59)),
        datetime.combine(on, time(12)),
    )


def version(world: World) -> None:
    """Gives one row versions: corrected, taken back, taken back and restored, or long unknown."""
    first, second, third = moments(world.on)
    leaf = world.chance(0.6)
    table, column, value = world.rng.choice([one for one in TWISTS if (one[0] in LEAVES) is leaf])
    identities = [tuple(row.get(name) for name in KEYS[table]) for row in world.rows[table]]
    once = zip(world.rows[table], identities, strict=True)
    rows = [row for row, identity in once if identities.count(identity) == 1 and "recorded_at" not in row]
    rows = [row for row in rows if _stands_alone(world.rows[table], table, row)]
    if not rows or column in KEYS[table]:
        return
    row = world.rng.choice(rows)
    kind = world.rng.choice(("late", "taken back", "restored", "corrected")) if leaf else "corrected"
    if kind == "late":
        row["recorded_at"] = world.rng.choice((first, second, third))
    elif kind == "corrected":
        _add(world, table, row, **{column: value(world), "recorded_at": second})
        if world.chance(0.4):
            _add(world, table, row, recorded_at=third)
    else:
        row["recorded_at"] = world.rng.choice((None, first))
        _add(world, table, row, recorded_at=second, retracted=True)
        if kind == "restored":
            _add(world, table, row, recorded_at=third, retracted=world.rng.choice((False, None)))


def _add(world: World, table: str, row: dict[str, object], **columns: object) -> None:
    """Another version, anywhere among the rows: their order says nothing."""
    rows = world.rows[table]
    rows.insert(world.rng.randint(0, len(rows)), {**row, **columns})
