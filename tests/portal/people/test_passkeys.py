"""Passkeys in a real browser: one is added, and opens the portal without a password, under the strict policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.db import connections
from django.test import Client
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from palier.portal.people.models import Membership, Organisation, User
from portal.people.conftest import PASSWORD

SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """A page of Debian's Chromium, with a key that says yes at once; what its console complains of fails the test."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        found = browser.new_page()
        complaints: list[str] = []
        found.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        found.on("pageerror", lambda error: complaints.append(str(error)))
        tools = found.context.new_cdp_session(found)
        tools.send("WebAuthn.enable")
        tools.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                    "isUserVerified": True, "automaticPresenceSimulation": True,
                }
            },
        )  # fmt: skip
        yield found
        browser.close()
        connections.close_all()  # while a browser is open, asking the database opens a connection of its own
        assert complaints == []


@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_added_and_opens_the_portal(live_server: LiveServer, page: Page) -> None:
    user = User.objects.create_user("paul@one.example", PASSWORD, name="Paul")
    one = Organisation.objects.create(kind="partner", name="One", fact_id="P1")
    Membership.objects.create(user=user, organisation=one, role="admin")
    page.goto(f"{live_server.url}/account/login/?next=/account/2fa/webauthn/add/")
    page.get_by_label("Email").fill("paul@one.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    if "reauthenticate" in page.url:
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these codes away from your phone.")
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{live_server.url}/account/login/?next=/me")
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are Paul.")
    assert Client().get("/me").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_browser_without_a_passkey_says_so(live_server: LiveServer, page: Page) -> None:
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_text("No passkey was used. Try again, or take another way.")).to_be_visible()
