"""A draft tried on the facts of the current run: who moves, which figures change, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import get_args

from django.db import InterfaceError, OperationalError, transaction

from palier.backends.compare import Compared, compare
from palier.engine.compare import Comparison, PartnerDifference
from palier.engine.compared import reason_sentences, summary_sentences
from palier.engine.words import Language, Words
from palier.portal.journal.actions import record
from palier.portal.people.models import User
from palier.portal.programs.actions.versions import NotReadyError
from palier.portal.programs.models import Mover, RulebookVersion, Trial
from palier.portal.programs.permissions import EDITORS, require
from palier.portal.programs.queries import rulebook_of
from palier.portal.standings.models import Run
from palier.rulebook.document import Plain
from palier.rulebook.edits import parse_edits
from palier.rulebook.problems import PalierError
from palier.rulebook.read import Rulebook, read_program

DIRECTLY = 2_000
"""So many partners are compared while the page waits, some seconds; more wait for the worker."""
BATCH = 500
MOST_BEGUN = 3
"""A trial that was begun so often and never ended kills whoever runs it, for want of memory perhaps: it is given up."""
LANGUAGES: tuple[Language, ...] = get_args(Language)


class NeverEndedError(PalierError):
    """Raised when a trial was begun too often without an end."""

    def __init__(self) -> None:
        super().__init__(
            f"Whoever ran this trial was stopped, {MOST_BEGUN} times: it may need more memory than there is. "
            "Try fewer months of commissions, or the draft with palier compare on a larger machine."
        )


@transaction.atomic
def ask_trial(user: User, version_id: int, *, months: int, at: datetime) -> Trial:
    """Ask to try a draft on the facts of its program's current run; `run_trial` does it.

    Args:
        user: who asks.
        version_id: the draft.
        months: how many of the last whole months' commissions are compared too.
        at: now.

    Raises:
        NotAllowedError: the person may not.
        NotReadyError: `problems`, the draft does not check; `unchanged`; `no_run`, nothing was evaluated yet.
    """
    require(user, EDITORS, "try rules")
    version = RulebookVersion.objects.select_for_update().get(pk=version_id)
    run = Run.objects.filter(program=version.program, is_current=True).first()
    if not version.digest or any(each["severity"] == "error" for each in version.problems):
        raise NotReadyError("problems")
    if version.based_on is None or version.digest == version.based_on.digest:
        raise NotReadyError("unchanged")
    if run is None:
        raise NotReadyError("no_run")
    as_if = any(day > run.as_of for day in edited_days(version))
    trial = Trial.objects.create(
        version=version, run=run, digest=version.digest, on_day=run.as_of, as_if=as_if, asked_at=at,
        told={"months": [each.isoformat() for each in last_months(run.as_of, months)]},
    )  # fmt: skip
    record(
        actor=user.pseudonym, verb="try", subject_kind="rulebook", subject_id=f"{version.program}/{version.pk}", at=at,
        after={"digest": version.digest, "on": run.as_of.isoformat()},
    )  # fmt: skip
    return trial


def is_direct(trial: Trial) -> bool:
    """Whether the trial is small enough to be run while its page waits."""
    return trial.run is not None and trial.run.standings.count() <= DIRECTLY


def run_trial(trial_id: int, *, at: datetime) -> Trial:
    """Run a trial that waits and keep what it shows, or what went wrong; one that is finished stays as it is."""
    trial = Trial.objects.select_related("version__based_on", "run").get(pk=trial_id)
    if trial.finished_at is not None:
        return trial
    try:
        _begin(trial)
        return _keep(trial, _compared(trial), at)
    except (OperationalError, InterfaceError):
        raise  # the portal's own database is away: the trial still waits
    except Exception as error:  # noqa: BLE001  # whatever goes wrong is the trial's problem, and nobody else's
        said = str(error) if isinstance(error, PalierError) else f"{type(error).__name__}: {error}"
        Trial.objects.filter(pk=trial.pk, finished_at=None).update(
            problem=said[:2000] or type(error).__name__, finished_at=at
        )
        return Trial.objects.get(pk=trial.pk)


def _begin(trial: Trial) -> None:
    """Count how often the trial was begun, before it can end the process.

    Raises:
        NeverEndedError: too often, and it never ended.
    """
    begun = trial.told.get("begun", 0) + 1
    if begun > MOST_BEGUN:
        raise NeverEndedError
    trial.told = {**trial.told, "begun": begun}
    Trial.objects.filter(pk=trial.pk, finished_at=None).update(told=trial.told)


def _compared(trial: Trial) -> Comparison:
    version, run = trial.version, trial.run
    assert version.based_on is not None and run is not None  # noqa: S101, PT018  # proven when it was asked
    months = [date.fromisoformat(each) for each in trial.told["months"]]
    before = rulebook_of(version.based_on.folder)
    after = tried_rulebook(version, trial.on_day) if trial.as_if else read_program(version.folder)
    sides = Compared(rulebook=before), Compared(rulebook=after)
    return compare(*sides, facts=run.facts, on=trial.on_day, months=months, stale=True)


@transaction.atomic
def _keep(trial: Trial, told: Comparison, at: datetime) -> Trial:
    version = trial.version
    if Trial.objects.select_for_update().get(pk=trial.pk).finished_at is not None:
        return Trial.objects.get(pk=trial.pk)  # the page and the worker both ran it: the first one is kept
    speakers = {language: Words(rulebook_of(version.folder), language) for language in LANGUAGES}
    trial.told = {
        **trial.told,
        "partners": told.partners,
        "promoted": len(told.moved("promoted")),
        "demoted": len(told.moved("demoted")),
        "ladder": list(told.ladder),
        "flows": [[each.before, each.after, each.partners] for each in told.flows],
        "costs": [
            {
                "month": each.month.isoformat(), "currency": each.currency, "before": each.before_minor,
                "after": each.after_minor,
            }
            for each in told.commissions
        ],
        "summary": {language: summary_sentences(words, told) for language, words in speakers.items()},
    }  # fmt: skip
    trial.finished_at = at
    trial.save()
    Mover.objects.bulk_create(_movers(trial, told, speakers), batch_size=BATCH)
    return trial


def _movers(trial: Trial, told: Comparison, speakers: dict[Language, Words]) -> Iterator[Mover]:
    for each in told.differences:
        yield Mover(
            trial=trial,
            partner_id=each.partner_id,
            name=each.name or each.partner_id,
            direction=each.direction,
            size=_size(each),
            tier_before=each.tier[0] or "",
            tier_after=each.tier[1] or "",
            kept_before=each.tier_kept[0] or "",
            kept_after=each.tier_kept[1] or "",
            reasons={language: reason_sentences(words, each) for language, words in speakers.items()},
        )


def _size(each: PartnerDifference) -> int:
    return 2 * abs(each.steps or 0) + min(1, abs(each.steps_kept or 0))


def edited_days(version: RulebookVersion) -> list[date]:
    """The days from which a draft's edits hold, as far as each edits one period."""
    return [day for day in (_day_of(path) for path in parse_edits(version.edits)) if day is not None]


def tried_rulebook(version: RulebookVersion, on: date) -> Rulebook:
    """The draft as if its later values held on a day already."""
    edits: dict[str, Plain] = {}
    for path, value in parse_edits(version.edits).items():
        day = _day_of(path)
        early = day is not None and day > on
        edits[f"{path.rpartition('.')[0]}.{on}" if early else path] = value
    return read_program(version.edited_folder, edits=edits, switches=version.switches)


def _day_of(path: str) -> date | None:
    try:
        return date.fromisoformat(path.rpartition(".")[2])
    except ValueError:
        return None


def last_months(on: date, count: int) -> list[date]:
    """The first days of the last whole months before a day, the oldest first."""
    months = []
    year, month = on.year, on.month
    for _ in range(count):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
        months.append(date(year, month, 1))
    return months[::-1]
