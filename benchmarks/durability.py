"""What survives kill -9: `python -m benchmarks.durability --rounds 200 --database sqlite --database postgresql`.

Granian and two workers run as they do in use. While people invite colleagues and ask for runs over HTTP, processes are
killed, round after round: the web server within requests, both workers while mails go out and while a run is published,
and everything at a moment that nobody knows. After each round nothing half done may stand in the database; in the end
every acknowledged change is there once, with its entry in the journal and its mail, and every mail went out once, or
again in sight. What the kills cut off is counted, so that a proof that cut nothing is seen.

`--broken mails`, `requests` or `publishing` breaks the portal on purpose first: then the exit code is 0 when that was
noticed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from benchmarks.breaking import BREAKAGES
from benchmarks.durable_site import WORKERS, NotDurableError, Site, make_site, until
from benchmarks.measuring import ROOT, keep
from benchmarks.slow_mails import TAKES

KINDS = ("publishing", "requests", "mails", "requests", "mails", "requests", "mails", "anything")
"""What a round cuts off, in turn; where the portal is broken, always that."""
SETTLED_WITHIN = 600
AIMED_WITHIN = {"publishing": 45.0, "mails": 5.0}
"""So many seconds a round waits for what it wants to cut off; then it kills whatever is under way."""
MAIL_WITHIN = 3 * TAKES
"""So many seconds after mails are taken, at most, their worker is killed."""
ENOUGH = 20
"""From so many rounds on, something of each kind must have been cut off."""


def prove(database: str, rounds: int, seed: int, lease: float, broken: str = "") -> dict[str, object]:
    """Kill for some rounds on one kind of database; what was counted.

    Raises:
        NotDurableError: something was lost, doubled or half done.
        TimeoutError: something did not happen at all.
    """
    chance = random.Random(seed)  # noqa: S311  # moments of kills
    folder = Path(tempfile.mkdtemp(prefix="palier-durability-"))
    started = time.monotonic()
    leases = ("--lease", str(lease), "--delivery-lease", "5", "--pause", "0.1")
    with _database(database, folder) as address:
        site = make_site(folder, address, leases=leases, broken=broken)
        from benchmarks import durable_checks as checks  # noqa: PLC0415  # its models need the settings

        try:
            for number in range(rounds):
                site.start()
                site.bring_facts(number)
                _round(site, chance, broken or KINDS[number % len(KINDS)], number)
                checks.check_now(site)
                print(f"{database} {number + 1}/{rounds} {dict(site.cut)}", file=sys.stderr, flush=True)
            site.start()
            until(checks.is_settled, seconds=SETTLED_WITHIN, otherwise=f"something still waits; see {folder}")
        finally:
            site.stop()
        counted = checks.check_end(site)
    for cut in ("requests cut", "mails cut", "while publishing"):
        checks.must(bool(counted[cut]) or rounds < ENOUGH, f"nothing was proven: {cut} is 0")
    shutil.rmtree(folder)
    return {
        "rounds": rounds, "web killed": site.kills["web"], "workers killed": site.kills["worker"], **counted,
        "minutes": f"{(time.monotonic() - started) / 60:.1f}",
    }  # fmt: skip


def _round(site: Site, chance: random.Random, kind: str, number: int) -> None:
    """Kill something while people write."""
    from benchmarks import durable_checks as checks  # noqa: PLC0415  # its models need the settings

    before, held = checks.latest_attempt(), checks.held_mails()
    with site.written_to(number):
        if kind in AIMED_WITHIN:
            aim = (lambda: checks.is_delivering(held)) if kind == "mails" else lambda: checks.is_publishing(before)
            with suppress(TimeoutError):
                until(aim, seconds=AIMED_WITHIN[kind], otherwise="")
            within = MAIL_WITHIN if kind == "mails" else checks.seconds_of_publishing()
            time.sleep(chance.uniform(0, within))
            site.kill(*WORKERS)
            checks.note_cut(site, held)
        else:
            time.sleep(chance.uniform(0, 1))
            victims = ["web"] if kind == "requests" else chance.choice([["web"], ["worker-0"], ["web", *WORKERS]])
            site.kill(*victims)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database that keeps what it acknowledged."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'portal.sqlite3'}"
        return
    sys.path.insert(0, str(ROOT / "tests"))
    from support.postgresql import cluster  # noqa: PLC0415  # only where PostgreSQL is asked for

    lasting: AbstractContextManager[str] = cluster(fsync="on", synchronous_commit="on", full_page_writes="on")
    with lasting as address:
        yield address


def _is_noticed(database: str, given: argparse.Namespace) -> bool:
    """Whether the proof of a broken portal fails."""
    try:
        prove(database, given.rounds, given.seed, given.lease, given.broken)
    except NotDurableError as error:
        print(f"{database}, broken {given.broken}: noticed: {error}", flush=True)
        return True
    print(f"{database}, broken {given.broken}: not noticed in {given.rounds} rounds", flush=True)
    return False


def main(arguments: Sequence[str] | None = None) -> int:
    """Prove, on every database asked for; each is a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lease", type=float, default=15, help="Seconds that a worker's work is held without a sign.")
    parser.add_argument("--database", action="append", choices=["sqlite", "postgresql"], default=[])
    parser.add_argument("--broken", choices=BREAKAGES, default="", help="Break the portal; expect that to be noticed.")
    parser.add_argument("--only-print", action="store_true")
    given = parser.parse_args(arguments)
    if len(given.database) > 1:
        shared = [
            "--rounds", given.rounds, "--seed", given.seed, "--lease", given.lease,
            *(["--broken", given.broken] if given.broken else []), *(["--only-print"] if given.only_print else []),
        ]  # fmt: skip
        commands = [
            [sys.executable, "-m", "benchmarks.durability", *map(str, shared), "--database", each]
            for each in given.database
        ]
        return max(subprocess.run(command, cwd=ROOT, check=False).returncode for command in commands)
    database = given.database[0] if given.database else "sqlite"
    if given.broken:
        return 0 if _is_noticed(database, given) else 1
    found = prove(database, given.rounds, given.seed, given.lease)
    section = f"Durability: kill -9 on {database}, what the kills cut off, and nothing lost, doubled or half loaded"
    keep(section, tuple(found), [tuple(map(str, found.values()))], only_print=given.only_print)
    return 0


if __name__ == "__main__":
    sys.exit(main())
