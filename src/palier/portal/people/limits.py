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
    if cache.add(key, 1, timeout=2 * seconds):
        return
    if cache.incr(key) > limit:
        raise TooManyError
