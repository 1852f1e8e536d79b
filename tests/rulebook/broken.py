"""How a rulebook is broken: small edits of a copy of a good one, `@@` marking the line to be named."""

from __future__ import annotations

import shutil
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
        places = [place for edit in self.edits if (place := _apply(folder, edit)) is not None]
        if self.at is not None:
            return self.at
        (place,) = places
        return place


def _apply(folder: Path, edit: Edit) -> tuple[str, int] | None:
    path = folder / edit.file
    if edit.new is None:
        path.unlink()
        return None
    path.parent.mkdir(exist_ok=True)
    if isinstance(edit.new, bytes):
        before, mark, after = edit.new.partition(MARK.encode())
        path.write_bytes(before + after)
        return (edit.file, 1 + before.count(b"\n")) if mark else None
    text = edit.new
    if edit.old is not None:
        whole = path.read_text(encoding="utf-8")
        assert whole.count(edit.old) == 1, f"{edit.old!r} stands {whole.count(edit.old)} times in {edit.file}"
        text = whole.replace(edit.old, edit.new)
    before_text, found, after_text = text.partition(MARK)
    path.write_text(before_text + after_text, encoding="utf-8")
    return (edit.file, 1 + before_text.count("\n")) if found else None


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
