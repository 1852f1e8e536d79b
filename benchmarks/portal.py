"""The portal under load: `python -m benchmarks.portal [--partners N] [--seconds N] [--step STEP] [--only-print]`.

One granian serves a published run. The home, an explanation and the points of the largest partner and of others are
asked over and over, in turns with a bare page (`/health`: three bytes), by the same browsers on the same server. The
bare page goes through the same middleware and is asked for by the same people: session, person and memberships are
read for it too, so that the ratio is the cost of the pages themselves. What a page writes once of a run is written
before its rate is measured. The exit code is 1 when a page serves less than a third of what the bare page does, or
asks the database too often.

`--step prepare` leaves facts, run and database in `bench/`, for `--step measure` to use and delete.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from secrets import token_urlsafe
from statistics import median

from benchmarks.measuring import ROOT, keep

FOLDER = ROOT / "bench" / "portal"
PREPARED = FOLDER / "prepared.json"
LEAST_SHARE = 1 / 3
MOST_QUERIES = 12
BROWSERS = 4
OTHERS = 4
"""How many partners besides the largest are asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and keep what was measured; 1 when a goal is missed."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.portal")
    asked.add_argument("--partners", type=int, default=10_000)
    asked.add_argument("--customers", type=int, default=150_000)
    asked.add_argument("--activities", type=int, default=3_000_000)
    asked.add_argument("--seconds", type=float, default=5.0, help="for each page and round")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--step", choices=("all", "prepare", "measure"), default="all")
    asked.add_argument("--only-print", action="store_true")
    given = asked.parse_args(arguments)
    key = token_urlsafe(50)
    if given.step == "measure":
        key = json.loads(PREPARED.read_text(encoding="utf-8"))["key"]
    else:
        shutil.rmtree(FOLDER, ignore_errors=True)
    os.environ.update(
        PALIER_DEMO="1",
        PALIER_SECRET_KEY=key,
        PALIER_FOLDER=str(FOLDER),
        DJANGO_SETTINGS_MODULE="palier.portal.settings",
    )
    os.environ.pop("DATABASE_URL", None)
    try:
        if given.step != "measure":
            lines, largest, people = _prepare(given)
            said = {"key": key, "partners": given.partners, "lines": lines, "largest": largest, "people": people}
            PREPARED.write_text(json.dumps(said), encoding="utf-8")
        return 0 if given.step == "prepare" else _measure(given)
    finally:
        if given.step != "prepare":
            shutil.rmtree(FOLDER, ignore_errors=True)


def _measure(given: argparse.Namespace) -> int:
    import django  # noqa: PLC0415  # its settings are known only now

    django.setup()
    prepared = json.loads(PREPARED.read_text(encoding="utf-8"))
    lines, largest, people = prepared["lines"], prepared["largest"], prepared["people"]
    queries = _queries(largest, people)
    with _served() as port:
        rates = _rates(port, _pages(largest, people), given.seconds, given.rounds)
    bare = rates.pop("bare page")
    rows = [
        (
            f"{prepared['partners']:,}", f"{lines:,}", name, f"{rate:.0f}", f"{bare:.0f}", f"{rate / bare:.2f}",
            queries[name], "met" if rate >= bare * LEAST_SHARE and queries[name] <= MOST_QUERIES else "missed",
        )
        for name, rate in rates.items()
    ]  # fmt: skip
    columns = ("partners", "lines", "page", "pages/s", "bare pages/s", "share", "queries", "goal")
    title = "Pages of the portal against a bare page of the same server (goal: at least a third, at most 12 queries)"
    keep(title, columns, rows, only_print=given.only_print)
    return 0 if all(row[-1] == "met" for row in rows) else 1


