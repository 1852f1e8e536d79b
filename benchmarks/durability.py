"""What survives kill -9: `python -m benchmarks.durability --rounds 200 --database sqlite --database postgresql`.

Granian and two workers run as they do in use. While people invite colleagues and ask for runs over HTTP, one of the
processes is killed at a random moment, round after round. After each round nothing half done may stand in the
database; in the end every acknowledged change is there once, with its entry in the journal and its mail, and every mail
went out once, or again in sight.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import palier
from benchmarks.measuring import ROOT, keep

PARTNERS = 20
ON = date(2026, 11, 20)
WORKERS = 2
LEASES = ("--lease", "15", "--delivery-lease", "3", "--pause", "0.1")
WRITES_OF_ONE = 15
"""After so many another person writes: nobody invites without end."""
SETTLED_WITHIN = 180
MOMENT = timedelta(seconds=5)
"""By how much a run may have begun before somebody was told that it is asked for."""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Browser:
    """Somebody signed in, as far as writing goes: cookies, and the token of forms."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        """Ask; gives status and page. A server that dies raises OSError or HTTPException."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(fields)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
            for header in answer.headers.get_all("Set-Cookie") or ():
                for name, cookie in SimpleCookie(header).items():
                    self.cookies[name] = cookie.value
            return answer.status, page
        finally:
            connection.close()

    def token(self, path: str) -> str:
        """The token of the forms on a page."""
        found = TOKEN.search(self.send("GET", path)[1])
        return "" if found is None else found[1]


@dataclass
class Site:
    """The processes under test, the people who write, and what they were told."""

    folder: Path
    environment: dict[str, str]
    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    run_asked_at: datetime | None = None
    kills: Counter[str] = field(default_factory=Counter)
    writers: list[int] = field(default_factory=list)
    written: int = 0

    def start(self, name: str) -> None:
        """Start a process that is not there."""
        running = self.processes.get(name)
        if running is not None and running.poll() is None:
            return
        granian = str(Path(sys.executable).with_name("granian"))
        command = (
            [granian, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--blocking-threads", "4",
             "--log-level", "critical", "palier.portal.wsgi:application"]
            if name == "web"
            else [sys.executable, "-m", "palier.portal", "work", *LEASES]
        )  # fmt: skip
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )

    def wait_open(self) -> None:
        """Wait until the portal answers."""
        for _ in range(600):
            with suppress(OSError, HTTPException):
                if Browser(self.port).send("GET", "/health")[0] == 200:  # noqa: PLR2004  # it answers
                    return
            time.sleep(0.1)
        message = f"the portal does not answer; see {self.folder}"
        raise RuntimeError(message)

    def kill(self, name: str) -> None:
        """Kill a process and its children, without a word."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.kills[name.split("-", maxsplit=1)[0]] += 1

    def stop(self) -> None:
        """End every process in order."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def prove(database: str, rounds: int, seed: int) -> dict[str, object]:
    """Kill for some rounds on one kind of database; what was counted.

    Raises:
        NotDurableError: something was lost, doubled or half done.
    """
    chance = random.Random(seed)  # noqa: S311  # moments of kills
    folder = Path(tempfile.mkdtemp(prefix="palier-durability-"))
    started = time.monotonic()
    with _database(database, folder) as address:
        site = _make(folder, address, people=4 + rounds)
        try:
            for number in range(rounds):
                _round(site, chance, number)
                _check_now(site)
            _settle(site)
        finally:
            site.stop()
        counted = _check_end(site)
    shutil.rmtree(folder)
    return {
        "database": database, "rounds": rounds, "web killed": site.kills["web"], "worker killed": site.kills["worker"],
        **counted, "minutes": f"{(time.monotonic() - started) / 60:.1f}",
    }  # fmt: skip


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database that keeps what it acknowledged."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'portal.sqlite3'}"
        return
    sys.path.insert(0, str(ROOT / "tests"))
    from support.postgresql import cluster  # noqa: PLC0415  # only where PostgreSQL is asked for

    lasting: AbstractContextManager[str] = cluster(fsync="on", synchronous_commit="on", full_page_writes="on")
    with lasting if kind == "postgresql" else nullcontext(kind) as address:
        yield address


