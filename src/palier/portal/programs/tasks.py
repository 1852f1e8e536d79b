"""What happens without anybody asking: shipped programs adopted after a migration, waiting trials worked off."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils import timezone

from palier.portal.programs.actions.trials import run_trial
from palier.portal.programs.actions.versions import adopt_shipped
from palier.portal.programs.models import RulebookVersion, Trial
from palier.rulebook.read import shipped_programs


def adopt_all(*, using: str = DEFAULT_DB_ALIAS, **given: Any) -> None:  # noqa: ANN401  # Django's signal
    """Adopt every shipped program, so that each has a version in force; again, it changes nothing."""
    del given
    with connections[using].cursor() as cursor:
        there = set(connections[using].introspection.table_names(cursor))
    if RulebookVersion._meta.db_table not in there:  # noqa: SLF001  # Django's own door to a table's name
        return
    at = timezone.now()
    with transaction.atomic(using=using):
        for program in shipped_programs():
            adopt_shipped(program, at=at)


def work_trials() -> int:
    """Run the trials that wait, the oldest first; says how many."""
    waiting = list(Trial.objects.filter(finished_at=None).order_by("asked_at").values_list("pk", flat=True))
    for trial_id in waiting:
        run_trial(trial_id, at=timezone.now())
    return len(waiting)
