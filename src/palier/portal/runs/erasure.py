"""Erasing a person: what names them goes, what they did stays under their pseudonym, and the journal's chain holds."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils.html import escape

from palier.portal.journal.actions import record
from palier.portal.journal.models import Message, PersonKey
from palier.portal.journal.persons import destroy_key
from palier.portal.partners.actions import forget, where_named
from palier.portal.partners.models import Employee
from palier.portal.people.models import Invitation, Membership, User
from palier.portal.runs.permissions import NotAllowedError, may_erase

GONE = "erased"
_NAMELESS = {"email": "", "name": "", "explanation": "", "account": None}


class LastAdministratorError(Exception):
    """Raised when the person is the only administrator that the vendor has left."""

    def __init__(self) -> None:
        super().__init__("this is the vendor's last administrator: make another one first")


class NobodyNamedError(Exception):
    """Raised when nothing names an address, or somebody signs in with it, who is erased as a person."""

    def __init__(self) -> None:
        super().__init__("nothing names the address, or somebody signs in with it")


@transaction.atomic
def erase_person(by: Membership, person: User, *, reason: str, at: datetime) -> None:
    """Erase a person at their own wish or when the law says so (General Data Protection Regulation, article 17).

    Name, address, ways to sign in, sessions, invitations and mails go; the key to the journal's personal values is
    destroyed. Figures stay: partners' activity is kept under an id that names nobody.

    Raises:
        NotAllowedError: only the vendor's administrator does.
        LastAdministratorError: nobody could run the portal afterwards.
    """
    if not may_erase(by):
        verb = "erase a person"
        raise NotAllowedError(verb)
    erase(person, actor=by.user.pseudonym, reason=reason, at=at)


@transaction.atomic
def erase(person: User, *, actor: str, reason: str, at: datetime) -> None:
    """The same from the command line, by whoever runs the machine.

    Raises:
        LastAdministratorError: nobody could run the portal afterwards.
    """
    _keep_an_administrator(person)
    email, pseudonym = person.email, person.pseudonym
    erased = {
        "seats": Membership.objects.filter(user=person, ended_at=None).update(ended_at=at),
        **_unname(email, pseudonym, Q(email__iexact=email) | Q(account=person), name=person.name, at=at),
        "ways_in": Authenticator.objects.filter(user=person).delete()[0]
        + SocialAccount.objects.filter(user=person).delete()[0],
        "key": destroy_key(pseudonym, at=at),
    }
    EmailAddress.objects.filter(user=person).delete()
    keys = list(UserSession.objects.filter(user=person).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=person).delete()
    person.email, person.name, person.is_active = _nowhere(pseudonym), "", False
    person.set_unusable_password()
    person.save(update_fields=["email", "name", "is_active", "password"])
    record(
        actor=actor, verb="erase", subject_kind="person", subject_id=pseudonym, at=at, after=erased, reason=reason
    )  # fmt: skip


def erase_named(by: Membership, email: str, *, reason: str, at: datetime) -> str:
    """Erase somebody who signs in nowhere and is merely named: in a form, an application, a referral, as an employee.

    Returns:
        The pseudonym under which the journal knows of it.

    Raises:
        NotAllowedError: only the vendor's administrator does.
        NobodyNamedError: nothing names the address, or somebody signs in with it.
    """
    if not may_erase(by):
        verb = "erase a person"
        raise NotAllowedError(verb)
    return erase_address(email, actor=by.user.pseudonym, reason=reason, at=at)


@transaction.atomic
def erase_address(email: str, *, actor: str, reason: str, at: datetime) -> str:
    """The same from the command line, by whoever runs the machine.

    Raises:
        NobodyNamedError: nothing names the address, or somebody signs in with it.
    """
    if User.objects.filter(email__iexact=email).exists() or not any(naming(email).values()):
        raise NobodyNamedError
    pseudonym = f"named-{uuid4().hex}"
    erased = _unname(email, pseudonym, Q(email__iexact=email), at=at)
    record(
        actor=actor, verb="erase", subject_kind="person", subject_id=pseudonym, at=at, after=erased, reason=reason
    )  # fmt: skip
    return pseudonym


def _unname(email: str, pseudonym: str, employed: Q, *, at: datetime, name: str = "") -> dict[str, int]:
    """Take an address from everywhere it is named, also from the employees asked for; says how many rows of each."""
    nowhere = _nowhere(pseudonym)
    invitations = Invitation.objects.filter(email__iexact=email)
    invitations.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
    employees = list(Employee.objects.filter(employed))
    for each in PersonKey.objects.filter(pseudonym__in=[each.user_id for each in employees], destroyed_at=None):
        destroy_key(each.pseudonym, at=at)
    names = {name, *(each.name for each in employees)} - {""}
    return {
        "mails": Message.objects.filter(to__iexact=email).delete()[0] + _unname_in_mails(email, names, nowhere),
        "invitations": invitations.update(email=nowhere),
        "employees": Employee.objects.filter(employed).update(**_NAMELESS),
        **forget(email, nowhere=nowhere),
    }


def _unname_in_mails(email: str, names: Collection[str], nowhere: str) -> int:
    """Take an address, and the names that go with it, out of the mails that told others of the person.

    A name of one word is many people's: it goes where the address stands beside it.
    """
    telling = Q(text__icontains=email)
    for each in (each for each in names if " " in each):
        telling |= Q(text__icontains=each) | Q(subject__icontains=each)
    found = list(Message.objects.filter(telling))
    for message in found:
        for said, instead in [(email, nowhere), *((each, "…") for each in names)]:
            for part, written in (("subject", said), ("text", said), ("html", escape(said))):
                whole = rf"(?<![\w.+-]){re.escape(written)}(?![\w-])"
                setattr(message, part, re.sub(whole, instead, getattr(message, part), flags=re.IGNORECASE))
        message.save(update_fields=["subject", "text", "html"])
    return len(found)


def naming(email: str) -> dict[str, int]:
    """In how many rows of each kind an address is named; nothing for none."""
    if not email:
        return {}
    return {
        **where_named(email),
        "invitations": Invitation.objects.filter(email__iexact=email).count(),
        "mails": Message.objects.filter(Q(to__iexact=email) | Q(text__icontains=email)).count(),
    }


def _nowhere(pseudonym: str) -> str:
    """An address that leads nowhere (RFC 6761, 6.4)."""
    return f"{GONE}-{pseudonym}@erased.invalid"


def _keep_an_administrator(person: User) -> None:
    heads = Membership.objects.filter(
        ended_at=None, user__is_active=True, role="administrator", organisation__kind="vendor"
    )
    if heads.filter(user=person).exists() and not heads.exclude(user=person).exists():
        raise LastAdministratorError
