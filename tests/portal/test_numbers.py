"""A number in a form that no row can have is nobody's, and no failing page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from palier.portal.numbers import number_in
from portal.conftest import client_of
from portal.partners.people import ONE, set_stage


@pytest.mark.parametrize(
    ("said", "number"),
    [("7", 7), ("٣", 3), ("", 0), ("-7", 0), ("7.0", 0), ("²", 0), ("9" * 18, 10**18 - 1), ("9" * 5000, 0)],
)
def test_a_number_is_read_and_all_else_is_nobodys(said: str, number: int) -> None:
    assert number_in(said) == number


@pytest.mark.django_db
def test_a_number_of_thousands_of_digits_is_answered_as_one_that_is_not_there() -> None:
    browser = client_of(set_stage().vendor["administrator"].user)
    for address, form in (
        (reverse("partners:domains"), {"act": "approve", "domain_id": "9" * 5000}),
        (reverse("partners:company_of", args=[ONE]), {"act": "revoke", "domain_id": "9" * 5000, "reason": "x"}),
        (reverse("partners:company_of", args=[ONE]), {"act": "remove", "contact_id": "9" * 5000}),
    ):
        assert browser.post(address, form).status_code == 404
