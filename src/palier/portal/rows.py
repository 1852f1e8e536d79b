"""Row-level security on PostgreSQL: the database itself shows a partner's or customer's rows to nobody else.

The application filters what it reads; this is the second lock behind it. Policies compare a row's owner with what the
connection speaks for, which a request says after the person is known. A connection that says nothing sees nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from psycopg.pq import TransactionStatus

VENDOR, PARTNER, CUSTOMER = "vendor", "partner", "customer"


@dataclass(frozen=True, slots=True)
class Reader:
    """A kind of organisation that reads rows whose `column` stands in `told` of a listed model beside its own id."""

    kind: str
    column: str
    label: str
    told: str
    own: str


@dataclass(frozen=True, slots=True)
class Owner:
    """The columns of a table that say whose row it is; who is none of them does not see it.

    `within` is a column, a listed model and its column that it refers to: whoever sees that row sees this one.
    `names` are columns that name a partner, customer or organisation to whom the row is not shown.
    `read_by` is who reads some rows besides, and writes none.
    """

    partner: str = ""
    customer: str = ""
    organisation: str = ""
    within: tuple[str, str, str] | None = None
    names: tuple[str, ...] = ()
    read_by: Reader | None = None


CUSTOMERS = Reader(CUSTOMER, "partner_id", "clients.Access", "partner_id", "customer_id")
"""A customer reads the people and the name of each partner of whom somebody has, had or asks for access to it."""

OWNED: Mapping[str, Owner] = {
    "clients.Access": Owner(partner="partner_id", customer="customer_id"),
    "clients.Seat": Owner(partner="partner_id", customer="customer_id"),
    "partners.Attestation": Owner(partner="partner_id"),
    "partners.Company": Owner(partner="partner_id", read_by=CUSTOMERS),
    "partners.ContactForm": Owner(partner="partner_id"),
    "partners.Decision": Owner(partner="partner_id"),
    "partners.Domain": Owner(partner="partner_id", read_by=CUSTOMERS),
    "partners.Employee": Owner(partner="partner_id", read_by=CUSTOMERS),
    "partners.Enrolment": Owner(partner="partner_id"),
    "partners.Import": Owner(partner="partner_id"),
    "partners.ImportedRow": Owner(within=("taken_id", "partners.Import", "id")),
    "partners.Influenced": Owner(partner="partner_id", names=("customer_id",)),
    "partners.VendorContact": Owner(partner="partner_id"),
    "programs.ListedPartner": Owner(names=("partner_id",)),
    "programs.Moved": Owner(names=("partner_id",)),
    "programs.Mover": Owner(names=("partner_id",)),
    "programs.SavedView": Owner(),
    "programs.Shadowing": Owner(),
    "programs.Trial": Owner(),
    "standings.Figure": Owner(partner="partner_id"),
    "standings.Foretold": Owner(partner="partner_id"),
    "standings.Gate": Owner(partner="partner_id"),
    "standings.Holding": Owner(partner="partner_id"),
    "standings.Move": Owner(partner="partner_id"),
    "standings.Past": Owner(partner="partner_id"),
    "standings.Standing": Owner(partner="partner_id"),
    "standings.Written": Owner(partner="partner_id"),
}
"""Every table whose rows are a partner's, a customer's or the vendor's alone, by model."""

EXCEPTED: Mapping[str, str] = {
    "clients.Customer": "looked up by whole domain by any partner that associates a client; the vendor's list of names",
    "journal.Entry": "appended by everybody; pages of it are open to the vendor only; persons stand by pseudonym",
    "journal.Head": "one row, locked by whoever appends to the journal",
    "journal.Message": "queued by everybody, read by the worker and the vendor only",
    "journal.Occurrence": "the schedule, planned and done by the worker",
    "journal.PersonKey": "made by whoever is first to be named in the journal",
    "journal.Planned": "one row, locked by whoever plans the schedule",
    "partners.Application": "written by a company that nobody knows yet; read by the vendor only",
    "people.IdentityProvider": "read by sign-in, before anything is known",
    "people.Invitation": "found by the hash of its token by whoever was invited, before sign-in",
    "people.MailPreference": "a person's own wish, read by whatever queues mails",
    "people.Membership": "read to find out whom a person acts for",
    "people.Organisation": "read to find out whom a person acts for; holds a name and an id",
    "people.ProviderDomain": "read by sign-in, before anything is known",
    "people.RequiredFactor": "a rule about roles, read at every request",
    "people.User": "read to find out who asks, before anything is known; holds no figure",
    "programs.Recalibration": "a day of the program's calendar, nobody's own",
    "programs.RulebookVersion": "the rules of everybody; drafts are shown to the vendor only",
    "runs.Attempt": "an evaluation of a whole program, nobody's own",
    "runs.Feed": "where a program's facts come from, nobody's own",
    "runs.Identity": "pairs of ids, read by whatever translates facts",
    "runs.Ownership": "says which side owns a table of facts, nobody's own",
    "runs.Stage": "a stage of an evaluation of a whole program, nobody's own",
    "standings.Run": "says which run is current; nobody's own",
}
"""Every other table of the portal, with the reason why every connection may see it."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """For whom a connection speaks."""

    kind: str = ""
    fact_id: str = ""
    organisation_id: str = ""


NOBODY = Speaker()
EVERYBODY = Speaker(VENDOR)
_speaker: ContextVar[Speaker | None] = ContextVar("speaker", default=None)
_process: list[Speaker] = [NOBODY]


def speak_for_vendor() -> None:
    """From now on this process sees every row outside requests: for commands and the worker, never for the server."""
    _process[0] = EVERYBODY
    if connection.connection is not None:
        _say(connection)


@contextmanager
def speaking_for(speaker: Speaker) -> Iterator[None]:
    """See a speaker's rows and no other's, until the end of the block; then what was seen before."""
    before = _speaker.set(speaker)
    _say(connection)
    try:
        yield
    finally:
        _speaker.reset(before)
        _say_again(connection)


class Rows:
    """Middleware: the database shows a request the rows of whom it is made for; after it the connection sees nothing.

    It stands after the person is known, and before any page is read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        with speaking_for(speaker_of(getattr(request, "membership", None))):
            return self.get_response(request)


