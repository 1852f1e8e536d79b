"""What the portal takes from the environment, checked at once; an unsafe combination is refused with its mend."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from secrets import token_urlsafe
from urllib.parse import urlsplit

from palier.rulebook.problems import InputProblemsError, Problem

SHORTEST_SECRET = 50
KEPT_SECRET = "secret-key"  # noqa: S105  # a file's name
"""The file of the folder with the key that a demo made for itself."""
MOST_PROXIES = 9
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
MAIL_SCHEMES = frozenset({"smtp", "smtps"})
DATABASE_SCHEMES = frozenset({"sqlite", "postgres", "postgresql"})
_HOST = re.compile(r"\.?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"", "0", "false", "no", "off"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The settings of one installation."""

    secret_key: str
    debug: bool
    demo: bool
    hosts: tuple[str, ...]
    database_url: str
    folder: Path
    mail_url: str
    mail_from: str
    proxies: int
    address: str

    @property
    def public(self) -> bool:
        """Whether others than this machine can reach it."""
        return not set(self.hosts) <= LOOPBACK


def fresh_secret(folder: Path) -> str:
    """A key for this start alone."""
    del folder
    return token_urlsafe(SHORTEST_SECRET)


def kept_secret(folder: Path) -> str:
    """A key made once and kept in the folder for its owner's eyes, so that sessions outlast a restart."""
    kept = folder / KEPT_SECRET
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f".{KEPT_SECRET}-{token_urlsafe(6)}"
    if not kept.exists():
        made.touch(mode=0o600)
        made.write_text(token_urlsafe(SHORTEST_SECRET), encoding="ascii")
        with suppress(FileExistsError):
            os.link(made, kept)  # whole or not at all, and one for all that start at once
        made.unlink()
    return kept.read_text(encoding="ascii").strip()


def read_environment(given: Mapping[str, str], *, secret: Callable[[Path], str] = fresh_secret) -> Environment:
    """Read the portal's settings; `secret` makes the key where none is given and none is needed (debug, demo).

    Raises:
        InputProblemsError: a setting is unsafe or cannot be read; all of them at once.
    """
    problems: list[Problem] = []
    debug, demo = (_switch(given, name, problems) for name in ("PALIER_DEBUG", "PALIER_DEMO"))
    hosts = tuple(each.strip() for each in given.get("PALIER_HOSTS", "").split(",") if each.strip())
    folder = Path(given.get("PALIER_FOLDER", "palier-portal")).absolute()
    found = Environment(
        secret_key=given.get("PALIER_SECRET_KEY", "") or (secret(folder) if debug or demo else ""),
        debug=debug,
        demo=demo,
        hosts=hosts or ("localhost", "127.0.0.1"),
        database_url=given.get("DATABASE_URL", f"sqlite:///{folder / 'portal.sqlite3'}"),
        folder=folder,
        mail_url=given.get("PALIER_MAIL_URL", "").strip(),
        mail_from=given.get("PALIER_MAIL_FROM", "").strip() or f"Palier <palier@{_first(hosts)}>",
        proxies=_proxies(given, problems),
        address=given.get("PALIER_ADDRESS", "").rstrip("/") or _address(hosts),
    )
    problems += [*_unsafe(found), *_unmeant(found)]
    if problems:
        raise InputProblemsError(problems)
    return found


def _switch(given: Mapping[str, str], name: str, problems: list[Problem]) -> bool:
    said = given.get(name, "").strip().lower()
    if said not in _TRUE | _FALSE:
        problems.append(_problem(name, f"{name} is {said!r}", "yes or no", f"set {name} to yes or no"))
    return said in _TRUE


def _first(hosts: tuple[str, ...]) -> str:
    return hosts[0].lstrip(".") if hosts else "localhost"


def _address(hosts: tuple[str, ...]) -> str:
    """Where mails point to, as long as nobody says otherwise: the first host."""
    return f"https://{_first(hosts)}" if set(hosts) - LOOPBACK else "http://localhost:8000"


