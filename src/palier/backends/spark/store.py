"""Files where Spark keeps them: a local folder, HDFS, an object store, all through Hadoop's file systems."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_PATTERN = re.compile(r"([\\{}\[\]*?])")


def is_address(place: Path | str) -> bool:
    """Whether a place is an address of a store, such as `s3a://bucket/facts`, and not a path of this machine."""
    return isinstance(place, str) and _SCHEME.match(place) is not None


def address(place: Path | str) -> str:
    """A place as the address that Spark reads and writes."""
    return str(place).rstrip("/") if is_address(place) else f"file://{Path(place).absolute()}"


def plain(found: str) -> str:
    """An address none of whose letters is taken for a pattern."""
    return _PATTERN.sub(r"\\\1", found)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder of a store."""

    address: str
    name: str
    is_folder: bool
    size: int
    stamp: str


class Store:
    """The file systems that a Spark session knows."""

    def __init__(self, spark: SparkSession) -> None:
        self._jvm: Any = spark._jvm  # noqa: SLF001  # Spark's Python has no door of its own to Hadoop's files
        self._conf: Any = spark._jsc.hadoopConfiguration()  # noqa: SLF001  # same

    def _open(self, place: str) -> tuple[Any, Any]:
        path = self._jvm.org.apache.hadoop.fs.Path(place)
        return path.getFileSystem(self._conf), path

    def exists(self, place: str) -> bool:
        """Whether there is anything at an address."""
        files, path = self._open(place)
        return bool(files.exists(path))

    def entries(self, folder: str) -> list[Entry]:
        """What a folder holds, by name; marks such as _SUCCESS and hidden files are not told."""
        files, path = self._open(folder)
        found = [
            Entry(
                f"{folder}/{status.getPath().getName()}",
                str(status.getPath().getName()),
                bool(status.isDirectory()),
                int(status.getLen()),
                str(status.getModificationTime()),
            )
            for status in files.listStatus(path)
        ]
        return sorted((each for each in found if each.name[0] not in "._"), key=lambda each: each.name)

    def digest(self, folder: str) -> str:
        """A digest of names, sizes and times: what can be said of files without reading them."""
        whole = hashlib.sha256()
        pending = [(folder, "")]
        while pending:
            place, above = pending.pop()
            for each in self.entries(place):
                name = f"{above}{each.name}"
                if each.is_folder:
                    pending.append((each.address, f"{name}/"))
                else:
                    whole.update(f"{name}\n{each.size}\n{each.stamp}\n".encode())
        return f"listing:{whole.hexdigest()}"

    def remove(self, place: str) -> None:
        """Remove a file or a folder with all it holds, if it is there."""
        files, path = self._open(place)
        files.delete(path, True)  # with what it holds

    def move(self, place: str, target: str) -> None:
        """Move a folder in one step, where the store has such a step.

        Raises:
            OSError: the store refused.
        """
        files, path = self._open(place)
        if not files.rename(path, self._open(target)[1]):
            message = f"{place} could not be moved to {target}"
            raise OSError(message)

    def fetch(self, place: str, target: Path) -> Path:
        """A copy of a file or folder on this machine."""
        files, path = self._open(place)
        files.copyToLocalFile(False, path, self._open(address(target))[1], True)
        return target

    def send(self, source: Path, place: str) -> None:
        """Put a file of this machine at an address."""
        files, path = self._open(place)
        files.copyFromLocalFile(False, True, self._open(address(source))[1], path)
