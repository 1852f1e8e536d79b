"""What was published stays as it was published: the database refuses to change or remove it, whoever asks.

The models refuse as well; this is the second lock behind them, for statements that go past the models. It is written
after every migration, because SQLite forgets a table's triggers when it alters the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

LEDGERS: Mapping[str, str] = {
    "partners.Decision": "TRUE",
    "programs.Recalibration": "OLD.published_at IS NOT NULL",
    "programs.Moved": (
        "EXISTS (SELECT 1 FROM programs_recalibration AS r "
        "WHERE r.id = OLD.recalibration_id AND r.published_at IS NOT NULL)"
    ),
}
"""The tables that are ledgers, by model, with the condition under which a row stands for good."""
SAID = "what was published is answered by another one, never changed"
_ACTS = ("UPDATE", "DELETE")


def guard(sender: AppConfig, **given: Any) -> None:  # noqa: ANN401  # Django's signature of signals
    """After migrations: have the database refuse changes of an app's ledgers."""
    database = connections[given.get("using", DEFAULT_DB_ALIAS)]
    for label, stands in LEDGERS.items():
        if label.partition(".")[0] == sender.label:
            table = str(apps.get_model(label)._meta.db_table)  # noqa: SLF001  # Django's own way to ask for its table
            with transaction.atomic(using=database.alias):
                for statement in statements(database.vendor, table, stands):
                    _execute(database, statement)


def statements(vendor: str, table: str, stands: str) -> list[str]:
    """What makes a table a ledger, in the words of its database; said again, nothing changes."""
    if vendor == "sqlite":
        made = []
        for act in _ACTS:
            name = f"{table}_stands_{act.lower()}"
            made += [
                f'DROP TRIGGER IF EXISTS "{name}"',
                f'CREATE TRIGGER "{name}" BEFORE {act} ON "{table}" WHEN {stands} '
                f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END",
            ]
        return made
    if vendor != "postgresql":
        return []
    name = f"{table}_stands"
    return [
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        f"IF {stands} THEN RAISE EXCEPTION '{SAID}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        f'CREATE OR REPLACE TRIGGER "{name}" BEFORE UPDATE OR DELETE ON "{table}" '
        f'FOR EACH ROW EXECUTE FUNCTION "{name}"()',
    ]


def _execute(database: BaseDatabaseWrapper, statement: str) -> None:
    with database.cursor() as cursor:
        cursor.execute(statement)
