"""Checks of the program's folder: no file of rules that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from palier.rulebook.problems import Problem
from palier.rulebook.read import LANGUAGES, PARTS, Rulebook
from palier.rulebook.schema import near

_READ = ("program.yaml", "ERRATA.yaml", *(f"{part}.yaml" for part in PARTS), *(f"texts/{at}.yaml" for at in LANGUAGES))
_OF_RULES = frozenset({".yaml", ".yml", ".sql"})
_OF_SQL = frozenset({"metrics", "views"})


def unknown_files(rulebook: Rulebook) -> Iterator[Problem]:
    """Every file that looks like rules has a name and a place under which it is read."""
    for path in sorted(rulebook.folder.rglob("*")):
        file = PurePosixPath(path.relative_to(rulebook.folder).as_posix())
        hidden = any(part.startswith(".") for part in file.parts)
        if file.suffix.lower() not in _OF_RULES or hidden or file.parts[0] == "cases" or not path.is_file():
            continue
        if not _is_read(file):
            yield Problem(
                severity="warning",
                code="unknown_file",
                message=f"{file} is no file of a program, and is not read",
                file=str(file),
                line=1,
                found=str(file),
                expected=", ".join([*_READ, *(f"{folder}/<name>.sql" for folder in sorted(_OF_SQL))]),
                mend=_meant(file),
            )


def _is_read(file: PurePosixPath) -> bool:
    return str(file) in _READ or (str(file.parent) in _OF_SQL and file.suffix == ".sql")


def _meant(file: PurePosixPath) -> str:
    """The name that was probably meant: of a part of the program, or of SQL under metrics/ or views/."""
    if file.suffix.lower() == ".sql":
        folder = file.parts[0] if file.parts[0] in _OF_SQL else "metrics"
        return f"rename it {folder}/{file.stem}.sql, or delete it"
    plain = str(file.with_suffix(".yaml"))
    return near(plain, _READ) or "mend its name, or delete it"
