"""What is vouched for, filed and decided about partners."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.portal.partners.models.periods import in_order


class LedgerEditedError(Exception):
    """Raised when a row of a ledger is changed or removed: what was decided is answered by another decision."""

    def __init__(self, row: object) -> None:
        self.row = row
        super().__init__(f"{row} is a row of a ledger: record another decision instead of changing it")


class ContactForm(models.Model):
    """A contact form as a partner filed it for a program (B305-358); a changed contact is filed again (B337)."""

    form_id = models.CharField(max_length=100, unique=True)
    partner_id = models.CharField(max_length=100)
    program = models.CharField(max_length=60)
    filed_at = models.DateTimeField()
    filed_by = models.CharField(max_length=64, blank=True, help_text="The person's pseudonym; empty for the warehouse.")
    answers = models.JSONField(default=dict)
    deadline_on = models.DateField(null=True, blank=True, help_text="The last day to file that it answered to.")
    waits_for_on = models.DateField(null=True, blank=True, help_text="The cycle a late form waits for (B169-172).")

    class Meta:
        """The newest first; a form that waits was late for a deadline."""

        ordering: ClassVar = ["partner_id", "program", "-filed_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["partner_id", "program", "filed_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(waits_for_on=None) | Q(waits_for_on__gt=F("deadline_on")), name="form_waits_after_deadline"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form_id} of {self.partner_id}"


class Attestation(models.Model):
    """A statement about a partner that somebody vouched for, from a day until a day; an empty value means yes."""

    attestation_id = models.CharField(max_length=100, unique=True)
    partner_id = models.CharField(max_length=100)
    code = models.CharField(max_length=60)
    value = models.CharField(max_length=200, blank=True)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    vouched_by = models.CharField(max_length=64, blank=True, help_text="A pseudonym; empty for the warehouse.")
    reason = models.CharField(max_length=1000, blank=True)
    form = models.ForeignKey(ContactForm, null=True, blank=True, on_delete=models.PROTECT, related_name="attested")

    class Meta:
        """Found by partner and code; ends no earlier than it starts."""

        ordering: ClassVar = ["partner_id", "code", "effective_from", "pk"]
        indexes: ClassVar = [models.Index(fields=["partner_id", "code"])]
        constraints: ClassVar = [
            in_order("attestation_in_order", "effective_from", "effective_until"),
            models.CheckConstraint(condition=~Q(code=""), name="attestation_has_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.partner_id}"


class Decision(models.Model):
    """A decision on a partner's tier; a ledger that nobody edits: the next decision answers the last."""

    class Kind(models.TextChoices):
        """What kind of decision it is."""

        OPENING = "opening", _("opening tier")
        PUBLISHED = "published", _("published list")
        OVERRIDE = "override", _("exception")
        SUSPENDED = "suspended", _("suspended")
        RESTORED = "restored", _("restored")

    decision_id = models.CharField(max_length=100, unique=True)
    partner_id = models.CharField(max_length=100)
    program = models.CharField(max_length=60)
    tier = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=1000, blank=True)
    effective_on = models.DateField()
    decided_by = models.CharField(max_length=64, blank=True, help_text="A pseudonym; empty for the warehouse.")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-effective_on", "-pk"]
        indexes: ClassVar = [models.Index(fields=["partner_id", "program", "effective_on"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["opening", "published", "override", "suspended", "restored"]),
                name="decision_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.tier} for {self.partner_id} on {self.effective_on}"

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's own signature
        """Add the decision.

        Raises:
            LedgerEditedError: it was added before.
        """
        if self.pk is not None:
            raise LedgerEditedError(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401  # Django's own signature
        """Refuse.

        Raises:
            LedgerEditedError: always.
        """
        del args, kwargs
        raise LedgerEditedError(self)