def _prepare(given: argparse.Namespace) -> tuple[int, str, dict[str, str]]:
    """Facts, a published run, and signed-in people: the number of lines, the largest partner, sessions by partner."""
    import django  # noqa: PLC0415  # its settings are known only now

    django.setup()
    from django.contrib.auth import login  # noqa: PLC0415
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.http import HttpRequest  # noqa: PLC0415

    import palier  # noqa: PLC0415
    from palier.backends.evaluate import evaluate  # noqa: PLC0415
    from palier.backends.sampling import write_sample  # noqa: PLC0415
    from palier.backends.session import each_row  # noqa: PLC0415
    from palier.portal.people.models import Membership, Organisation, User  # noqa: PLC0415
    from palier.portal.standings.actions import publish_run  # noqa: PLC0415
    from palier.portal.standings.queries import Published  # noqa: PLC0415
    from palier.portal.standings.tasks import foretell_all  # noqa: PLC0415

    on = datetime(2026, 11, 20, tzinfo=UTC).date()
    facts, folder = FOLDER / "facts", FOLDER / "run"
    _say(f"writing sample facts of {given.partners:,} partners")
    write_sample(
        facts, partners=given.partners, seed=1, until=on, customers=given.customers, activities=given.activities
    )
    _say("evaluating")
    evaluate(palier.read_program("solutions"), facts=facts, on=on, out=folder).close()
    call_command("migrate", verbosity=0)
    call_command("compile_texts")
    call_command("collectstatic", interactive=False, verbosity=0)
    _say("publishing")
    started = time.perf_counter()
    run = publish_run(folder, facts=facts, rulebook="solutions", actor="bench", at=datetime.now(tz=UTC))
    seconds, loaded = time.perf_counter() - started, run.figures.count() + run.gates.count() + run.standings.count()
    keep(
        "Publishing a run in one transaction", ("partners", "standings, figures and gates", "seconds"),
        [(f"{given.partners:,}", f"{loaded:,}", f"{seconds:.1f}")], only_print=given.only_print,
    )  # fmt: skip
    with palier.open_run(folder) as source:
        counted = f"SELECT partner_id, COUNT(*) AS lines FROM {source.tables['lines']} GROUP BY partner_id"
        counts = {row["partner_id"]: int(row["lines"]) for row in each_row(source.connection, counted)}
        tiered = [each.partner_id for each in source.standings() if each.tier and counts.get(each.partner_id)]
    tiered.sort(key=lambda each: (-counts[each], each))
    chosen = tiered[:: max(1, len(tiered) // OTHERS)][: OTHERS + 1]
    _say(f"forecasts of {len(chosen)} partners")
    foretell_all(Published(run, palier.read_program("solutions")), partners=chosen)
    people = {}
    for partner_id in chosen:
        organisation = Organisation.objects.create(kind="partner", name=partner_id, fact_id=partner_id)
        user = User.objects.create_user(f"{partner_id}@bench.example", name=partner_id)
        Membership.objects.create(user=user, organisation=organisation, role="admin")
        request = HttpRequest()
        request.session = SessionStore()
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        request.session.save()
        people[partner_id] = str(request.session.session_key)
    return sum(counts.values()), tiered[0], people


def _pages(largest: str, people: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """The addresses of each page, each with the session that asks for it."""
    from django.urls import reverse  # noqa: PLC0415

    home, points = reverse("standings:home"), reverse("standings:points")
    why = reverse("standings:explain", args=[largest, "total_points"])
    mine = people[largest]
    return {
        "bare page": [(reverse("health"), each) for each in people.values()],
        "home": [(home, each) for each in people.values()],
        "home of the largest partner": [(home, mine)],
        "explanation of the largest partner": [(why, mine)],
        "points of the largest partner": [(points, mine)],
    }


def _queries(largest: str, people: Mapping[str, str]) -> dict[str, int]:
    """How often each page asks the database: the most of all that ask for it."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    found: dict[str, int] = {}
    for name, asked in _pages(largest, people).items():
        for address, session in asked:
            browser = Client(HTTP_HOST="localhost")
            browser.cookies[settings.SESSION_COOKIE_NAME] = session
            browser.get(address)
            with CaptureQueriesContext(connection) as queries:
                if browser.get(address).status_code != HTTPStatus.OK:
                    message = f"{address} does not answer"
                    raise RuntimeError(message)
            found[name] = max(found.get(name, 0), len(queries))
    connection.close()
    return found


@contextmanager
def _served() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    granian = str(Path(sys.executable).with_name("granian"))
    command = [granian, "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    server = subprocess.Popen([*command, "--blocking-threads", "4", "palier.portal.wsgi:application"], cwd=ROOT)
    try:
        for _ in range(200):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _rates(port: int, pages: Mapping[str, list[tuple[str, str]]], seconds: float, rounds: int) -> dict[str, float]:
    """Answers a second of each page: the median of rounds, in which all pages take turns."""
    found: dict[str, list[float]] = {name: [] for name in pages}
    for asked in pages.values():
        _ask(port, asked, 0.5)
    for _ in range(rounds):
        for name, asked in pages.items():
            found[name].append(_rate(port, asked, seconds))
    return {name: median(each) for name, each in found.items()}


def _rate(port: int, asked: list[tuple[str, str]], seconds: float) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(BROWSERS) as pool:
        answers = sum(pool.map(lambda _: _ask(port, asked, seconds), range(BROWSERS)))
    return answers / (time.perf_counter() - started)


def _ask(port: int, asked: list[tuple[str, str]], seconds: float) -> int:
    from django.conf import settings  # noqa: PLC0415

    connection, count, until = HTTPConnection("127.0.0.1", port), 0, time.perf_counter() + seconds
    while time.perf_counter() < until:
        address, session = asked[count % len(asked)]
        headers = {"Host": "localhost", "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != HTTPStatus.OK:
            message = f"{address}: {answer.status}"
            raise RuntimeError(message)
        count += 1
    connection.close()
    return count


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
