"""Published runs and what they say of each partner; lines stay in the run's Parquet files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import ClassVar

from django.db import models
from django.db.models import Q

from palier.portal.folders import FolderField


class Run(models.Model):
    """One evaluation of a rulebook version over a snapshot of facts for a day."""

    program = models.CharField(max_length=60)
    as_of = models.DateField()
    rulebook_digest = models.CharField(max_length=64)
    facts_digest = models.CharField(max_length=64)
    folder = FolderField(max_length=500, help_text="Where its Parquet tables are.")
    facts_folder = FolderField(max_length=500, help_text="Where the facts that it was made from are.")
    rulebook_folder = FolderField(
        max_length=500, help_text="The name or folder of the rulebook version that it was made with."
    )
    loaded_at = models.DateTimeField()
    is_current = models.BooleanField(default=False)
    line_units = models.JSONField(default=dict, help_text="In how many grains the lines of each metric count.")
    failed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last attempt after it failed: what people see is then unchanged."
    )

    class Meta:
        """One current run a program."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program"], condition=Q(is_current=True), name="run_one_current"),
            models.UniqueConstraint(fields=["program", "folder"], name="run_folder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.as_of}"

    @property
    def facts(self) -> Path:
        """The facts it was made from."""
        return Path(self.facts_folder)


class Standing(models.Model):
    """The tiers a partner stands on."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="standings")
    partner_id = models.CharField(max_length=100)
    tier = models.CharField(max_length=40, blank=True)
    tier_kept = models.CharField(max_length=40, blank=True)
    qualified_tier = models.CharField(max_length=40, blank=True)
    candidate = models.CharField(max_length=40, blank=True)
    next_tier = models.CharField(max_length=40, blank=True)
    missing = models.JSONField(default=list)
    form_on_file = models.BooleanField(default=False, help_text="Whether it ever filed the program's form.")

    class Meta:
        """One a partner and run."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "partner_id"], name="standing_once")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.tier}"


class Figure(models.Model):
    """A metric's exact value: grains over a denominator, as text because they outgrow what SQLite keeps exact."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="figures")
    partner_id = models.CharField(max_length=100)
    metric = models.CharField(max_length=60)
    grains = models.CharField(max_length=40, blank=True)
    denominator = models.CharField(max_length=40, blank=True)
    unit = models.CharField(max_length=40)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        """One a partner, metric and run."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "partner_id", "metric"], name="figure_once")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.metric} {self.value}"

    @property
    def value(self) -> Fraction | None:
        """The exact value; None when undefined."""
        return Fraction(int(self.grains), int(self.denominator)) if self.grains else None


class Gate(models.Model):
    """One gate of one tier: what it requires, what stands, whether it holds."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="gates")
    partner_id = models.CharField(max_length=100)
    position = models.PositiveIntegerField()
    tier = models.CharField(max_length=40)
    purpose = models.CharField(max_length=5)
    gate = models.CharField(max_length=60)
    path = models.CharField(max_length=100)
    metric = models.CharField(max_length=60)
    operator = models.CharField(max_length=20)
    required = models.CharField(max_length=60)
    value = models.CharField(max_length=60, blank=True)
    held = models.BooleanField()
    weight = models.CharField(max_length=20)
    waived_by = models.CharField(max_length=60, blank=True)
    supplied_by = models.CharField(max_length=60, blank=True)
    missing = models.CharField(max_length=60)

    class Meta:
        """In the order of the program."""

        ordering: ClassVar = ["run", "partner_id", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "partner_id", "position"], name="gate_once")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.tier} {self.gate}"


class Move(models.Model):
    """What the calendar, a form or a decision did to a partner's tier on a day, as the run replays it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="moves")
    partner_id = models.CharField(max_length=100)
    position = models.PositiveIntegerField(help_text="In the order of days and partners.")
    on = models.DateField()
    kind = models.CharField(max_length=20)
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=40)
    about = models.CharField(max_length=40, blank=True)
    computed = models.CharField(max_length=40, blank=True)
    deadline = models.DateField(null=True, blank=True)
    decision_id = models.CharField(max_length=100, blank=True)
    said = models.TextField(blank=True, help_text="The decision's own words.")
    rulebook_digest = models.CharField(max_length=64)
    sentence_en = models.TextField()
    sentence_fr = models.TextField()
    gates = models.JSONField(default=list, help_text="The gates behind it, as they stood on its day.")

    class Meta:
        """In their order."""

        ordering: ClassVar = ["run", "position"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "position"], name="move_once")]
        indexes: ClassVar = [models.Index(fields=["run", "partner_id"], name="move_of_partner")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.kind} {self.on}"


class Holding(models.Model):
    """The tier that a partner holds from a day until a day (excluded); open where it still does."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="holdings")
    partner_id = models.CharField(max_length=100)
    tier = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)

    class Meta:
        """The periods of one partner do not begin twice."""

        ordering: ClassVar = ["run", "partner_id", "effective_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "partner_id", "effective_from"], name="holding_once"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.tier} {self.effective_from}"


class Past(models.Model):
    """A partner's headline figures on the last days of the months before a run, packed (standings.packing)."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="pasts")
    partner_id = models.CharField(max_length=100)
    packed = models.BinaryField()

    class Meta:
        """One a partner and run."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "partner_id"], name="past_once")]

    def __str__(self) -> str:
        return self.partner_id


class Foretold(models.Model):
    """A partner's forecast from a run, packed (standings.packing): worked out once, read ever after."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="foretold")
    partner_id = models.CharField(max_length=100)
    assume = models.CharField(max_length=20)
    packed = models.BinaryField()

    class Meta:
        """One a partner, assumption and run."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "partner_id", "assume"], name="foretold_once"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.assume}"


class Written(models.Model):
    """A partner's page as written from a run: a run never changes, so neither does what is written of it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="written")
    partner_id = models.CharField(max_length=100)
    page = models.CharField(max_length=200, help_text="The page, and what of it was asked for.")
    language = models.CharField(max_length=2)
    addressed = models.BooleanField(help_text="Whether it says you to the partner.")
    version = models.CharField(max_length=64, help_text="What wrote it: another version writes it anew.")
    packed = models.BinaryField()

    class Meta:
        """One a partner, page, language, reader and run."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "partner_id", "page", "language", "addressed"], name="written_once"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.page} {self.language}"
