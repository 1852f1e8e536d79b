"""How many applications a day come from one address: the sender's, not that of our own proxy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation

from palier.portal.partners.called import currency_choices, program_called, tier_called
from palier.portal.partners.views.joining import AT_MOST

JOIN = "partners:join"


@pytest.fixture(autouse=True)
def empty(db: None) -> Iterator[None]:
    del db
    cache.clear()
    yield
    cache.clear()


def asks(sender: str) -> int:
    return Client().post(reverse(JOIN), {}, headers={"X-Forwarded-For": sender}).status_code


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_proxy_each_sender_has_its_own_limit() -> None:
    assert [asks("203.0.113.1") for _ in range(AT_MOST + 1)] == [400] * AT_MOST + [429]
    assert asks("203.0.113.2") == 400
    assert asks("198.51.100.9, 203.0.113.1") == 429, "what a sender writes itself does not count"


def test_without_a_proxy_what_the_sender_writes_is_ignored() -> None:
    assert [asks(f"203.0.113.{number}") for number in range(AT_MOST + 1)] == [400] * AT_MOST + [429]


def test_a_day_lasts_longer_than_a_pause_of_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [asks("203.0.113.1") for _ in range(AT_MOST)] == [400] * AT_MOST
    monkeypatch.setattr("django.core.cache.backends.db.tz_now", lambda: timezone.now() + timedelta(minutes=10))
    assert asks("203.0.113.1") == 429


def test_programs_tiers_and_currencies_are_said_in_words() -> None:
    with translation.override("fr"):
        assert program_called("solutions") == "Programme Partenaires solutions"
        assert tier_called("partner", "technology") == "Partenaire"
        assert ("EUR", "euro (EUR)") in currency_choices(date(2026, 11, 20))
    assert program_called("unheard") == "Unheard"
    assert tier_called("unheard", "solutions") == "Unheard"
