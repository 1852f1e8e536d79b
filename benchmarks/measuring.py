"""Measuring a process, and the page that keeps what was measured."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("results.md")
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
_TITLE = """# Benchmarks

Measured by `python -m benchmarks.run` and `python -m benchmarks.prove`, newest last. Times on a shared machine depend
on its other users (the load stands in each row): compare the ratios of one row, not the times of different rows.
"""


class StepFailedError(Exception):
    """Raised when a measured process ends with an error."""

    def __init__(self, command: Sequence[str], code: int, talk: str) -> None:
        super().__init__(f"{' '.join(command)} ended with exit code {code}:\n{talk}")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process took: seconds by the clock and of all processors, MiB at the most, and what it said."""

    wall: float
    cpu: float
    peak: float
    said: str


def measure(command: Sequence[str]) -> Measured:
    """Run a process to its end; Python keeps its bytecode, as it does where a package was installed.

    Raises:
        StepFailedError: it ended with an error.
    """
    with TemporaryFile() as said, TemporaryFile() as talk:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=talk, cwd=ROOT, env=_ENVIRONMENT)
        # wait4 tells the time and memory of this one process; RUSAGE_CHILDREN would mix those of all.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        talk.seek(0)
        if process.returncode != 0:
            raise StepFailedError(command, process.returncode, talk.read().decode())
        text = said.read().decode().strip()
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def step(name: str, *arguments: object) -> Measured:
    """Run one of benchmarks.steps in a fresh process."""
    return measure([sys.executable, "-m", "benchmarks.steps", name, *map(str, arguments)])


def machine() -> str:
    """The machine and the versions, in one line."""
    names = [line for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")]
    model = names[0].partition(":")[2].strip() if names else platform.processor()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} x {model}, {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, DuckDB {version('duckdb')}"
    )


def keep(section: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, only_print: bool = False) -> None:
    """Print rows and add them, dated, to the table of a section of the results page."""
    now = datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M")
    load = f"{os.getloadavg()[0]:.1f}"
    heading = ("date (UTC)", *columns, "load", "machine")
    lines = [_row((now, *row, load, machine())) for row in rows]
    print(f"\n{section}", _row(heading), *lines, sep="\n", flush=True)
    if only_print:
        return
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else _TITLE
    title = f"## {section}"
    if f"{title}\n" not in text:
        text = f"{text.rstrip()}\n\n{title}\n\n{_row(heading)}\n{_row(['---'] * len(heading))}\n"
    before, _, rest = text.partition(f"{title}\n")
    mine, following, others = rest.partition("\n## ")
    added = mine.rstrip() + "\n" + "\n".join(lines) + "\n"
    RESULTS.write_text(f"{before}{title}\n{added}{following}{others}", encoding="utf-8")


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
