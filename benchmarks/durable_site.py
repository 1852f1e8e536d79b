"""The portal under test for durability: its processes, the people who write in it, and what they were told."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from itertools import count, cycle, islice
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.forking import Forking, is_running
from benchmarks.measuring import ROOT

PROGRAM = "technology"
PARTNERS = 5
ON = date(2026, 11, 20)
PEOPLE = 1000
"""So many that nobody invites more often than the portal lets them: what it refused would be taken for a change."""
WORKERS = ("worker-0", "worker-1")
WRITERS = 2
"""So many people write at the same time."""
WRITES_OF_ONE = 15
"""After so many another person writes: nobody invites without end."""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
WENT_WELL = 302
SIGN_IN = "/account/login/"
LOOK = 0.005
REST = 0.1
"""Seconds between two writes of one person."""


class NotDurableError(Exception):
    """Raised when something was lost, doubled or half done."""


@dataclass
class Browser:
    """Somebody signed in, as far as writing goes: cookies, and the token of forms."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def send(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        """Ask; gives the status, and the page or where it leads. A server that dies raises OSError or HTTPException."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({"csrfmiddlewaretoken": self.token, **fields})
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
            for header in answer.headers.get_all("Set-Cookie") or ():
                for name, cookie in SimpleCookie(header).items():
                    self.cookies[name] = cookie.value
            return answer.status, answer.headers["Location"] or page
        finally:
            connection.close()

    def ask(self, path: str, **fields: str) -> bool:
        """Ask for a change; says whether it was acknowledged: to be led to the sign-in is no acknowledgement."""
        status, leads = self.send("POST", path, **fields)
        return status == WENT_WELL and SIGN_IN not in leads

    def sign_in(self, person: int) -> bool:
        """Sign in as somebody of the demo; says whether the portal let them, who may come too fast."""
        for page in (SIGN_IN, "/runs"):
            found = TOKEN.search(self.send("GET", page)[1])
            self.token = "" if found is None else found[1]
            if page == SIGN_IN and not self.ask(f"/demo/{person}"):
                return False
        return True


