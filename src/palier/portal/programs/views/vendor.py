"""The vendor's home and its list of partners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from palier.engine.words import Words
from palier.portal.numbers import number_in
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import User
from palier.portal.programs import readers
from palier.portal.programs.actions.listing import SOON, ViewNameError, forget_view, list_partners, save_view
from palier.portal.programs.listing import ORDERS, Asked, asked_of, found_partners
from palier.portal.programs.models import ListedPartner, Recalibration
from palier.portal.programs.pictures import flows_figure, flows_of
from palier.portal.programs.queries import last_and_next, programs_with_runs, rulebook_of
from palier.portal.programs.queues import Queue, queues
from palier.portal.programs.views.recalibrations import headline
from palier.portal.standings.csv_files import csv_response, harmless
from palier.portal.standings.models import Run
from palier.report.content import total_metric

PAGE = 50
SHOWN = 5


def _run(request: HttpRequest) -> tuple[Run | None, list[Run]]:
    """The current run of the program asked for, else of the first one; and those of the other programs."""
    running = {program: run for program, run in programs_with_runs().items() if run is not None}
    chosen = running.get(request.GET.get("program", "")) or next(iter(running.values()), None)
    return chosen, [each for each in running.values() if each != chosen]


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What changed since the last recalibration, what waits for me?"""
    run, others = _run(request)
    waiting = _waiting(request)
    if run is None:
        return render(request, "programs/home.html", {"run": None, **waiting})
    counts = _counts(run)
    if not counts.tier and list_partners(run):
        counts = _counts(run)
    words = Words(rulebook_of(run.rulebook_folder), readers.language_of(request))
    past, coming = last_and_next(words.rulebook, run.as_of)
    published = Recalibration.objects.filter(program=run.program, published_at__isnull=False).first()
    shown: dict[str, Any] = {
        "run": run, "program": run.program, "name": readers.program_name(words), "day": words.day(run.as_of),
        "others": [(each.program, _program_name(request, each)) for each in others], "count": sum(counts.tier.values()),
        "holds": bool(counts.held),
        **waiting, "last": words.day(past), "last_iso": past.isoformat() if past else "",
        "next": words.day(coming), "next_iso": coming.isoformat() if coming else "",
        "due": past is not None and (published is None or published.on_day < past),
        "tiers": _tiers(words, run, counts),
        "soon": SOON.days, "runs": _runs(request, words),
    }  # fmt: skip
    return render(
        request, "programs/home.html", shown | _about_to(words, run) | _changed(words, counts, published, past)
    )


def _waiting(request: HttpRequest) -> dict[str, Any]:
    """What waits for the reader, and what for colleagues who may do what the reader may not."""
    membership = membership_of(request)
    role = "" if membership is None else membership.role
    whose: dict[bool, list[Queue]] = {True: [], False: []}
    for each in queues():
        whose[role in each.by].append(each)
    return {"queues": whose[True], "others_queues": whose[False]}


