"""Deliveries of activities as files of days and months, and runs that carry them beside full ones."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import palier
from engine.histories import generate
from palier.backends.evaluate import evaluate
from palier.backends.files import facts_digest
from palier.rulebook.read import Rulebook
from support.facts import write_facts

Rows = Sequence[Mapping[str, object]]
ON = date(2026, 11, 20)
VERSIONS = ("recorded_at", "retracted")


def unversioned(rows: Rows) -> list[dict[str, object]]:
    """The last version of each row, as if it were the only one."""
    last = {row["activity_id"]: row for row in rows}
    return [{name: value for name, value in row.items() if name not in VERSIONS} for row in last.values()]


def write_activities(folder: Path, rows: Rows, name: str) -> Path:
    """One file of a delivery, as Parquet."""
    write_facts(folder / "draft", {"activities": rows}, form="parquet")
    (folder / "activities").mkdir(exist_ok=True)
    target = folder / "activities" / f"{name}.parquet"
    (folder / "draft" / "activities.parquet").replace(target)
    (folder / "draft").rmdir()
    return target


def day_of(row: Mapping[str, object]) -> date:
    day = row["occurred_on"]
    assert isinstance(day, date)
    return day


def delivered(folder: Path, seed: int, *, on: date = ON, count: int = 12) -> list[dict[str, object]]:
    """Facts of a generated history, its activities as one file for each month but the last two weeks day by day."""
    facts = generate(seed, count=count, on=on)
    activities = unversioned(facts.pop("activities"))
    write_facts(folder, facts, form="parquet")
    files: dict[str, list[dict[str, object]]] = {}
    for row in activities:
        day = day_of(row)
        files.setdefault(f"{day}" if (on - day).days < 14 else f"{day:%Y-%m}", []).append(row)
    for name, rows in files.items():
        write_activities(folder, rows, name)
    return activities


def everything(run: palier.Run) -> tuple[object, ...]:
    """All that a run says of partners."""
    with run:
        lines = sorted(repr(line) for line in run.lines())
        return (
            run.about["facts_digest"],
            run.about["results_digest"],
            lines,
            run.figures(),
            run.gates(),
            run.standings(),
        )


WHOLE: dict[tuple[str, str, date, datetime | None], tuple[object, ...]] = {}
"""What full runs say, by the digests of rulebook and facts, the day and the moment."""


def whole_run(
    rulebook: Rulebook, facts: Path, *, on: date = ON, known_at: datetime | None = None
) -> tuple[object, ...]:
    """All that a full run says; the same question about the same bytes is asked once."""
    asked = (rulebook.digest, facts_digest(facts), on, known_at)
    if asked not in WHOLE:
        WHOLE[asked] = everything(evaluate(rulebook, facts=facts, on=on, known_at=known_at))
    return WHOLE[asked]


def same(rulebook: Rulebook, facts: Path, carry: Path, *, on: date = ON, known_at: datetime | None = None) -> None:
    """A carried run and a full one agree on every figure, gate, standing and line."""
    whole = whole_run(rulebook, facts, on=on, known_at=known_at)
    assert everything(evaluate(rulebook, facts=facts, on=on, known_at=known_at, carry=carry)) == whole


def taken(rulebook: Rulebook, facts: Path, carry: Path, *, on: date = ON) -> tuple[int, int]:
    """How many files of activities a carried run reads, and how many it does not."""
    said: list[str] = []
    with evaluate(rulebook, facts=facts, on=on, carry=carry, progress=said.append) as run:
        assert not [problem for problem in run.problems if problem.code == "not_carried"]
    words = next(each for each in said if each.startswith("carry: activities")).split()
    return int(words[2]), int(words[5])


def parts(carry: Path) -> list[Path]:
    return sorted(carry.glob("activities-*/part-*.parquet"))


def copied(carried: Path, to: Path) -> tuple[Path, Path]:
    """A copy of facts and of what is carried of them."""
    shutil.copytree(carried, to, dirs_exist_ok=True)
    return to / "facts", to / "carry"
