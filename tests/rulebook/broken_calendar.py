"""Rulebooks whose calendar names what is not there."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

from rulebook.broken import Broken, Edit, broken, swap, whole

_GOLD = "        - {gate: gold_points, metric: all_points, at_least: {2021-01-01: {value: 600, cite: {A3: 600}}}}\n"
_CALENDAR = """
calendar:
  base_tiers: [bronze]
  members: members
  promotion: {day: {2020-01-01: 15}, months: {2020-01-01: [1, 7]}}
  demotion: {day: {2020-01-01: 15}, months: {2020-01-01: [1]}}
  form: {name: welcome, tiers: [gold], days: {2020-01-01: 14}}
"""
_MEMBERS = "-- Who takes part.\nSELECT e.partner_id, e.enrolled_on AS effective_from, e.left_on AS effective_until\nFROM enrolments AS e\n"


def with_calendar(
    old: str = "", new: str = "", *, members: str = _MEMBERS, supplied: str = "welcome"
) -> tuple[Edit, ...]:
    """A calendar for the good rulebook, with one text of it in place of another."""
    assert old in _CALENDAR
    gold = _GOLD.replace("metric: all_points,", f"metric: all_points, supplied_by: {supplied},") if supplied else _GOLD
    calendar = _CALENDAR.replace(old, new, 1) if old else _CALENDAR
    return (
        swap(_GOLD, gold),
        swap("\nunits:\n", f"{calendar}\nunits:\n"),
        whole("views/members.sql", members),
    )


CALENDARS: tuple[Broken, ...] = (
    broken("a base tier that is none", "unknown_tier", *with_calendar("base_tiers: [bronze]", "base_tiers: [@@bronce]")),
    broken("a form of a tier that is none", "unknown_tier", *with_calendar("tiers: [gold]", "tiers: [gold, @@platinum]")),
    broken("members of a view that is missing", "unknown_view", *with_calendar("members: members", "members: @@partners_in")),
    broken("a view of members without an end", "bad_period_view", *with_calendar(members="@@-- Who takes part.\nSELECT e.partner_id, e.enrolled_on AS effective_from\nFROM enrolments AS e\n")),
    broken("a view of members that depends on the day", "bad_period_view", *with_calendar(members="@@" + _MEMBERS + "WHERE e.enrolled_on <= $on_day\n")),
    broken("a form that supplies nothing", "form_supplies_nothing", *with_calendar("tiers: [gold]", "tiers: [@@gold]", supplied="")),
    broken("a gate whose form nobody waits for", "form_not_awaited", *with_calendar("tiers: [gold]", "tiers: [silver]"), swap("  - tier: gold\n", "  - @@tier: gold\n")),
    broken("a day that not every month has", "bad_value", *with_calendar("promotion: {day: {2020-01-01: 15}", "promotion: {day: {@@2020-01-01: 31}")),
    broken("a thirteenth month", "bad_value", *with_calendar("months: {2020-01-01: [1]}", "months: {2020-01-01: [@@13]}")),
)  # fmt: skip
"""A calendar whose tiers, views, forms or days are not there."""
