"""Files that were taken in, row by row with what stood there before, so that a whole file can be taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Import(models.Model):
    """A file taken in: which table, whose, when; empty `partner_id` means the vendor's, about any partner."""

    import_id = models.CharField(max_length=100, unique=True)
    table = models.CharField(max_length=40)
    partner_id = models.CharField(max_length=100, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    imported_by = models.CharField(max_length=64)
    imported_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        """The newest first."""

        ordering: ClassVar = ["-imported_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["partner_id", "imported_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(table__in=["partner_users", "partner_domains", "attestations", "influenced_sales"]),
                name="import_table",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.import_id}"


class ImportedRow(models.Model):
    """A row that an import made or changed: its key, what stood there before (null: nothing), what it wrote."""

    taken = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    key = models.CharField(max_length=400)
    before = models.JSONField(null=True)
    after = models.JSONField()

    class Meta:
        """A key stands once in a file."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["taken", "key"], name="imported_row_once")]

    def __str__(self) -> str:
        return self.key
