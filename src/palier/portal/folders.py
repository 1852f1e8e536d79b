"""Folders as the database keeps them: those within the portal's own folder by where they lie in it.

So the folder can move, or be restored elsewhere, and every run and every version is found again.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import models

HERE = "./"
"""What a folder within the portal's own begins with; a program's bare name is none."""


class FolderField(models.CharField):  # type: ignore[type-arg]  # not a generic class when it runs
    """The path of a folder: whole in Python, and in the database as it lies in the portal's own folder."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """To migrations it is a text: only what stands in it differs."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", list(args), dict(kwargs)

    def get_prep_value(self, value: Any) -> Any:  # noqa: ANN401  # Django's own signature
        """As the database keeps it."""
        said = super().get_prep_value(value)
        return kept_path(said) if isinstance(said, str) else said

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        """As Python uses it."""
        del expression, connection
        return None if value is None else whole_path(value)


def kept_path(said: str) -> str:
    """A path as it lies in the portal's folder; another one, a name or nothing as it is."""
    path, own = Path(said), Path(settings.ENVIRONMENT.folder)
    if not said or not path.is_absolute() or not path.is_relative_to(own):
        return said
    return f"{HERE}{PurePosixPath(path.relative_to(own))}"


def whole_path(kept: str) -> str:
    """The path as it is today."""
    return str(Path(settings.ENVIRONMENT.folder) / kept.removeprefix(HERE)) if kept.startswith(HERE) else kept
