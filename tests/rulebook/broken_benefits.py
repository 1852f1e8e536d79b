"""Broken benefits: the good benefits of the smallest program, with one thing wrong in each."""

# ruff: noqa: E501  # a case is a line

from __future__ import annotations

from rulebook.broken import Broken, Edit, broken, swap, whole

BENEFITS = """\
effective_from: 2021-01-01
sections: [help, money]
granted:
  lantern_manager:
    section: help
    cite: [A8]
    tiers:
      bronze: {2021-01-01: {value: none, cite: [A8]}}
      silver: {2021-01-01: {value: considered, cite: {A8: considered, B1: considered}}}
      gold: {2021-01-01: {value: guaranteed, cite: [A8]}}
    requires: {gate: trained, metric: training_hours, at_least: {2021-01-01: {value: 20, cite: [A8]}}}
    ranked_by: [all_points]
    times:
      - {tiers: [gold], per: year, at_most: {2021-01-01: {value: 3, cite: [A8]}}, cite: [A8]}
    also:
      - way: by_visits
        cite: [A2]
        tiers:
          silver: {2021-01-01: {value: considered, cite: [A2]}}
        requires: {gate: visiting, metric: visit_share, more_than: {2021-01-01: {value: 0.5, cite: [A2]}}}
  rebates:
    section: money
    cite: [A8]
    tiers:
      bronze: {2021-01-01: {value: none, cite: [A8]}}
      silver: {2021-01-01: {value: guaranteed, cite: [A8]}}
      gold: {2021-01-01: {value: guaranteed, cite: [A8]}}
    discounts:
      currency: USD
      rising: [A8]
      offers:
        silver:
          - {at_least: 500, rate: {2021-01-01: {value: 300, cite: [A8]}}}
        gold:
          - {at_least: 500, rate: {2021-01-01: {value: 550, cite: [A8]}}}
"""
_WORDS = """\
benefits:
  sections: {help: "Help", money: "Money"}
  names:
    lantern_manager: {name: "Lantern manager"}
    rebates: {name: "Rebates"}
  conditions: {trained: "Training", visiting: "Visits"}
  ways: {by_visits: "by visits"}
reasons:
"""
FILE = "benefits.yaml"


def with_benefits(text: str = BENEFITS) -> tuple[Edit, ...]:
    """The benefits, and the words for the good ones in both languages."""
    words = (swap("reasons:\n", _WORDS, file=f"texts/{language}.yaml") for language in ("en", "fr"))
    return (whole(FILE, text), *words)


def _broken(name: str, code: str, old: str, new: str) -> Broken:
    assert BENEFITS.count(old) == 1, f"{old!r} stands {BENEFITS.count(old)} times"
    return broken(name, code, *with_benefits(BENEFITS.replace(old, new)))


_SILVER = "      silver: {2021-01-01: {value: considered, cite: {A8: considered, B1: considered}}}\n"
_GOLD = "gold:\n          - {at_least: 500, rate: {2021-01-01: {value: 550, cite: [A8]}}}"

