"""One append-only chain of everything that changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One change: who did what on whom, before and after, and why; sealed by the hash of all before it."""

    place = models.PositiveBigIntegerField(unique=True)
    happened_at = models.DateTimeField()
    actor = models.CharField(max_length=64, help_text="The person's pseudonym, or the command that acted.")
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=1000, blank=True)
    sealed_before = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, unique=True)

    class Meta:
        """In the order in which things happened; found by subject."""

        ordering: ClassVar = ["place"]
        indexes: ClassVar = [models.Index(fields=["subject_kind", "subject_id", "place"])]

    def __str__(self) -> str:
        return f"{self.place} {self.verb} {self.subject_kind} {self.subject_id}"


class Message(models.Model):
    """A mail that waits in the outbox, written in the transaction of the change that it tells of."""

    key = models.CharField(max_length=200, unique=True, help_text="What it tells of: the same news is queued once.")
    kind = models.CharField(max_length=60)
    to = models.EmailField()
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Not delivered before; moved on by every retry.")
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=1000, blank=True)

    class Meta:
        """Due ones first."""

        ordering: ClassVar = ["due_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["delivered_at", "dead_at", "due_at"])]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"


class Head(models.Model):
    """The last place and seal of the chain: one row, locked while an entry is added."""

    place = models.PositiveBigIntegerField(default=0)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        """There is one head."""

        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="journal_one_head")]

    def __str__(self) -> str:
        return f"{self.place} {self.seal}"
