"""Whose standing may somebody read: a partner its own, the vendor everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpRequest

from palier.engine.words import Language
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import Organisation, User
from palier.portal.standings.queries import Published, published

PROGRAM = "solutions"


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody who may read about a partner: the run, the partner, whether it is their own, and their language."""

    found: Published
    partner_id: str
    own: bool
    language: Language


def reading(request: HttpRequest, partner_id: str | None) -> Reading | None:
    """The reading of a partner's page, one's own without an id; None while nothing is published.

    Raises:
        Http404: it is another's, or nobody's.
    """
    membership = membership_of(request)
    if membership is None:
        raise Http404
    organisation = membership.organisation
    own_id = organisation.fact_id if organisation.kind == Organisation.Kind.PARTNER else None
    wanted = own_id if partner_id is None else partner_id
    if wanted is None or (wanted != own_id and organisation.kind != Organisation.Kind.VENDOR):
        raise Http404
    found = published(PROGRAM)
    return None if found is None else Reading(found, wanted, wanted == own_id, language_of(request))


def language_of(request: HttpRequest) -> Language:
    """The language in which somebody reads."""
    return cast("Language", cast("User", request.user).language)