def _make(folder: Path, address: str, *, people: int) -> Site:
    """Tables, facts, a program that runs, and people who write."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"PALIER_DEMO": "1", "PALIER_FOLDER": str(folder), "DATABASE_URL": address, "PALIER_SECRET_KEY": "d" * 60}
    os.environ.update(given)
    os.environ["DJANGO_SETTINGS_MODULE"] = "palier.portal.settings"
    import django  # noqa: PLC0415  # after the settings are named

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  # same
    from django.utils import timezone  # noqa: PLC0415  # same

    from palier.backends.sampling import write_sample  # noqa: PLC0415  # same
    from palier.portal.people.models import Membership, Organisation, User  # noqa: PLC0415  # same
    from palier.portal.rows import speak_for_vendor  # noqa: PLC0415  # same
    from palier.portal.runs.actions import feed_program  # noqa: PLC0415  # same
    from palier.portal.runs.ownership import adopt  # noqa: PLC0415  # same

    speak_for_vendor()
    for command in ("migrate", "createcachetable", "compile_texts"):
        call_command(command, verbosity=0)
    write_sample(folder / "facts", partners=PARTNERS, seed=1, until=ON)
    adopt(folder / "facts")
    feed_program("solutions", folder / "facts", actor="durability", at=timezone.now())
    vendor = Organisation.objects.create(kind="vendor", name="Northlight")
    users = [User.objects.create_user(f"writer.{each}@example.com", name=f"Writer {each}") for each in range(people)]
    for user in users:
        Membership.objects.create(user=user, organisation=vendor, role="administrator")
    site = Site(folder, {**os.environ}, port, writers=[user.pk for user in users])
    site.environment["VENDOR"] = str(vendor.pk)
    return site


def _round(site: Site, chance: random.Random, number: int) -> None:
    """People write while something is killed at a moment that nobody knows; then it stands again."""
    for name in ("web", *(f"worker-{each}" for each in range(WORKERS))):
        site.start(name)
    site.wait_open()
    _new_facts(site, number)
    stopped = threading.Event()
    writer = threading.Thread(target=_write, args=(site, stopped, number), daemon=True)
    writer.start()
    time.sleep(chance.uniform(0.2, 2.5))
    victims = chance.choice([["web"], ["worker-0"], ["worker-0", "worker-1"], ["web", "worker-0", "worker-1"]])
    for name in victims:
        site.kill(name)
    stopped.set()
    writer.join(60)


def _new_facts(site: Site, number: int) -> None:
    """Another snapshot of the warehouse, so that the next run is a new one."""
    path = site.folder / "facts" / "manifest.json"
    told = re.sub(r'("seed": )\d+', rf"\g<1>{number}", path.read_text(encoding="utf-8"))
    path.with_suffix(".new").write_text(told, encoding="utf-8")
    path.with_suffix(".new").replace(path)


def _write(site: Site, stopped: threading.Event, number: int) -> None:
    """Invite colleagues and ask for a run, until told to stop or the server dies; remember what was acknowledged."""
    vendor, done = site.environment["VENDOR"], 0
    with suppress(OSError, HTTPException):
        browser = Browser(site.port)
        person = site.writers[number % len(site.writers)]
        browser.send("POST", f"/demo/{person}", csrfmiddlewaretoken=browser.token("/account/login/"))
        token = browser.token("/runs")
        while not stopped.is_set() and done < WRITES_OF_ONE:
            if done == 1:
                status, _ = browser.send("POST", "/runs/solutions/again", csrfmiddlewaretoken=token)
                if status == 302:  # noqa: PLR2004  # it went well
                    site.run_asked_at = datetime.now(UTC)
            email = f"colleague.{number}.{done}@example.com"
            site.sent.add(email)
            said = {"csrfmiddlewaretoken": token, "email": email, "role": "reviewer", "language": "fr"}
            status, _ = browser.send("POST", f"/organisations/{vendor}/invite", **said)
            if status == 302:  # noqa: PLR2004  # it went well
                site.acknowledged.add(email)
            done += 1


class NotDurableError(Exception):
    """Raised when something was lost, doubled or half done."""


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotDurableError(otherwise)


def _check_now(site: Site) -> None:
    """Nothing half done stands in the database, at any moment."""
    from palier.portal.journal.actions import broken_places  # noqa: PLC0415  # after the settings
    from palier.portal.journal.models import Entry, Message  # noqa: PLC0415  # same
    from palier.portal.people.models import Invitation  # noqa: PLC0415  # same
    from palier.portal.runs.models import Attempt  # noqa: PLC0415  # same
    from palier.portal.standings.models import Run  # noqa: PLC0415  # same

    invited = Counter(Invitation.objects.values_list("email", flat=True))
    mailed = Counter(Message.objects.filter(kind="invitation").values_list("to", flat=True))
    told = Entry.objects.filter(verb="invitation.sent").count()
    _must(site.acknowledged <= set(invited), f"lost: {site.acknowledged - set(invited)}")
    _must(set(invited) <= site.sent, "somebody was invited whom nobody asked for")
    _must(max(invited.values(), default=1) == 1, "doubled")
    _must(invited == mailed, "an invitation without its mail, or a mail without its invitation")
    _must(told == sum(invited.values()), "the journal says something else")
    _must(broken_places() == [], "the journal's chain is broken")
    _must(Run.objects.filter(is_current=True).count() <= 1, "two current runs")
    for run in Run.objects.all():
        _check_loaded(run)
    _must(not Attempt.objects.filter(state="published", run=None).exists(), "published without a run")


def _check_loaded(run: Any) -> None:  # noqa: ANN401  # a model that exists only after the settings
    """A run is loaded whole."""
    with palier.open_run(Path(run.folder)) as source:
        _must(run.standings.count() == len(source.standings()), "half loaded")
        _must(run.figures.count() == len(source.figures()), "half loaded")
        _must(run.gates.count() == len(source.gates()), "half loaded")
    _must(run.moves.exists(), "half loaded")


def _settle(site: Site) -> None:
    """Let the workers end what waits."""
    from palier.portal.journal.models import Message, Occurrence  # noqa: PLC0415  # after the settings

    deadline = time.monotonic() + SETTLED_WITHIN
    while time.monotonic() < deadline:
        for name in ("web", *(f"worker-{each}" for each in range(WORKERS))):
            site.start(name)
        waiting = Message.objects.filter(delivered_at=None, dead_at=None).count()
        waiting += Occurrence.objects.filter(done_at=None, dead_at=None, kind="asked_run").count()
        if not waiting:
            return
        time.sleep(0.5)
    message = f"{waiting} things still wait; see {site.folder}"
    raise NotDurableError(message)


def _check_end(site: Site) -> dict[str, object]:
    """Every mail went out once, or again in sight; every run that was asked for has its outcome."""
    from palier.portal.journal.models import Message, Occurrence  # noqa: PLC0415  # after the settings
    from palier.portal.runs.models import Attempt  # noqa: PLC0415  # same
    from palier.portal.standings.models import Run  # noqa: PLC0415  # same

    _check_now(site)
    delivered: Counter[str] = Counter()
    for file in (site.folder / "mail").glob("*.log"):
        delivered.update(re.findall(r"^Message-ID: <([0-9a-f]+)@", file.read_text(encoding="utf-8"), re.MULTILINE))
    again = 0
    for message in Message.objects.all():
        times = delivered.pop(_name(message.key), 0)
        _must(message.delivered_at is not None, f"{message} was not delivered")
        _must(times >= 1, f"{message} is said to be delivered and was not")
        _must(times == 1 or message.attempts > 1, f"{message} went out {times} times and says nothing of it")
        again += times > 1
    _must(not delivered, "a mail went out that is not in the outbox")
    asked = Occurrence.objects.filter(kind="asked_run")
    over = {"published", "unchanged", "failed"}
    for each in asked:
        outcomes = list(Attempt.objects.filter(key__startswith=f"{each.key}#").values_list("state", flat=True))
        _must(sum(state in over for state in outcomes) == 1, f"{each} ended as {outcomes}")
    finished = Attempt.objects.filter(state__in=over).order_by("-finished_at")
    ended = finished.values_list("finished_at", flat=True).first()
    asked_at = site.run_asked_at
    answered = asked_at is None or (ended is not None and ended >= asked_at - MOMENT)
    _must(answered, "a run that was asked for is forgotten")
    return {
        "changes": len(site.acknowledged), "mails again in sight": again, "runs": Run.objects.count(),
        "attempts interrupted": Attempt.objects.filter(state="abandoned").count(),
    }  # fmt: skip


def _name(key: str) -> str:
    """What a mail's Message-ID begins with."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def main() -> int:
    """Prove, on every database asked for; each is a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", action="append", choices=["sqlite", "postgresql"], default=[])
    parser.add_argument("--only-print", action="store_true")
    given = parser.parse_args()
    if len(given.database) > 1:
        return max(
            subprocess.run(
                [sys.executable, "-m", "benchmarks.durability", "--rounds", str(given.rounds), "--seed",
                 str(given.seed), "--database", each, *(["--only-print"] if given.only_print else [])],
                cwd=ROOT, check=False,
            ).returncode
            for each in given.database
        )  # fmt: skip
    found = prove(given.database[0] if given.database else "sqlite", given.rounds, given.seed)
    keep(
        f"Durability: kill -9 on {found['database']}", tuple(map(str, found)), [tuple(map(str, found.values()))],
        only_print=given.only_print,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
