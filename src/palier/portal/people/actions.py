"""Writes: organisations, invitations and memberships; each checked, journalled and told in one transaction."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from palier.portal.journal.actions import record
from palier.portal.people.errors import (
    AlreadyHereError,
    AlreadyInvitedError,
    AnotherAddressError,
    InvitationGoneError,
    LastHeadError,
    NotAllowedError,
    OrganisationThereError,
    RoleNotHereError,
    SignInFirstError,
    VendorThereError,
)
from palier.portal.people.letters import Letter, queue_letter
from palier.portal.people.models import Invitation, Membership, Organisation, User
from palier.portal.people.permissions import HEADS, may_govern, may_run
from palier.portal.roles import ROLES, Role

HOLDS = timedelta(days=7)
"""How long an invitation may be taken."""
AddressOf = Callable[[str], str]
"""The whole address at which an invitation is taken, from its token."""


def token_hash(token: str) -> str:
    """What is kept of a token: it is random and long, so that one round of hashing hides it."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def found_vendor(name: str, *, email: str, person: str, language: str, actor: str, at: datetime) -> Membership:
    """Make the vendor's organisation and its first administrator; again for the same address, only the latter is given.

    Raises:
        VendorThereError: the vendor is here and somebody else administrates it.
    """
    email = email.strip().lower()
    organisation = Organisation.objects.select_for_update().filter(kind=Organisation.Kind.VENDOR).first()
    if organisation is None:
        organisation = Organisation.objects.create(kind=Organisation.Kind.VENDOR, name=name)
        after = {"kind": organisation.kind, "name": name}
        record(
            actor=actor, verb="organisation.made", subject_kind="organisation", subject_id=str(organisation.pk), at=at,
            after=after,
        )  # fmt: skip
    heads = Membership.objects.select_related("user", "organisation").filter(
        organisation=organisation, role=Role.ADMINISTRATOR, ended_at=None, user__is_active=True
    )
    held = heads.filter(user__email__iexact=email).first()
    if held is not None:
        return held
    if heads.exists():
        raise VendorThereError(organisation.name)
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, name=person.strip(), language=language)
    made = Membership.objects.create(user=user, organisation=organisation, role=Role.ADMINISTRATOR)
    journal_membership(user, "membership.began", made, at, after={"role": made.role, "by": actor})
    return made


@transaction.atomic
def make_organisation(by: Membership, *, kind: str, name: str, fact_id: str, at: datetime) -> Organisation:
    """Make the organisation of a partner or customer of the facts.

    Raises:
        NotAllowedError: only the vendor's administrator does.
        OrganisationThereError: there is one for the id.
    """
    if not may_govern(by) or kind not in {Organisation.Kind.PARTNER, Organisation.Kind.CUSTOMER}:
        raise NotAllowedError
    if Organisation.objects.filter(kind=kind, fact_id=fact_id).exists():
        raise OrganisationThereError
    made = Organisation.objects.create(kind=kind, name=name, fact_id=fact_id)
    _journal(by.user, "organisation.made", made, at, after={"kind": kind, "name": name, "fact_id": fact_id})
    return made


@transaction.atomic
def invite(
    by: Membership,
    *,
    organisation: Organisation,
    email: str,
    role: str,
    language: str,
    address_of: AddressOf,
    at: datetime,
) -> Invitation:
    """Invite an address to an organisation in a role; the mail carries the only copy of the token.

    Raises:
        NotAllowedError: the person does not run the organisation.
        RoleNotHereError: such organisations have no such role.
        AlreadyHereError: the address belongs to it.
        AlreadyInvitedError: an invitation is open.
    """
    _may_run(by, organisation)
    return send_invitation(
        by, organisation=organisation, email=email, role=role, language=language, address_of=address_of, at=at
    )


