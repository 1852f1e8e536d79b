"""The portal on another day: `python -m browser.another_day COMMAND`, and the same clock's WSGI application.

The demo's facts end on a day of their own; the portal of the tests lives two days after it, whenever they run. Only
what the portal itself reads as its clock is moved, and by the same shift in every process of a site.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from django.utils import timezone

SHIFT = timedelta(seconds=float(os.environ.get("PALIER_TEST_SHIFT", "0")))
_real = timezone.now


def _now() -> datetime:
    return _real() + SHIFT


timezone.now = _now

if __name__ == "__main__":
    from palier.portal.__main__ import main

    main()
else:
    from palier.portal.wsgi import application

__all__ = ["application"]
