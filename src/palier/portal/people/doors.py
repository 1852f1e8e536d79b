"""Who may open the pages of people."""

from __future__ import annotations

from collections.abc import Mapping

from palier.portal.roles import ANYONE, NO_ONE, SIGNED_IN, Door, MenuEntry

DOORS: Mapping[str, Door] = {
    "home": Door(SIGNED_IN),
    "switch": Door(NO_ONE, SIGNED_IN),
    "language": Door(NO_ONE, ANYONE),
    "demo_sign_in": Door(NO_ONE, ANYONE),
    "health": Door(ANYONE),
    "account_login": Door(ANYONE, ANYONE),
    "account_logout": Door(SIGNED_IN, SIGNED_IN),
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

MENU: tuple[MenuEntry, ...] = ()
"""No page of people stands in a menu."""
