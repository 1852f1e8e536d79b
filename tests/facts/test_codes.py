from __future__ import annotations

import pycountry

from palier.facts.codes import WITHDRAWN_CURRENCIES, country_codes, currency_codes


def test_countries_are_those_of_iso_3166() -> None:
    assert country_codes() == {country.alpha_2 for country in pycountry.countries}


def test_currencies_are_those_of_iso_4217_and_some_withdrawn() -> None:
    in_force = {currency.alpha_3 for currency in pycountry.currencies}
    assert currency_codes() == in_force | WITHDRAWN_CURRENCIES
