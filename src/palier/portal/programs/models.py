"""Rulebook versions, what trying one showed, recalibrations as published, and the vendor's list of partners."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from palier.portal.folders import FolderField
from palier.portal.standings.models import Run


class LedgerEditedError(Exception):
    """Raised when what was published is changed or removed: publish another version or decision instead."""

    def __init__(self, row: object) -> None:
        super().__init__(f"{row} was published: it is answered by another one, never changed")


class RulebookVersion(models.Model):
    """The files of a program as they were published, or as somebody proposes to publish them.

    An approved version answers the days from `effective_from` until the next approved one begins.
    """

    class State(models.TextChoices):
        """How far it came."""

        DRAFT = "draft", _("draft")
        PROPOSED = "proposed", _("waits for approval")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")

    program = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, blank=True, help_text="Of its files; empty while they cannot be read.")
    folder = FolderField(max_length=500, blank=True, help_text="Where the files are, under their digest.")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="drafts")
    release = FolderField(
        max_length=500, blank=True, help_text="The folder of files that came from outside and that edits apply to."
    )
    edits = models.JSONField(default=list, help_text="PATH=VALUE over the release, else over the version below.")
    switches = models.JSONField(default=dict, help_text="Erratum to the reading taken instead of the default one.")
    problems = models.JSONField(default=list)
    effective_from = models.DateField(_("in force from"), null=True, blank=True)
    backdated = models.BooleanField(default=False, help_text="Whether a day in the past is meant.")
    note = models.CharField(_("why"), max_length=1000, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    drafted_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Approved whole or not at all, and by a second person."""

        ordering: ClassVar = ["program", "-effective_from", "-approved_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["program", "state", "effective_from"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "proposed", "approved", "declined"]), name="version_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(effective_from__isnull=False, approved_at__isnull=False) & ~Q(folder="") & ~Q(digest=""),
                name="version_approved_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(proposed_by__isnull=False) & ~Q(approved_by=F("proposed_by")),
                name="version_approved_by_another",
            ),
            models.UniqueConstraint(
                fields=["program", "digest", "effective_from"],
                condition=Q(state="approved"),
                name="version_approved_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.digest[:8]}"

    @property
    def path(self) -> Path:
        """Its folder."""
        return Path(self.folder)

    @property
    def edited_folder(self) -> str:
        """The folder of the files that its edits apply to."""
        return str(self.release or (self.based_on.folder if self.based_on is not None else self.folder))

    @property
    def seal(self) -> str:
        """What somebody who reads it has seen: its files and its day; another one after every edit or proposal."""
        return f"{self.digest}/{self.effective_from or ''}"


class Trial(models.Model):
    """A draft compared with the version it would replace, on the facts of a run."""

    version = models.ForeignKey(RulebookVersion, on_delete=models.CASCADE, related_name="trials")
    run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    digest = models.CharField(max_length=64, help_text="Of the draft's files as they were tried.")
    on_day = models.DateField()
    as_if = models.BooleanField(default=False, help_text="Later values were read as if they held on the day.")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=2000, blank=True)
    told = models.JSONField(default=dict, help_text="Counts, flows, costs, and the summary in each language.")

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.version} on {self.on_day}"


