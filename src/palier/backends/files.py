"""The files of a snapshot: which table is where, what the manifest states, the digest of it all."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from palier.facts.schema import Table
from palier.rulebook.problems import PalierError, Problem, errors_in

MANIFEST = "manifest.json"
_COMPLETE = "complete_until"
_KEYS = frozenset({_COMPLETE, "sample"})
"""What a manifest may say: `sample` is how sample facts were drawn."""


class FactsNotFoundError(PalierError):
    """Raised when the folder of a snapshot of facts is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"There is no folder of facts at {folder}.")


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files of each table that has any, and what is wrong with the folder."""

    files: Mapping[str, tuple[Path, ...]]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Until which day (included) each table is complete, and what is wrong with the manifest."""

    complete_until: Mapping[str, date]
    problems: tuple[Problem, ...]


def find_files(folder: Path, declared: Mapping[str, Table]) -> FoundFiles:
    """The files in `folder` of each declared table: a Parquet file, a folder of them, or a CSV file.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    if not folder.is_dir():
        raise FactsNotFoundError(folder)
    files: dict[str, tuple[Path, ...]] = {}
    problems: list[Problem] = []
    known = {MANIFEST}
    for name in declared:
        forms = [form for form in _forms(folder, name) if form.exists() or form.is_symlink()]
        known.update(form.name for form in forms)
        if len(forms) > 1:
            problems.append(_two_forms(name, forms))
        if forms:
            found = _inside(forms[0]) if forms[0].is_dir() else (forms[0],)
            problems.extend(_folder_problems(name, forms[0], found))
            if found:
                files[name] = found
    unknown = [entry for entry in _visible(folder) if entry.name not in known]
    problems.extend(_unknown_file(entry, folder, declared) for entry in unknown)
    if not files and not errors_in(problems) and not (folder / MANIFEST).exists():
        problems.append(_no_tables(folder, unknown))
    return FoundFiles(files, tuple(problems))


def read_manifest(folder: Path, declared: Mapping[str, Table]) -> Manifest:
    """What `manifest.json` in `folder` states; without one, nothing."""
    path = folder / MANIFEST
    if not path.exists() and not path.is_symlink():
        return Manifest({}, ())
    try:
        stated = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=_once)
    except RecursionError:
        return Manifest({}, (_bad_manifest("too many brackets", "a JSON object"),))
    except OSError as error:
        return Manifest({}, (_bad_manifest(str(error.strerror), "a JSON object"),))
    except ValueError as error:
        return Manifest({}, (_bad_manifest(str(error), "a JSON object"),))
    days = stated.get("complete_until", {}) if isinstance(stated, dict) else None
    if not isinstance(days, dict):
        expected = '{"complete_until": {"activities": "2026-11-20"}}'
        return Manifest({}, (_bad_manifest(json.dumps(stated)[:80], expected),))
    complete = _days_of(days, declared)
    return replace(complete, problems=(*complete.problems, *map(_unknown_key, sorted(set(stated) - _KEYS))))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object of a manifest; of a key that stands twice, nobody could tell which one holds.

    Raises:
        ValueError: a key stands twice.
    """
    keys = Counter(key for key, _ in pairs)
    twice = next((key for key, times in keys.items() if times > 1), None)
    if twice is not None:
        message = f"{twice} more than once"
        raise ValueError(message)
    return dict(pairs)


