"""Who may open the pages of people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from palier.portal.people.permissions import HEADS, SEERS
from palier.portal.roles import ANYONE, NO_ONE, SIGNED_IN, Audience, Door, MenuEntry, Role

RUNNERS: Audience = frozenset(HEADS.values())
GOVERNOR: Audience = frozenset({Role.ADMINISTRATOR})
AUDITED: Audience = GOVERNOR | {Role.AUDITOR}

DOORS: Mapping[str, Door] = {
    "home": Door(SIGNED_IN),
    "switch": Door(NO_ONE, SIGNED_IN),
    "language": Door(NO_ONE, ANYONE),
    "demo_sign_in": Door(NO_ONE, ANYONE),
    "health": Door(ANYONE),
    "people:own_people": Door(RUNNERS | AUDITED),
    "people:organisations": Door(AUDITED, GOVERNOR),
    "people:organisation": Door(AUDITED),
    "people:organisation_sign_in": Door(AUDITED, GOVERNOR),
    "people:invite": Door(NO_ONE, RUNNERS),
    "people:change_role": Door(NO_ONE, RUNNERS),
    "people:end_membership": Door(NO_ONE, RUNNERS),
    "people:send_again": Door(NO_ONE, RUNNERS),
    "people:withdraw": Door(NO_ONE, RUNNERS),
    "people:required_factors": Door(AUDITED, GOVERNOR),
    "people:invitation": Door(ANYONE, ANYONE),
    "people:single_sign_on": Door(ANYONE),
    "people:mails_by_link": Door(ANYONE, ANYONE),
    "people:me": Door(SIGNED_IN, SIGNED_IN),
    "people:mails": Door(NO_ONE, SIGNED_IN),
    "people:see": Door(SEERS, SEERS),
    "people:stop_seeing": Door(NO_ONE, SIGNED_IN),
    "openid_connect_login": Door(ANYONE, ANYONE),
    "openid_connect_callback": Door(ANYONE),
    "socialaccount_login_cancelled": Door(ANYONE),
    "socialaccount_login_error": Door(ANYONE),
    "usersessions_list": Door(SIGNED_IN, SIGNED_IN),
    "account_login": Door(ANYONE, ANYONE),
    "account_logout": Door(SIGNED_IN, ANYONE),
    "account_request_login_code": Door(ANYONE, ANYONE),
    "account_confirm_login_code": Door(ANYONE, ANYONE),
    "account_reauthenticate": Door(SIGNED_IN, SIGNED_IN),
    "account_reset_password": Door(ANYONE, ANYONE),
    "account_reset_password_done": Door(ANYONE),
    "account_reset_password_from_key": Door(ANYONE, ANYONE),
    "account_reset_password_from_key_done": Door(ANYONE),
    "account_change_password": Door(SIGNED_IN, SIGNED_IN),
    "account_set_password": Door(SIGNED_IN, SIGNED_IN),
    "mfa_index": Door(SIGNED_IN),
    "mfa_authenticate": Door(ANYONE, ANYONE),
    "mfa_reauthenticate": Door(SIGNED_IN, SIGNED_IN),
    "mfa_reauthenticate_webauthn": Door(SIGNED_IN, SIGNED_IN),
    "mfa_login_webauthn": Door(ANYONE, ANYONE),
    "mfa_activate_totp": Door(SIGNED_IN, SIGNED_IN),
    "mfa_deactivate_totp": Door(SIGNED_IN, SIGNED_IN),
    "mfa_view_recovery_codes": Door(SIGNED_IN),
    "mfa_generate_recovery_codes": Door(SIGNED_IN, SIGNED_IN),
    "mfa_download_recovery_codes": Door(SIGNED_IN),
    "mfa_list_webauthn": Door(SIGNED_IN),
    "mfa_add_webauthn": Door(SIGNED_IN, SIGNED_IN),
    "mfa_edit_webauthn": Door(SIGNED_IN, SIGNED_IN),
    "mfa_remove_webauthn": Door(SIGNED_IN, SIGNED_IN),
}
"""Every page of people and of signing in, by the name of its address."""

MENU: tuple[MenuEntry, ...] = (
    MenuEntry("vendor", 90, "people:own_people", _("People")),
    MenuEntry("partner", 90, "people:own_people", _("People")),
    MenuEntry("customer", 90, "people:own_people", _("People")),
)
"""Who belongs to us stands last in every menu."""
