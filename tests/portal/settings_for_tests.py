"""The portal's settings with a folder of its own; `DATABASE_URL` chooses the database as always."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("PALIER_DEMO", "1")
os.environ.setdefault("PALIER_FOLDER", tempfile.mkdtemp(prefix="palier-portal-"))

from palier.portal.settings import *  # noqa: F403
from palier.portal.texts import compile_texts

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
"""Each browser of a test loads the middleware: files of style are looked up when asked for, not listed beforehand."""

compile_texts()
