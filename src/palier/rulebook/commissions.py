"""What sales earn: rates, terms, bases and eligibility, all dated."""

from __future__ import annotations

from palier.rulebook.dated import Value


class Commissions(Value):
    """What sales earn: rates, terms, bases and eligibility, all dated."""