@transaction.atomic
def send_invitation(
    by: Membership,
    *,
    organisation: Organisation,
    email: str,
    role: str,
    language: str,
    address_of: AddressOf,
    at: datetime,
) -> Invitation:
    """Invite as part of another decision, whose own action has asked whether the person may take it.

    Raises:
        RoleNotHereError: such organisations have no such role.
        AlreadyHereError: the address belongs to it.
        AlreadyInvitedError: an invitation is open.
    """
    _has_role(organisation, role)
    email = email.strip().lower()
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # two who invite one address follow each other
    if Membership.objects.filter(organisation=organisation, ended_at=None, user__email__iexact=email).exists():
        raise AlreadyHereError
    waiting = Invitation.objects.filter(
        organisation=organisation, email__iexact=email, accepted_at=None, withdrawn_at=None
    )
    if waiting.filter(expires_at__gt=at).exists():
        raise AlreadyInvitedError
    waiting.update(withdrawn_at=at)
    token = secrets.token_urlsafe(32)
    made = Invitation.objects.create(
        organisation=organisation, email=email, role=role, language=language, token_hash=token_hash(token),
        invited_by=by.user, invited_at=at, expires_at=at + HOLDS,
    )  # fmt: skip
    _journal_invitation(by.user, "invitation.sent", made, at)
    _tell(made, by.user, address_of(token), at)
    return made


@transaction.atomic
def send_again(by: Membership, *, invitation: Invitation, address_of: AddressOf, at: datetime) -> None:
    """Send an invitation with a new token and term; the link sent before no longer works.

    Raises:
        NotAllowedError: the person does not run the organisation.
        InvitationGoneError: it was taken or withdrawn.
    """
    _may_run(by, invitation.organisation)
    token = secrets.token_urlsafe(32)
    changed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
        token_hash=token_hash(token), expires_at=at + HOLDS, invited_at=at, invited_by=by.user
    )
    if not changed:
        raise InvitationGoneError
    invitation.refresh_from_db()
    _journal_invitation(by.user, "invitation.sent_again", invitation, at)
    _tell(invitation, by.user, address_of(token), at)


@transaction.atomic
def withdraw(by: Membership, *, invitation: Invitation, at: datetime) -> None:
    """Withdraw an invitation; its link no longer works.

    Raises:
        NotAllowedError: the person does not run the organisation.
        InvitationGoneError: it was taken or withdrawn before.
    """
    _may_run(by, invitation.organisation)
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at):
        raise InvitationGoneError
    _journal_invitation(by.user, "invitation.withdrawn", invitation, at)


@transaction.atomic
def accept(token: str, *, user: User | None, name: str = "", password: str = "", at: datetime) -> User:
    """Take an invitation: with one's account when signed in, else with a new one; the token works once.

    Raises:
        InvitationGoneError: it is unknown, taken, withdrawn or past its day.
        AnotherAddressError: whoever is signed in has another address.
        SignInFirstError: the address has an account, and nobody is signed in.
    """
    invitation = Invitation.objects.select_for_update().filter(token_hash=token_hash(token)).first()
    if invitation is None or not is_open(invitation, at):
        raise InvitationGoneError
    if user is None:
        if User.objects.filter(email__iexact=invitation.email).exists():
            raise SignInFirstError
        user = User.objects.create_user(
            invitation.email, password or None, name=name.strip(), language=invitation.language
        )
    elif user.email.lower() != invitation.email.lower():
        raise AnotherAddressError
    take(invitation, user=user, at=at)
    return user


def take(invitation: Invitation, *, user: User, at: datetime) -> Membership:
    """Make the membership of an open invitation, within the transaction of whoever verified the person.

    Raises:
        InvitationGoneError: somebody was faster.
    """
    claimed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if not claimed.update(accepted_at=at, accepted_by=user):
        raise InvitationGoneError
    membership, new = Membership.objects.get_or_create(
        user=user, organisation=invitation.organisation, ended_at=None, defaults={"role": invitation.role}
    )
    if new:
        journal_membership(user, "membership.began", membership, at, after={"role": membership.role})
    return membership


def is_open(invitation: Invitation, at: datetime) -> bool:
    """Whether an invitation may still be taken."""
    return invitation.accepted_at is None and invitation.withdrawn_at is None and at < invitation.expires_at


