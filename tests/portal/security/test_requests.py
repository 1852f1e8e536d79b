"""What every answer carries, and what every request must: headers, tokens against forgery, bounds, logs."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from palier.portal.headers import POLICY
from palier.portal.journal.models import Message
from palier.portal.logs import NoSecrets, struck_out
from palier.portal.people import actions
from palier.portal.people.models import Membership
from portal.people.conftest import PASSWORD, signed_in
from portal.people.conftest import house as house  # noqa: PLC0414  # the fixture

House = dict[str, Membership]


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged, from DEBUG on, through the portal's own filter."""
    said = io.StringIO()
    channel = logging.StreamHandler(said)
    channel.setLevel(logging.DEBUG)
    channel.addFilter(NoSecrets())
    loggers = [logging.getLogger(name) for name in (None, "django", "django.request", "django.security", "allauth")]
    before = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.DEBUG)
    loggers[0].addHandler(channel)
    yield said
    loggers[0].removeHandler(channel)
    for each, level in zip(loggers, before, strict=True):
        each.setLevel(level)


@pytest.mark.parametrize(
    "address", ["/account/login/", "/health", "/nowhere", "/people", "/invitation/x", "/mails/x", "/second-factor"]
)
def test_every_answer_carries_the_strict_headers(address: str, house: House) -> None:
    for client in (Client(), signed_in(house["paul"])):
        answer = client.get(address)
        assert answer["Content-Security-Policy"] == POLICY
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer["Permissions-Policy"]
        assert "Access-Control-Allow-Origin" not in answer
    for needed in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert needed in POLICY
    assert "unsafe" not in POLICY
    assert "object-src" in POLICY or "default-src 'none'" in POLICY


def test_text_is_sent_with_its_encoding(house: House) -> None:
    del house
    for address in ("/account/login/", "/health"):
        assert re.fullmatch(r"text/(html|plain); ?charset=utf-8|text/plain", Client().get(address)["Content-Type"])


@pytest.mark.parametrize("address", ["/account/login/", "/me", "/organisation", "/people", "/see/P1", "/language"])
def test_a_form_from_elsewhere_is_refused(address: str, house: House) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(house["vera"].user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address, {}).status_code == 403


def test_over_http_the_answer_points_to_https_and_over_https_it_demands_it(house: House) -> None:
    del house
    with override_settings(
        SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True
    ):
        assert Client().get("/account/login/")["Location"].startswith("https://")
        demanded = Client().get("/account/login/", secure=True)["Strict-Transport-Security"]
    assert demanded == "max-age=31536000; includeSubDomains; preload" or demanded.endswith("includeSubDomains")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"])
def test_nobody_is_sent_elsewhere(back: str, house: House) -> None:
    client = signed_in(house["paul"])
    assert client.post("/language", {"language": "fr", "next": back})["Location"] == "/"
    said = {"login": "paul@one.example", "password": PASSWORD, "next": back}
    assert Client().post("/account/login/", said)["Location"] == "/"


def test_sign_in_leads_on_to_the_whole_address_that_was_asked_for() -> None:
    asked = "/associations/new?person=U1&customer=C1"
    answer = Client().get(asked)
    told = parse_qs(urlsplit(answer["Location"]).query)
    assert (answer.status_code, told) == (302, {"next": [asked]})


def test_a_name_that_is_markup_is_shown_as_text(house: House) -> None:
    user = house["paula"].user
    user.name = "<script>alert(1)</script>\"'><img src=x>"
    user.save()
    shown = signed_in(house["paul"]).get("/people").content.decode()
    assert "<script>alert" not in shown
    assert "<img src=x>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_line_break_in_an_address_or_a_name_reaches_no_mail_header(house: House) -> None:
    place = house["paul"].organisation
    said = {"email": "x@one.example\nBcc: y@evil.example", "role": "employee", "language": "en"}
    assert signed_in(house["paul"]).post(f"/organisations/{place.pk}/invite", said).status_code == 422
    place.name = "One\nBcc: y@evil.example"
    place.save()
    actions.invite(
        house["paul"], organisation=place, email="n@one.example", role="employee", language="en",
        address_of=lambda token: token, at=timezone.now(),
    )  # fmt: skip
    assert "\n" not in Message.objects.get().subject


