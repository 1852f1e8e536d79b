"""What authenticators keep is sealed with a key made from the portal's secret: a copy of the database opens nothing."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings

PURPOSE = b"palier.portal.people.sealing"


class Sealed(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is not typed
    """Allauth's adapter of second factors: secrets of apps and seeds of recovery codes are encrypted at rest."""

    def encrypt(self, text: str) -> str:
        """Seal."""
        return _key().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open.

        Raises:
            InvalidToken: it was sealed with another secret key.
        """
        return _key().decrypt(encrypted_text.encode()).decode()


def _key() -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(PURPOSE + settings.SECRET_KEY.encode()).digest()))
