"""The server's own access log, the failures of mail, and what the worker says of them: no secret is in any."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from palier.portal.journal.delivery import deliver
from palier.portal.journal.models import Message
from palier.portal.journal.outbox import queue_mail
from palier.portal.logs import struck_out
from portal.conftest import NOW

SECRETS = ("t0ken-of-an-invitation", "t0ken-of-a-mail", "c0de-of-a-provider", "sess10n-of-somebody", "csrf-of-s0mebody")
FORMAT = '"%(method)s %(path)s?%(query_string)s" %(status)d %(header{cookie})s'


def ask(port: int, path: str) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    cookie = f"__Host-session={SECRETS[3]}; __Host-csrf={SECRETS[4]}; sessionid={SECRETS[3]}"
    connection.request("GET", path, headers={"Cookie": cookie})
    connection.getresponse().read()
    connection.close()


def test_granians_access_log_names_no_token_no_code_and_no_session(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"PALIER_DEMO": "1", "PALIER_FOLDER": str(tmp_path), "PALIER_SECRET_KEY": "d" * 60}
    inherited = {name: each for name, each in os.environ.items() if not name.startswith(("PALIER_", "DATABASE_"))}
    inherited.pop("DJANGO_SETTINGS_MODULE", None)
    server = subprocess.Popen(
        [Path(sys.executable).with_name("granian"), "--interface", "wsgi", "--port", str(port), "--access-log",
         "--access-log-fmt", FORMAT, "--workers-kill-timeout", "10", "palier.portal.wsgi:application"],
        env={**inherited, **given}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, text=True,
    )  # fmt: skip
    try:
        for _ in range(600):
            with suppress(OSError, HTTPException):
                ask(port, "/health")
                break
            time.sleep(0.1)
        paths = (
            f"/invitation/{SECRETS[0]}", f"/mails/{SECRETS[1]}", f"/account/oidc/x/login/callback/?code={SECRETS[2]}",
        )  # fmt: skip
        for path in paths:
            ask(port, path)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        said = server.communicate(timeout=60)[0]
    assert "/invitation/[…]" in said
    assert "/mails/[…]" in said
    assert [each for each in SECRETS if each in said] == []


@pytest.mark.django_db
def test_a_mail_that_fails_leaves_none_of_its_text_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction.atomic():
        queue_mail(
            key="k", kind="invitation", to="x@example.com", language="en", subject="Come in",
            text=f"https://portal.example/invitation/{SECRETS[0]}", html="<p></p>", at=NOW,
        )  # fmt: skip

    def refuse(mail: EmailMultiAlternatives) -> int:
        raise smtplib.SMTPDataError(451, b"try later: " + str(mail.to).encode())

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    assert deliver(worker="one", now=lambda: NOW, lease=timedelta(minutes=1), chance=0.5) == 1
    message = Message.objects.get()
    assert "try later" in message.problem
    assert SECRETS[0] not in message.problem
    assert SECRETS[0] not in caplog.text


@pytest.mark.parametrize("name", ["__Host-session", "__Host-csrf", "sessionid", "csrftoken"])
def test_cookies_are_struck_out_by_either_of_their_names(name: str) -> None:
    assert struck_out(f"Cookie: {name}=abc; language=fr") == f"Cookie: {name}=[…]; language=fr"
