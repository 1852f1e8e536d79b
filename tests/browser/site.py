"""The portal as people meet it: the demo of few partners, served on loopback, and a browser that goes nowhere else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Playwright

PARTNERS = 40
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE = 60.0


class NotServingError(Exception):
    """Raised when the server does not answer."""

    def __init__(self, said: str) -> None:
        super().__init__(f"the portal does not answer:\n{said}")


@dataclass(frozen=True, slots=True)
class Site:
    """A portal that is being served."""

    address: str
    environment: Mapping[str, str]

    def command(self, *words: str) -> str:
        """Run a command of the portal and give what it said."""
        return _command(self.environment, *words)

    def path(self, address: str) -> str:
        """The address on this site of a path."""
        return f"{self.address}{address}"


@contextmanager
def served(folder: Path, *, partners: int = PARTNERS) -> Iterator[Site]:
    """Make the demo in a folder and serve it until the end of the block."""
    port = _free_port()
    address = f"http://localhost:{port}"
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    environment = {**kept, "PALIER_DEMO": "1", "PALIER_FOLDER": str(folder), "PALIER_ADDRESS": address}
    _command(environment, "demo", "--partners", str(partners), "--prepare")
    granian = (str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1")
    threads = ("--blocking-threads", "4", "--log-level", "error", "palier.portal.wsgi:application")
    with (folder / "server.log").open("w+") as log:
        server = subprocess.Popen([*granian, "--port", str(port), *threads], env=environment, stdout=log, stderr=log)
        try:
            _wait(address, server, folder / "server.log")
            yield Site(address, environment)
        finally:
            server.terminate()
            server.wait(PATIENCE)


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
    """A window of its own; what is asked of anybody but the site is refused and fails the page."""
    context = browser.new_context(locale=language, base_url=site.address, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    try:
        yield context
    finally:
        context.close()


def _command(environment: Mapping[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "palier.portal", *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        message = f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        raise RuntimeError(message)
    return done.stdout


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{address}/health") as answer:  # noqa: S310  # our own address  # our own address
                if answer.status == 200:
                    return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise NotServingError(log.read_text())