@pytest.mark.parametrize("address", ["/organisations?asked=%00", "/see/P%00", "/journal?subject=a%00:b"])
def test_what_no_database_takes_for_text_is_no_request(address: str, house: House) -> None:
    client = signed_in(house["vera"])
    assert client.get(address).status_code == 400
    assert client.post("/elite", {"act": "invite", "partner_id": "P1\x00", "reason": "x"}).status_code == 400
    assert client.get("/me", {"name": "a b"}).status_code == 200


def test_a_request_too_large_is_refused(house: House) -> None:
    client = signed_in(house["paul"])
    assert client.post("/me", {"name": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}).status_code == 400
    many = {f"f{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    assert client.post("/me", many).status_code == 400


def test_secrets_of_second_factors_are_sealed_in_the_database(house: House) -> None:
    TOTP.activate(house["paul"].user, "JBSWY3DPEHPK3PXP")
    kept = Authenticator.objects.get(user=house["paul"].user)
    assert "JBSWY3DPEHPK3PXP" not in str(kept.data)


def test_nothing_secret_is_logged(house: House, logged: io.StringIO) -> None:
    client = Client(raise_request_exception=False)
    client.post("/account/login/", {"login": "paul@one.example", "password": "wrong-but-near"})
    client.post("/account/login/", {"login": "paul@one.example", "password": PASSWORD})
    Client().post("/account/login/code/", {"email": "paul@one.example"})
    Client().post("/account/password/reset/", {"email": "paul@one.example"})
    actions.invite(
        house["paul"], organisation=house["paul"].organisation, email="n@one.example", role="employee", language="en",
        address_of=lambda token: f"/invitation/{token}", at=timezone.now(),
    )  # fmt: skip
    secrets = [PASSWORD, "wrong-but-near"]
    for mail in Message.objects.all():
        links = re.findall(r"/(?:invitation|account/password/reset/key)/([\w-]+)", mail.text)
        codes = re.findall(r"\n\n([A-Z0-9-]{6,})\n\n", mail.text)
        secrets += [*links, *codes]
        for link in re.findall(r"(/(?:invitation|account/password/reset/key)/\S+)", mail.text):
            Client().get(f"{link}x")  # an address that is not found is logged with its path
    assert len(secrets) == 5
    Client(enforce_csrf_checks=True).post("/invitation/a-token-in-a-path", {"password": "in-a-form"})
    logging.getLogger("django.request").error(
        "Failed: %s", "/invitation/a-token-in-a-path?code=c0de&password=pass-word"
    )
    text = logged.getvalue()
    assert "Forbidden" in text or "Gone" in text
    assert [each for each in [*secrets, "a-token-in-a-path", "in-a-form", "c0de", "pass-word"] if each in text] == []


def test_what_is_struck_out_leaves_the_rest_readable() -> None:
    assert struck_out("Not Found: /invitation/abc/def?x=1") == "Not Found: /invitation/[…]/def?x=1"
    assert struck_out("GET /account/password/reset/key/1-abc-def/") == "GET /account/password/reset/key/[…]/"
    assert struck_out("{'password': 'secret word', 'email': 'a@b.c'}").startswith("{'password': '[…]")
    assert struck_out("nothing here") == "nothing here"


def test_a_failing_page_tells_nothing_of_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*said: object, **more: object) -> None:
        del said, more
        raise RuntimeError(PASSWORD)

    monkeypatch.setattr("palier.portal.people.own_views.has_factor", fail)
    client = signed_in(house["paul"])
    client.raise_request_exception = False
    answer = client.get("/me")
    assert answer.status_code == 500
    assert PASSWORD.encode() not in answer.content
    assert b"Traceback" not in answer.content