def _about_to(words: Words, run: Run) -> dict[str, Any]:
    """Who is about to fall and who is one gate from rising, the highest first, in one query."""
    listed = run.listed.order_by("-rank", F("total").desc(nulls_last=True), "name")
    falling, rising = Q(falls=True), ~Q(next_tier="") & Q(missing=1)
    near = listed.filter(
        Q(pk__in=listed.filter(falling).values("pk")[:SHOWN]) | Q(pk__in=listed.filter(rising).values("pk")[:SHOWN])
    )
    return {
        "falling": [_near(words, each) for each in near if each.falls][:SHOWN],
        "rising": [_near(words, each) for each in near if each.next_tier and each.missing == 1][:SHOWN],
    }


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many partners stand where: what their figures reach, what they hold, and what they held before."""

    tier: Counter[str]
    held: Counter[str]
    steps: list[tuple[str, str, int]]


def _counts(run: Run) -> _Counts:
    """How many partners stand on each tier, in one query."""
    tier, held, steps = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    rows = run.listed.order_by().values_list("tier", "held", "held_before", "state").annotate(count=Count("pk"))
    for reached, holds, before, state, count in rows:
        tier[reached] += count
        if state:
            held[holds] += count
            steps[before, holds] += count
    return _Counts(tier, held, [(*step, count) for step, count in steps.items()])


def _tiers(words: Words, run: Run, counts: _Counts) -> list[dict[str, Any]]:
    """Each tier in force, the highest first, then none: who stands on it by figures, and who holds it."""
    ladder = [each.tier for each in reversed(words.rulebook.program.tiers) if each.in_force(run.as_of)]
    most = max(counts.tier.values(), default=1)
    return [
        {
            "tier": tier, "name": words.tier(tier or None), "count": counts.tier[tier], "held": counts.held[tier],
            "share": round(100 * counts.tier[tier] / most),
        }
        for tier in [*ladder, ""]
    ]  # fmt: skip


def _program_name(request: HttpRequest, run: Run) -> str:
    """What people call the program of a run."""
    return readers.program_name(Words(rulebook_of(run.rulebook_folder), readers.language_of(request)))


def _changed(words: Words, counts: _Counts, published: Recalibration | None, past: date | None) -> dict[str, Any]:
    """What the last recalibration moved: as published, else as the calendar has it since."""
    if published is not None and (published.on_day == past or not counts.steps):
        return _flows(words, published)
    if past is None or not counts.steps:
        return {}
    flows = flows_of(words, counts.steps, _("Before"), _("Now"))
    return {"since": words.day(past), "picture": flows_figure(flows, "flows-since")}


def _flows(words: Words, published: Recalibration) -> dict[str, Any]:
    steps: dict[tuple[str, str], int] = {}
    for each in published.moves.only("tier_before", "tier_after", "exception", "decided_tier"):
        step = each.tier_before, each.final_tier
        steps[step] = steps.get(step, 0) + 1
    flows = flows_of(words, [(*step, count) for step, count in steps.items()], _("Before"), _("After"))
    ways = flows.ways()
    return {
        "published": published, "published_day": words.day(published.on_day),
        "headline": headline(ways["rise"], ways["fall"]), "picture": flows_figure(flows, "flows-published"),
    }  # fmt: skip


def _near(words: Words, each: ListedPartner) -> dict[str, Any]:
    """A partner about to rise or to fall, in a sentence with figure and day."""
    short = each.falls_short
    return {
        "partner_id": each.partner_id,
        "name": each.name,
        "tier": words.tier(each.tier or None),
        "keeps": words.tier((each.held if each.state else each.tier) or None),
        "next": words.tier(each.next_tier) if each.next_tier else "",
        "missing": ", ".join(words.name("gates", gate) for gate in each.missing_gates.split()),
        "metric": short.get("metric", ""),
        "why": _why(words, short) if short else "",
    }


def _why(words: Words, short: dict[str, str]) -> str:
    return _("%(gate)s: %(left)s left on %(day)s, %(required)s asked to keep %(tier)s") % {
        "gate": words.name("gates", short["gate"]),
        "left": words.figure(short["metric"], Fraction(short["left"])),
        "required": words.figure(short["metric"], Fraction(short["required"])),
        "day": words.day(date.fromisoformat(short["on"])),
        "tier": words.tier(short["tier"]),
    }


def _runs(request: HttpRequest, words: Words) -> list[dict[str, Any]]:
    return [
        {
            "run": each, "day": words.day(each.as_of), "loaded": words.day(each.loaded_at.date()),
            "name": _program_name(request, each),
        }
        for each in Run.objects.order_by("-loaded_at")[:3]
    ]  # fmt: skip


@require_GET
def partners(request: HttpRequest) -> HttpResponse:
    """Who is about to rise or fall, who breaks a rule?"""
    run, _others = _run(request)
    if run is None:
        return render(request, "programs/partners.html", {"run": None})
    list_partners(run)
    words = Words(rulebook_of(run.rulebook_folder), readers.language_of(request))
    asked = asked_of(request.GET)
    page = Paginator(found_partners(run, asked), PAGE).get_page(request.GET.get("page"))
    program = words.rulebook.program
    total = total_metric(program, run.as_of)
    others = [name for name, each in program.metrics.items() if each.in_force(run.as_of) and name != total]
    shown = {
        "run": run, "name": readers.program_name(words), "day": words.day(run.as_of), "asked": asked, "page": page,
        "rows": [_listed(words, each, total, others) for each in page],
        "total": words.name("metrics", total), "total_metric": total,
        "tiers": [(each.tier, words.tier(each.tier)) for each in reversed(program.tiers) if each.in_force(run.as_of)],
        "holds": run.holdings.exists(), "gates": _gates(words, run),
        "orders": [(name, label) for name, (label, _by) in ORDERS.items()],
        "views": [
            {"view": each, "query": urlencode(each.asked)} for each in cast("User", request.user).partner_views.all()
        ],
        "query": urlencode(asked.given()), "soon": SOON.days,
    }  # fmt: skip
    return render(request, "programs/partners.html", shown)


def _gates(words: Words, run: Run) -> list[tuple[str, str]]:
    """The gates that any tier in force asks, by name."""
    program = words.rulebook.program
    ids = dict.fromkeys(
        str(leaf.gate) for tier in program.tiers if tier.in_force(run.as_of) for leaf in tier.requires.leaves()
    )
    return sorted(((each, words.name("gates", each)) for each in ids), key=lambda pair: pair[1])


def _listed(words: Words, each: ListedPartner, total: str, others: Sequence[str]) -> dict[str, Any]:
    def spoken(metric: str) -> str:
        value = each.figures.get(metric)
        return words.figure(metric, None if value is None else Fraction(value)) if metric in each.figures else ""

    return {
        **_near(words, each),
        "kept": words.tier(each.tier_kept or None),
        "held": words.tier(each.held or None) if each.state else "",
        "state": each.state,
        "count": each.missing,
        "total": spoken(total),
        "figures": [
            {"metric": metric, "name": words.name("metrics", metric), "value": spoken(metric)}
            for metric in others
            if metric in each.figures
        ],
        "falls": each.falls,
        "breach": each.breach,
    }


@require_GET
def partners_csv(request: HttpRequest) -> HttpResponse:
    """Everybody on the list as asked, with every figure, exact."""
    run, _others = _run(request)
    if run is None:
        return csv_response("partners.csv", [("partner_id",)])
    list_partners(run)
    return csv_response(f"partners-{run.program}-{run.as_of}.csv", _csv_rows(run, asked_of(request.GET)))


def _csv_rows(run: Run, asked: Asked) -> Iterator[Sequence[object]]:
    metrics = list(rulebook_of(run.rulebook_folder).program.metrics)
    yield (
        "partner_id", "name", "held", "state", "tier", "tier_kept", "next_tier", "missing_gates", "falls_on", "breach",
        *metrics,
    )  # fmt: skip
    found: QuerySet[ListedPartner] = found_partners(run, asked)
    for each in found.iterator(chunk_size=1000):
        yield (
            harmless(each.partner_id), harmless(each.name), each.held, each.state, each.tier, each.tier_kept,
            each.next_tier, " ".join(each.missing_gates.split()), each.falls_short.get("on", ""),
            "yes" if each.breach else "",
            *(each.figures.get(metric) or "" for metric in metrics),
        )  # fmt: skip


@require_POST
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters and the order under a name, or forget a kept view."""
    user, asked = cast("User", request.user), asked_of(request.POST)
    forgotten = number_in(request.POST.get("forget", ""))
    if forgotten:
        forget_view(user, forgotten)
    else:
        try:
            save_view(user, request.POST.get("name", ""), asked.given())
        except ViewNameError:
            messages.error(request, _("Give the view a name."))
        else:
            messages.success(request, _("The view is kept."))
    return redirect(f"{reverse('programs:partners')}?{urlencode(asked.given())}")
