"""What tests make once and share: folders and values under `.tmp/kept`, one for all workers and both databases.

Each is kept under a digest of all that goes into it: Palier's own source, the programs, the versions of what computes,
and what the caller names. Another source is another digest, so nothing old is ever read; what no session has read for
a day is removed. Sharing saves work only: without the folder everything is made anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pickle
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypeVar

ROOT: Final = Path(__file__).resolve().parents[2]
KEPT: Final = ROOT / ".tmp" / "kept"
MADE_FROM: Final = ("src/palier", "programs")
MADE_WITH: Final = ("duckdb", "pyarrow", "sqlglot", "pyyaml")
DAY: Final = 24 * 3600
_SKIPPED: Final = frozenset({"__pycache__", "locale", "static", "templates", "migrations"})

T = TypeVar("T")


def kept_folder(to: Path, *named: object, make: Callable[[Path], object]) -> Path:
    """Copy a folder that `make` fills, for the first who asks, to `to`: what a test does to it is its own affair.

    Args:
        to: the folder to make; it does not exist.
        named: all that `make` depends on besides Palier itself, such as a seed and a day.
        make: fills the folder that it is given.
    """

    def whole(path: Path) -> None:
        path.mkdir()
        make(path)

    shutil.copytree(_kept(named, whole), to)
    return to


def kept_value(*named: object, make: Callable[[], T]) -> T:
    """What `make` gives, worked out by the first who asks; `named` is all that it depends on besides Palier itself."""
    path = _kept(named, lambda path: path.write_bytes(pickle.dumps(make())))
    value: T = pickle.loads(path.read_bytes())  # noqa: S301  # written above, under a digest of this very source
    return value


@cache
def source_digest() -> str:
    """The digest of everything that computes: Palier's source, the programs, the versions of what they stand on."""
    digest = hashlib.sha256(f"{sys.version} {[version(each) for each in MADE_WITH]}".encode())
    for path in sorted(path for folder in MADE_FROM for path in (ROOT / folder).rglob("*")):
        if path.is_file() and not _SKIPPED & set(path.parts):
            digest.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _kept(named: tuple[object, ...], make: Callable[[Path], object]) -> Path:
    digest = hashlib.sha256(f"{source_digest()} {named!r}".encode()).hexdigest()[:24]
    path = KEPT / digest
    KEPT.mkdir(parents=True, exist_ok=True)
    with _alone(path.with_name(f"{digest}.lock")):
        if not path.exists():
            _remove_old()
            partial = path.with_name(f"{digest}.partial")
            _remove(partial)
            make(partial)
            partial.rename(path)
        os.utime(path)
    return path


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _remove_old() -> None:
    """Remove what nobody has asked for in the last day; the small files of locks stay."""
    for path in KEPT.iterdir():
        with suppress(FileNotFoundError):
            if path.suffix != ".lock" and path.stat().st_mtime < time.time() - DAY:
                _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
