"""How often somebody may do a thing: counted in the cache, which all processes share."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache

from palier.portal.people.errors import TooManyError

INVITATIONS_AN_HOUR = 60


def spend(kind: str, who: str, *, at: datetime, limit: int, seconds: int = 3600) -> None:
    """Count one act of somebody within the current span of time.

    Raises:
        TooManyError: the limit is reached.
    """
    key = f"limit/{kind}/{who}/{int(at.timestamp()) // seconds}"
    spent = int(cache.get(key, 0)) + 1
    cache.set(key, spent, timeout=2 * seconds)  # incr() would keep it for the cache's own five minutes
    if spent > limit:
        raise TooManyError