def facts_digest(folder: Path) -> str:
    """The SHA-256 of every visible file in `folder`, by name and content; times and owners do not matter.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    names = visible_files(folder)
    return digest_of_files({name: _content_digest(folder / name) for name in names})


def visible_files(folder: Path) -> list[str]:
    """The files that make up a folder of facts, at any depth, as paths in it and in the order of their digest.

    Raises:
        FactsNotFoundError: there is no such folder.
    """
    if not folder.is_dir():
        raise FactsNotFoundError(folder)
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in paths if not _hidden(path.parts))


def digest_of_files(contents: Mapping[str, str]) -> str:
    """The digest of a folder of facts from the SHA-256 of each of its files."""
    whole = hashlib.sha256()
    for name in sorted(contents):
        whole.update(f"{name}\n{contents[name]}\n".encode())
    return whole.hexdigest()


def _content_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _forms(folder: Path, name: str) -> tuple[Path, ...]:
    return folder / f"{name}.parquet", folder / name, folder / f"{name}.csv"


def _inside(folder: Path) -> tuple[Path, ...]:
    return tuple(path for path in _visible(folder) if path.suffix == ".parquet" and path.is_file())


def _visible(folder: Path) -> list[Path]:
    return [entry for entry in sorted(folder.iterdir()) if not _hidden((entry.name,))]


def _hidden(parts: Iterable[str]) -> bool:
    # Exports leave marks such as _SUCCESS and .crc beside their files: they are no facts.
    return any(part.startswith((".", "_")) for part in parts)


def _days_of(days: Mapping[str, object], declared: Mapping[str, Table]) -> Manifest:
    complete: dict[str, date] = {}
    problems: list[Problem] = []
    for name, stated in days.items():
        if name not in declared:
            problems.append(_unknown_table(name, declared))
            continue
        try:
            complete[name] = date.fromisoformat(str(stated))
        except ValueError:
            problems.append(_bad_manifest(str(stated), "a day such as 2026-11-20", table=name))
    return Manifest(complete, tuple(problems))


def _two_forms(name: str, forms: list[Path]) -> Problem:
    found = " and ".join(form.name for form in forms)
    return Problem(
        severity="error",
        code="two_forms",
        message=f"The table {name} stands in two forms, {found}; which one holds cannot be told.",
        table=name,
        found=found,
        expected="one form of a table",
        mend="Leave one of them in the folder.",
    )


def _no_tables(folder: Path, unknown: list[Path]) -> Problem:
    """A folder of something else, named by mistake, must not look like a program without partners."""
    return Problem(
        severity="error",
        code="no_tables",
        message=f"The folder {folder.name or folder} holds no table of facts.",
        found=", ".join(entry.name for entry in unknown[:5]) or "no file",
        expected="tables such as partners.csv or partners.parquet (docs/facts.md)",
        mend=f"Name the folder of the facts; if nothing has happened yet, put a {MANIFEST} there that holds {{}}.",
    )


def _folder_problems(name: str, form: Path, found: tuple[Path, ...]) -> Iterable[Problem]:
    if not form.is_dir():
        return
    if not found:
        yield Problem(
            severity="error",
            code="empty_folder",
            message=f"The folder {form.name} has no Parquet file.",
            table=name,
            found="no file",
            expected=f"{form.name}/*.parquet",
            mend="Deliver the files, or remove the folder if the table is empty.",
        )
    for entry in _visible(form):
        if entry in found:
            continue
        left = _not_read(f"{form.name}/{entry.name}", name, "Remove it from the folder.")
        # Exports by month or country lie in folders of folders: their facts would be missing from every figure.
        inside = entry.is_dir() and any(entry.rglob("*.parquet"))
        flat = f"Put its files into {form.name} itself; what its name says must be a column of theirs."
        yield replace(left, severity="error", mend=flat) if inside else left


def _unknown_file(entry: Path, folder: Path, declared: Mapping[str, Table]) -> Problem:
    name = entry.name.lower().removesuffix(".gz")
    meant = next((table for table in declared if name in (f"{table}.parquet", f"{table}.csv")), None)
    if meant is not None:
        found = _not_read(entry.name, meant, f"Deliver it as {name}, in lower case and not packed.")
        return replace(found, severity="error")
    if name == MANIFEST:
        return replace(_not_read(entry.name, None, f"Rename it {MANIFEST}."), severity="error")
    near = get_close_matches(entry.stem.lower(), declared, n=1)
    hint = f"Rename it if it is the table {near[0]}." if near else "Remove it, or declare the table in the program."
    return _not_read(str(entry.relative_to(folder)), None, hint)


def _not_read(name: str, table: str | None, mend: str) -> Problem:
    return Problem(
        severity="warning",
        code="unknown_file",
        message=f"The file {name} belongs to no declared table and is not read.",
        file=name,
        table=table,
        found=name,
        expected="<table>.parquet, <table>/*.parquet, <table>.csv or manifest.json",
        mend=mend,
    )


def _unknown_table(name: str, declared: Mapping[str, Table]) -> Problem:
    near = get_close_matches(name, declared, n=1)
    return Problem(
        severity="warning",
        code="unknown_table",
        message=f"{MANIFEST} speaks of the table {name}, which is not declared.",
        file=MANIFEST,
        table=name,
        found=name,
        expected="a declared table",
        mend=f"Write {near[0]} if that is meant." if near else "Remove it, or declare the table in the program.",
    )


def _unknown_key(key: str) -> Problem:
    """A key that nothing reads: an error where it is probably `complete_until` with a slip."""
    slip = bool(get_close_matches(key.lower(), [_COMPLETE], n=1))
    found = _bad_manifest(key, f"no key but {_COMPLETE}")
    return found if slip else replace(found, severity="warning", message=f"{MANIFEST} says {key}, which nothing reads.")


def _bad_manifest(found: str, expected: str, *, table: str | None = None) -> Problem:
    return Problem(
        severity="error",
        code="bad_manifest",
        message=f"{MANIFEST} cannot be read: found {found}, expected {expected}.",
        file=MANIFEST,
        table=table,
        column=None if table is None else "complete_until",
        found=found,
        expected=expected,
        mend='Write it as {"complete_until": {"<table>": "<YYYY-MM-DD>"}}.',
    )
