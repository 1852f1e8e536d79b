"""Deals that technology partners say they influenced."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Influenced(models.Model):
    """A deal that a technology partner says it sourced or supported (B633), and what the vendor made of it (B836)."""

    class Role(models.TextChoices):
        """What the partner did."""

        SOURCED = "sourced", _("recommended the account")
        SUPPORTED = "supported", _("helped to close the deal")

    class Status(models.TextChoices):
        """How far the submission came."""

        SUBMITTED = "submitted", _("submitted")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    influenced_id = models.CharField(max_length=100, unique=True)
    partner_id = models.CharField(max_length=100)
    customer_id = models.CharField(
        max_length=100, blank=True, help_text="Set by the vendor, which knows its customers; empty until then."
    )
    customer_said = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=10, choices=Role, blank=True)
    mrr_minor = models.BigIntegerField(null=True, blank=True, help_text="Minor units of the currency, a month.")
    currency = models.CharField(max_length=3, blank=True)
    closed_on = models.DateField()
    matched_on = models.DateField(null=True, blank=True)
    story = models.CharField(max_length=2000, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.SUBMITTED)
    reason = models.CharField(max_length=1000, blank=True)
    submitted_by = models.CharField(max_length=64, blank=True, help_text="A pseudonym; empty for the warehouse.")
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The newest first; an accepted one is matched with a customer, and no other is."""

        ordering: ClassVar = ["-closed_on", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["partner_id", "closed_on"]),
            models.Index(fields=["status", "submitted_at"]),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["submitted", "accepted", "refused"]), name="influenced_status"
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", matched_on__isnull=False) & ~Q(customer_id="")
                | ~Q(status="accepted") & Q(matched_on=None),
                name="influenced_accepted_is_matched",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(reason=""), name="influenced_refused_with_reason"
            ),
            models.CheckConstraint(condition=Q(mrr_minor=None) | Q(mrr_minor__gte=0), name="influenced_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.influenced_id} of {self.partner_id}"

    @property
    def unmatched(self) -> bool:
        """Whether the warehouse brought it without a match: nobody submitted it here, and it waits for nobody."""
        return self.status == self.Status.SUBMITTED and self.submitted_at is None
