"""Checks of the calendar: the tiers, views and gates that it names."""

from __future__ import annotations

from collections.abc import Iterator

from palier.rulebook.checks.said import problem_at
from palier.rulebook.problems import Problem
from palier.rulebook.read import Rulebook
from palier.rulebook.schema import near


def calendar_tiers(rulebook: Rulebook) -> Iterator[Problem]:
    """The calendar's base tiers, and those that wait for a form, are tiers of the ladder."""
    calendar = rulebook.program.calendar
    if calendar is None:
        return
    known = [tier.tier for tier in rulebook.program.tiers]
    named: list[tuple[tuple[object, ...], str]] = [
        (("calendar", "base_tiers", at), tier) for at, tier in enumerate(calendar.base_tiers)
    ]
    if calendar.form is not None:
        named += [(("calendar", "form", "tiers", at), tier) for at, tier in enumerate(calendar.form.tiers)]
    for trail, tier in named:
        if tier not in known:
            yield problem_at(
                rulebook,
                trail,
                code="unknown_tier",
                message=f"the calendar names {tier}, which is not a tier of the program",
                found=tier,
                expected=", ".join(known),
                mend=near(tier, known) or "name a tier of the ladder",
            )


def calendar_views(rulebook: Rulebook) -> Iterator[Problem]:
    """The views that the calendar names exist."""
    calendar = rulebook.program.calendar
    for key in ("members", "suspensions"):
        view = None if calendar is None else getattr(calendar, key)
        if view is not None and view not in rulebook.views:
            yield problem_at(
                rulebook,
                ("calendar", key),
                code="unknown_view",
                message=f"the calendar names the view {view}, and there is no views/{view}.sql",
                found=view,
                expected=f"views/{view}.sql",
                mend=near(view, rulebook.views) or "write the file, or take the key out",
            )


def awaited_forms(rulebook: Rulebook) -> Iterator[Problem]:
    """A tier waits for the form exactly where a mandatory gate of its own is supplied by it."""
    calendar = rulebook.program.calendar
    if calendar is None:
        return
    form = calendar.form
    for position, tier in enumerate(rulebook.program.tiers):
        supplied = {leaf.supplied_by for leaf in tier.requires.leaves() if leaf.weight == "mandatory"} - {None}
        if form is not None and tier.tier in form.tiers and form.name not in supplied:
            yield problem_at(
                rulebook,
                ("calendar", "form", "tiers", form.tiers.index(tier.tier)),
                code="form_supplies_nothing",
                message=f"{tier.tier} waits for {form.name}, which supplies no mandatory gate of it",
                found=tier.tier,
                mend=f"say `supplied_by: {form.name}` on the gates it supplies, or take the tier out",
            )
        elif supplied and not calendar.waits(tier.tier):
            yield problem_at(
                rulebook,
                ("tiers", position),
                code="form_not_awaited",
                message=f"{tier.tier} has gates supplied by {', '.join(sorted(map(str, supplied)))}, and does not wait",
                found=tier.tier,
                expected="the tier under `calendar.form.tiers`",
                mend="add the tier to `calendar.form.tiers`, or take `supplied_by` out",
            )
