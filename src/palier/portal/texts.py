"""The portal's texts in other languages: catalogues in each app's `locale`, compiled where the portal is set up."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = "locale/*/LC_MESSAGES/*.po"


def catalogues() -> list[Path]:
    """The catalogues of the portal and of its apps."""
    return sorted(Path(__file__).parent.rglob(CATALOGUES))


def compile_texts() -> list[Path]:
    """Compile every catalogue that is newer than what was compiled of it, each in one move; says which."""
    return [_compile(source) for source in catalogues() if _is_newer(source)]


def _is_newer(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> Path:
    partial = source.with_suffix(f".mo.partial-{os.getpid()}")
    with source.open("rb") as written, partial.open("wb") as compiled:
        write_mo(compiled, read_po(written, locale=source.parents[1].name))
    return partial.replace(source.with_suffix(".mo"))