BROKEN_BENEFITS: tuple[Broken, ...] = (
    _broken("a benefit of no tier", "unknown_tier", _SILVER, _SILVER + "      @@golden: {2021-01-01: none}\n"),
    _broken("a quota of no tier", "unknown_tier", "{tiers: [gold]", "@@{tiers: [golden]"),
    _broken("a benefit asked of no tier", "unknown_tier", "    ranked_by:", "    asked_of: [@@golden]\n    ranked_by:"),
    _broken("a discount of no tier", "unknown_tier", "        silver:\n", "        @@sliver:\n"),
    _broken("another way of no tier", "unknown_tier", "          silver: {2021-01-01: {value: considered, cite: [A2]}}", "          @@sliver: {2021-01-01: considered}"),
    _broken("a benefit without a cell", "missing_cell", "    cite: [A8]\n    tiers:\n      bronze: {2021-01-01: {value: none, cite: [A8]}}\n" + _SILVER, "    cite: [A8]\n    @@tiers:\n" + _SILVER),
    _broken("a condition over no metric", "unknown_metric", "metric: training_hours", "@@metric: training_hour"),
    _broken("another way over no metric", "unknown_metric", "metric: visit_share", "@@metric: visits_share"),
    _broken("a rank by no metric", "unknown_metric", "ranked_by: [all_points]", "ranked_by: [@@any_points]"),
    _broken("a section that is declared twice", "duplicate_section", "sections: [help, money]", "sections: [help, money, @@help]"),
    _broken("a benefit in no section", "unknown_section", "section: help", "@@section: halp"),
    _broken("another way with a benefit's id", "duplicate_way", "- way: by_visits", "- @@way: rebates"),
    _broken("a benefit that a higher tier has less surely", "weaker_than_below", "      gold: {2021-01-01: {value: guaranteed, cite: [A8]}}\n    requires", "      @@gold: {2021-01-01: {value: none, cite: [A8]}}\n    requires"),
    _broken("a cell of which two lines state two strengths", "contradiction", "cite: {A8: considered, B1: considered}", "@@cite: {A8: considered, B1: none}"),
    _broken("two discounts on one value", "contradiction", _GOLD, _GOLD + "\n          - @@{at_least: 900, rate: {2021-01-01: 700}}"),
    _broken("a discount that falls with the tier", "contradiction", _GOLD, _GOLD.replace("gold:", "@@gold:").replace("550", "200")),
    _broken("a discount that a higher tier has for fewer values", "contradiction", _GOLD, _GOLD.replace("gold:", "@@gold:").replace("at_least: 500", "more_than: 500")),
    _broken("a discount of more than the whole", "bad_value", "{value: 550,", "{@@value: 10001,"),
    _broken("a benefit's line that is not quoted", "unknown_citation", "    section: help\n    cite: [A8]", "    section: help\n    cite: [@@A88]"),
    _broken("another way's line that is not quoted", "unknown_citation", "        cite: [A2]\n", "        cite: [@@A22]\n"),
    _broken("a quota's line that is not quoted", "unknown_citation", "cite: [A8]}}, cite: [A8]}", "cite: [A8]}}, cite: [@@A88]}"),
    _broken("a discount's line that is not quoted", "unknown_citation", "rising: [A8]", "rising: [@@A88]"),
    _broken("a strength that is none of the four", "bad_value", "{value: guaranteed, cite: [A8]}}\n    requires", "{@@value: promised, cite: [A8]}}\n    requires"),
    _broken("a month that does not exist", "bad_value", "    ranked_by:", "    applications: {months: [@@13]}\n    ranked_by:"),
    _broken("an answer due before it may come", "empty_range", "    ranked_by:", "    @@answer: {first: {2021-01-01: 20}, last: {2021-01-01: 5}, country: FR}\n    ranked_by:"),
    _broken("an answer due too early from a later day", "empty_range", "    ranked_by:", "    @@answer: {first: {2021-01-01: 2}, last: {2021-01-01: 5, 2022-01-01: 1}, country: FR}\n    ranked_by:"),
    _broken("an answer in no country", "unknown_country", "    ranked_by:", "    answer: {first: {2021-01-01: 2}, last: {2021-01-01: 5}, @@country: XX}\n    ranked_by:"),
    _broken("more owed than may be used", "empty_range", "- {tiers: [gold], per: year, at_most", "- @@{tiers: [gold], per: year, at_least: {2021-01-01: 5}, at_most"),
    _broken("two quotas for one tier", "duplicate_quota", "    also:\n", "      - @@{tiers: [silver, gold], per: month, at_most: {2021-01-01: 9}}\n    also:\n"),
    _broken("a quota for all after quotas for each", "duplicate_quota", "    also:\n", "      - {tiers: [bronze, silver], per: year, at_most: {2021-01-01: 1}}\n      - @@{per: year, at_most: {2021-01-01: 9}}\n    also:\n"),
    _broken("another way with two quotas", "duplicate_quota", "        cite: [A2]\n", "        cite: [A2]\n        times:\n          - {per: year, at_most: {2021-01-01: 1}}\n          - @@{tiers: [silver], per: year, at_most: {2021-01-01: 2}}\n"),
    _broken("an offer for no value", "empty_range", "- {at_least: 500, rate: {2021-01-01: {value: 550", "- @@{at_least: 500, at_most: 100, rate: {2021-01-01: {value: 550"),
    _broken("an offer for values above and up to one", "empty_range", "- {at_least: 500, rate: {2021-01-01: {value: 550", "- @@{more_than: 500, at_most: 500, rate: {2021-01-01: {value: 550"),
    broken("a benefit without a name", "missing_text", whole(FILE, BENEFITS), swap("reasons:\n", _WORDS.replace("benefits:", "@@benefits:").replace('    rebates: {name: "Rebates"}\n', ""), file="texts/en.yaml"), swap("reasons:\n", _WORDS, file="texts/fr.yaml")),
)  # fmt: skip