class Mover(models.Model):
    """A partner for whom a trial changes something, with the reasons in each language."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="movers")
    partner_id = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    direction = models.CharField(max_length=10)
    size = models.PositiveIntegerField(help_text="How many tiers it moves, up or down.")
    tier_before = models.CharField(max_length=60, blank=True)
    tier_after = models.CharField(max_length=60, blank=True)
    kept_before = models.CharField(max_length=60, blank=True)
    kept_after = models.CharField(max_length=60, blank=True)
    reasons = models.JSONField(default=dict)

    class Meta:
        """The biggest moves first."""

        ordering: ClassVar = ["trial", "-size", "partner_id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "partner_id"], name="mover_once")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.direction}"


class Recalibration(models.Model):
    """A recalibration day of a program: tried as often as wanted, published once."""

    program = models.CharField(max_length=60)
    on_day = models.DateField()
    version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    facts_until = models.DateField(help_text="The last day of the facts it was tried on.")
    facts_digest = models.CharField(max_length=64)
    tried_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """One a program and day; published on facts that reach the day."""

        ordering: ClassVar = ["program", "-on_day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["program", "on_day"], name="recalibration_once"),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(published_by__isnull=False, facts_until__gte=F("on_day")),
                name="recalibration_published_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.on_day}"


class Moved(models.Model):
    """What a recalibration makes of a partner: what the rules say, what people decided instead, and the sentence."""

    class Instead(models.TextChoices):
        """What people decided instead of the rules."""

        HOLD = "hold", _("hold at the present tier")
        OVERRIDE = "override", _("another tier")

    recalibration = models.ForeignKey(Recalibration, on_delete=models.CASCADE, related_name="moves")
    partner_id = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    way = models.CharField(max_length=5, help_text="rise, stay or fall, by the rules.")
    tier_before = models.CharField(max_length=60, blank=True)
    tier_after = models.CharField(max_length=60, blank=True, help_text="By the rules.")
    sentences = models.JSONField(default=dict, help_text="Of the move, in each language.")
    exception = models.CharField(max_length=10, choices=Instead, blank=True)
    decided_tier = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """One a partner; an exception has a reason and somebody who decided."""

        ordering: ClassVar = ["recalibration", "name", "partner_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recalibration", "partner_id"], name="moved_once"),
            models.CheckConstraint(condition=Q(way__in=["rise", "stay", "fall"]), name="moved_way"),
            models.CheckConstraint(
                condition=Q(exception="", reason="", decided_by=None)
                | Q(exception__in=["hold", "override"], decided_by__isnull=False) & ~Q(reason=""),
                name="moved_exception_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.tier_before} → {self.final_tier}"

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's own signature
        """Write it, while nothing is published.

        Raises:
            LedgerEditedError: the recalibration was published.
        """
        if self.recalibration.published_at is not None:
            raise LedgerEditedError(self)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401  # Django's own signature
        """Refuse: a ledger forgets nothing.

        Raises:
            LedgerEditedError: always.
        """
        del args, kwargs
        raise LedgerEditedError(self)

    @property
    def final_tier(self) -> str:
        """The tier that is published: what people decided, else what the rules say."""
        if self.exception == self.Instead.HOLD:
            return self.tier_before
        return self.decided_tier if self.exception == self.Instead.OVERRIDE else self.tier_after


class Shadowing(models.Model):
    """The vendor's own tiers compared with Palier's on a run: agreement, and each difference with its gates."""

    program = models.CharField(max_length=60)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    told = models.JSONField()

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.program} {self.source}"


class ListedPartner(models.Model):
    """A partner of a run with all that the vendor's list sorts and filters by; made once a run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="listed")
    partner_id = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    wanted = models.CharField(max_length=310, help_text="Name and id in lower case, to be searched.")
    tier = models.CharField(max_length=60, blank=True)
    tier_kept = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, blank=True, help_text="Of what it holds; empty: no history was replayed.")
    held = models.CharField(max_length=60, blank=True, help_text="The tier that the calendar and decisions left it.")
    held_before = models.CharField(max_length=60, blank=True, help_text="The day before the last recalibration.")
    next_tier = models.CharField(max_length=60, blank=True)
    rank = models.SmallIntegerField()
    missing = models.PositiveSmallIntegerField()
    missing_gates = models.CharField(max_length=1000, help_text="Their ids, each between spaces.")
    figures = models.JSONField(default=dict, help_text="Metric to value: an exact fraction as text, null if undefined.")
    total = models.DecimalField(max_digits=38, decimal_places=10, null=True, help_text="To sort by, truncated.")
    falls = models.BooleanField(help_text="Credit that ends soon takes it below what its tier asks to be kept.")
    falls_short = models.JSONField(default=dict, help_text="The gate, the day from which it is missed, what is left.")
    breach = models.BooleanField(default=False)

    class Meta:
        """One a partner and run; found by what the list sorts by."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "partner_id"], name="listed_once")]
        indexes: ClassVar = [
            models.Index(fields=["run", "rank", "partner_id"]),
            models.Index(fields=["run", "missing", "partner_id"]),
            models.Index(fields=["run", "total"]),
            models.Index(fields=["run", "name"]),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.name}"


class SavedView(models.Model):
    """Filters and order of the list of partners, kept by a person under a name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="partner_views")
    name = models.CharField(_("name of the view"), max_length=60)
    asked = models.JSONField(default=dict)

    class Meta:
        """A name once a person."""

        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
