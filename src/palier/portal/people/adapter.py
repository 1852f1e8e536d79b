"""How people come in: by invitation, never by registering themselves; and what signing in tells them by mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from palier.portal.people.letters import Letter, not_you, queue_letter
from palier.portal.people.models import User


class UnknownLetterError(Exception):
    """Raised when allauth wants to send a mail that nobody wrote."""

    def __init__(self, prefix: str) -> None:
        super().__init__(f"no letter is written for {prefix}")


class ByInvitation(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Allauth's account adapter, closed to sign-up; its mails go through the outbox, as all others."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers; people are invited."""
        del request
        return False

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Queue a mail about an account, in the language of its reader; answering takes as long for any address.

        Raises:
            UnknownLetterError: allauth asks for a mail that is not in LETTERS.
        """
        if template_prefix not in LETTERS:
            raise UnknownLetterError(template_prefix)
        reader = User.objects.filter(email__iexact=email).first()
        language = reader.language if reader is not None else translation.get_language()[:2]
        with translation.override(language), transaction.atomic():
            queue_letter(
                LETTERS[template_prefix](context),
                key=f"{template_prefix}/{uuid4().hex}",
                kind=template_prefix,
                to=email,
                language=language,
                at=timezone.now(),
            )


def _code(context: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=_("Your code to sign in"),
        paragraphs=(_("Type this code in the window where you asked for it. It holds for ten minutes."),),
        code=str(context["code"]),
        closing=(_("If you did not ask for it, do nothing: without the code nobody comes in."),),
    )


def _reset(context: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=_("Choose a new password"),
        paragraphs=(_("Somebody, probably you, asked for a new password. The link holds for one hour, and once."),),
        act=(_("Choose a new password"), str(context["password_reset_url"])),
        closing=(_("If it was not you, do nothing: your password stays."),),
    )


def _changed(subject: Callable[[], str], said: Callable[[], str]) -> Callable[[Mapping[str, Any]], Letter]:
    def letter(context: Mapping[str, Any]) -> Letter:
        del context
        return Letter(subject=subject(), paragraphs=(said(),), closing=(not_you(),))

    return letter


LETTERS: Mapping[str, Callable[[Mapping[str, Any]], Letter]] = {
    "account/email/login_code": _code,
    "account/email/password_reset_key": _reset,
    "account/email/password_changed": _changed(
        lambda: _("Your password was changed"), lambda: _("The password of your account was changed.")
    ),
    "account/email/password_reset": _changed(
        lambda: _("Your password was reset"), lambda: _("The password of your account was reset by a link in a mail.")
    ),
    "account/email/password_set": _changed(
        lambda: _("You have a password now"), lambda: _("A password was set for your account.")
    ),
    "mfa/email/totp_activated": _changed(
        lambda: _("An authenticator app was added"),
        lambda: _("From now on your account asks for a code of your authenticator app."),
    ),
    "mfa/email/totp_deactivated": _changed(
        lambda: _("Your authenticator app was removed"),
        lambda: _("Your account no longer asks for a code of your authenticator app."),
    ),
    "mfa/email/webauthn_added": _changed(
        lambda: _("A passkey was added"), lambda: _("A passkey or security key was added to your account.")
    ),
    "mfa/email/webauthn_removed": _changed(
        lambda: _("A passkey was removed"), lambda: _("A passkey or security key was removed from your account.")
    ),
    "mfa/email/recovery_codes_generated": _changed(
        lambda: _("You have new recovery codes"),
        lambda: _("New recovery codes were made for your account; the earlier ones no longer work."),
    ),
    "socialaccount/email/account_connected": _changed(
        lambda: _("Your organisation's sign-in opens your account"),
        lambda: _("Your account is now entered through your organisation's own sign-in, too."),
    ),
}
"""Every mail that allauth may send here, by its template's name."""
