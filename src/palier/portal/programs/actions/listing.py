"""The vendor's list of partners, made once for every run; and the views that people keep of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from django.db import transaction

import palier
from palier.backends.names import names
from palier.backends.runs import Ending
from palier.portal.partners.models import Attestation
from palier.portal.people.models import User
from palier.portal.programs.models import ListedPartner, SavedView
from palier.portal.programs.queries import last_and_next, rulebook_of
from palier.portal.standings.models import Gate, Run
from palier.report.content import total_metric
from palier.rulebook.model import Program

SOON = timedelta(days=30)
"""Credit that ends within so many days is about to be lost."""
BATCH = 500
PLACES = Decimal("1.0000000000")


class ViewNameError(Exception):
    """Raised when a view is kept without a name."""

    def __init__(self) -> None:
        super().__init__("a view needs a name")


def list_partners(run: Run) -> int:
    """Make the list of a run's partners, whole in one transaction; again, it changes nothing. Says how many."""
    known = run.listed.count()
    if known:
        return known
    program = rulebook_of(run.rulebook_folder).program
    with palier.open_run(Path(run.folder)) as source:
        endings = source.endings(by=run.as_of + SOON)
    with transaction.atomic():
        Run.objects.select_for_update().get(pk=run.pk)
        if not run.listed.exists():
            ListedPartner.objects.bulk_create(_listed(run, program, endings), batch_size=BATCH)
    return run.listed.count()


def _listed(run: Run, program: Program, endings: list[Ending]) -> Iterator[ListedPartner]:
    standings = list(run.standings.all())
    known = names(run.facts, partners=[each.partner_id for each in standings], customers=[])
    ranks = {"": -1, **{tier.tier: place for place, tier in enumerate(program.tiers)}}
    figures: dict[str, dict[str, Fraction | None]] = defaultdict(dict)
    for figure in run.figures.order_by("pk").iterator(chunk_size=5000):
        figures[figure.partner_id][figure.metric] = figure.value
    breaches, held = breached(run.as_of), _held(run)
    at_stake = {each.partner_id: held.get(each.partner_id, {}).get("held", each.tier_kept) for each in standings}
    lost = {each.partner_id for each in standings if ranks[at_stake[each.partner_id]] > ranks[each.tier_kept]}
    shortfalls = _shortfalls(run, program, figures, endings, at_stake=at_stake, lost=lost)
    total = total_metric(program, run.as_of)
    for each in standings:
        mine = figures[each.partner_id]
        name = known.get(each.partner_id) or each.partner_id
        short = shortfalls.get(each.partner_id, {})
        yield ListedPartner(
            run=run,
            partner_id=each.partner_id,
            name=name,
            wanted=f"{name} {each.partner_id}".casefold(),
            tier=each.tier,
            tier_kept=each.tier_kept,
            **held.get(each.partner_id, {}),
            next_tier=each.next_tier,
            rank=ranks[each.tier],
            missing=len(each.missing),
            missing_gates=f" {' '.join(each.missing)} ",
            figures={metric: None if value is None else str(value) for metric, value in mine.items()},
            total=_decimal(mine.get(total)),
            falls=bool(short),
            falls_short=short,
            breach=each.partner_id in breaches,
        )


def _held(run: Run) -> dict[str, dict[str, str]]:
    """What each partner holds on the run's day, and held before the last recalibration, where moves were replayed."""
    past, _coming = last_and_next(rulebook_of(run.rulebook_folder), run.as_of)
    eve = None if past is None else past - timedelta(days=1)
    found: dict[str, dict[str, str]] = {}
    for each in run.holdings.order_by("pk").iterator(chunk_size=5000):
        if each.effective_from <= run.as_of and (each.effective_until is None or run.as_of < each.effective_until):
            found.setdefault(each.partner_id, {}).update(state=each.state, held=each.tier)
        if eve and each.effective_from <= eve and (each.effective_until is None or eve < each.effective_until):
            found.setdefault(each.partner_id, {})["held_before"] = each.tier
    return found


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else (Decimal(value.numerator) / Decimal(value.denominator)).quantize(PLACES)


def breached(on: date) -> frozenset[str]:
    """The partners that somebody vouches break the rules on a day."""
    said = Attestation.objects.filter(code="compliant", value__iexact="no", effective_from__lte=on)
    return frozenset(said.exclude(effective_until__lte=on).values_list("partner_id", flat=True))


def _shortfalls(
    run: Run,
    program: Program,
    figures: Mapping[str, Mapping[str, Fraction | None]],
    endings: list[Ending],
    *,
    at_stake: Mapping[str, str],
    lost: AbstractSet[str],
) -> dict[str, dict[str, str]]:
    """For whom a gate of the tier at stake is missed, or will be as credit ends soon: the gate, the day, what is left.

    At stake is the tier that a partner holds; where nobody holds any, the one that it could keep. `lost` are those
    whose figures do not keep it today: they fall on the next recalibration.
    """
    ending: dict[tuple[str, str], list[Ending]] = defaultdict(list)
    for each in endings:
        ending[each.partner_id, each.metric].append(each)
    found: dict[str, dict[str, str]] = {}
    gates = run.gates.filter(purpose="keep", operator__in=["at_least", "more_than"], weight="mandatory")
    for gate in gates.iterator(chunk_size=5000):
        value = figures[gate.partner_id].get(gate.metric) if at_stake.get(gate.partner_id) == gate.tier else None
        if value is None or program.metrics[gate.metric].kind not in {"sum", "total"}:
            continue
        if gate.held:
            short = _first_short(gate, value, ending.get((gate.partner_id, gate.metric), []))
        else:
            missed = gate.partner_id in lost and not gate.waived_by
            short = _short(gate, run.as_of, value) if missed else None
        known = found.get(gate.partner_id)
        if short is not None and (known is None or short["on"] < known["on"]):
            found[gate.partner_id] = short
    return found


def _first_short(gate: Gate, value: Fraction, endings: list[Ending]) -> dict[str, str] | None:
    """The first day on which what is left no longer passes a gate; None where it does to the end."""
    required, left = Fraction(gate.required), value
    for ending in sorted(endings, key=lambda each: each.on):
        left -= ending.amount
        if left < required or (gate.operator == "more_than" and left == required):
            return _short(gate, ending.on, left)
    return None


def _short(gate: Gate, on: date, left: Fraction) -> dict[str, str]:
    """A gate that is missed from a day on with what is left."""
    return {
        "gate": gate.gate, "tier": gate.tier, "metric": gate.metric, "on": on.isoformat(),
        "left": str(left), "required": str(Fraction(gate.required)),
    }  # fmt: skip


def save_view(user: User, name: str, asked: Mapping[str, str]) -> SavedView:
    """Keep filters and order under a name; the same name again replaces them.

    Raises:
        ViewNameError: the name is empty.
    """
    if not name.strip():
        raise ViewNameError
    kept, _ = SavedView.objects.update_or_create(
        user=user, name=name.strip()[:60], defaults={"asked": {key: each for key, each in asked.items() if each}}
    )
    return kept


def forget_view(user: User, view_id: int) -> None:
    """Keep a view no longer; another person's stays."""
    SavedView.objects.filter(user=user, pk=view_id).delete()
