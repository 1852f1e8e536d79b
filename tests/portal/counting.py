"""How often a page asks the database, counted alike on both databases."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

MOST_QUERIES = 12
ASIDE = ("SAVEPOINT", "RELEASE SAVEPOINT")
"""What the test's own transaction makes of transactions inside it."""
SPOKEN = "SELECT set_config('palier."
FRAME = 2
"""PostgreSQL is told at the beginning of each request for whom it is made, and at its end that it is over (0023)."""


def queries_of(client: Client, address: str, *, opens: bool = True) -> int:
    """How often the second answer asks the database: the first may write what is kept from then on."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    assert response.status_code == 200 if opens else response.status_code < 500, address
    said = [str(each["sql"]) for each in asked.captured_queries if not str(each["sql"]).startswith(ASIDE)]
    spoken = sum(each.startswith(SPOKEN) for each in said)
    if connection.vendor == "postgresql":
        assert spoken >= FRAME, address
        return len(said) - FRAME  # a page that speaks for others in between answers for it
    assert spoken == 0
    return len(said)
