"""The fact tables about use: who works in a customer's account, with which tools and apps."""

from __future__ import annotations

from palier.facts.schema import Column, ColumnType, Table, day, identifier, month, reference, text

ACTIONS = ("create", "edit", "publish", "configure", "interact", "view", "login")
"""What an activity may be; another action is kept, counts for nothing and is warned about."""

CLIENT_ACCESS = Table(
    "client_access",
    "One row is the access of a partner's user to a customer's account; restored access is a new row.",
    (
        identifier("access_id", "The access's identifier."),
        reference("user_id", "partner_users", "The partner's user."),
        reference("customer_id", "customers", "The customer whose account it is."),
        day(
            "associated_on",
            "The day the customer was associated by hand; empty: by the approved e-mail domain.",
        ),
        day("granted_on", "The first day on which the user has access.", required=True),
        day("removed_on", "The first day without access; empty while it lasts."),
    ),
    key=("access_id",),
    period=("granted_on", "removed_on"),
)

ACTIVITIES = Table(
    "activities",
    "One row is something that a partner's user did in a customer's account.",
    (
        identifier("activity_id", "The activity's identifier."),
        reference("user_id", "partner_users", "The user who did it."),
        reference("customer_id", "customers", "The customer in whose account it was done."),
        text("tool", "The tool it was done with."),
        text("action", "What was done.", required=True, known=ACTIONS),
        day("occurred_on", "The day it was done.", required=True),
    ),
    key=("activity_id",),
    occurred="occurred_on",
)

TOOL_USES = Table(
    "tool_uses",
    "One row says that a customer's account actively used a tool in a month.",
    (
        reference("customer_id", "customers", "The customer."),
        text("tool", "The tool used.", required=True),
        month("month", "The month of use."),
    ),
    key=("customer_id", "tool", "month"),
    occurred="month",
    goes_on=True,
)

APPS = Table(
    "apps",
    "One row is an app of a partner, with the days between which it is listed in the marketplace.",
    (
        identifier("app_id", "The app's identifier."),
        reference("partner_id", "partners", "The partner that makes it."),
        text("name", "The app's name."),
        day("listed_on", "The first day on which it is listed; empty before."),
        day("delisted_on", "The first day on which it no longer is; empty while it lasts."),
    ),
    key=("app_id",),
    period=("listed_on", "delisted_on"),
)

INSTALLS = Table(
    "installs",
    "One row is an installation of an app in a customer's account.",
    (
        identifier("install_id", "The installation's identifier."),
        reference("app_id", "apps", "The app installed."),
        reference("customer_id", "customers", "The customer in whose account it was installed."),
        day("installed_on", "The day of the installation.", required=True),
        day("uninstalled_on", "The first day without it; empty while it lasts."),
    ),
    key=("install_id",),
    period=("installed_on", "uninstalled_on"),
)

APP_USES = Table(
    "app_uses",
    "One row says that a customer actively used an app in a month.",
    (
        reference("app_id", "apps", "The app used."),
        reference("customer_id", "customers", "The customer that used it."),
        month("month", "The month of use."),
    ),
    key=("app_id", "customer_id", "month"),
    occurred="month",
    goes_on=True,
)

REVIEWS = Table(
    "reviews",
    "One row is a customer's review of an app, while it is published.",
    (
        identifier("review_id", "The review's identifier."),
        reference("app_id", "apps", "The app reviewed."),
        reference("customer_id", "customers", "The customer that wrote it.", required=False),
        Column(
            "stars",
            ColumnType.INTEGER,
            "The stars given, from 1 to 5.",
            required=True,
            unit="stars",
            at_least=1,
            at_most=5,
        ),
        day("published_on", "The day it was published.", required=True),
        day("withdrawn_on", "The first day on which it no longer is; empty while it lasts."),
    ),
    key=("review_id",),
    period=("published_on", "withdrawn_on"),
)
