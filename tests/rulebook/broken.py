"""How a rulebook is broken: small edits of a copy of a good one, `@@` marking the line to be named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = "@@"
BASE = Path(__file__).parent / "base"
PROGRAM = "program.yaml"


@dataclass(frozen=True, slots=True)
class Edit:
    """Text of a file put in place of other text, or of the whole file where `old` is None; no `new` deletes it."""

    file: str
    old: str | None
    new: str | bytes | None


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken rulebook: what it shows, the code of its problem, the edits, and the place if no edit marks it."""

    name: str
    code: str
    edits: tuple[Edit, ...]
    at: tuple[str, int] | None = None

    def build(self, folder: Path, *, base: Path = BASE) -> tuple[str, int]:
        """Make the broken copy in `folder`; the file and line that the problem must name."""
        shutil.copytree(base, folder, dirs_exist_ok=True)
        for edit in self.edits:
            _apply(folder, edit)
        marked = [place for file in dict.fromkeys(edit.file for edit in self.edits) for place in _unmark(folder, file)]
        if self.at is not None:
            return self.at
        (place,) = marked
        return place


def _apply(folder: Path, edit: Edit) -> None:
    path = folder / edit.file
    if edit.new is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(edit.new, bytes):
        path.write_bytes(edit.new)
        return
    text = edit.new
    if edit.old is not None:
        before = path.read_text(encoding="utf-8")
        assert before.count(edit.old) == 1, f"{edit.old!r} stands {before.count(edit.old)} times in {edit.file}"
        text = before.replace(edit.old, edit.new)
    path.write_text(text, encoding="utf-8")


def _unmark(folder: Path, file: str) -> Iterator[tuple[str, int]]:
    """Take the mark out of a file, when all edits are made, and say on which line it stood."""
    path = folder / file
    if path.exists():
        before, mark, after = path.read_bytes().partition(MARK.encode())
        path.write_bytes(before + after)
        if mark:
            yield file, 1 + before.count(b"\n")


def swap(old: str, new: str, *, file: str = PROGRAM) -> Edit:
    """`new` in place of `old`, which stands once in the file."""
    return Edit(file, old, new)


def whole(file: str, text: str | bytes) -> Edit:
    """A file with this text and no other."""
    return Edit(file, None, text)


def gone(file: str) -> Edit:
    """A file that is missing."""
    return Edit(file, None, None)


def broken(name: str, code: str, *edits: Edit, at: tuple[str, int] | None = None) -> Broken:
    """A broken rulebook, its edits listed."""
    return Broken(name, code, edits, at)
