"""Who may open the pages of clients."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from palier.portal.clients.permissions import ASKERS, KEEPERS, REMOVERS
from palier.portal.roles import CUSTOMER, NO_ONE, PARTNER, VENDOR, Door, MenuEntry

DOORS: Mapping[str, Door] = {
    "clients:access": Door(CUSTOMER),
    "clients:grant": Door(KEEPERS, KEEPERS),
    "clients:answer": Door(NO_ONE, KEEPERS),
    "clients:revoke": Door(KEEPERS, KEEPERS),
    "clients:customer_access": Door(VENDOR),
    "clients:employee": Door(PARTNER | VENDOR),
    "clients:associate": Door(ASKERS, ASKERS),
    "clients:remove": Door(REMOVERS, REMOVERS),
    "clients:ask": Door(NO_ONE, ASKERS),
}
"""Every page of clients by the name of its address."""

MENU: tuple[MenuEntry, ...] = (MenuEntry("customer", 10, "clients:access", _("Who has access")),)
"""Its entries in the menus."""
