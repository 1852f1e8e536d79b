"""The people of partners and the e-mail domains by which they are known."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from palier.portal.partners.models.periods import in_order


class Employee(models.Model):
    """A person with a user in a partner's account; what the person does at customers counts while tagged (D19)."""

    user_id = models.CharField(max_length=100, unique=True)
    partner_id = models.CharField(max_length=100, db_index=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=200, blank=True)
    is_partner_employee = models.BooleanField(default=False)
    added_on = models.DateField()
    deactivated_on = models.DateField(null=True, blank=True)
    deleted_on = models.DateField(null=True, blank=True)
    explanation = models.CharField(max_length=500, blank=True, help_text="Why the address is on no approved domain.")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="employments"
    )

    class Meta:
        """One address a partner among those not deleted; nothing ends before it starts."""

        ordering: ClassVar = ["partner_id", "name", "email", "user_id"]
        constraints: ClassVar = [
            in_order("employee_deactivated_after_added", "added_on", "deactivated_on"),
            in_order("employee_deleted_after_added", "added_on", "deleted_on"),
            models.UniqueConstraint(
                "partner_id",
                Lower("email"),
                condition=Q(deleted_on=None) & ~Q(email=""),
                name="employee_address_once_a_partner",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.user_id


class Domain(models.Model):
    """An e-mail domain of a partner (D21, D29): asked for, then approved from a day until a day, or refused."""

    partner_id = models.CharField(max_length=100, db_index=True)
    domain = models.CharField(max_length=253)
    approved_on = models.DateField(null=True, blank=True)
    revoked_on = models.DateField(null=True, blank=True)
    requested_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        """A domain is open once a partner, in lower case, and never both refused and approved."""

        ordering: ClassVar = ["partner_id", "domain", "approved_on", "pk"]
        constraints: ClassVar = [
            in_order("domain_in_order", "approved_on", "revoked_on"),
            models.CheckConstraint(condition=Q(domain=Lower("domain")) & ~Q(domain=""), name="domain_lower_case"),
            models.CheckConstraint(
                condition=Q(approved_on=None) | Q(refused_at=None), name="domain_approved_or_refused"
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | Q(approved_on__isnull=False), name="domain_revoked_once_approved"
            ),
            models.CheckConstraint(
                condition=Q(approved_on__isnull=False) | Q(requested_at__isnull=False), name="domain_asked_or_approved"
            ),
            models.UniqueConstraint(fields=["partner_id", "domain", "approved_on"], name="domain_approved_once_a_day"),
            models.UniqueConstraint(
                fields=["partner_id", "domain"],
                condition=Q(revoked_on=None, refused_at=None),
                name="domain_open_once_a_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.domain} of {self.partner_id}"
