"""See as this partner: the vendor's staff look at the portal as a partner's admin sees it, and change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest

from palier.portal.journal.actions import record
from palier.portal.people.errors import NotAllowedError
from palier.portal.people.models import Membership, Organisation
from palier.portal.people.permissions import may_see_as_partner
from palier.portal.roles import Role

KEY = "seeing"
"""The session's key of the partner looked at."""
LASTS = timedelta(minutes=60)
MAY_WRITE = frozenset({"people:stop_seeing", "account_logout"})
"""What may be sent while looking."""


@dataclass(frozen=True, slots=True)
class Seeing:
    """Somebody of the vendor who looks as a partner, until a moment."""

    own: Membership
    organisation: Organisation
    until: datetime

    @property
    def membership(self) -> Membership:
        """The membership that the pages see: the partner's admin, never saved."""
        return Membership(user=self.own.user, organisation=self.organisation, role=Role.ADMIN)


@transaction.atomic
def start_seeing(request: HttpRequest, by: Membership, *, organisation: Organisation, at: datetime) -> None:
    """Look as a partner for an hour; the journal says who and since when.

    Raises:
        NotAllowedError: the role does not allow it, or the organisation is no partner.
    """
    if not may_see_as_partner(by) or organisation.kind != Organisation.Kind.PARTNER:
        raise NotAllowedError
    until = at + LASTS
    _journal(by, "seeing.started", organisation, at, after={"until": until.isoformat()})
    request.session[KEY] = {"organisation": organisation.pk, "until": until.isoformat()}


@transaction.atomic
def stop_seeing(request: HttpRequest, seeing: Seeing, *, at: datetime, reason: str = "") -> None:
    """Stop looking; the journal says when."""
    request.session.pop(KEY, None)
    _journal(seeing.own, "seeing.stopped", seeing.organisation, min(at, seeing.until), reason=reason)


def current_seeing(request: HttpRequest, own: Membership | None, at: datetime) -> Seeing | None:
    """What the session looks at; None where nothing, and where the hour or the right to look is over."""
    kept = request.session.get(KEY)
    if kept is None or own is None:
        return None
    organisation = Organisation.objects.filter(pk=kept["organisation"], kind=Organisation.Kind.PARTNER).first()
    if organisation is None:
        del request.session[KEY]
        return None
    seeing = Seeing(own, organisation, datetime.fromisoformat(kept["until"]))
    if at < seeing.until and may_see_as_partner(own):
        return seeing
    stop_seeing(request, seeing, at=at, reason="over")
    return None


def seeing_of(request: HttpRequest) -> Seeing | None:
    """As which partner the request looks."""
    found: Seeing | None = getattr(request, "seeing", None)
    return found


def _journal(
    by: Membership, verb: str, organisation: Organisation, at: datetime, *, after: object = None, reason: str = ""
) -> None:
    record(
        actor=by.user.pseudonym, verb=verb, subject_kind="organisation", subject_id=str(organisation.pk), at=at,
        after=after, reason=reason,
    )  # fmt: skip
