"""What people call the keys and words of a rulebook that its own texts do not name."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Mapping[str, Promise] = {
    "reach": _("to reach it"),
    "keep": _("to keep it"),
    "days": _("in days"),
    "months": _("in months"),
    "whole_months": _("in whole months"),
    "day": _("day of the month"),
    "promotion": _("promotion"),
    "demotion": _("demotion"),
    "form": _("contact form"),
    "sold": _("sold credit"),
    "activity": _("managed credit after the last activity"),
    "rate": _("rate"),
    "rates": _("rates"),
    "percent": _("percent"),
    "cap": _("at most"),
    "guaranteed": _("guaranteed"),
    "prioritised": _("prioritised"),
    "considered": _("considered"),
    "none": _("not granted"),
    "times": _("how often"),
    "also": _("also"),
    "kinds": _("by kind"),
    "levels": _("by level"),
    "growth_markets": _("growth markets"),
    "sold_rates": _("points for sales"),
    "managed_rates": _("points for managed revenue"),
    "countries": _("countries"),
}
"""Keys and values by their word."""

SECTION_NAMES: Mapping[str, Promise] = {
    "tiers": _("Ladder: what each tier asks"),
    "calendar": _("Calendar"),
    "windows": _("How long credit lives"),
    "values": _("Single values"),
    "metrics": _("Figures"),
    "currency_units": _("Currency equivalents"),
    "territories": _("Territories"),
    "tables": _("Rates and lists"),
    "benefits": _("Benefits"),
    "commissions": _("Commissions"),
}
"""The parts of a rulebook."""
