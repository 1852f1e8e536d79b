"""Who may open the pages of journal."""

from __future__ import annotations

from collections.abc import Mapping

from palier.portal.roles import Door, MenuEntry

DOORS: Mapping[str, Door] = {}
"""Every page of journal by the name of its address."""

MENU: tuple[MenuEntry, ...] = ()
"""Its entries in the menus."""
