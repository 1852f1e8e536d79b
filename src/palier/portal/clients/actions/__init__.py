"""Acts on accesses: each checks who acts, changes, writes the journal and queues its mails, in one transaction."""

from __future__ import annotations

from palier.portal.clients.actions.asking import Asked, ask_again, associate, withdraw
from palier.portal.clients.actions.keys import decline, grant, grant_to, restore, revoke
from palier.portal.clients.actions.leaving import removal_word, remove_access
from palier.portal.clients.actions.seats import give_seat, take_seat

__all__ = [
    "Asked",
    "ask_again",
    "associate",
    "decline",
    "give_seat",
    "grant",
    "grant_to",
    "removal_word",
    "remove_access",
    "restore",
    "revoke",
    "take_seat",
    "withdraw",
]
