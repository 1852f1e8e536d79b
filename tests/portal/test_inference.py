"""Nothing lets a partner infer who else serves its customers, or when: shares are shown, never names or dates.

Proved by two worlds that differ in nothing else (portal.worlds): every page, file and mail is the same in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from palier.portal.access import DOORS
from palier.portal.clients.models import Access
from palier.portal.journal.models import Message, Occurrence
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.roles import ROLES, Role
from palier.portal.runs.ownership import adopt
from palier.portal.runs.performance import queue_reports
from palier.portal.runs.reminders import remind
from palier.portal.standings.actions import ASSUMED, publish_run
from palier.portal.standings.customer_views import KINDS, MORE_KINDS, MORE_ORDERS
from palier.portal.standings.models import Foretold, Run
from palier.portal.standings.packing import pack_forecast
from palier.portal.standings.queries import Published, figures_of, lines_of, published
from portal.conftest import ON_ONE_DATABASE, WHOLE, client_of
from portal.stage import text_of
from portal.test_access import ASKED
from portal.worlds import EARLIER, ON, PROGRAM, World, Worlds, worlds_in

pytestmark = [pytest.mark.xdist_group("inference"), pytest.mark.django_db, ON_ONE_DATABASE]

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
APPS = {"standings", "clients", "partners", "programs", "runs"}
WITHOUT = {"partners:join", "partners:joined", "runs:mailbox"}
"""What is nobody's own, or exists in the demo only."""
LISTED = 6 if WHOLE else 3
"""So many shared customers are opened one by one."""
Told = dict[tuple[Path, Role], dict[str, str]]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    return worlds_in(tmp_path_factory.mktemp("worlds") / "made")


@pytest.fixture(scope="module")
def told() -> Told:
    """What was shown in a world to a role, so that nothing is asked twice."""
    return {}


def test_the_worlds_differ_in_who_and_when_and_not_in_how_many(worlds: Worlds) -> None:
    """Nothing would be proved by worlds that are the same, nor by ones in which shares differ."""
    own = (
        "SELECT customer_id, grains, sharers, last_on FROM (SELECT *, fact_on AS last_on FROM managed) "
        f"WHERE partner_id = '{worlds.partner_id}' ORDER BY 1"
    )
    assert worlds.first.rows(own) == worlds.second.rows(own)
    shared = f"SELECT customer_id FROM managed WHERE partner_id = '{worlds.partner_id}' AND sharers > 1"
    others = (
        "SELECT customer_id, partner_id, fact_on FROM managed "
        f"WHERE partner_id <> '{worlds.partner_id}' AND customer_id IN ({shared})"
    )
    before, after = (set(each.rows(others)) for each in (worlds.first, worlds.second))
    assert len(before) == len(after) > 20
    assert len({row[:2] for row in before} & {row[:2] for row in after}) < len(before) / 4
    days = [{(row[0], row[2]) for row in each} for each in (before, after)]
    assert len(days[0] & days[1]) < len(before) / 2


@pytest.mark.parametrize("role", ROLES["partner"] if WHOLE else [Role.ADMIN])  # else as the one who sees most
def test_a_partner_is_shown_the_same_in_both_worlds(worlds: Worlds, told: Told, role: Role) -> None:
    first, second = (once(told, worlds, each, role) for each in (worlds.first, worlds.second))
    assert len(first) > 60
    assert [address for address in {**first, **second} if first.get(address) != second.get(address)] == []


def test_a_share_that_differs_is_shown(worlds: Worlds, told: Told) -> None:
    """The comparison itself works: without the others, the same pages show the whole credit of a customer."""
    telling = ("/points.csv", "/standing", "/standing.pdf", f"/customers/{worlds.alone_at}")
    first, third = once(told, worlds, worlds.first, Role.ADMIN), shown(worlds, worlds.third, Role.ADMIN, only=telling)
    assert [address for address in telling if first[address] == third[address]] == []


def once(told: Told, worlds: Worlds, world: World, role: Role) -> dict[str, str]:
    """What is shown, as it was shown before."""
    if (world.folder, role) not in told:
        told[world.folder, role] = shown(worlds, world, role)
    return told[world.folder, role]