def _proxies(given: Mapping[str, str], problems: list[Problem]) -> int:
    """How many proxies of our own stand before the portal, each of which adds an address to X-Forwarded-For."""
    said = given.get("PALIER_PROXIES", "0").strip()
    if not (said.isdecimal() and int(said) <= MOST_PROXIES):
        wanted = f"a number from 0 to {MOST_PROXIES}"
        problems.append(
            _problem("PALIER_PROXIES", f"PALIER_PROXIES is {said!r}", wanted, "count the proxies that you run")
        )
        return 0
    return int(said)


def _unsafe(found: Environment) -> list[Problem]:
    problems = []
    if len(found.secret_key) < SHORTEST_SECRET:
        problems.append(
            _problem(
                "PALIER_SECRET_KEY",
                f"the secret key has {len(found.secret_key)} characters",
                f"at least {SHORTEST_SECRET} characters that nobody knows",
                "make one: python -c 'import secrets; print(secrets.token_urlsafe(50))'",
            )
        )
    for name, on in (("PALIER_DEBUG", found.debug), ("PALIER_DEMO", found.demo)):
        if on and found.public:
            wanted = f"only hosts of this machine ({', '.join(sorted(LOOPBACK))}) while {name} is on"
            problems.append(_problem(name, f"{name} is on and hosts are {', '.join(found.hosts)}", wanted, "unset it"))
    if "*" in found.hosts:
        problems.append(
            _problem("PALIER_HOSTS", "PALIER_HOSTS is *", "the names under which people reach the portal", "list them")
        )
    if found.public and not found.mail_url:
        problems.append(
            _problem(
                "PALIER_MAIL_URL",
                "others can reach the portal and its mails go nowhere: no invitation or sign-in code would arrive",
                "smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465",
                "set PALIER_MAIL_URL",
            )
        )
    return problems


def _unmeant(found: Environment) -> list[Problem]:
    """What nobody can mean: names and addresses that lead nowhere. Passwords in them are not told."""
    schemes = {"https"} if found.public else {"http", "https"}
    wanted = "names alone, such as partners.example.com, with commas"
    bad_hosts = [each for each in found.hosts if each != "*" and not _HOST.fullmatch(each)]
    told = [("PALIER_HOSTS", f"it names {each!r}", wanted) for each in bad_hosts]
    if not bad_hosts and not _leads(found.address, schemes):  # they may be made of the first host
        wanted = f"{' or '.join(sorted(schemes))}:// and the name under which people reach the portal"
        told.append(("PALIER_ADDRESS", f"mails would point to {found.address!r}", wanted))
    if not bad_hosts and ("@" not in parseaddr(found.mail_from)[1] or len(found.mail_from.splitlines()) > 1):
        told.append(("PALIER_MAIL_FROM", f"it is {found.mail_from!r}", "one address: Palier <palier@example.com>"))
    if found.mail_url and not _leads(found.mail_url, MAIL_SCHEMES):
        told.append(("PALIER_MAIL_URL", "it names no mail server", "smtp://user:password@host:587 or smtps://… :465"))
    if not _leads(found.database_url, DATABASE_SCHEMES, somewhere=False):
        told.append(
            ("DATABASE_URL", "it names no database that the portal knows", "postgresql://role:password@host/name")
        )
    return [_problem(name, said, wanted, f"mend {name}") for name, said, wanted in told]


def _leads(url: str, schemes: AbstractSet[str], *, somewhere: bool = True) -> bool:
    """Whether a URL has one of the schemes, a port that exists, and a host where it leads somewhere."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and parts.port != 0 and (bool(parts.hostname) or not somewhere)
    except ValueError:
        return False


def _problem(name: str, found: str, expected: str, mend: str) -> Problem:
    return Problem(
        severity="error", code="unsafe_setting", message=f"{name}: {found}", found=name, expected=expected, mend=mend
    )
