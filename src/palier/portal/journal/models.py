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
    person = models.CharField(max_length=64, blank=True, help_text="The pseudonym under whose key `personal` is.")
    personal = models.TextField(blank=True, help_text="Personal values, encrypted; sealed as they are written here.")
    sealed_before = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, unique=True)

    class Meta:
        """In the order in which things happened; found by subject and by actor."""

        ordering: ClassVar = ["place"]
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id", "place"]),
            models.Index(fields=["actor", "place"]),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.verb} {self.subject_kind} {self.subject_id}"


class PersonKey(models.Model):
    """The key to one person's values in the journal; erasing the person destroys it, and the chain still holds."""

    pseudonym = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=100, blank=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        """A key is there until it is destroyed, and never comes back."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None, key__gt="") | models.Q(destroyed_at__isnull=False, key=""),
                name="person_key_or_destroyed",
            )
        ]

    def __str__(self) -> str:
        return self.pseudonym


class Message(models.Model):
    """A mail that waits in the outbox, written in the transaction of the change that it tells of."""

    key = models.CharField(max_length=200, unique=True, help_text="What it tells of: the same news is queued once.")
    kind = models.CharField(max_length=60)
    to = models.EmailField()
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    refuse_at = models.CharField(max_length=500, blank=True, help_text="Where its reader refuses mails of its kind.")
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Not delivered before; moved on by every retry.")
    leased_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=1000, blank=True)

    class Meta:
        """Due ones first; nothing is both delivered and given up."""

        ordering: ClassVar = ["due_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["delivered_at", "dead_at", "due_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(delivered_at=None) | models.Q(dead_at=None), name="message_delivered_or_dead"
            )
        ]

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


class Occurrence(models.Model):
    """One thing that the schedule makes happen once: planned under a key, claimed under a lease, done."""

    key = models.CharField(max_length=200, unique=True, help_text="Kind, moment and subject: planned again, it is one.")
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True, help_text="A program, where it is about one.")
    planned_at = models.DateTimeField(help_text="The moment in the calendar.")
    due_at = models.DateTimeField(help_text="Not tried before; moved on by every retry.")
    leased_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=1000, blank=True)

    class Meta:
        """In the order of the calendar; nothing is both done and given up."""

        ordering: ClassVar = ["planned_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["done_at", "dead_at", "due_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(dead_at=None), name="occurrence_done_or_dead"
            )
        ]

    def __str__(self) -> str:
        return self.key


class Planned(models.Model):
    """Until when the schedule is planned: one row, locked while more of it is."""

    until = models.DateTimeField()

    class Meta:
        """There is one."""

        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(pk=1), name="journal_one_planned")]

    def __str__(self) -> str:
        return self.until.isoformat()
