"""The fact tables about customers and money: what they subscribe to, who sold it, what was paid."""

from __future__ import annotations

from palier.facts.partnership import EDITIONS
from palier.facts.schema import (
    Column,
    ColumnType,
    Table,
    country,
    currency,
    day,
    identifier,
    money,
    month,
    reference,
    text,
    yes_or_no,
)

CUSTOMERS = Table(
    "customers",
    "One row is a company that buys, or bought, the vendor's product.",
    (
        identifier("customer_id", "The customer's identifier."),
        text("name", "The company's name."),
        text("domain", "The company's web domain."),
        country("The customer's country, where customer_countries has no row for the day."),
        day("first_purchased_on", "The day of its first purchase."),
        day("churned_on", "The first day on which it no longer is a customer; empty while it is one."),
    ),
    key=("customer_id",),
    period=("first_purchased_on", "churned_on"),
)

CUSTOMER_COUNTRIES = Table(
    "customer_countries",
    "One row is the country in which a customer sits, from a day until a day.",
    (
        reference("customer_id", "customers", "The customer."),
        country("The country in these days.", required=True),
        day("effective_from", "The first day in this country.", required=True),
        day("effective_until", "The first day no longer there; empty while it lasts."),
    ),
    key=("customer_id", "effective_from"),
    period=("effective_from", "effective_until"),
    apart=("customer_id",),
)

SUBSCRIPTIONS = Table(
    "subscriptions",
    "One row is what a customer pays per month for one subscription, from a day until a day.",
    (
        identifier("subscription_id", "The subscription's identifier; its successive rows share it."),
        reference("customer_id", "customers", "The customer that subscribes."),
        text("product_line", "The product line."),
        text("edition", "The edition of the product.", values=EDITIONS),
        money("mrr_minor", "The monthly recurring revenue.", at_least=0),
        currency("The currency of the monthly recurring revenue."),
        day("effective_from", "The first day at this price.", required=True),
        day("effective_until", "The first day no longer at this price; empty while it lasts."),
    ),
    key=("subscription_id", "effective_from"),
    period=("effective_from", "effective_until"),
    apart=("subscription_id",),
    goes_on=True,
)

SALES = Table(
    "sales",
    "One row is a sale to a customer that is credited to a partner.",
    (
        identifier("sale_id", "The sale's identifier."),
        reference("partner_id", "partners", "The partner credited with the sale."),
        reference("customer_id", "customers", "The customer that bought."),
        text("product_line", "The product line sold."),
        text("kind", "What kind of sale it is.", values=("new", "cross_sell", "upsell")),
        text("motion", "Who made the sale.", required=True, values=("sourced", "assisted", "self_service")),
        money("mrr_minor", "The monthly recurring revenue sold.", at_least=0),
        currency("The currency of the monthly recurring revenue sold."),
        day("closed_on", "The day the sale was closed.", required=True),
        day(
            "line_first_sold_on",
            "The day this product line was first sold to the customer; empty: closed_on.",
        ),
        yes_or_no("upmarket", "Whether the sale is in the upmarket segment."),
    ),
    key=("sale_id",),
    occurred="closed_on",
)

INFLUENCED_SALES = Table(
    "influenced_sales",
    "One row is a deal of the vendor that a technology partner sourced or supported.",
    (
        identifier("influenced_id", "The influenced deal's identifier."),
        reference("partner_id", "partners", "The partner that influenced it."),
        reference("customer_id", "customers", "The customer that bought."),
        text("role", "What the partner did.", values=("sourced", "supported")),
        money("mrr_minor", "The monthly recurring revenue of the deal.", at_least=0),
        currency("The currency of the monthly recurring revenue."),
        day("closed_on", "The day the deal was closed.", required=True),
        day("matched_on", "The day the vendor matched the submission with the deal; empty until then."),
    ),
    key=("influenced_id",),
    occurred="closed_on",
)

PAYMENTS = Table(
    "payments",
    "One row is a net payment of a customer for one month, or a refund.",
    (
        identifier("payment_id", "The payment's identifier."),
        reference("customer_id", "customers", "The customer that paid."),
        reference("sale_id", "sales", "The sale paid for; without one no commission is due.", required=False),
        month("period_month", "The month paid for."),
        money("net_minor", "The net amount paid; negative for a refund."),
        currency("The currency of the net amount."),
        day("paid_on", "The day it was paid.", required=True),
        reference("corrects_payment_id", "payments", "The payment that a refund corrects.", required=False),
    ),
    key=("payment_id",),
    occurred="paid_on",
)

MARKET_RATES = Table(
    "market_rates",
    "One row is the market's exchange rate of a currency on a day.",
    (
        currency("The currency rated."),
        day("rated_on", "The day of the rate.", required=True),
        Column(
            "usd_rate",
            ColumnType.DECIMAL,
            "How many USD one major unit of the currency is worth.",
            required=True,
            unit="USD",
        ),
    ),
    key=("currency", "rated_on"),
    occurred="rated_on",
)

STATEMENT_LINES = Table(
    "statement_lines",
    "One row is a line of a commission statement already issued to a partner.",
    (
        identifier("statement_id", "The statement's identifier."),
        Column("line_no", ColumnType.INTEGER, "The line's number in the statement.", required=True),
        reference("partner_id", "partners", "The partner to which it was issued."),
        month("month", "The month of the statement."),
        reference("payment_id", "payments", "The payment it is a commission on.", required=False),
        money("amount_minor", "The commission; negative for a correction."),
        currency("The currency of the commission."),
    ),
    key=("statement_id", "line_no"),
    occurred="month",
)
