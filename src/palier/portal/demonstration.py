"""The demo's cast: one organisation of each kind, one account per role, on sample facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.urls import reverse

import palier
from palier.backends.names import names
from palier.backends.sampling import write_sample
from palier.engine.results import Standing
from palier.portal.journal.schedule import Occasion, add
from palier.portal.partners.actions.joining import apply_to_join
from palier.portal.partners.models import Application, Enrolment
from palier.portal.people.actions import invite
from palier.portal.people.models import Invitation, Membership, Organisation, User
from palier.portal.programs.actions.recalibrations import try_recalibration
from palier.portal.programs.actions.trials import ask_trial
from palier.portal.programs.actions.versions import draft, set_value
from palier.portal.programs.models import Recalibration, RulebookVersion
from palier.portal.programs.queries import governing_version, last_and_next, rulebook_of
from palier.portal.roles import ROLES, Role
from palier.portal.runs.actions import feed_program
from palier.portal.runs.calendar import REMIND_AT, REPORT_AT, RUN_AT
from palier.portal.runs.models import Attempt, Feed
from palier.portal.runs.ownership import adopt
from palier.portal.runs.running import perform
from palier.portal.runs.tasks import LEASE
from palier.portal.runs.working import Leases, turn
from palier.portal.standings.queries import Published, published
from palier.portal.standings.tasks import foretell_all

ON = date(2026, 11, 20)
PROGRAMS = ("solutions", "technology")
ACTOR = "demo"
CHANGE = 'tiers.gold.requires.all.total_points_goal.at_least.reach.2027-01-01={value: 450, note: "Gold asks more."}'
"""What the vendor thinks about changing in the first program."""
NAMES = {
    Role.ADMINISTRATOR: "Ada Lindqvist",
    Role.MANAGER: "Noé Garnier",
    Role.REVIEWER: "Ruth Adeyemi",
    Role.VENDOR_FINANCE: "Felix Brandt",
    Role.AUDITOR: "Aude Keller",
    Role.ADMIN: "Inès Moreau",
    Role.EMPLOYEE: "Yann Le Goff",
    Role.FINANCE: "Marta Silva",
    Role.OWNER: "Hugo Petit",
    Role.MEMBER: "Jana Novák",
}


class DemoRunFailedError(Exception):
    """Raised when the demo's first run failed."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(f"{attempt.program} was not published: {attempt.problem or attempt.state}")


def make_demonstration(
    folder: Path, *, facts: Path | None, partners: int, seed: int, now: Callable[[], datetime], whole: bool
) -> None:
    """Make everything that the demo shows; what is there already stays.

    Sample facts are the warehouse; what the portal owns is taken over from them. The first program is evaluated and
    published by an attempt like every night's, so that the portal can open; two years of moves behind it, the second
    program, reports and reminders are the worker's first work beside the open portal. Where `whole` says so they are
    made here and now.

    Raises:
        DemoRunFailedError: the first run did not come to its end.
    """
    warehouse = folder / "facts" if facts is None else facts.absolute()
    if not warehouse.exists():
        write_sample(warehouse, partners=partners, seed=seed, until=ON)
    if not Feed.objects.filter(warehouse=str(warehouse)).exists():
        adopt(warehouse)
    for program in PROGRAMS:
        feed_program(program, warehouse, actor=ACTOR, at=now())
    found = _first_run(now, whole=whole)
    with palier.open_run(Path(found.run.folder)) as source:
        partner_id = _worth_showing(source)
        customers = [line.customer_id for line in source.lines(partner_id=partner_id, metric="managed_points")]
    customer_id = next(each for each in customers if each is not None)
    known = names(warehouse, partners=[partner_id], customers=[customer_id])
    with transaction.atomic():
        _organisation("vendor", "Northlight", "")
        _organisation("partner", known.get(partner_id, partner_id), partner_id)
        _organisation("customer", known.get(customer_id, customer_id), customer_id)
        for occasion in _coming():
            add(occasion)
        _write_to_each_other(at=now())
    foretell_all(found, partners=[partner_id])
    if whole:
        leave_work(now=now)
    while whole and turn(ACTOR, now=now, leases=Leases()):
        pass


