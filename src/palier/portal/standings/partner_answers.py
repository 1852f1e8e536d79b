"""What pages of partners ask of the runs: the tier that waits for a form, and the candidates for an invitation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import cast

from palier.backends.names import names
from palier.backends.opened import opened
from palier.backends.session import rows
from palier.engine.moves import ends_wait
from palier.engine.recalibration import recalibration
from palier.engine.words import Language, Words
from palier.portal.partners import asked
from palier.portal.partners.asked import Awaiting, Candidate, Credential, Effect, Influence
from palier.portal.partners.days import WITH_FORM, next_promotion
from palier.portal.standings.models import Run, Standing
from palier.portal.standings.permissions import PROGRAM
from palier.portal.standings.queries import lines_of, published
from palier.portal.standings.team_work import team_work

_LIVE = """
SELECT c.kind, c.code, COUNT(*) AS live, MIN(c.expires_on) AS next_expiry_on
FROM credentials AS c
LEFT JOIN partner_users AS u ON u.user_id = c.user_id
WHERE c.partner_id = $partner_id AND c.app_id IS NULL AND c.earned_on <= $on
  AND (c.expires_on IS NULL OR c.expires_on > $on)
  AND (c.user_id IS NULL OR u.added_on <= $on
    AND (u.deactivated_on IS NULL OR u.deactivated_on > $on) AND (u.deleted_on IS NULL OR u.deleted_on > $on))
GROUP BY c.kind, c.code
ORDER BY c.kind DESC, c.code
"""


def answer_partners() -> None:
    """Answer the questions of the app of partners from now on."""
    asked.TEAM_WORK.fill(team_work)
    asked.AWAITING.fill(awaiting)
    asked.CANDIDATES.fill(candidates)
    asked.CUSTOMER.fill(customer)
    asked.CREDENTIALS.fill(credentials)
    asked.CUSTOMERS.fill(customers)
    asked.INFLUENCE.fill(influence)


def awaiting(partner_id: object, program: object) -> Awaiting | None:
    """The last tier that waited for the partner's form, until it is its own or the next cycle looks anew (B166-172)."""
    made = published(str(program))
    if made is None or made.rulebook.program.calendar is None:
        return None
    rules = recalibration(made.rulebook.program)
    found: Awaiting | None = None
    for move in made.run.moves.filter(partner_id=partner_id).order_by("position"):
        if move.kind == "awaiting_form" and move.deadline is not None:
            found = Awaiting(move.about, move.on, move.deadline)
        elif found is not None and ends_wait(move.kind, (move.after or None, move.computed or None), found.tier, rules):
            found = None
    if found is None:
        return None
    anew = next_promotion(found.deadline_on, str(program))
    return found if anew is None or made.run.as_of < anew else None


def customer(customer_id: object) -> str | None:
    """The name of a customer in the current run's facts; None for nobody."""
    run = Run.objects.filter(program=PROGRAM, is_current=True).first()
    if run is None:
        return None
    wanted = str(customer_id)
    return names(run.facts, partners=[], customers=[wanted]).get(wanted)


def customers(customer_ids: object) -> Mapping[str, str]:
    """The names of customers in the current run's facts, by id."""
    run = Run.objects.filter(program=PROGRAM, is_current=True).first()
    wanted = sorted(cast("Collection[str]", customer_ids))
    return {} if run is None or not wanted else names(run.facts, partners=[], customers=wanted)


def influence(partner_id: object, language: object) -> Influence | None:
    """What each matched deal of a partner counts in the current run, and until when (B271, B836)."""
    found = published(WITH_FORM)
    if found is None:
        return None
    words = Words(found.rulebook, cast("Language", language))
    lines = lines_of(found, str(partner_id), source_table="influenced_sales")
    effects = {
        line.source_id: Effect(words.figure(line.metric, line.amount), line.counts_until)
        for line in lines
        if found.rulebook.program.metrics[line.metric].headline
    }
    return Influence(found.run.as_of, effects)


def credentials(partner_id: object) -> tuple[Credential, ...]:
    """The credentials that are live on the current run's day, with how many hold each and the first to expire."""
    run = Run.objects.filter(program=PROGRAM, is_current=True).first()
    # Files know no row-level security: who is not shown the partner's standing is not shown its credentials.
    if run is None or not Standing.objects.filter(run__is_current=True, partner_id=partner_id).exists():
        return ()
    with opened(run.facts, {"credentials", "partner_users"}) as connection:
        found = rows(connection, _LIVE, {"partner_id": str(partner_id), "on": run.as_of})
    return tuple(Credential(row["kind"], row["code"], row["live"], row["next_expiry_on"]) for row in found)


def candidates() -> tuple[Candidate, ...]:
    """The partners whose figures reach a tier that only human acts still keep from them (A164)."""
    run = Run.objects.filter(program=PROGRAM, is_current=True).first()
    if run is None:
        return ()
    rows = run.standings.exclude(candidate="").order_by("partner_id")
    missing: dict[tuple[str, str], list[str]] = defaultdict(list)
    for gate in run.gates.filter(partner_id__in=[row.partner_id for row in rows], purpose="reach", held=False):
        missing[gate.partner_id, gate.tier].append(gate.gate)
    return tuple(
        Candidate(row.partner_id, row.candidate, tuple(dict.fromkeys(missing[row.partner_id, row.candidate])))
        for row in rows
    )
