"""Who may open the pages of runs, mails and the journal."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from palier.portal.roles import NO_ONE, SIGNED_IN, VENDOR, Door, MenuEntry
from palier.portal.runs.permissions import ERASERS, IDENTIFIERS, OWNERS, READERS, RUNNERS

DOORS: Mapping[str, Door] = {
    "runs:runs": Door(VENDOR),
    "runs:rerun": Door(NO_ONE, RUNNERS),
    "runs:repeat": Door(NO_ONE, RUNNERS),
    "runs:owner": Door(NO_ONE, OWNERS),
    "runs:identities": Door(VENDOR, IDENTIFIERS),
    "runs:identities_csv": Door(VENDOR),
    "runs:mail": Door(VENDOR),
    "runs:resend": Door(NO_ONE, RUNNERS),
    "runs:mailbox": Door(SIGNED_IN),
    "runs:letter": Door(SIGNED_IN),
    "runs:letter_html": Door(SIGNED_IN),
    "runs:journal": Door(READERS),
    "runs:erasure": Door(ERASERS, ERASERS),
}
"""Every page of runs by the name of its address; the mailbox exists in the demo only."""

MENU: tuple[MenuEntry, ...] = (
    MenuEntry("vendor", 60, "runs:runs", _("Runs")),
    MenuEntry("vendor", 70, "runs:mail", _("Mail")),
    MenuEntry("vendor", 80, "runs:journal", _("Journal")),
    MenuEntry("partner", 80, "runs:journal", _("Journal")),
)
"""Its entries in the menus."""