def _first_run(now: Callable[[], datetime], *, whole: bool) -> Published:
    """The current run of the first program, made if there is none."""
    found = published(PROGRAMS[0])
    if found is None:
        attempt = _ask(PROGRAMS[0], now())
        perform(attempt, worker=ACTOR, now=now, lease=LEASE, go_on=lambda: None, history=whole)
        found = published(PROGRAMS[0])
        if found is None:
            raise DemoRunFailedError(attempt)
    return found


def leave_work(*, now: Callable[[], datetime]) -> None:
    """Leave what is under way at the vendor: the recalibration that is due, tried, and a change of the rules.

    Exceptions can be decided, then the recalibration published; who moves by the change, the worker says. It takes
    some seconds, and the portal may be open already; what is there already stays.
    """
    program, user = PROGRAMS[0], User.objects.get(email="manager@vendor.example")
    due, _ = last_and_next(rulebook_of(governing_version(program, ON).folder), ON)
    if due is not None and not Recalibration.objects.filter(program=program, on_day=due).exists():
        try_recalibration(user, program, due, at=now())
    if not RulebookVersion.objects.filter(program=program).exclude(based_on=None).exists():
        version = draft(user, program, on=ON, at=now())
        set_value(user, version.pk, CHANGE, at=now())
        ask_trial(user, version.pk, months=0, at=now())


def _write_to_each_other(*, at: datetime) -> None:
    """A company applies, and the partner invites a colleague."""
    if not Application.objects.exists():
        apply_to_join(
            company="Fjordlys Consulting", country="NO", domain="fjordlys.example", contact="Sunniva Dahl",
            email="sunniva@fjordlys.example", language="en", program=PROGRAMS[0], level="provider",
            payment_currency="EUR",
            message="We have set up CRM for shipping companies for ten years.", at=at,
        )  # fmt: skip
    head = Membership.objects.get(user__email="admin@partner.example", ended_at=None)
    if not Invitation.objects.exists():
        invite(
            head, organisation=head.organisation, email="lena@partner.example", role=Role.EMPLOYEE, language="fr",
            address_of=lambda token: settings.ADDRESS + reverse("people:invitation", args=[token]), at=at,
        )  # fmt: skip


def _ask(program: str, at: datetime) -> Attempt:
    key = f"demo:{program}:{at.isoformat()}#1"
    return Attempt.objects.create(key=key, program=program, wanted_on=ON, asked_by=ACTOR, asked_at=at)


def _coming() -> Iterator[Occasion]:
    """What the worker does first: the runs with their history, then the last report and this morning's reminders."""
    day = datetime.combine(ON + timedelta(days=1), RUN_AT, tzinfo=UTC)
    for program in PROGRAMS:
        yield Occasion("daily_run", program, day)
    for program in PROGRAMS:
        yield Occasion("monthly_report", program, datetime.combine(ON.replace(day=1), REPORT_AT, tzinfo=UTC))
        yield Occasion("reminders", program, datetime.combine(ON + timedelta(days=1), REMIND_AT, tzinfo=UTC))


def _worth_showing(source: palier.Run) -> str:
    """A gold or platinum partner that misses little, best one of both programs: every part of its page has its say."""
    both = set(Enrolment.objects.filter(program=PROGRAMS[1], left_on=None).values_list("partner_id", flat=True))
    lines: dict[str, int] = {}
    for line in source.lines(metric="managed_points"):
        lines[line.partner_id] = lines.get(line.partner_id, 0) + 1
    near = [each for each in source.standings() if each.tier in {"gold", "platinum"} and lines.get(each.partner_id)]

    def rank(each: Standing) -> tuple[bool, int, int, str]:
        return each.partner_id not in both, len(each.missing), -min(lines[each.partner_id], 40), each.partner_id

    return min(near, key=rank).partner_id


def _organisation(kind: str, name: str, fact_id: str) -> None:
    organisation, _ = Organisation.objects.get_or_create(kind=kind, fact_id=fact_id, defaults={"name": name})
    for role in ROLES[kind]:
        email = f"{role.value.replace('_', '.')}@{kind}.example"
        user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=NAMES[role])
        Membership.objects.get_or_create(user=user, organisation=organisation, ended_at=None, defaults={"role": role})
