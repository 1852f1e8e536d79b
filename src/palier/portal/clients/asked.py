"""What pages and acts of clients ask of the last run, which stands above this app and answers when it is ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from palier.portal.partners.asked import Place

WINDOW = timedelta(days=90)
"""How long one qualifying activity counts (D32); the strip and the counts of activities look back as far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What one partner has of one customer in one metric, in words; `ends` when by itself."""

    title: str
    points: str
    money: tuple[str, ...]
    share: str
    managed: bool
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one user did in one customer's account in the ninety days up to the day of the run."""

    by_action: Mapping[str, int] = field(default_factory=dict)
    qualifying: Mapping[date, int] = field(default_factory=dict)
    last_on: date | None = None

    @property
    def count(self) -> int:
        """How many activities, qualifying or not."""
        return sum(self.by_action.values())


RUN_ON: Place[date | None] = Place()
"""The day of the current run: asked with nothing."""
KNOWS: Place[bool] = Place()
"""Whether a partner has a line about a customer: asked with both ids."""
CREDITS: Place[tuple[Credit, ...]] = Place()
"""What a partner has of a customer today: asked with both ids and a language."""
DONE: Place[Mapping[str, Done]] = Place()
"""What each user did for a customer, by user_id: asked with the customer's id."""
