"""Customers by name, who may enter their accounts from when until when, and the free seats that they give."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

NO_ONE = ""
"""Who made a row that came from the warehouse: nobody whom the portal knows."""


class Customer(models.Model):
    """A customer as the warehouse names it: looked up by id or by its whole domain, never listed to partners."""

    customer_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200, blank=True)
    domain = models.CharField(max_length=253, blank=True, db_index=True, help_text="In lower case.")
    country = models.CharField(max_length=2, blank=True)
    churned_on = models.DateField(null=True, blank=True, help_text="The first day on which it no longer is one.")

    def __str__(self) -> str:
        return self.name or self.customer_id


class Side(models.TextChoices):
    """Which of the two ended an access."""

    PARTNER = "partner", _("the partner")
    CUSTOMER = "customer", _("the customer")


def new_access_id() -> str:
    """An identifier that no warehouse has given."""
    return f"X-{uuid4().hex}"


class Access(models.Model):
    """The access of a partner's user to a customer's account: a row of `client_access`.

    Without `granted_on` it waits for the customer's word and counts for nothing. Without `associated_on` the
    customer is associated by the approved domain of the user's address, if it has one (D21). Restored access is a
    new row (readings, Solutions): old activity does not revive.
    """

    access_id = models.CharField(max_length=100, unique=True, default=new_access_id)
    user_id = models.CharField(max_length=100)
    partner_id = models.CharField(max_length=100, help_text="Whose user it is; a user is of one partner for ever.")
    customer_id = models.CharField(max_length=100)
    asked_on = models.DateField(null=True, blank=True, help_text="The day on which the partner asked for it.")
    associated_on = models.DateField(null=True, blank=True, help_text="By hand; empty: by the approved domain.")
    granted_on = models.DateField(null=True, blank=True, help_text="The first day of access; empty while it waits.")
    removed_on = models.DateField(null=True, blank=True, help_text="The first day without access.")
    removed_side = models.CharField(max_length=10, choices=Side, blank=True)
    made_by = models.CharField(max_length=64, blank=True, help_text="A pseudonym; empty: the warehouse.")
    granted_by = models.CharField(max_length=64, blank=True)
    removed_by = models.CharField(max_length=64, blank=True)
    restores = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="restored_as")

    class Meta:
        """What the warehouse brings is kept as it is; what is made here is whole and once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user_id", "customer_id"],
                condition=Q(removed_on=None) & ~Q(made_by=NO_ONE),
                name="access_made_here_once",
            ),
            models.CheckConstraint(
                condition=Q(made_by=NO_ONE)
                | Q(granted_on=None)
                | Q(removed_on=None)
                | Q(removed_on__gte=F("granted_on")),
                name="access_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(granted_on__isnull=False) | Q(asked_on__isnull=False), name="access_asked_or_granted"
            ),
            models.CheckConstraint(
                condition=Q(restores=None) | Q(granted_on__isnull=False), name="access_restored_is_granted"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "user_id"]),
            models.Index(fields=["user_id", "customer_id"]),
            models.Index(fields=["partner_id", "customer_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.customer_id}"


class Seat(models.Model):
    """A free partner seat: the customer gives a partner's employee all functions of its account (A83, A376)."""

    customer_id = models.CharField(max_length=100)
    user_id = models.CharField(max_length=100)
    partner_id = models.CharField(max_length=100)
    given_on = models.DateField()
    given_by = models.CharField(max_length=64)
    taken_on = models.DateField(null=True, blank=True)
    taken_by = models.CharField(max_length=64, blank=True)

    class Meta:
        """One living seat a person and customer; it ends after it starts."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id", "user_id"], condition=Q(taken_on=None), name="seat_given_once"
            ),
            models.CheckConstraint(
                condition=Q(taken_on=None) | Q(taken_on__gte=F("given_on")), name="seat_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.customer_id}"
