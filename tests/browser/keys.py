"""Somebody with a password, an authenticator app and a passkey, all set up in the browser as people do it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from browser.site import Site, window

EMAIL, NAME = "reviewer@vendor.example", "Ruth Adeyemi"
PASSWORD = "eleven grey herons at low tide"  # noqa: S105  # of somebody in the demo
KEY: Mapping[str, object] = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A passkey that says yes at once."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What somebody signs in with."""

    secret: str

    @property
    def code(self) -> str:
        """What the app shows now."""
        from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value  # noqa: PLC0415  # needs Django set up

        return str(format_hotp_value(hotp_value(self.secret, int(time.time()) // 30)))


def set_up(browser: Browser, site: Site) -> Keys:
    """Set a password, an app and a passkey, one after the other."""
    with window(browser, site) as context:
        page = context.new_page()
        page.goto("/account/login/")
        page.get_by_role("button", name=NAME).click()
        page.goto("/account/password/set/")
        page.locator("#id_password1").fill(PASSWORD)
        page.locator("#id_password2").fill(PASSWORD)
        press(page)
        page.goto("/account/2fa/totp/activate/")
        confirm(page)
        keys = Keys(page.locator("main code").inner_text())
        page.locator("#id_code").fill(keys.code)
        press(page)
        tools = context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        page.goto("/account/2fa/webauthn/add/")
        confirm(page)
        with page.expect_navigation():
            page.locator("#mfa_webauthn_add").click()
        page.goto("/account/2fa/webauthn/")
        assert page.locator(".todo a").count() == 2
    return keys


def confirm(page: Page) -> None:
    """Type the password once more where the portal asks for it."""
    if "reauthenticate" in page.url:
        page.locator("#id_password").fill(PASSWORD)
        press(page)


def press(page: Page) -> None:
    """Send the page's form."""
    with page.expect_navigation():
        page.locator("main form .acts button").first.click()
