"""Whose standing may somebody read, and in which program: a partner its own, the vendor everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpRequest

from palier.engine.words import Language
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import Organisation, User
from palier.portal.standings.models import Run
from palier.portal.standings.queries import Published, current_runs, with_rulebook

PROGRAM = "solutions"
"""The program of pages about all partners that ask for none."""
CHOSEN = "program"
"""The session's key, and the parameter, of the program chosen."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody who may read about a partner: the run, the partner, whether it is their own, and their language.

    `programs` are those in which the partner takes part, the one read among them.
    """

    found: Published
    partner_id: str
    own: bool
    language: Language
    programs: tuple[Published, ...] = ()

    @property
    def program(self) -> str:
        """The program read."""
        return self.found.run.program


def reading(request: HttpRequest, partner_id: str | None, *, metric: str | None = None) -> Reading | None:
    """The reading of a partner's page, one's own without an id; None while nothing is published.

    The program is the one that the address names, else the one chosen last, else the first in which the partner
    takes part; of a figure's page, one that has the metric.

    Raises:
        Http404: it is another's, or nobody's; or no run of the named program is published.
    """
    membership = membership_of(request)
    if membership is None:
        raise Http404
    organisation = membership.organisation
    own_id = organisation.fact_id if organisation.kind == Organisation.Kind.PARTNER else None
    wanted = own_id if partner_id is None else partner_id
    if wanted is None or (wanted != own_id and organisation.kind != Organisation.Kind.VENDOR):
        raise Http404
    runs = current_runs(wanted)
    if not runs:
        return None
    programs = tuple(with_rulebook(run) for run, enrolled in runs if enrolled)
    found = _chosen(request, [run for run, _ in runs], programs, metric)
    return Reading(found, wanted, wanted == own_id, language_of(request), programs)


def remember(request: HttpRequest, program: str) -> None:
    """Keep the program for the pages that follow."""
    if request.session.get(CHOSEN) != program:
        request.session[CHOSEN] = program


def _chosen(request: HttpRequest, runs: list[Run], programs: tuple[Published, ...], metric: str | None) -> Published:
    named = request.GET.get(CHOSEN)
    if named is not None:
        run = next((run for run in runs if run.program == named), None)
        if run is None:
            raise Http404
        return with_rulebook(run)
    able = [each for each in programs if metric is None or metric in each.rulebook.program.metrics]
    kept = request.session.get(CHOSEN)
    return next((each for each in able if each.run.program == kept), able[0] if able else with_rulebook(runs[0]))


def language_of(request: HttpRequest) -> Language:
    """The language in which somebody reads."""
    return cast("Language", cast("User", request.user).language)
