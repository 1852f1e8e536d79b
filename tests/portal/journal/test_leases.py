"""Work in tables: one worker at a time, again after a kill, later after a failure, given up in sight."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction

from palier.portal.journal.delivery import deliver, is_permanent, mail_of
from palier.portal.journal.leases import MOST_ATTEMPTS, claim, finish, pause, put_off, revive
from palier.portal.journal.models import Message
from palier.portal.journal.outbox import LONGEST_SUBJECT, queue_mail
from portal.conftest import NOW

LEASE = timedelta(minutes=2)
pytestmark = pytest.mark.django_db


def queue(key: str = "news:1", *, refuse_at: str = "") -> Message:
    with transaction.atomic():
        return queue_mail(
            key=key, kind="news", to="ines@example.com", language="fr", subject="Des nouvelles", text="Bonjour",
            html="<p>Bonjour</p>", at=NOW, refuse_at=refuse_at,
        )  # fmt: skip


def test_the_same_news_is_queued_once() -> None:
    assert queue().pk == queue().pk


def test_a_subject_of_two_long_names_is_cut_and_fits_its_column() -> None:
    with transaction.atomic():
        made = queue_mail(
            key="k", kind="x", to="x@example.com", language="en", subject="n" * 500, text="x", html="x", at=NOW
        )
    assert len(made.subject) == LONGEST_SUBJECT == Message._meta.get_field("subject").max_length  # noqa: SLF001


def test_a_message_is_claimed_by_one_worker_only() -> None:
    queue()
    assert len(claim(Message, worker="one", at=NOW, lease=LEASE, most=9)) == 1
    assert claim(Message, worker="two", at=NOW, lease=LEASE, most=9) == []


def test_what_a_killed_worker_held_is_claimed_again_and_shows_it() -> None:
    queue()
    claim(Message, worker="killed", at=NOW, lease=LEASE, most=9)
    (again,) = claim(Message, worker="two", at=NOW + LEASE, lease=LEASE, most=9)
    assert again.attempts == 2


def test_nobody_finishes_what_is_anothers_now() -> None:
    queue()
    (slow,) = claim(Message, worker="slow", at=NOW, lease=LEASE, most=9)
    (quick,) = claim(Message, worker="quick", at=NOW + LEASE, lease=LEASE, most=9)
    assert not finish(slow, worker="slow", at=NOW + LEASE)
    assert finish(quick, worker="quick", at=NOW + LEASE)


def test_pauses_double_and_are_spread_and_end_at_six_hours() -> None:
    assert [pause(each, 0.5).total_seconds() for each in (1, 2, 3, 4)] == [30, 60, 120, 240]
    assert pause(1, 0.0) == timedelta(seconds=22.5)
    assert pause(1, 1.0) == timedelta(seconds=37.5)
    assert pause(50, 0.5) == timedelta(hours=6)


def test_a_failure_is_tried_later_and_given_up_after_eight_attempts() -> None:
    queue()
    at = NOW
    for attempt in range(1, MOST_ATTEMPTS + 1):
        (message,) = claim(Message, worker="one", at=at, lease=LEASE, most=9)
        given_up = put_off(message, worker="one", at=at, problem="no route", permanent=False, chance=0.5)
        assert given_up == (attempt == MOST_ATTEMPTS)
        message.refresh_from_db()
        assert message.problem == "no route"
        at = message.due_at
    assert message.dead_at is not None
    assert claim(Message, worker="one", at=at + timedelta(days=9), lease=LEASE, most=9) == []
    assert revive(message, at=at)
    assert not revive(message, at=at)
    assert len(claim(Message, worker="one", at=at, lease=LEASE, most=9)) == 1


def test_a_mail_goes_out_once_with_both_parts_and_a_lasting_id() -> None:
    message = queue(refuse_at="https://portal.example/mails/x")
    assert deliver(worker="one", now=lambda: NOW, lease=LEASE, chance=0.5) == 1
    assert deliver(worker="one", now=lambda: NOW, lease=LEASE, chance=0.5) == 0
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["ines@example.com"], "Des nouvelles", "Bonjour")
    assert isinstance(sent, mail.EmailMultiAlternatives)
    assert [each[1] for each in sent.alternatives] == ["text/html"]
    assert sent.extra_headers["Message-ID"] == mail_of(message).extra_headers["Message-ID"]
    assert sent.extra_headers["List-Unsubscribe"] == "<https://portal.example/mails/x>"
    message.refresh_from_db()
    assert (message.delivered_at, message.attempts) == (NOW, 1)


def test_a_refused_address_is_given_up_at_once_and_the_next_mail_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    queue("news:1")
    queue("news:2")
    refused = smtplib.SMTPRecipientsRefused({"ines@example.com": (550, b"no such user")})
    send = mail.EmailMultiAlternatives.send
    answers = iter([refused, None])

    def answer(self: mail.EmailMultiAlternatives, fail_silently: bool = False) -> int:
        error = next(answers)
        if error is not None:
            raise error
        return send(self, fail_silently)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", answer)
    deliver(worker="one", now=lambda: NOW, lease=LEASE, chance=0.5)
    first, second = Message.objects.order_by("key")
    assert (first.dead_at, second.delivered_at) == (NOW, NOW)
    assert "550" in first.problem


def test_behind_a_slow_mail_server_two_workers_send_each_mail_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        queue(f"news:{number}")
    clock, sent = [NOW], list[str]()

    def slow(self: mail.EmailMultiAlternatives, fail_silently: bool = False) -> int:
        del fail_silently
        sent.append(self.extra_headers["Message-ID"])
        clock[0] += LEASE / 2 if len(sent) <= 3 else timedelta()
        if len(sent) == 3:  # another worker has its turn meanwhile
            deliver(worker="two", now=lambda: clock[0], lease=LEASE, chance=0.5)
        return 1

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", slow)
    deliver(worker="one", now=lambda: clock[0], lease=LEASE, chance=0.5)
    assert len(sent) == len(set(sent)) == 4
    assert Message.objects.filter(delivered_at__isnull=False, attempts=1).count() == 4


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (450, b"busy")}), False),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"gone")}), True),
        (smtplib.SMTPDataError(554, b"refused"), True),
        (smtplib.SMTPDataError(451, b"later"), False),
        (smtplib.SMTPAuthenticationError(535, b"wrong password of ours"), False),
        (ConnectionRefusedError(), False),
        (mail.BadHeaderError("a line break"), True),
    ],
)
def test_what_another_attempt_would_mend(error: Exception, permanent: bool) -> None:
    assert is_permanent(error) is permanent
