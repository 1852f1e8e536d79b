"""The portal as people meet it: the demo of few partners, served on loopback, its worker, and a browser beside it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from secrets import token_urlsafe
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Playwright

from browser.facts import write_facts

PARTNERS = 40
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
"""When the site begins to live: two days after the demo's facts end (palier.portal.demonstration.ON)."""
TESTS = Path(__file__).parents[1]
MOVED = "browser.another_day"
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE = 60.0
LINK = re.compile(r"https?://\S+")
BETWEEN_MAILS = b"-" * 79 + b"\n"
"""Django names a file by the second and where the sender stands in memory: two mails may come to share one."""


class NotServingError(Exception):
    """Raised when the server does not answer."""

    def __init__(self, said: str) -> None:
        super().__init__(f"the portal does not answer:\n{said}")


@dataclass(frozen=True, slots=True)
class Site:
    """A portal that is being served."""

    address: str
    folder: Path
    environment: Mapping[str, str]

    def path(self, address: str) -> str:
        """The address on this site of a path."""
        return f"{self.address}{address}"

    def links_mailed(self, to: str) -> list[str]:
        """The paths that mails to somebody led to so far, the newest mail first."""
        found = []
        mails = sorted((self.folder / "mail").glob("*"), key=lambda each: each.stat().st_mtime_ns, reverse=True)
        for mail in (each for file in mails for each in reversed(file.read_bytes().split(BETWEEN_MAILS))):
            told = message_from_bytes(mail, policy=policy.default)
            body = told.get_body(("plain",))
            if told["to"] == to and body is not None:
                links = LINK.findall(body.get_content())
                found += [each.removeprefix(self.address) for each in links if each.startswith(self.address)]
        return found

    def wait_for_mail(self, to: str) -> None:
        """Wait until the worker has delivered something to somebody.

        Raises:
            NotServingError: it did not.
        """
        until = time.monotonic() + PATIENCE
        while not self.links_mailed(to):
            if time.monotonic() > until:
                raise NotServingError((self.folder / "worker.log").read_text())
            time.sleep(0.2)

    @contextmanager
    def on(self, moment: datetime) -> Iterator[Site]:
        """The same portal, as it was or will be at a moment, at another address; until the end of the block."""
        address = f"http://localhost:{_free_port()}"
        environment = {**self.environment, "PALIER_ADDRESS": address, "PALIER_TEST_SHIFT": _shift(moment)}
        with _serving(address, self.folder, environment):
            yield Site(address, self.folder, environment)


@contextmanager
def served(folder: Path, *, partners: int = PARTNERS) -> Iterator[Site]:
    """Make the demo in a folder, serve it and work beside it, as `make demo` does, until the end of the block."""
    address = f"http://localhost:{_free_port()}"
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    environment = {
        **kept, "PALIER_DEMO": "1", "PALIER_FOLDER": str(folder), "PALIER_ADDRESS": address,
        "PALIER_TEST_SHIFT": _shift(NOW), "PYTHONPATH": str(TESTS), "PALIER_SECRET_KEY": token_urlsafe(50),
    }  # fmt: skip
    write_facts(folder / "warehouse", partners=partners)
    _command(environment, "demo", "--facts", str(folder / "warehouse"), "--prepare")
    with (
        _serving(address, folder, environment),
        _running([sys.executable, "-m", MOVED, "work", "--pause", "1"], folder / "worker.log", environment),
    ):
        yield Site(address, folder, environment)


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def window(browser: Browser, site: Site, *, language: str = "en") -> Iterator[BrowserContext]:
    """A window of its own."""
    context = browser.new_context(locale=language, base_url=site.address, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(300_000)
    try:
        yield context
    finally:
        context.close()


def _shift(moment: datetime) -> str:
    return str((moment - datetime.now(UTC)) / timedelta(seconds=1))


@contextmanager
def _serving(address: str, folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    port = address.rpartition(":")[2]
    granian = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1"]
    threads = ["--port", port, "--blocking-threads", "4", "--log-level", "error", "--workers-kill-timeout", "10"]
    log = folder / f"server-{port}.log"
    with _running([*granian, *threads, f"{MOVED}:application"], log, environment) as server:
        _wait(address, server, log)
        yield


@contextmanager
def _running(command: list[str], log: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program of our own, until the end of the block."""
    with log.open("w") as said:
        started = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        try:
            yield started
        finally:
            started.terminate()
            started.wait(PATIENCE)


def _command(environment: Mapping[str, str], *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", MOVED, *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        message = f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        raise RuntimeError(message)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{address}/health") as answer:  # noqa: S310  # our own address
                if answer.status == 200:
                    return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise NotServingError(log.read_text())
