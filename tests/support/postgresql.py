"""A PostgreSQL cluster for as long as it is needed, and a run of the tests of what it keeps.

`python -m support.postgresql TEST ...` runs tests on one; arguments are pytest's.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

ROLE = "palier"
ACCOUNTS = ("postgres", "nobody")
"""Who may run the server where root does not: PostgreSQL refuses root."""
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB"}
"""What a crash of the machine would cost nobody: the cluster lives as long as the tests."""
FRESH = ("-A", "trust", "-E", "UTF8", "--no-locale", "-N")
"""The same on every machine: a language that the machine names and lacks would stop initdb."""


class PostgresqlMissingError(Exception):
    """Raised when the server's programs are nowhere."""

    def __init__(self) -> None:
        super().__init__("initdb of PostgreSQL is missing; on Debian: apt-get install postgresql")


def programs() -> Path:
    """The folder of initdb and pg_ctl, of the newest PostgreSQL there is.

    Raises:
        PostgresqlMissingError: there is none.
    """
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    found = next((each for each in reversed(folders) if (each / "initdb").exists()), None)
    on_path = shutil.which("initdb")
    if found is None and on_path is None:
        raise PostgresqlMissingError
    return found or Path(str(on_path)).parent


@contextmanager
def cluster(**settings: str) -> Iterator[str]:
    """A fresh cluster on a socket of its own; gives the address of its database, stops and removes it at the end.

    The role `palier` may make databases and nothing else: it is no superuser, and row-level security binds it.
    `settings` replace those of FAST.
    """
    account = _account()
    home = Path(tempfile.mkdtemp(prefix="palier-pg-"))
    # mkdtemp gives 0700, which PostgreSQL asks of its own folders too; tests connect through the socket's folder.
    socket, kept = home / "socket", home / "cluster"
    socket.mkdir()
    if account is not None:
        for each in (home, socket):
            os.chown(each, account.pw_uid, account.pw_gid)
        home.chmod(0o755)
    bin_folder = programs()
    options = {**FAST, "listen_addresses": "", "unix_socket_directories": str(socket), **settings}
    said = " ".join(f"-c {name}='{value}'" for name, value in options.items())
    control = (str(bin_folder / "pg_ctl"), "-D", str(kept), "-w", "-l", str(home / "log"))
    try:
        _run(account, str(bin_folder / "initdb"), "-D", str(kept), "-U", "owner", *FRESH)
        _run(account, *control, "-o", said, "start")
        try:
            admin = (str(bin_folder / "psql"), "-qX", "-h", str(socket), "-U", "owner", "-d", "postgres", "-c")
            _run(account, *admin, f"CREATE ROLE {ROLE} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS")
            _run(account, *admin, f"CREATE DATABASE {ROLE} OWNER {ROLE}")
            yield f"postgresql://{ROLE}@{quote(str(socket), safe='')}/{ROLE}"
        finally:
            _run(account, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return next(known[name] for name in ACCOUNTS if name in known)


def _run(account: pwd.struct_passwd | None, *command: str) -> None:
    # No group of root's stays with the server.
    as_whom = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    done = subprocess.run(  # our own words
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        cwd="/",
        env={**os.environ, "LC_ALL": "C"},
        check=False,
        text=True,
        **as_whom,  # type: ignore[call-overload]
    )
    if done.returncode != 0:
        message = f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}"
        raise RuntimeError(message)


def main(arguments: Sequence[str]) -> int:
    """Run tests with the portal on a fresh cluster, which ends with them even when they are told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with cluster() as address:
        here = {**os.environ, "DATABASE_URL": address}
        return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=here, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
