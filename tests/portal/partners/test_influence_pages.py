"""Submissions say what they do: counted until when, waiting, refused, or brought without a match (B633, B836)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from shutil import copytree

import pytest
from django.urls import reverse

from palier.portal.partners.asked import CURRENCIES, CUSTOMERS, INFLUENCE, Effect, Influence
from palier.portal.partners.models import Company, Influenced
from palier.portal.partners.queries import waiting_submissions
from palier.portal.programs.models import RulebookVersion
from palier.rulebook.read import program_folder
from portal.conftest import client_of
from portal.partners.people import AT, ON, ONE, Stage


def deal(influenced_id: str, closed_on: date, **more: object) -> Influenced:
    told: dict[str, object] = {"customer_id": "C1", "role": "sourced", "mrr_minor": 10_000, "currency": "EUR"}
    return Influenced.objects.create(influenced_id=influenced_id, partner_id=ONE, closed_on=closed_on, **told | more)


@pytest.fixture
def deals(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """One of each: counting, over, matched since the run, brought without a match, and submitted here."""
    matched: dict[str, object] = {"status": "accepted", "matched_on": date(2026, 8, 1)}
    deal("counts", date(2026, 7, 1), **matched)
    deal("over", date(2025, 10, 1), **matched | {"matched_on": date(2025, 10, 2)})
    deal("since", date(2026, 11, 1), **matched | {"matched_on": date(2026, 11, 21)})
    deal("lately", date(2026, 9, 1))
    deal("long-ago", date(2024, 9, 1))
    deal("submitted", date(2026, 11, 2), customer_id="", customer_said="Somebody", submitted_at=AT)
    told = Influence(ON, {"counts": Effect("USD 133.33", date(2027, 7, 1))})
    monkeypatch.setattr(INFLUENCE, "_answer", lambda *_: told)
    monkeypatch.setattr(CUSTOMERS, "_answer", lambda ids: dict.fromkeys(ids, "Brasserie Morel"))
    return stage


def test_the_partner_reads_what_each_deal_does(deals: Stage) -> None:
    page = client_of(deals.one["employee"].user).get(reverse("partners:influence")).content.decode()
    assert "1 submission waits for the vendor." in page, "what the warehouse brought waits for nobody"
    for said in (
        "counts USD 133.33 until 1 July 2027",
        "its twelve months ended on 1 October 2026",
        "matched on 21 November 2026: counts with the next run",
        "if you took part, submit it",
        "closed too long ago to count",
        "Brasserie Morel",
        "Somebody",
    ):
        assert said in page
    assert "C1" not in re.findall(r"\w+", page), "a customer is called by its name"


def test_the_queue_holds_what_was_submitted_and_offers_the_rest(deals: Stage) -> None:
    page = client_of(deals.vendor["reviewer"].user).get(reverse("partners:influence_queue")).content.decode()
    assert "1 submission waits for a match." in page
    assert "1 deal of the last twelve months came from the warehouse without a match" in page
    assert reverse("partners:influence_of", args=["lately"]) in page
    assert reverse("partners:influence_of", args=["long-ago"]) not in page
    opened = client_of(deals.vendor["reviewer"].user).get(reverse("partners:influence_of", args=["lately"]))
    assert "Not matched" in opened.content.decode()
    assert [each.influenced_id for each in waiting_submissions()] == ["submitted"]


def test_a_deal_sent_twice_is_one_submission(stage: Stage) -> None:
    told = {
        "customer_said": "Client", "role": "sourced", "amount": "10", "currency": "EUR", "closed_on": "2026-01-15",
        "story": "We met",
    }  # fmt: skip
    client, address = client_of(stage.one["employee"].user), reverse("partners:influence")
    assert client.post(address, told).status_code == 302
    again = client.post(address, told | {"customer_said": " client "})
    assert again.status_code == 400
    assert "it waits for the vendor" in again.content.decode()
    assert Influenced.objects.count() == 1
    assert client.post(address, told | {"amount": "11"}).status_code == 302


def test_the_first_wrong_field_has_the_focus(deals: Stage) -> None:
    client, address = client_of(deals.one["employee"].user), reverse("partners:influence")
    assert "autofocus" not in client.get(address).content.decode()
    told = {"customer_said": "Client", "role": "sourced", "amount": "-1", "currency": "EUR", "closed_on": ""}
    page = client.post(address, told).content.decode()
    assert re.findall(r"<[^>]* autofocus[^>]*>", page) == re.findall(r'<input[^>]*name="amount"[^>]*>', page)
    whole = client.post(reverse("partners:contacts"), {"account_mapping": ""}).content.decode()
    assert re.findall(r"<(\w+)[^>]* autofocus", whole) == ["div"], "what is wrong with all of it comes first"


def currencies(page: str) -> tuple[list[str], str]:
    """The codes that a form offers, and the one that it has chosen already."""
    select = re.search(r'<select name="currency".*?</select>', page, re.DOTALL)
    assert select is not None
    chosen = re.search(r'value="([^"]*)" selected', select[0])
    return re.findall(r'value="([^"]*)"', select[0]), "" if chosen is None else chosen[1]


def test_a_form_offers_the_currencies_that_the_rules_convert(stage: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "technology"
    copytree(program_folder("technology"), folder)
    rules = folder / "program.yaml"
    euro = "    EUR: {2026-01-01: {value: 75, cite: [A146]}}\n"
    told = rules.read_text()
    assert euro in told
    rules.write_text(told.replace(euro, euro + euro.replace("EUR", "CHF")))
    RulebookVersion.objects.filter(program="technology").update(folder=str(folder))
    client, address = client_of(stage.one["employee"].user), reverse("partners:influence")
    offered, chosen = currencies(client.get(address).content.decode())
    assert {"CHF", "USD", "JPY"} < set(offered)
    assert chosen == "EUR", "the one that the partner is paid in"
    assert "CHF" not in CURRENCIES.ask("solutions", date(2026, 11, 20), otherwise=())


def test_no_currency_is_guessed(deals: Stage) -> None:
    Company.objects.filter(partner_id=ONE).update(payment_currency="NOK")
    address, told = reverse("partners:influence"), {"customer_said": "Client", "role": "sourced", "amount": "10"}
    client = client_of(deals.one["employee"].user)
    assert currencies(client.get(address).content.decode())[1] == "", "no rule converts crowns"
    assert (
        client.post(address, told | {"closed_on": "2026-01-15", "story": "We met", "currency": ""}).status_code == 400
    )
    Influenced.objects.filter(influenced_id="submitted").update(mrr_minor=100_000, currency="CHF")
    vendor = client_of(deals.vendor["manager"].user)
    matching = vendor.get(reverse("partners:influence_of", args=["submitted"])).content.decode()
    assert currencies(matching)[1] == "", "francs would become dollars"


def test_the_currency_of_commissions_is_the_one_that_is_paid(stage: Stage) -> None:
    client, address = client_of(stage.vendor["manager"].user), reverse("partners:company_of", args=[ONE])
    assert currencies(client.get(address).content.decode())[1] == "EUR"
    Company.objects.filter(partner_id=ONE).update(payment_currency="NOK")
    assert currencies(client.get(address).content.decode())[1] == "", "a click on the button would not pay in dollars"


def test_no_level_is_guessed(stage: Stage) -> None:
    client, address = client_of(stage.vendor["manager"].user), reverse("partners:company_of", args=[ONE])
    answer = client.post(address, {"act": "level", "reason": "Asked for it"})
    assert answer.status_code == 400
    levels = re.search(r'<select name="level".*?</select>', answer.content.decode(), re.DOTALL)
    assert levels is not None
    assert re.findall(r'<option value="([^"]*)"', levels[0])[0] == "", "a click would make a provider of a partner"
