"""What pages of partners ask of the runs: the tier that waits for a form, and the candidates for an invitation."""

from __future__ import annotations

from collections import defaultdict

from palier.backends.names import names
from palier.backends.session import connect, rows
from palier.backends.snapshot import open_snapshot
from palier.portal.partners import asked
from palier.portal.partners.asked import Awaiting, Candidate, Credential
from palier.portal.partners.days import next_promotion
from palier.portal.standings.models import Run
from palier.portal.standings.permissions import PROGRAM
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
_ENDS = {"activated", "promoted", "left"}


def answer_partners() -> None:
    """Answer the questions of the app of partners from now on."""
    asked.TEAM_WORK.fill(team_work)
    asked.AWAITING.fill(awaiting)
    asked.CANDIDATES.fill(candidates)
    asked.CUSTOMER.fill(customer)
    asked.CREDENTIALS.fill(credentials)


def awaiting(partner_id: object, program: object) -> Awaiting | None:
    """The last tier that waited for the partner's form, until it is its own or the next cycle looks anew (B166-172)."""
    run = Run.objects.filter(program=program, is_current=True).first()
    if run is None:
        return None
    found: Awaiting | None = None
    for move in run.moves.filter(partner_id=partner_id).order_by("position"):
        if move.kind == "awaiting_form" and move.deadline is not None:
            found = Awaiting(move.about, move.on, move.deadline)
        elif move.kind in _ENDS:
            found = None
    if found is None:
        return None
    anew = next_promotion(found.deadline_on, str(program))
    return found if anew is None or run.as_of < anew else None


def customer(customer_id: object) -> str | None:
    """The name of a customer in the current run's facts; None for nobody."""
    run = Run.objects.filter(program=PROGRAM, is_current=True).first()
    if run is None:
        return None
    wanted = str(customer_id)
    return names(run.facts, partners=[], customers=[wanted]).get(wanted)


def credentials(partner_id: object) -> tuple[Credential, ...]:
    """The credentials that are live on the current run's day, with how many hold each and the first to expire."""
    run = Run.objects.filter(program=PROGRAM, is_current=True).first()
    if run is None:
        return ()
    connection = connect()
    try:
        open_snapshot(connection, run.facts, tables={"credentials", "partner_users"})
        found = rows(connection, _LIVE, {"partner_id": str(partner_id), "on": run.as_of})
    finally:
        connection.close()
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
