"""Rulebooks whose commissions.yaml is wrong."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

from rulebook.broken import Broken, broken, whole

_FILE = "commissions.yaml"
_EARNS = "    levels: {partner: {percent: {2020-01-01: 20}, months: {2020-01-01: 12}}}\n"


def _sale(*lines: str, earns: str = _EARNS) -> str:
    return "kinds:\n  sale:\n    motions: [sourced]\n" + "".join(f"    {line}\n" for line in lines) + earns


_LATER = (
    "  @@trained:\n    motions: [sourced]\n    effective_from: 2021-01-01\n    requires: {gate: trained, metric: training_hours, at_least: {2020-01-01: 1}}\n"
    + _EARNS
)

COMMISSIONS: tuple[Broken, ...] = (
    broken(
        "a commission for a tier that does not exist",
        "unknown_tier",
        whole(_FILE, _sale("tier: {@@2020-01-01: golden}")),
    ),
    broken(
        "a commission for a metric that does not exist",
        "unknown_metric",
        whole(_FILE, _sale("@@requires: {gate: trained, metric: training_hour, at_least: {2020-01-01: 1}}")),
    ),
    broken(
        "a reversed commission",
        "reversed_period",
        whole(_FILE, _sale("effective_from: 2022-01-01", "@@effective_until: 2021-01-01")),
    ),
    broken("a commission that cites no line", "unknown_citation", whole(_FILE, _sale("cite: [@@A99]"))),
    broken(
        "a commission whose rate cites no line",
        "unknown_citation",
        whole(
            _FILE,
            _sale(
                earns="    levels:\n      partner:\n        percent: {2020-01-01: {value: 20, @@cite: [A99]}}\n        months: {2020-01-01: 12}\n"
            ),
        ),
    ),
    broken(
        "a commission whose sources disagree",
        "contradiction",
        whole(
            _FILE,
            _sale(
                earns="    levels:\n      partner:\n        percent: {2020-01-01: {value: 20, @@cite: {A1: 20, A2: 10}}}\n        months: {2020-01-01: 12}\n"
            ),
        ),
    ),
    broken(
        "a commission without words",
        "missing_text",
        whole(_FILE, _sale()),
        whole("texts/en.yaml", "@@reasons: {}\n"),
        at=("texts/en.yaml", 1),
    ),
    broken(
        "a commission of more than everything",
        "bad_value",
        whole(_FILE, _sale(earns="    levels: {partner: {percent: {@@2020-01-01: 120}, months: {2020-01-01: 12}}}\n")),
    ),
    broken(
        "a commission for a term in words",
        "bad_value",
        whole(
            _FILE, _sale(earns="    levels: {partner: {percent: {2020-01-01: 20}, months: {@@2020-01-01: forever}}}\n")
        ),
    ),
    broken(
        "a commission at a level that does not exist",
        "bad_value",
        whole(_FILE, _sale(earns="    @@levels: {affiliate: {percent: {2020-01-01: 20}, months: {2020-01-01: 12}}}\n")),
    ),
    broken(
        "a commission on a motion that does not exist",
        "bad_value",
        whole(_FILE, "kinds:\n  sale:\n    motions: [@@outsourced]\n" + _EARNS),
    ),
    broken(
        "a commission without a rate",
        "missing_key",
        whole(_FILE, _sale(earns="    levels: {@@partner: {months: {2020-01-01: 12}}}\n")),
    ),
    broken(
        "a commission for a tier that nothing moves", "no_calendar", whole(_FILE, _sale("@@tier: {2020-01-01: gold}"))
    ),
    broken("a commission behind one that asks for less", "never_earned", whole(_FILE, _sale() + _LATER)),
    broken("commissions that belong to program.yaml", "unknown_key", whole(_FILE, "@@tiers: []\n" + _sale())),
)
"""Each with the code of its problem; those that cannot be typed stop at their line."""