def speaker_of(membership: Any) -> Speaker:  # noqa: ANN401  # people's model; this room is below people
    """For whom a member speaks; nobody without a membership."""
    if membership is None:
        return NOBODY
    organisation = membership.organisation
    return Speaker(organisation.kind, organisation.fact_id, str(organisation.pk))


def protect(sender: AppConfig, **given: Any) -> None:  # noqa: ANN401  # Django's signature of signals
    """After migrations: write the policies of an app's tables; those that stand already stay."""
    database = connections[given.get("using", DEFAULT_DB_ALIAS)]
    if database.vendor != "postgresql":
        return
    for label, owner in OWNED.items():
        if label.partition(".")[0] == sender.label:
            _protect(database, _table(label), _policies(owner))


def greet(connection: BaseDatabaseWrapper, **given: Any) -> None:  # noqa: ANN401  # Django's signature of signals
    """On a new connection: say for whom it speaks."""
    del given
    _say(connection)


def condition(owner: Owner) -> str:
    """The condition under which a row is seen and may be written, as SQL."""
    ways = [f"current_setting('palier.kind', true) = '{VENDOR}'"]
    for kind, column in ((PARTNER, owner.partner), (CUSTOMER, owner.customer)):
        if column:
            said = "nullif(current_setting('palier.fact_id', true), '')"
            ways.append(f"(current_setting('palier.kind', true) = '{kind}' AND \"{column}\" = {said})")
    if owner.organisation:
        ways.append(f"\"{owner.organisation}\"::text = nullif(current_setting('palier.organisation_id', true), '')")
    if owner.within is not None:
        column, label, told = owner.within
        # The policy of the other table holds inside this one: what it hides is not there.
        ways.append(f'"{column}" IN (SELECT "{told}" FROM "{_table(label)}")')
    return " OR ".join(ways)


def _policies(owner: Owner) -> dict[str, str]:
    """The policies of a table by names that change with them."""
    seen = condition(owner)
    said = [f"USING ({seen}) WITH CHECK ({seen})"]
    if owner.read_by is not None:
        said.append(f"FOR SELECT USING ({_read(owner.read_by)})")
    return {f"palier_{sha256(each.encode()).hexdigest()[:16]}": each for each in said}


def _read(reader: Reader) -> str:
    """The condition under which a reader sees a row."""
    return (
        f"current_setting('palier.kind', true) = '{reader.kind}' AND \"{reader.column}\" IN ("
        f'SELECT "{reader.told}" FROM "{_table(reader.label)}" '
        f"WHERE \"{reader.own}\" = nullif(current_setting('palier.fact_id', true), ''))"
    )


def _protect(database: BaseDatabaseWrapper, table: str, policies: Mapping[str, str]) -> None:
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        cursor.execute("SELECT policyname FROM pg_policies WHERE tablename = %s", [table])
        found = {row[0] for row in cursor.fetchall()}
        if found == set(policies):
            return
        for other in found:
            cursor.execute(f'DROP POLICY "{other}" ON "{table}"')
        for name, said in policies.items():
            cursor.execute(f'CREATE POLICY "{name}" ON "{table}" {said}')
        cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        # The owner of a table is above its policies unless they are forced, and the portal's role owns its tables.
        cursor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')


def _table(label: str) -> str:
    return str(apps.get_model(label)._meta.db_table)  # noqa: SLF001  # Django's own way to ask a model for its table


def _say(database: BaseDatabaseWrapper) -> None:
    if database.vendor != "postgresql":
        return
    speaker = _speaker.get() or _process[0]
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('palier.kind', %s, false), set_config('palier.fact_id', %s, false), "
            "set_config('palier.organisation_id', %s, false)",
            [speaker.kind, speaker.fact_id, speaker.organisation_id],
        )


def _say_again(database: BaseDatabaseWrapper) -> None:
    raw = database.connection
    if database.vendor != "postgresql" or raw is None:
        return
    if database.in_atomic_block and (
        database.needs_rollback or raw.info.transaction_status == TransactionStatus.INERROR
    ):
        return  # the rollback to come takes back what was said in the transaction
    try:
        _say(database)
    except Error:
        database.close()
