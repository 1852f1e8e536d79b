"""The oracle's figures against the guides' own sentences: every expected value is written by hand."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest

from engine.oracle import judge
from engine.oracle_cast import OLD, ON, Facts, add, does, facts_of, figure, managed, paying, sells, uses_three

# --- managed credit ---------------------------------------------------------------------------------


def test_d7_a_client_paying_1000_usd_is_1000_usd_of_credit_and_10_points() -> None:
    facts = does(paying(facts_of()))
    assert figure(facts, "managed_mrr") == 1000
    assert managed(facts) == 10


@pytest.mark.parametrize(("partners", "points"), [(2, Fraction(5)), (3, Fraction(10, 3)), (7, Fraction(10, 7))])
def test_d9_the_credit_is_divided_equally_among_the_partners(partners: int, points: Fraction) -> None:
    names = [f"p{number}" for number in range(1, partners + 1)]
    facts = paying(facts_of(names))
    for name in names:
        does(facts, partner=name)
    figures = judge(facts, on=ON).figures
    assert [figures[name, "managed_points"] for name in names] == [points] * partners


def test_a_provider_neither_earns_nor_dilutes() -> None:
    facts = does(does(paying(facts_of(("p1", "p2")))), partner="p2")
    facts["enrolments"][1]["level"] = "provider"
    assert managed(facts) == 10
    assert managed(facts, partner="p2") == 0


def test_a_partner_that_left_on_the_day_does_not_dilute_and_is_not_judged() -> None:
    facts = does(does(paying(facts_of(("p1", "p2")))), partner="p2")
    facts["enrolments"][1]["left_on"] = ON
    verdict = judge(facts, on=ON)
    assert verdict.figures["p1", "managed_points"] == 10
    assert "p2" not in verdict.tier


def test_d32_d53_an_activity_counts_90_days() -> None:
    facts = does(paying(facts_of()), date(2024, 1, 10))
    assert managed(facts, date(2024, 1, 9)) == 0
    assert managed(facts, date(2024, 1, 10)) == 10
    assert managed(facts, date(2024, 4, 8)) == 10
    assert managed(facts, date(2024, 4, 9)) == 0
    (line,) = judge(facts, on=date(2024, 3, 1)).lines["p1", "managed_points"]
    assert (line.source_id, line.counts_until) == ("c1", date(2024, 4, 9))


@pytest.mark.parametrize(
    ("action", "on", "points"),
    [
        ("edit", ON, 10),
        ("view", ON, 0),
        ("login", date(2023, 2, 21), 10),
        ("login", date(2023, 2, 22), 0),
    ],
)
def test_d16_d17_editing_counts_and_logging_in_no_longer_does(action: str, on: date, points: int) -> None:
    assert managed(does(paying(facts_of()), on, action=action), on) == points


@pytest.mark.parametrize(("associated_on", "points"), [(date(2024, 6, 20), 10), (date(2024, 6, 21), 0)])
def test_d20_association_precedes_activity(associated_on: date, points: int) -> None:
    facts = does(paying(facts_of()), ON)
    facts["client_access"][0]["associated_on"] = associated_on
    assert managed(facts, date(2024, 6, 25)) == points


@pytest.mark.parametrize(
    ("email", "approved_on", "points"),
    [
        ("ann@p1.example", ON, 10),
        ("ann@P1.Example", ON, 10),
        ("ann@p1.example", date(2024, 6, 21), 0),
        ("ann@mail.p1.example", ON, 0),
    ],
)
def test_d21_d22_only_the_approved_domain_associates_by_itself(email: str, approved_on: date, points: int) -> None:
    facts = does(paying(facts_of()), ON)
    facts["client_access"][0]["associated_on"] = None
    facts["partner_users"][0]["email"] = email
    add(facts, "partner_domains", partner_id="p1", domain="p1.example", approved_on=approved_on)
    assert managed(facts, date(2024, 6, 25)) == points


def test_a_domain_revoked_before_the_grant_associates_nobody_but_later_revocation_ends_nothing() -> None:
    facts = does(paying(facts_of()), ON)
    facts["client_access"][0] |= {"associated_on": None, "granted_on": date(2024, 6, 1)}
    add(
        facts,
        "partner_domains",
        partner_id="p1",
        domain="p1.example",
        approved_on=OLD,
        revoked_on=date(2024, 6, 1),
    )
    assert managed(facts) == 0
    facts["partner_domains"][0]["revoked_on"] = date(2024, 6, 2)
    assert managed(facts) == 10


@pytest.mark.parametrize(
    ("table", "column", "on", "points"),
    [
        ("client_access", "removed_on", date(2024, 6, 20), 0),  # D42: at once
        ("client_access", "removed_on", date(2024, 6, 21), 10),
        ("partner_users", "deleted_on", date(2024, 6, 20), 0),  # D44: at once
        ("partner_users", "deleted_on", date(2024, 6, 21), 10),
        ("partner_users", "deactivated_on", date(2024, 6, 11), 10),  # D54: not at once
        ("partner_users", "deactivated_on", date(2024, 6, 10), 0),  # but not before the activity
        ("partner_users", "added_on", date(2024, 6, 10), 10),
        ("partner_users", "added_on", date(2024, 6, 11), 0),
    ],
)
def test_d41_d55_what_ends_the_relation(table: str, column: str, on: date, points: int) -> None:
    facts = does(paying(facts_of()), date(2024, 6, 10))
    facts[table][0][column] = on
    assert managed(facts) == points


def test_d51_restored_access_does_not_revive_old_activity() -> None:
    facts = does(paying(facts_of()), date(2024, 6, 10))
    facts["client_access"][0]["removed_on"] = date(2024, 6, 12)
    row = {"access_id": "again", "user_id": "u-p1", "customer_id": "c1"}
    add(facts, "client_access", **row, associated_on=date(2024, 6, 13), granted_on=date(2024, 6, 13))
    assert managed(facts) == 0
    assert managed(does(facts, date(2024, 6, 13))) == 10


def test_errata_d12_read_literally_the_relation_lives_while_one_user_has_access() -> None:
    facts = does(paying(facts_of()), date(2024, 6, 10))
    facts["client_access"][0]["removed_on"] = date(2024, 6, 12)
    add(facts, "partner_users", user_id="u-2", partner_id="p1", is_partner_employee=True, added_on=OLD)
    add(facts, "client_access", access_id="a-2", user_id="u-2", customer_id="c1", granted_on=OLD)
    assert managed(facts) == 0
    assert managed(facts, errata="D-12=all_removed") == 10
    facts["client_access"][1]["removed_on"] = ON
    assert managed(facts, errata="D-12=all_removed") == 0


def test_c64_a_customer_counts_from_the_month_after_it_came() -> None:
    facts = does(paying(facts_of(), since=date(2024, 6, 2)))
    assert managed(facts, date(2024, 6, 30)) == 0
    assert managed(facts, date(2024, 7, 1)) == 10
    assert judge(facts, on=date(2024, 6, 30)).lines["p1", "managed_mrr"] == []


def test_a_churned_customer_has_no_mrr_and_its_sold_lines_end() -> None:
    facts = sells(does(paying(facts_of())), date(2024, 3, 1))
    facts["customers"][0]["churned_on"] = date(2024, 6, 21)
    assert figure(facts, "total_points", date(2024, 6, 20)) == 60
    assert figure(facts, "total_points", date(2024, 6, 21)) == 0
    assert judge(facts, on=ON).lines["p1", "sold_points"][0].counts_until == date(2024, 6, 21)


# --- sold credit ------------------------------------------------------------------------------------


def test_c50_c64_a_sale_counts_from_the_next_month_for_twelve_months_from_its_day() -> None:
    facts = sells(facts_of(), date(2023, 5, 15))
    days = [date(2023, 5, 31), date(2023, 6, 1), date(2024, 5, 14), date(2024, 5, 15)]
    assert [figure(facts, "sold_mrr", day) for day in days] == [0, 1000, 1000, 0]


def test_a_year_from_29_february_ends_on_28_february() -> None:
    facts = sells(facts_of(), date(2024, 2, 29))
    assert [figure(facts, "sold_mrr", date(2025, 2, day)) for day in (27, 28)] == [1000, 0]


@pytest.mark.parametrize(
    ("motion", "country", "closed_on", "points"),
    [
        ("sourced", "FR", date(2024, 2, 26), 30),
        ("sourced", "FR", date(2024, 2, 27), 50),
        ("self_service", "FR", date(2024, 2, 27), 50),
        ("assisted", "FR", date(2024, 2, 27), 30),
        ("sourced", "IN", date(2024, 2, 26), 60),
        ("sourced", "IN", date(2024, 2, 27), 100),
        ("assisted", "IN", date(2024, 2, 27), 60),
    ],
)
def test_a69_a143_points_for_1000_usd(motion: str, country: str, closed_on: date, points: int) -> None:
    facts = sells(facts_of(), closed_on, motion=motion)
    facts["customers"][0]["country"] = country
    assert figure(facts, "sold_points") == points


@pytest.mark.parametrize(
    ("first_sold_on", "points"), [(date(2024, 2, 26), 30), (date(2024, 2, 27), 50), (date(2021, 5, 1), 30)]
)
def test_errata_a04_the_product_line_keeps_the_rate_of_its_first_sale(first_sold_on: date, points: int) -> None:
    facts = sells(facts_of(), date(2024, 5, 2), line_first_sold_on=first_sold_on)
    assert figure(facts, "sold_points") == points
    assert figure(facts, "sold_points", errata="A-04=deal_close") == 50


@pytest.mark.parametrize(
    ("currency", "minor"),
    [
        ("USD", 10_000),
        ("AUD", 10_500),
        ("COP", 30_030_000),
        ("EUR", 7_500),
        ("GBP", 6_250),
        ("SGD", 14_000),
        ("JPY", 12_000),
        ("ZAR", 154_500),
        ("CAD", 13_000),
    ],
)
def test_a143_a151_equivalents_of_100_usd(currency: str, minor: int) -> None:
    facts = does(paying(sells(facts_of(), date(2024, 3, 5), minor, currency), minor, currency))
    assert figure(facts, "sold_mrr") == 100
    assert figure(facts, "sold_points") == 5
    assert figure(facts, "managed_points") == 1


def test_one_euro_cent_is_a_75th_of_a_dollar_cent_times_100() -> None:
    assert figure(sells(facts_of(), date(2024, 3, 5), 1, "EUR"), "sold_mrr") == Fraction(1, 75)


@pytest.mark.parametrize(
    ("country", "points"),
    [
        *[(country, 100) for country in ("IN", "TW", "SG", "MX", "GL", "BM", "PM", "GP", "RE", "YT", "CY", "PL", "SH")],
        *[(country, 50) for country in ("FR", "CA", "US", "PR", "VI", "UM", "JP", "MA", "SA", "KZ", None)],
    ],
)
def test_a155_a162_growth_markets_double_the_points(country: str | None, points: int) -> None:
    facts = sells(facts_of(), date(2024, 3, 5))
    facts["customers"][0]["country"] = country
    assert figure(facts, "sold_points") == points


def test_a08_the_country_is_that_of_the_sale_for_sold_and_of_the_day_for_managed() -> None:
    facts = sells(does(paying(facts_of())), date(2024, 3, 5))
    add(facts, "customer_countries", customer_id="c1", country="IN", effective_from=date(2024, 3, 6))
    assert figure(facts, "sold_points") == 50
    assert managed(facts) == 20


def test_a_sale_counts_for_who_is_a_partner_today_whatever_it_was() -> None:
    facts = sells(facts_of(), date(2024, 3, 5))
    facts["enrolments"][0]["enrolled_on"] = date(2024, 6, 20)
    assert figure(facts, "sold_points") == 50
    facts["enrolments"][0]["level"] = "provider"
    assert figure(facts, "sold_points") == 0


def test_errata_c03_the_customers_current_mrr_once() -> None:
    facts = paying(sells(sells(facts_of(), date(2024, 1, 5)), date(2024, 3, 5)), 200_000)
    assert figure(facts, "sold_mrr") == 2000
    assert figure(facts, "sold_points") == 80
    assert figure(facts, "sold_mrr", errata="C-03=current_mrr") == 2000
    assert figure(facts, "sold_points", errata="C-03=current_mrr") == 100


def test_sourced_share_counts_self_service_and_is_undefined_without_sales() -> None:
    assert figure(facts_of(), "sourced_share") is None
    facts = sells(facts_of(), date(2024, 3, 5), motion="assisted")
    sells(sells(facts, date(2024, 3, 6), motion="self_service"), date(2024, 3, 7))
    assert figure(facts, "sourced_share") == Fraction(2, 3)


# --- other figures ----------------------------------------------------------------------------------


def test_c29_the_median_of_an_even_number_is_the_mean_of_the_middle_two() -> None:
    facts = uses_three(sells(does(paying(facts_of())), date(2024, 3, 5)), date(2024, 5, 1))
    assert figure(facts, "app_usage_median") == 3
    add(facts, "customers", customer_id="c2")
    sells(facts, date(2024, 3, 5), 0, customer_id="c2")  # a sale of nothing still makes its customer count
    for tool, month in (("crm", 5), ("cta", 5), ("blog", 5), ("ads", 4), ("email", 6)):
        add(facts, "tool_uses", customer_id="c2", tool=tool, month=date(2024, month, 1))
    assert figure(facts, "app_usage_median") == Fraction(5, 2)
    assert figure(facts_of(), "app_usage_median") is None


def with_cohort(churned: int, closed_on: date) -> Facts:
    """Twenty customers of a year ago at 100 USD each, of whom so many left since."""
    facts = facts_of()
    for number in range(20):
        name = f"old{number}"
        add(facts, "customers", customer_id=name, churned_on=ON if number < churned else None)
        row: dict[str, object] = {"subscription_id": name, "customer_id": name, "currency": "USD"}
        add(facts, "subscriptions", **row, mrr_minor=10_000, effective_from=OLD)
        sells(facts, closed_on, customer_id=name)
    return facts


def test_a164_retention_of_customers_and_of_revenue() -> None:
    facts = with_cohort(3, date(2023, 5, 31))
    assert figure(facts, "customer_retention") == Fraction(85, 100)
    assert figure(facts, "revenue_retention") == Fraction(85, 100)
    row = {"subscription_id": "more", "customer_id": "old19", "currency": "USD", "mrr_minor": 10_000}
    add(facts, "subscriptions", **row, effective_from=date(2024, 6, 1))
    assert figure(facts, "revenue_retention") == Fraction(85, 100)
    assert figure(facts, "revenue_retention", errata="A-33=net") == Fraction(90, 100)


def test_retention_is_undefined_where_no_edition_or_no_line_was_in_force_a_year_before() -> None:
    facts = with_cohort(0, date(2022, 6, 30))
    assert figure(facts, "customer_retention", date(2023, 7, 17)) is None
    assert figure(facts, "customer_retention", date(2023, 7, 18)) == 1
    assert figure(with_cohort(0, date(2023, 6, 1)), "customer_retention") is None


def test_team_certifications_are_distinct_live_and_of_people_who_are_there() -> None:
    facts = facts_of(("p1", "p2"))
    for number, code in enumerate(("a", "a", "b", "gone", "soon", "app", "hard", "nobody")):
        row: dict[str, object] = {
            "credential_id": f"k{number}",
            "user_id": "u-p1",
            "code": code,
            "earned_on": OLD,
        }
        changes: dict[str, dict[str, object]] = {
            "gone": {"expires_on": ON},
            "soon": {"earned_on": date(2024, 6, 21)},
            "app": {"app_id": "app1"},
            "hard": {"kind": "accreditation"},
            "nobody": {"user_id": None},
        }
        columns = {"kind": "certification", "partner_id": "p1"} | row | changes.get(code, {})
        add(facts, "credentials", **columns)
    assert figure(facts, "team_certifications") == 2
    facts["partner_users"][0]["deactivated_on"] = ON
    assert figure(facts, "team_certifications") == 0


def test_the_latest_version_known_holds_and_a_retraction_removes() -> None:
    facts = sells(facts_of(), date(2024, 3, 5))
    first = facts["sales"][0]
    facts["sales"].insert(0, first | {"mrr_minor": 200_000, "recorded_at": datetime(2024, 5, 1)})  # noqa: DTZ001
    facts["sales"].append(first | {"retracted": True, "recorded_at": datetime(2024, 6, 1)})  # noqa: DTZ001
    moments = [datetime(2024, 4, 30), datetime(2024, 5, 1), datetime(2024, 6, 1), None]  # noqa: DTZ001
    assert [judge(facts, on=ON, known_at=known_at).figures["p1", "sold_mrr"] for known_at in moments] == [
        1000,
        2000,
        0,
        0,
    ]
