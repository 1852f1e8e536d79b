"""What people call the fact tables that lines come from, and their columns."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TABLE_NAMES: Mapping[str, Promise] = {
    "sales": _("Sale"),
    "customers": _("Customer"),
    "credentials": _("Credential"),
    "attestations": _("Attestation"),
    "own_subscriptions": _("Own subscription"),
    "enrolments": _("Enrolment"),
    "apps": _("App"),
    "installs": _("Install"),
    "influenced_sales": _("Influenced deal"),
    "reviews": _("Review"),
}
"""The tables that lines name as their source."""

COLUMNS: Mapping[str, Promise] = {
    "sale_id": _("Sale number"),
    "customer_id": _("Customer"),
    "product_line": _("Product line"),
    "kind": _("Kind"),
    "motion": _("Motion"),
    "mrr_minor": _("Monthly revenue"),
    "closed_on": _("Closed on"),
    "line_first_sold_on": _("Line first sold on"),
    "upmarket": _("Upmarket"),
    "name": _("Name"),
    "domain": _("Domain"),
    "country": _("Country"),
    "first_purchased_on": _("First purchase"),
    "churned_on": _("Left on"),
    "credential_id": _("Credential number"),
    "user_id": _("Person"),
    "app_id": _("App"),
    "code": _("Code"),
    "family": _("Family"),
    "earned_on": _("Earned on"),
    "expires_on": _("Expires on"),
    "attestation_id": _("Attestation number"),
    "value": _("Value"),
    "effective_from": _("From"),
    "effective_until": _("Until"),
    "edition": _("Edition"),
    "base_price": _("At base price"),
    "seats": _("Seats"),
    "enrolment_id": _("Enrolment number"),
    "program": _("Program"),
    "level": _("Level"),
    "enrolled_on": _("Enrolled on"),
    "left_on": _("Left on"),
    "listed_on": _("Listed on"),
    "delisted_on": _("Delisted on"),
    "install_id": _("Install number"),
    "installed_on": _("Installed on"),
    "uninstalled_on": _("Uninstalled on"),
    "influenced_id": _("Deal number"),
    "role": _("Role"),
    "matched_on": _("Matched on"),
    "review_id": _("Review number"),
    "stars": _("Stars"),
    "published_on": _("Published on"),
    "withdrawn_on": _("Withdrawn on"),
}
"""Their columns."""

VALUES: Mapping[str, Promise] = {
    "new": _("new"),
    "cross_sell": _("cross-sell"),
    "upsell": _("upsell"),
    "sourced": _("sourced"),
    "assisted": _("assisted"),
    "supported": _("supported"),
    "self_service": _("self-service"),
    "certification": _("certification"),
    "accreditation": _("accreditation"),
    "starter": _("Starter"),
    "pro": _("Pro"),
    "enterprise": _("Enterprise"),
    "provider": _("provider"),
    "partner": _("partner"),
    "member": _("member"),
}
"""The words of closed lists."""
