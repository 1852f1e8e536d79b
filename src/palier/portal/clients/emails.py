"""The mails of clients: asked, granted, ended, restored, seats; each in its reader's language, in the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from palier.engine.words import spoken_day
from palier.portal.clients.models import Access
from palier.portal.clients.queries import admins_of, customer_called, owners_of, partner_names
from palier.portal.journal.letters import letter
from palier.portal.journal.outbox import queue_mail
from palier.portal.partners.models import Employee
from palier.portal.people.models import User


@dataclass(frozen=True, slots=True)
class News:
    """What a mail says: its title, what follows from it, and the name of the page to open."""

    title: Promise
    follows: Promise
    act: Promise


NEWS: Mapping[str, News] = {
    "asked": News(
        _("%(partner)s asks for access for %(person)s"),
        _(
            "%(partner)s would like %(person)s (%(email)s) to work in the account of %(customer)s. Nobody but you can "
            "let them in, and you can end it whenever you want. Nothing happens until you answer."
        ),
        _("Answer"),
    ),
    "left": News(
        _("%(person)s of %(partner)s no longer has access"),
        _(
            "%(partner)s ended the access of %(person)s (%(email)s) to the account of %(customer)s on %(day)s. If you "
            "want it back, you alone can restore it."
        ),
        _("See who has access"),
    ),
    "granted": News(
        _("%(customer)s lets %(person)s in"),
        _(
            "%(person)s has access to the account of %(customer)s from %(day)s. Qualifying work counts from the day on "
            "which the customer is associated with the person as well."
        ),
        _("See the associations"),
    ),
    "declined": News(
        _("%(customer)s does not let %(person)s in"),
        _(
            "%(customer)s answered on %(day)s: %(person)s gets no access to its account. "
            "Talk to them before you ask again."
        ),
        _("See the associations"),
    ),
    "revoked": News(
        _("%(customer)s ended the access of %(person)s"),
        _(
            "%(person)s has no access to the account of %(customer)s from %(day)s, and what the person did there no "
            "longer counts. Only the customer can restore the access."
        ),
        _("See the associations"),
    ),
    "restored": News(
        _("%(customer)s gives %(person)s access again"),
        _(
            "%(person)s has access to the account of %(customer)s again from %(day)s. What was done before does not "
            "count again: credit starts with the next qualifying work."
        ),
        _("See the associations"),
    ),
    "seat_given": News(
        _("%(customer)s gives %(person)s a partner seat"),
        _(
            "From %(day)s, %(person)s can use every function of the account of %(customer)s. The seat is free of "
            "charge for the customer, who can take it back."
        ),
        _("See the associations"),
    ),
    "seat_taken": News(
        _("%(customer)s takes back the partner seat of %(person)s"),
        _("From %(day)s, %(person)s has no partner seat in the account of %(customer)s. The access stays as it was."),
        _("See the associations"),
    ),
}
"""Every kind of mail."""


def tell_owners(kind: str, access: Access, employee: Employee, *, on: date, at: datetime) -> int:
    """Write to the people who keep the customer's keys; says to how many."""
    readers = owners_of(access.customer_id)
    return _tell(kind, access, employee, readers, place=reverse("clients:access"), on=on, at=at)


def tell_partner(kind: str, access: Access, employee: Employee, *, on: date, at: datetime) -> int:
    """Write to the partner's administrators and to the person whom it is about; says to how many."""
    readers = {user.pk: user for user in admins_of(employee.partner_id)}
    if employee.account is not None and employee.account.is_active:
        readers[employee.account.pk] = employee.account
    place = reverse("clients:employee", args=[employee.user_id])
    return _tell(kind, access, employee, readers.values(), place=place, on=on, at=at)


def _tell(
    kind: str, access: Access, employee: Employee, readers: Iterable[User], *, place: str, on: date, at: datetime
) -> int:
    customer = str(customer_called(access.customer_id))
    partner = partner_names([employee.partner_id])[employee.partner_id]
    told = 0
    for reader in readers:
        parts = {
            "person": str(employee), "email": employee.email, "partner": partner, "customer": customer,
            "day": spoken_day(on, reader.language),
        }  # fmt: skip
        key = f"clients:{kind}:{access.access_id}:{at.isoformat()}:{reader.pk}"
        queue_news(kind, reader, parts, place=place, at=at, key=key)
        told += 1
    return told


def queue_news(kind: str, reader: User, parts: Mapping[str, str], *, place: str, key: str, at: datetime) -> None:
    """Write one of the mails to one reader."""
    news = NEWS[kind]
    with translation.override(reader.language):
        context = {"title": news.title % parts, "follows": news.follows % parts, "act": str(news.act), "place": place}
    written = letter("clients/mail/access", reader.language, context)
    queue_mail(
        key=key, kind=f"access {kind}", to=reader.email, language=reader.language, subject=written.subject,
        text=written.text, html=written.html, at=at,
    )  # fmt: skip