@transaction.atomic
def change_role(by: Membership, *, membership: Membership, role: str, at: datetime) -> None:
    """Give a member another role.

    Raises:
        NotAllowedError: the person does not run the organisation.
        RoleNotHereError: such organisations have no such role.
        LastHeadError: nobody would be left to run it.
    """
    _may_run(by, membership.organisation)
    _has_role(membership.organisation, role)
    held = _held(membership)
    if held.role == role:
        return
    _keeps_a_head(held)
    before, held.role = held.role, role
    held.save(update_fields=["role"])
    journal_membership(by.user, "membership.role_changed", held, at, before={"role": before}, after={"role": role})


@transaction.atomic
def end_membership(by: Membership, *, membership: Membership, reason: str = "", at: datetime) -> None:
    """End a membership: the person no longer enters the organisation from the next request on.

    Raises:
        NotAllowedError: the person does not run the organisation.
        LastHeadError: nobody would be left to run it.
    """
    _may_run(by, membership.organisation)
    held = _held(membership)
    _keeps_a_head(held)
    held.ended_at = at
    held.save(update_fields=["ended_at"])
    journal_membership(by.user, "membership.ended", held, at, before={"role": held.role}, reason=reason)


def _held(membership: Membership) -> Membership:
    """The membership as it is now; the organisation is locked, so that two heads cannot leave at once."""
    Organisation.objects.select_for_update().get(pk=membership.organisation_id)
    held = Membership.objects.select_related("organisation", "user").filter(pk=membership.pk, ended_at=None).first()
    if held is None:
        raise NotAllowedError
    return held


def _keeps_a_head(held: Membership) -> None:
    head = HEADS[held.organisation.kind]
    others = Membership.objects.filter(
        organisation=held.organisation, role=head, ended_at=None, user__is_active=True
    ).exclude(pk=held.pk)
    if held.role == head and not others.exists():
        raise LastHeadError


def _may_run(by: Membership, organisation: Organisation) -> None:
    if not may_run(by, organisation):
        raise NotAllowedError


def _has_role(organisation: Organisation, role: str) -> None:
    if role not in ROLES[organisation.kind]:
        raise RoleNotHereError


def _tell(invitation: Invitation, by: User, address: str, at: datetime) -> None:
    with translation.override(invitation.language):
        names = {
            "who": by.name or by.email,
            "organisation": invitation.organisation.name,
            "role": Role(invitation.role).label,
        }
        letter = Letter(
            subject=_("You are invited to %(organisation)s") % names,
            paragraphs=(
                _("%(who)s invites you to the portal of %(organisation)s in the role “%(role)s”.") % names,
                _("The link holds for seven days and works once."),
            ),
            act=(_("Accept the invitation"), address),
            closing=(_("If you do not expect this, do nothing: no account is made."),),
        )
        key = f"invitation/{invitation.pk}/{at.isoformat()}"
        queue_letter(letter, key=key, kind="invitation", to=invitation.email, language=invitation.language, at=at)


def journal_membership(
    by: User, verb: str, membership: Membership, at: datetime, *, before: object = None, after: object = None,
    reason: str = "",
) -> None:  # fmt: skip
    """Write about a membership; the person by pseudonym."""
    subject = f"{membership.organisation_id}/{membership.user.pseudonym}"
    record(
        actor=by.pseudonym, verb=verb, subject_kind="membership", subject_id=subject, at=at, before=before,
        after=after, reason=reason,
    )  # fmt: skip


def _journal_invitation(by: User, verb: str, invitation: Invitation, at: datetime) -> None:
    after = {"organisation": invitation.organisation_id, "role": invitation.role}
    record(actor=by.pseudonym, verb=verb, subject_kind="invitation", subject_id=str(invitation.pk), at=at, after=after)


def _journal(by: User, verb: str, organisation: Organisation, at: datetime, *, after: object) -> None:
    record(
        actor=by.pseudonym, verb=verb, subject_kind="organisation", subject_id=str(organisation.pk), at=at, after=after
    )
