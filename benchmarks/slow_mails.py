"""A mail server that takes its time, as they do: so that a kill lands before it has taken a mail, or after."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends import filebased

TAKES = 0.04
"""Seconds before it has a mail, and again before it says so."""


class EmailBackend(filebased.EmailBackend):
    """Writes mails to files, slowly."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Take the mails; says how many."""
        time.sleep(TAKES)
        taken = super().send_messages(email_messages)
        time.sleep(TAKES)
        return taken
