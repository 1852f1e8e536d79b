"""Who may open the pages of standings."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from palier.portal.roles import PARTNER, VENDOR, Door, MenuEntry

DOORS: Mapping[str, Door] = {
    "standings:home": Door(PARTNER),
    "standings:home_csv": Door(PARTNER),
    "standings:home_pdf": Door(PARTNER),
    "standings:changes": Door(PARTNER),
    "standings:changes_csv": Door(PARTNER),
    "standings:points": Door(PARTNER),
    "standings:points_csv": Door(PARTNER),
    "standings:portfolio": Door(PARTNER),
    "standings:customer": Door(PARTNER),
    "standings:explain": Door(PARTNER | VENDOR),
    "standings:lines_csv": Door(PARTNER | VENDOR),
    "standings:source": Door(PARTNER | VENDOR),
    "standings:partner": Door(VENDOR),
    "standings:partner_home_csv": Door(VENDOR),
    "standings:partner_home_pdf": Door(VENDOR),
    "standings:partner_changes": Door(VENDOR),
    "standings:partner_changes_csv": Door(VENDOR),
    "standings:partner_points": Door(VENDOR),
    "standings:partner_points_csv": Door(VENDOR),
    "standings:partner_portfolio": Door(VENDOR),
    "standings:partner_customer": Door(VENDOR),
}
"""Every page of standings by the name of its address."""

MENU: tuple[MenuEntry, ...] = (
    MenuEntry("partner", 10, "standings:home", _("Home")),
    MenuEntry("partner", 20, "standings:points", _("Points")),
    MenuEntry("partner", 30, "standings:portfolio", _("Customers")),
)
"""Its entries in the menus."""
