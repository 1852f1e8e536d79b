"""Which facts come from where, and every attempt to evaluate a program."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from palier.portal.folders import FolderField
from palier.portal.standings.models import Run


class Feed(models.Model):
    """A program that runs here, and the folder where the warehouse puts its facts; the lock of its runs."""

    program = models.CharField(max_length=60, unique=True)
    warehouse = FolderField(max_length=500, help_text="The folder of its fact tables.")
    leased_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=32, blank=True)

    class Meta:
        """By program."""

        ordering: ClassVar = ["program"]

    def __str__(self) -> str:
        return self.program


class Ownership(models.Model):
    """Who owns a fact table, where that differs from what the portal's apps offer."""

    class Owner(models.TextChoices):
        """The two places that facts come from."""

        PORTAL = "portal", _("portal")
        WAREHOUSE = "warehouse", _("warehouse")

    table = models.CharField(max_length=60, unique=True)
    owner = models.CharField(max_length=10, choices=Owner)

    class Meta:
        """One owner a table, one of the two."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(owner__in=["portal", "warehouse"]), name="ownership_owner")
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.owner}"


class Identity(models.Model):
    """One thing under two names: its id in the portal and its id in the warehouse."""

    class Kind(models.TextChoices):
        """What has ids on both sides."""

        PARTNER = "partner", _("partner")
        CUSTOMER = "customer", _("customer")
        USER = "user", _("person")

    kind = models.CharField(max_length=10, choices=Kind)
    portal_id = models.CharField(max_length=100)
    warehouse_id = models.CharField(max_length=100)

    class Meta:
        """Each id stands for one thing only."""

        ordering: ClassVar = ["kind", "portal_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "portal_id"], name="identity_portal_once"),
            models.UniqueConstraint(fields=["kind", "warehouse_id"], name="identity_warehouse_once"),
            models.CheckConstraint(condition=Q(kind__in=["partner", "customer", "user"]), name="identity_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.portal_id} = {self.warehouse_id}"


class Attempt(models.Model):
    """One attempt to evaluate a program for a day: asked, run stage by stage, published or failed."""

    class State(models.TextChoices):
        """Where an attempt stands."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        PUBLISHED = "published", _("published")
        UNCHANGED = "unchanged", _("nothing new")
        FAILED = "failed", _("failed")
        ABANDONED = "abandoned", _("interrupted")

    key = models.CharField(max_length=100, unique=True, help_text="What asked for it: asked again, it is one.")
    program = models.CharField(max_length=60)
    wanted_on = models.DateField(help_text="The day asked for.")
    as_of = models.DateField(null=True, help_text="The day evaluated: no later than the facts are complete.")
    asked_by = models.CharField(max_length=64, help_text="A person's pseudonym, `schedule` or a command.")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=32, blank=True)
    problem = models.TextField(blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="attempts")

    class Meta:
        """The newest first; what is published has its run, what failed says why."""

        ordering: ClassVar = ["-asked_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["program", "-asked_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(problem=""), name="attempt_failed_says_why"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"]) | Q(finished_at__isnull=False),
                name="attempt_finished_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.wanted_on} {self.state}"

    @property
    def took(self) -> timedelta | None:
        """How long it ran."""
        if self.started_at is None or self.finished_at is None:
            return None
        return self.finished_at - self.started_at


class Stage(models.Model):
    """One stage of an attempt, written as it starts, so that a run can be watched."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="stages")
    place = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        """In their order."""

        ordering: ClassVar = ["attempt", "place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["attempt", "place"], name="stage_once")]

    def __str__(self) -> str:
        return f"{self.place} {self.name}"

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return None if self.finished_at is None else (self.finished_at - self.started_at).total_seconds()
