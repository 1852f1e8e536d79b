"""The fact tables about partners: who they are, what they hold and what was decided about them."""

from __future__ import annotations

from palier.facts.schema import (
    Column,
    ColumnType,
    Table,
    country,
    day,
    identifier,
    reference,
    text,
    yes_or_no,
)

EDITIONS = ("starter", "pro", "enterprise")
"""The editions of a product, the lowest first."""

PARTNERS = Table(
    "partners",
    "One row is a company that takes part in a program of the vendor.",
    (
        identifier("partner_id", "The partner's identifier."),
        text("name", "The company's name."),
        country("The country of the partner's seat."),
        Column("payment_currency", ColumnType.TEXT, "The currency its commissions are paid in.", holds="currency"),
    ),
    key=("partner_id",),
)

ENROLMENTS = Table(
    "enrolments",
    "One row is the participation of a partner in a program at one level, from a day until a day.",
    (
        identifier("enrolment_id", "The enrolment's identifier."),
        reference("partner_id", "partners", "The partner that takes part."),
        text("program", "The program's id.", required=True),
        text("level", "The level of commitment.", required=True, values=("provider", "partner", "member")),
        day("enrolled_on", "The first day at this level.", required=True),
        day("left_on", "The first day no longer at this level; empty while it lasts."),
    ),
    key=("enrolment_id",),
    period=("enrolled_on", "left_on"),
)

PARTNER_DOMAINS = Table(
    "partner_domains",
    "One row is an e-mail domain that the vendor approved for a partner, from a day until a day.",
    (
        reference("partner_id", "partners", "The partner that owns the domain."),
        text("domain", "The e-mail domain, in lower case.", required=True),
        day("approved_on", "The first day on which the domain is approved.", required=True),
        day("revoked_on", "The first day on which it no longer is; empty while it lasts."),
    ),
    key=("partner_id", "domain", "approved_on"),
    period=("approved_on", "revoked_on"),
)

PARTNER_USERS = Table(
    "partner_users",
    "One row is a person with a user in a partner's account.",
    (
        identifier("user_id", "The user's identifier."),
        reference("partner_id", "partners", "The partner in whose account the user is."),
        Column("email", ColumnType.TEXT, "The user's e-mail address.", holds="email"),
        yes_or_no("is_partner_employee", "Whether the user is set as an employee of the partner."),
        day("added_on", "The day the user was added to the partner's account.", required=True),
        day("deactivated_on", "The first day on which the user is deactivated."),
        day("deleted_on", "The first day on which the user is deleted."),
    ),
    key=("user_id",),
    period=("added_on", "deactivated_on"),
    later=("deleted_on",),
)

CREDENTIALS = Table(
    "credentials",
    "One row is a certification or an accreditation of a partner, one of its people or one of its apps.",
    (
        identifier("credential_id", "The credential's identifier."),
        reference("partner_id", "partners", "The partner to which it counts."),
        reference("user_id", "partner_users", "The person who earned it, if a person did.", required=False),
        reference("app_id", "apps", "The app that earned it, if an app did.", required=False),
        text("kind", "What kind it is.", required=True, values=("certification", "accreditation")),
        text("code", "Which one it is, such as solutions_partner.", required=True),
        text("family", "The family it belongs to, such as software or implementation."),
        day("earned_on", "The first day on which it is live.", required=True),
        day("expires_on", "The first day on which it no longer is; empty if it does not expire."),
    ),
    key=("credential_id",),
    period=("earned_on", "expires_on"),
)

ATTESTATIONS = Table(
    "attestations",
    "One row is a statement about a partner that somebody vouched for, from a day until a day.",
    (
        identifier("attestation_id", "The attestation's identifier."),
        reference("partner_id", "partners", "The partner it is about."),
        text("code", "What is attested, such as onboarded or elite_invited.", required=True),
        text("value", "What was found; empty means yes."),
        day("effective_from", "The first day on which it holds.", required=True),
        day("effective_until", "The first day on which it no longer does; empty while it lasts."),
    ),
    key=("attestation_id",),
    period=("effective_from", "effective_until"),
)

OWN_SUBSCRIPTIONS = Table(
    "own_subscriptions",
    "One row is the vendor's product that a partner uses itself, from a day until a day.",
    (
        reference("partner_id", "partners", "The partner that subscribes."),
        text("product_line", "The product line."),
        text("edition", "The edition of the product.", required=True, values=EDITIONS),
        yes_or_no("base_price", "Whether it is paid at least at its base price."),
        Column("seats", ColumnType.INTEGER, "The number of paid user seats.", unit="seats", at_least=0),
        day("effective_from", "The first day of the subscription.", required=True),
        day("effective_until", "The first day without it; empty while it lasts."),
    ),
    key=("partner_id", "product_line", "edition", "effective_from"),
    period=("effective_from", "effective_until"),
)

CONTACT_FORMS = Table(
    "contact_forms",
    "One row is a form of contact points that a partner filed for a program.",
    (
        identifier("form_id", "The form's identifier."),
        reference("partner_id", "partners", "The partner that filed it."),
        text("program", "The program's id.", required=True),
        Column("filed_at", ColumnType.TIMESTAMP, "When it was filed, in UTC.", required=True),
    ),
    key=("form_id",),
    occurred="filed_at",
)

TIER_DECISIONS = Table(
    "tier_decisions",
    "One row is a decision of the vendor on a partner's tier, effective from a day.",
    (
        identifier("decision_id", "The decision's identifier."),
        reference("partner_id", "partners", "The partner it concerns."),
        text("program", "The program's id.", required=True),
        text("tier", "The tier decided; empty where the decision names none."),
        text(
            "kind",
            "What kind of decision it is.",
            required=True,
            values=("opening", "published", "override", "suspended", "restored"),
        ),
        text("reason", "Why it was taken."),
        day("effective_on", "The day from which it has effect.", required=True),
    ),
    key=("decision_id",),
    occurred="effective_on",
)

BENEFIT_USES = Table(
    "benefit_uses",
    "One row is a benefit that a partner made use of on a day.",
    (
        identifier("use_id", "The use's identifier."),
        reference("partner_id", "partners", "The partner that used it."),
        text("benefit", "The benefit's id.", required=True),
        day("used_on", "The day it was used.", required=True),
        Column("quantity", ColumnType.INTEGER, "How many times or units; empty means one.", at_least=0),
    ),
    key=("use_id",),
    occurred="used_on",
)
