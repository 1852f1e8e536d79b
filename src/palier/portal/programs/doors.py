"""Who may open the pages of programs: drafts are the vendor's, what is published everybody's who signed in."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from palier.portal.roles import CUSTOMER, NO_ONE, PARTNER, VENDOR, Door, MenuEntry, Role

EDITORS = frozenset({Role.ADMINISTRATOR.value, Role.MANAGER.value})
DECIDERS = EDITORS | {Role.REVIEWER.value}
READERS = VENDOR | PARTNER | CUSTOMER
KEEPERS = VENDOR - {Role.AUDITOR.value}

DOORS: Mapping[str, Door] = {
    "programs:home": Door(VENDOR),
    "programs:partners": Door(VENDOR),
    "programs:partners_csv": Door(VENDOR),
    "programs:keep_view": Door(NO_ONE, KEEPERS),
    "programs:programs": Door(READERS),
    "programs:program": Door(READERS),
    "programs:difference": Door(READERS),
    "programs:begin": Door(NO_ONE, EDITORS),
    "programs:recalibrations": Door(VENDOR),
    "programs:recalibration": Door(VENDOR),
    "programs:try_recalibration": Door(NO_ONE, DECIDERS),
    "programs:publish": Door(NO_ONE, EDITORS),
    "programs:moves_csv": Door(VENDOR),
    "programs:exception": Door(DECIDERS, DECIDERS),
    "programs:shadow": Door(VENDOR, EDITORS),
    "programs:shadow_csv": Door(VENDOR),
    "programs:draft": Door(VENDOR),
    "programs:set_value": Door(NO_ONE, EDITORS),
    "programs:unset_value": Door(NO_ONE, EDITORS),
    "programs:take_reading": Door(NO_ONE, EDITORS),
    "programs:renew": Door(NO_ONE, EDITORS),
    "programs:try": Door(NO_ONE, EDITORS),
    "programs:propose": Door(NO_ONE, EDITORS),
    "programs:approve": Door(NO_ONE, EDITORS),
    "programs:decline": Door(NO_ONE, EDITORS),
    "programs:movers_csv": Door(VENDOR),
}
"""Every page of programs by the name of its address."""

MENU: tuple[MenuEntry, ...] = (
    MenuEntry("vendor", 10, "programs:home", _("Home")),
    MenuEntry("vendor", 20, "programs:partners", _("Partners")),
    MenuEntry("vendor", 30, "programs:programs", _("Programs")),
    MenuEntry("partner", 80, "programs:programs", _("Program")),
    MenuEntry("customer", 80, "programs:programs", _("Program")),
)
"""Its entries in the menus."""