@dataclass
class Site:
    """The processes under test, the people who write, and what they were told."""

    folder: Path
    port: int
    vendor: int
    people: Iterator[int]
    forking: Forking
    leases: Sequence[str]
    processes: dict[str, int] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    asked_at: datetime | None = None
    kills: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    loaded: set[int] = field(default_factory=set)
    signed_in: dict[int, Browser] = field(default_factory=dict)

    def start(self) -> None:
        """Start what is not there, and wait until the portal answers."""
        for name in ("web", *WORKERS):
            running = self.processes.get(name)
            if running is None or not is_running(running):
                self.processes[name] = self._start(name)
        until(self._answers, seconds=120, otherwise=f"the portal does not answer; see {self.folder}")

    def _start(self, name: str) -> int:
        log = self.folder / f"{name}.log"
        if name == "web":
            listen = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
            served = ["--blocking-threads", "4", "--log-level", "critical", "palier.portal.wsgi:application"]
            return self.forking.start("granian", [*listen, *served], log)
        return self.forking.start("portal", ["work", *self.leases], log)

    def _answers(self) -> bool:
        with suppress(OSError, HTTPException):
            return Browser(self.port).send("GET", "/health")[0] == 200  # noqa: PLR2004  # it answers
        return False

    def kill(self, *names: str) -> None:
        """Kill processes and their children, without a word."""
        for name in names:
            with suppress(ProcessLookupError):
                os.killpg(self.processes[name], signal.SIGKILL)
            self.kills[name.partition("-")[0]] += 1
        for name in names:
            pid = self.processes.pop(name)
            until(lambda pid=pid: not is_running(pid), seconds=60, otherwise=f"{name} outlived kill -9")  # type: ignore[misc]  # bound at once

    def stop(self) -> None:
        """End every process in order."""
        for sign, patience in ((signal.SIGTERM, 20), (signal.SIGKILL, 20)):
            for pid in self.processes.values():
                with suppress(ProcessLookupError):
                    os.killpg(pid, sign)
            with suppress(TimeoutError):
                until(lambda: not any(map(is_running, self.processes.values())), seconds=patience, otherwise="")
        self.forking.close()

    @contextmanager
    def written_to(self, number: int) -> Iterator[None]:
        """People write as long as this lasts; it begins with the first change that is acknowledged."""
        before, stopped = len(self.acknowledged), threading.Event()
        writers = [
            threading.Thread(target=self._write, args=(stopped, f"{number}.{each}"), daemon=True)
            for each in range(WRITERS)
        ]
        for writer in writers:
            writer.start()
        try:
            until(lambda: len(self.acknowledged) > before, seconds=120, otherwise="nothing is acknowledged")
            yield
        finally:
            stopped.set()
            for writer in writers:
                writer.join(120)

    def _write(self, stopped: threading.Event, name: str) -> None:
        """Invite colleagues and ask for runs until told to stop, whatever dies; remember what was acknowledged."""
        emails = (f"colleague.{name}.{each}@example.com" for each in count())
        while not stopped.wait(REST):
            person = next(self.people)
            browser = self.signed_in.get(person) or Browser(self.port)
            with suppress(OSError, HTTPException):
                if person in self.signed_in or browser.sign_in(person):
                    self.signed_in[person] = browser
                    self._write_as(browser, stopped, emails)

    def _write_as(self, browser: Browser, stopped: threading.Event, emails: Iterator[str]) -> None:
        for email in islice(emails, WRITES_OF_ONE):
            self.sent.add(email)
            said = {"email": email, "role": "reviewer", "language": "fr"}
            if self._change(browser, f"/organisations/{self.vendor}/invite", **said):
                self.acknowledged.add(email)
            if email.endswith(".0.0@example.com") and self._change(browser, f"/runs/{PROGRAM}/again"):
                self.asked_at = datetime.now(UTC)
            if stopped.wait(REST):
                return

    def _change(self, browser: Browser, path: str, **fields: str) -> bool:
        """Ask for a change. A server that dies meanwhile is counted; it raises, as one that is not there does."""
        try:
            return browser.ask(path, **fields)
        except ConnectionRefusedError:
            raise
        except (OSError, HTTPException):
            self.cut["requests"] += 1
            raise

    def bring_facts(self, number: int) -> None:
        """Another snapshot of the warehouse, so that the next run is a new one."""
        path = self.folder / "facts" / "manifest.json"
        told = re.sub(r'("seed": )\d+', rf"\g<1>{number}", path.read_text(encoding="utf-8"))
        path.with_suffix(".new").write_text(told, encoding="utf-8")
        path.with_suffix(".new").replace(path)


def until(holds: Callable[[], bool], *, seconds: float, otherwise: str) -> None:
    """Wait until something holds, looking again and again; the time in which the whole machine stood still counts not.

    Raises:
        TimeoutError: it did not for about so long.
    """
    for _ in range(int(seconds / LOOK)):
        if holds():
            return
        time.sleep(LOOK)
    raise TimeoutError(otherwise)


def make_site(folder: Path, database: str, *, leases: Sequence[str], broken: str = "") -> Site:
    """Tables, facts, a program that runs, and people who write; `broken` is what its processes do wrong."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {
        "PALIER_DEMO": "1", "PALIER_FOLDER": str(folder), "DATABASE_URL": database, "PALIER_SECRET_KEY": "d" * 60,
        "DJANGO_SETTINGS_MODULE": "palier.portal.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", "")))),
    }  # fmt: skip
    os.environ.update(given)
    import django  # noqa: PLC0415  # after the settings are named

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  # same
    from django.db import transaction  # noqa: PLC0415  # same
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
    feed_program(PROGRAM, folder / "facts", actor="durability", at=timezone.now())
    vendor = Organisation.objects.create(kind="vendor", name="Northlight")
    with transaction.atomic():
        named = {f"writer.{each}@example.com": f"Writer {each}" for each in range(PEOPLE)}
        users = [User.objects.create_user(email, name=name) for email, name in named.items()]
        roles = (Membership(user=user, organisation=vendor, role="administrator") for user in users)
        Membership.objects.bulk_create(roles)
    people = cycle([user.pk for user in users])
    return Site(folder, port, vendor.pk, people, Forking(os.environ, broken), leases)
