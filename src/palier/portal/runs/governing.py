"""Which rulebook version governs a program on a day."""

from __future__ import annotations

from datetime import date

from palier.portal.programs.queries import governing


def rulebook_of(program: str, on: date) -> str:
    """The folder of the version in force.

    Raises:
        ProgramNotFoundError: no version was published, and none is shipped.
    """
    return str(governing(program, on))
