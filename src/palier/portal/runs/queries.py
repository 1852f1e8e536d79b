"""Reads: did last night work, what waits, what was given up, who did what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db.models import Q, QuerySet, prefetch_related_objects

from palier.backends.composing import complete_until
from palier.engine.words import Language
from palier.portal.journal.models import Entry, Message, Occurrence
from palier.portal.people.models import Membership, Organisation, User
from palier.portal.runs.models import Attempt, Feed, Identity, Ownership
from palier.portal.runs.ownership import EXPORTS, owners
from palier.portal.standings.models import Run
from palier.portal.standings.queries import with_rulebook

LATEST = 12


@dataclass(frozen=True, slots=True)
class ProgramRuns:
    """A program that runs here: what people see, its latest attempts, and until when its facts are complete."""

    feed: Feed
    current: Run | None
    attempts: list[Attempt]
    complete_on: date | None
    name: str

    @property
    def last(self) -> Attempt | None:
        """The attempt that ended last."""
        return next((each for each in self.attempts if each.finished_at is not None), None)

    @property
    def worked(self) -> bool:
        """Whether the last attempt that ended did what it should."""
        return self.last is not None and self.last.state in {Attempt.State.PUBLISHED, Attempt.State.UNCHANGED}

    @property
    def under_way(self) -> Attempt | None:
        """The attempt that waits or runs."""
        open_states = {Attempt.State.WAITING, Attempt.State.RUNNING}
        return next((each for each in self.attempts if each.state in open_states), None)


def programs_running(language: Language) -> list[ProgramRuns]:
    """Every program that runs here, by its name in a language."""
    feeds = list(Feed.objects.all())
    current = {run.program: run for run in Run.objects.filter(is_current=True)}
    attempts = {
        feed.program: list(Attempt.objects.filter(program=feed.program).select_related("run")[:LATEST])
        for feed in feeds
    }
    prefetch_related_objects([each for found in attempts.values() for each in found], "stages")
    return [_runs(feed, current.get(feed.program), attempts[feed.program], language) for feed in feeds]


def _runs(feed: Feed, current: Run | None, attempts: list[Attempt], language: Language) -> ProgramRuns:
    name = None if current is None else with_rulebook(current).rulebook.text(language, "program", "name")
    return ProgramRuns(feed, current, attempts, complete_until(Path(feed.warehouse)), name or feed.program)


@dataclass(frozen=True, slots=True)
class OwnedTable:
    """A fact table, who owns it, and since when: since somebody decided so, or since facts were first taken over."""

    table: str
    owner: str
    since: datetime | None

    @property
    def elsewhere(self) -> str:
        """The side that it can be given to instead; none where the portal writes no such table."""
        if self.table not in EXPORTS:
            return ""
        sides = Ownership.Owner
        return str(sides.WAREHOUSE if self.owner == sides.PORTAL else sides.PORTAL)


def tables_owned() -> list[OwnedTable]:
    """Each fact table with its owner."""
    told = Entry.objects.filter(Q(verb="feed", subject_kind="program") | Q(verb="own", subject_kind="table"))
    entries = list(told.order_by("place").values_list("verb", "subject_id", "happened_at"))
    since = {table: at for verb, table, at in entries if verb == "own"}
    begun = next((at for verb, _, at in entries if verb == "feed"), None)
    return [OwnedTable(table, owner, since.get(table, begun)) for table, owner in owners().items()]


def identities() -> QuerySet[Identity]:
    """What the portal and the warehouse know under different ids."""
    return Identity.objects.all()


def person_of(email: str) -> User | None:
    """Whoever signs in with an address."""
    return User.objects.filter(email__iexact=email, is_active=True).first() if email else None


def seats_of(person: User) -> list[Membership]:
    """Where somebody acts, and in which role."""
    return list(Membership.objects.filter(user=person, ended_at=None).select_related("organisation").order_by("pk"))


def mails(state: str) -> QuerySet[Message]:
    """The mails that wait, were delivered or were given up; the newest first."""
    found = Message.objects.order_by("-queued_at", "-pk")
    if state == "dead":
        return found.filter(dead_at__isnull=False)
    if state == "delivered":
        return found.filter(delivered_at__isnull=False)
    return found.filter(delivered_at=None, dead_at=None)


def given_up() -> list[Occurrence]:
    """What the schedule could not do."""
    return list(Occurrence.objects.filter(dead_at__isnull=False).order_by("-planned_at")[:LATEST])


def mailbox(membership: Membership | None, user: User) -> QuerySet[Message]:
    """The mails that somebody reads in the demo's mailbox: the vendor's people everybody's, others their own."""
    sent = Message.objects.filter(delivered_at__isnull=False).order_by("-delivered_at", "-pk")
    if membership is not None and membership.organisation.kind == Organisation.Kind.VENDOR:
        return sent
    return sent.filter(to__iexact=user.email)


def entries_for(membership: Membership, *, subject: str = "", actor: str = "", everything: bool) -> QuerySet[Entry]:
    """The journal, the newest first: all of it, or what somebody's own company did and what was done to it.

    Args:
        membership: who reads.
        subject: a kind, an id, or both with a colon between them.
        actor: a person's pseudonym or a command.
        everything: whether the reader may read all of it.
    """
    found = Entry.objects.order_by("-place")
    if not everything:
        found = found.filter(_own(membership.organisation))
    if subject:
        kind, colon, identifier = subject.partition(":")
        wanted = Q(subject_kind=kind, subject_id=identifier) if colon else Q(subject_kind=kind) | Q(subject_id=kind)
        found = found.filter(wanted)
    return found.filter(actor=actor) if actor else found


def _own(organisation: Organisation) -> Q:
    """What an organisation's people did while they were its people, and what was done to it or to their seats in it."""
    seats = list(Membership.objects.filter(organisation=organisation).select_related("user"))
    mine = Q()
    for seat in seats:
        during = Q(actor=seat.user.pseudonym, happened_at__gte=seat.started_at)
        mine |= during if seat.ended_at is None else during & Q(happened_at__lt=seat.ended_at)
    others = Membership.objects.filter(user__in=[seat.user_id for seat in seats]).exclude(organisation=organisation)
    shared = set(others.values_list("user__pseudonym", flat=True))
    mine &= ~Q(actor__in=shared)
    mine |= Q(subject_kind="organisation", subject_id=str(organisation.pk))
    mine |= Q(subject_kind="membership", subject_id__startswith=f"{organisation.pk}/")
    if organisation.fact_id:
        mine |= Q(subject_kind=organisation.kind, subject_id=organisation.fact_id)
    return mine


def people_named(entries: Iterable[Entry]) -> Mapping[str, str]:
    """What people are called by their pseudonyms; those erased, and commands, are left out."""
    wanted = {each.actor for each in entries}
    found = User.objects.filter(pseudonym__in=wanted).exclude(name="")
    return dict(found.values_list("pseudonym", "name"))