def shown(worlds: Worlds, world: World, role: Role, *, only: Sequence[str] = ()) -> dict[str, str]:
    """Everything that a partner's person is shown in a world, and the mails to them, by address; or only so much."""
    with transaction.atomic(), override_settings(DEMO=False):
        earlier, run = _published(world)
        for assume in ASSUMED:
            packed = pack_forecast(world.forecast(worlds.partner_id, assume))
            Foretold.objects.create(run=run, partner_id=worlds.partner_id, assume=assume, packed=packed)
        organisation = Organisation.objects.create(kind="partner", name="Reader", fact_id=worlds.partner_id)
        user = User.objects.create_user("reader@example.com", name="Reader")
        Membership.objects.create(user=user, organisation=organisation, role=role)
        browser = client_of(user)
        told: dict[str, str] = {}
        for address in dict.fromkeys(only or _addresses(worlds, role, earlier, run)):
            answer = browser.get(address)
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
            told[_same(address, earlier, run)] = _same(text_of(answer), earlier, run)
        if not only:
            told |= _mails()
        transaction.set_rollback(True)
    return told


def _published(world: World) -> tuple[Run, Run]:
    """Both runs of a world, the later one current, and what the portal adopts of its facts."""
    before = publish_run(world.run(EARLIER), facts=world.facts, rulebook=PROGRAM, actor="test", at=AT)
    behind = world.behind()
    run = publish_run(world.run(ON), facts=world.facts, rulebook=PROGRAM, actor="test", at=AT, moves=behind)
    adopt(world.facts)
    return before, run


def found() -> Published:
    """The current run."""
    current = published(PROGRAM)
    assert current is not None
    return current


def _same(text: str, *runs: Run) -> str:
    """A text without what is new each time: tokens, and the numbers of runs."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=")\w+', r"\1", text)
    for place, run in enumerate(runs):
        text = re.sub(rf'(value="|first=|last=){run.pk}(?=\D|$)', rf"\1run {place}", text)
        text = text.replace(run.facts_digest[:12], "facts")
    return text


def _addresses(worlds: Worlds, role: Role, earlier: Run, run: Run) -> Iterator[str]:
    """Every page and file about the partner, with what can be asked of each."""
    for name, door in DOORS.items():
        if name.partition(":")[0] in APPS and role in door.read and not ASKED[name] and name not in WITHOUT:
            yield reverse(name)
    for kind in KINDS:
        yield f"{reverse('standings:points')}?kind={kind}&order=ends"
    for kind, order in zip(MORE_KINDS, cycle(MORE_ORDERS), strict=False):
        yield f"{reverse('standings:portfolio')}?kind={kind}&order={order}"
    for page in ("standings:changes", "standings:changes_csv"):
        yield f"{reverse(page)}?first={earlier.pk}&last={run.pk}"
    yield f"{reverse('standings:home')}?goal=elite"
    yield from _explanations(worlds.partner_id)
    yield from _customers(worlds, role)


def _explanations(partner_id: str) -> Iterator[str]:
    """Each figure with its lines, and a source of every table."""
    current = found()
    pages = ("standings:explain", "standings:lines_csv")
    for place, figure in enumerate(figures_of(current, partner_id)):
        for page in pages if WHOLE else pages[place % 2 :][:1]:
            yield reverse(page, args=[partner_id, figure.metric])
    for line in {each.source_table: each for each in lines_of(current, partner_id)}.values():
        yield reverse("standings:source", args=[partner_id, line.source_table, line.source_id])


def _customers(worlds: Worlds, role: Role) -> Iterator[str]:
    """Shared customers one by one: the page, its lines, and what would end with the work of one's people."""
    partner_id = worlds.partner_id
    lines = lines_of(found(), partner_id, metric="managed_points")
    shared = sorted({str(each.customer_id) for each in lines if int(each.factors.get("sharers", 1)) > 1})
    for customer_id in dict.fromkeys((worlds.alone_at, *shared[:LISTED])):
        yield reverse("standings:customer", args=[customer_id])
        yield reverse("standings:source", args=[partner_id, "customers", customer_id])
    work = Access.objects.filter(partner_id=partner_id, customer_id__in=shared, removed_on=None)
    for held in work.order_by("user_id", "customer_id")[:LISTED]:
        yield reverse("clients:employee", args=[held.user_id])
        if role == Role.ADMIN:
            yield reverse("clients:remove", args=[held.customer_id])
            yield reverse("partners:employee_change", args=[held.user_id, "delete"])


def _mails() -> dict[str, str]:
    """What the partner's people are written of its own accord."""
    for duty, kind in ((queue_reports, "monthly_report"), (remind, "reminders")):
        planned = datetime(2026, 12, 1, 6, tzinfo=UTC) if duty is queue_reports else AT
        duty(Occurrence(key=kind, kind=kind, subject=PROGRAM, planned_at=planned, due_at=planned), AT, lambda: None)
    told = {f"mail {each.kind}": each.subject + each.text + each.html for each in Message.objects.order_by("kind")}
    assert "mail report" in told
    return {kind: re.sub(r"/mails/[\w:=-]+", "/mails/…", text) for kind, text in told.items()}
