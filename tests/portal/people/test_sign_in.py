"""Signing in: password, code by mail, authenticator app, recovery codes; limits; and nothing told to strangers."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from palier.portal.journal.models import Message
from palier.portal.people.adapter import LETTERS
from palier.portal.people.middleware import BEGAN, IDLE, LONGEST, SEEN
from palier.portal.people.models import Membership
from portal.people.conftest import PASSWORD, signed_in

House = dict[str, Membership]
LOGIN = "/account/login/"


def enter(client: Client, email: str, password: str = PASSWORD) -> int:
    return client.post(LOGIN, {"login": email, "password": password}).status_code


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def app_of(membership: Membership) -> str:
    """Give a member an authenticator app; its secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(membership.user, secret)
    return secret


def code_now(secret: str) -> str:
    """The code that an app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


@pytest.mark.usefixtures("house")
def test_a_password_opens_the_portal_and_a_wrong_one_does_not() -> None:
    client = Client()
    assert enter(client, "paul@one.example", "not the password at all") == 200
    assert not is_in(client)
    assert enter(client, "PAUL@one.example") == 302
    assert is_in(client)


@pytest.mark.usefixtures("house")
def test_the_session_gets_another_key_when_somebody_signs_in() -> None:
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    first = session.session_key
    enter(client, "paul@one.example")
    assert client.session.session_key != first
    assert not Session.objects.filter(session_key=first).exists()


def test_signing_out_ends_the_session(house: House) -> None:
    client = signed_in(house["paul"])
    key = client.session.session_key
    client.post("/account/logout/")
    assert not Session.objects.filter(session_key=key).exists()


def test_a_code_comes_by_mail_in_the_readers_language_and_opens_once(house: House) -> None:
    user = house["paul"].user
    user.language = "fr"
    user.save()
    client = Client()
    client.post("/account/login/code/", {"email": user.email})
    mail = Message.objects.get()
    assert (mail.to, mail.language, mail.subject) == (user.email, "fr", "Votre code de connexion")
    found = re.search(r"\n\n(\S+)\n\n", mail.text)
    assert found is not None
    assert found[1] in mail.html
    assert client.post("/account/login/code/confirm/", {"code": "WRONG1"}).status_code == 200
    assert not is_in(client)
    assert client.post("/account/login/code/confirm/", {"code": found[1]}).status_code == 302
    assert is_in(client)
    other = Client()
    other.post("/account/login/code/confirm/", {"code": found[1]})
    assert not is_in(other)


@pytest.mark.usefixtures("house")
def test_a_code_is_lost_after_three_wrong_ones() -> None:
    client = Client()
    client.post("/account/login/code/", {"email": "paul@one.example"})
    found = re.search(r"\n\n(\S+)\n\n", Message.objects.get().text)
    assert found is not None
    for _ in range(3):
        client.post("/account/login/code/confirm/", {"code": "WRONG1"})
    client.post("/account/login/code/confirm/", {"code": found[1]})
    assert not is_in(client)


@pytest.mark.parametrize("page", ["/account/login/code/", "/account/password/reset/"])
@pytest.mark.usefixtures("house")
def test_a_stranger_learns_nothing_of_who_has_an_account(page: str) -> None:
    known, unknown = Client(), Client()
    first = known.post(page, {"email": "paul@one.example"})
    second = unknown.post(page, {"email": "nobody@one.example"})
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    pages = [each.get(first["Location"]).content.replace(b"paul@", b"nobody@") for each in (known, unknown)]
    hidden = [re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", page) for page in pages]
    assert hidden[0] == hidden[1]
    assert [each.to for each in Message.objects.all()] == ["paul@one.example"]


def test_a_reset_link_comes_by_mail_works_once_and_ends_other_sessions(house: House) -> None:
    other = signed_in(house["paul"])
    client = Client()
    client.post("/account/password/reset/", {"email": "paul@one.example"})
    mail = Message.objects.get()
    found = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.text)
    assert found is not None
    form = client.get(found[1])["Location"]
    new = "nine patient otters swim"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert house["paul"].user.__class__.objects.get(email="paul@one.example").check_password(new)
    assert other.get("/me").status_code == 302
    assert b"This link no longer works." in Client().get(found[1], follow=True).content
    assert Message.objects.filter(kind="account/email/password_reset").count() == 1


@pytest.mark.usefixtures("house")
def test_five_wrong_passwords_close_an_account_to_guessing_from_anywhere() -> None:
    for number in range(5):
        enter(Client(REMOTE_ADDR=f"192.0.2.{number}"), "paul@one.example", "wrong")
    late = Client(REMOTE_ADDR="192.0.2.99")
    enter(late, "paul@one.example")
    assert not is_in(late)
    assert enter(Client(REMOTE_ADDR="192.0.2.99"), "paula@one.example") == 302


@pytest.mark.usefixtures("house")
def test_codes_are_asked_for_three_times_a_minute() -> None:
    answers = [Client().post("/account/login/code/", {"email": "paul@one.example"}).status_code for _ in range(5)]
    assert answers == [302, 302, 302, 200, 200]
    assert Message.objects.count() == 3


@pytest.mark.usefixtures("house")
def test_limits_are_counted_where_all_processes_count() -> None:
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"


def test_an_authenticator_app_is_asked_after_the_password(house: House) -> None:
    secret = app_of(house["paul"])
    client = Client()
    assert client.post(LOGIN, {"login": "paul@one.example", "password": PASSWORD})["Location"] == (
        "/account/2fa/authenticate/"
    )
    assert not is_in(client)
    client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert not is_in(client)
    client.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    assert is_in(client)


def test_the_apps_code_is_asked_after_a_code_by_mail_too(house: House) -> None:
    app_of(house["paul"])
    client = Client()
    client.post("/account/login/code/", {"email": "paul@one.example"})
    found = re.search(r"\n\n(\S+)\n\n", Message.objects.get().text)
    assert found is not None
    client.post("/account/login/code/confirm/", {"code": found[1]})
    assert not is_in(client)


def test_a_code_of_the_app_opens_once(house: House) -> None:
    secret = app_of(house["paul"])
    code = code_now(secret)
    for expected in (True, False):
        client = Client()
        enter(client, "paul@one.example")
        client.post("/account/2fa/authenticate/", {"code": code})
        assert is_in(client) is expected


def test_a_recovery_code_opens_once(house: House) -> None:
    app_of(house["paul"])
    (code, *_) = RecoveryCodes.activate(house["paul"].user).get_unused_codes()
    for expected in (True, False):
        client = Client()
        enter(client, "paul@one.example")
        client.post("/account/2fa/authenticate/", {"code": code})
        assert is_in(client) is expected


def test_an_app_is_set_up_after_the_password_was_asked_again(
    house: House, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = signed_in(house["paul"])
    asked = client.get("/account/2fa/totp/activate/")
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == "/account/2fa/totp/activate/"
    page = client.get("/account/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert page.content.count(b"<img") == 1
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/account/2fa/totp/activate/", {"code": code_now(secret)}, follow=True)
    assert b"Keep these codes away from your phone." in response.content
    assert Authenticator.objects.filter(user=house["paul"].user, type="totp").count() == 1
    assert [each.kind for each in Message.objects.all()] == ["mfa/email/totp_activated"]


@pytest.mark.usefixtures("house")
def test_a_password_is_changed_after_it_was_asked_again_and_other_sessions_end() -> None:
    client, other = Client(), Client()
    enter(client, "paul@one.example")
    enter(other, "paul@one.example")
    new = "nine patient otters swim"
    said = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post("/account/password/change/", {**said, "oldpassword": "wrong"})
    assert other.get("/me").status_code == 200
    client.post("/account/password/change/", said)
    assert client.get("/me").status_code in {200, 302}
    assert other.get("/me").status_code == 302


def test_a_session_ends_after_twelve_hours_and_after_two_unused(house: House) -> None:
    for key, span in ((BEGAN, LONGEST), (SEEN, IDLE)):
        client = signed_in(house["paul"])
        session = client.session
        session[key] = int(time.time() - (span - timedelta(minutes=1)).total_seconds())
        session.save()
        assert client.get("/me").status_code == 200
        session = client.session
        session[key] = int(time.time() - (span + timedelta(minutes=1)).total_seconds())
        session.save()
        assert client.get("/me").status_code == 302
        assert not is_in(client)


@pytest.mark.usefixtures("house")
def test_sessions_are_listed_and_the_others_ended() -> None:
    client, other = Client(), Client()
    enter(client, "paul@one.example")
    enter(other, "paul@one.example")
    assert b"You are signed in 2 times." in client.get("/account/sessions/").content
    client.post("/account/sessions/")
    assert client.get("/me").status_code == 200
    assert other.get("/me").status_code == 302


def test_somebody_inactive_does_not_come_in(house: House) -> None:
    user = house["paul"].user
    signed = signed_in(house["paul"])
    user.is_active = False
    user.save()
    client = Client()
    enter(client, "paul@one.example")
    assert not is_in(client)
    assert signed.get("/me").status_code == 302


@pytest.mark.usefixtures("house")
def test_nobody_registers() -> None:
    assert Client().get("/account/signup/").status_code in {302, 403}
    said = {"email": "x@y.example", "password1": PASSWORD}
    assert Client().post("/account/signup/", said).status_code == 403


@pytest.mark.usefixtures("house")
def test_every_letter_of_signing_in_is_written_in_both_languages() -> None:
    from django.utils import translation  # noqa: PLC0415  # beside its use

    context = {"code": "ABC123", "password_reset_url": "https://portal.example/x"}
    for prefix, write in LETTERS.items():
        with translation.override("en"):
            english = write(context)
        with translation.override("fr"):
            french = write(context)
        assert english.subject != french.subject, prefix
        assert english.paragraphs != french.paragraphs, prefix


@pytest.mark.parametrize(
    "page",
    ["/account/login/", "/account/login/code/", "/account/password/reset/", "/sign-in/organisation", "/me", "/people"],
)
def test_no_page_carries_script_or_style_of_its_own(page: str, house: House) -> None:
    shown = signed_in(house["paul"]) if page in {"/me", "/people"} else Client()
    text = shown.get(page).content.decode()
    for tag in re.findall(r"<script[^>]*>", text):
        assert " src=" in tag or 'type="application/json"' in tag
    assert " style=" not in text
    assert "<style" not in text
    assert not re.search(r"\son\w+=", text)


def test_a_long_password_is_taken_as_it_is_typed(house: House) -> None:
    user = house["paul"].user
    long = " Ünder the bridge, 64 and more: " + "x y" * 20 + " "
    user.set_password(long)
    user.save()
    for typed, opens in ((long.strip(), False), (long.lower(), False), (long[:64], False), (long, True)):
        client = Client()
        enter(client, "paul@one.example", typed)
        assert is_in(client) is opens


def test_signing_out_stands_on_every_page(house: House) -> None:
    client = signed_in(house["vera"])
    for page in (
        "/me",
        "/people",
        "/organisations",
        "/second-factor",
        "/account/2fa/",
        "/account/sessions/",
        "/see/P1",
    ):
        assert b'action="/account/logout/"' in client.get(page).content
