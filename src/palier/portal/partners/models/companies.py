"""Companies that take part, at which level, who looks after them at the vendor, and who asks to join."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from palier.portal.partners.models.periods import in_order


class Company(models.Model):
    """A company that takes part in a program, under the id by which facts speak of it."""

    partner_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    payment_currency = models.CharField(max_length=3, blank=True)

    class Meta:
        """By name, as people look for them."""

        ordering: ClassVar = ["name", "partner_id"]
        indexes: ClassVar = [models.Index(Lower("name"), name="company_by_name")]

    def __str__(self) -> str:
        return self.name or self.partner_id


class Enrolment(models.Model):
    """A company's participation in a program at one level (A51), from a day until a day."""

    class Level(models.TextChoices):
        """The level of commitment."""

        PROVIDER = "provider", _("provider")
        PARTNER = "partner", _("partner")
        MEMBER = "member", _("member")

    enrolment_id = models.CharField(max_length=100, unique=True)
    partner_id = models.CharField(max_length=100, db_index=True)
    program = models.CharField(max_length=60)
    level = models.CharField(max_length=10, choices=Level)
    enrolled_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        """One enrolment in a program lasts at a time."""

        ordering: ClassVar = ["partner_id", "program", "enrolled_on", "pk"]
        constraints: ClassVar = [
            in_order("enrolment_in_order", "enrolled_on", "left_on"),
            models.CheckConstraint(condition=Q(level__in=["provider", "partner", "member"]), name="enrolment_level"),
            models.UniqueConstraint(
                fields=["partner_id", "program"], condition=Q(left_on=None), name="enrolment_lasting_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} in {self.program} as {self.level}"


class VendorContact(models.Model):
    """Somebody at the vendor who looks after a partner, shown to it by name (A247, B432)."""

    partner_id = models.CharField(max_length=100, db_index=True)
    name = models.CharField(max_length=200)
    email = models.EmailField()
    role = models.CharField(max_length=100)

    class Meta:
        """A person stands once under a role."""

        ordering: ClassVar = ["partner_id", "role", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint("partner_id", "role", Lower("email"), name="vendor_contact_once_a_role"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.role}"


class Application(models.Model):
    """A company that asks to join a program: received, then accepted or refused with a reason (B741, B763-765)."""

    class Status(models.TextChoices):
        """How far it came."""

        RECEIVED = "received", _("received")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    application_id = models.CharField(max_length=100, unique=True)
    company = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    domain = models.CharField(max_length=253)
    contact = models.CharField(max_length=200)
    email = models.EmailField()
    language = models.CharField(max_length=2, default="en")
    program = models.CharField(max_length=60)
    level = models.CharField(max_length=10, choices=Enrolment.Level)
    payment_currency = models.CharField(max_length=3, blank=True, help_text="In which commissions are to be paid.")
    message = models.TextField(max_length=2000, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    received_at = models.DateTimeField()
    partner_id = models.CharField(max_length=100, blank=True, help_text="Given on acceptance.")
    reason = models.CharField(max_length=1000, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One open application an address and program; an accepted one has a partner, a refused one a reason."""

        ordering: ClassVar = ["received_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["status", "received_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["received", "accepted", "refused"]), name="application_status"
            ),
            models.CheckConstraint(
                condition=(Q(status="accepted") & ~Q(partner_id="")) | (~Q(status="accepted") & Q(partner_id="")),
                name="application_accepted_has_partner",
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(reason=""), name="application_refused_with_reason"
            ),
            models.UniqueConstraint(
                Lower("email"), "program", condition=Q(status="received"), name="application_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} to {self.program}"
