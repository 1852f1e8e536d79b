"""The WSGI application, as granian serves it."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palier.portal.settings")
application = get_wsgi_application()
