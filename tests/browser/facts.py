"""The facts of the site: a sample in which Leading waits for the contact form of every partner with an app.

The sample knows nobody so large; here each of them gains one customer whose revenue is enough (B220), so that the
recalibration of 15 October 2026 offers the tier, and the form, which nobody has filed, is due on the 29th (B166).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from palier.backends.sampling import write_sample

LARGE = {
    "customers": "SELECT 'C9' || app_id AS customer_id, 'Odéon ' || name AS name, lower(app_id) || '.example' AS domain"
    ", 'FR' AS country, DATE '2025-01-15' AS first_purchased_on, NULL AS churned_on FROM firsts",
    "subscriptions": "SELECT 'T9' || app_id AS subscription_id, 'C9' || app_id AS customer_id, 'sales' AS product_line,"
    " 'enterprise' AS edition, 130000000 AS mrr_minor, 'USD' AS currency, DATE '2025-01-15' AS effective_from,"
    " NULL AS effective_until FROM firsts",
    "installs": "SELECT 'I9' || app_id AS install_id, app_id, 'C9' || app_id AS customer_id,"
    " DATE '2025-02-01' AS installed_on, NULL AS uninstalled_on FROM firsts",
    "app_uses": "SELECT app_id, 'C9' || app_id AS customer_id, CAST(month AS DATE) AS month FROM firsts,"
    " generate_series(DATE '2025-12-01', DATE '2026-11-01', INTERVAL 1 MONTH) AS months(month)",
}
"""What the sample gains, by table: a customer, what it pays, and that it uses the first app of its partner: on 15
October 2026 for ten of the twelve months that are averaged, which is enough, in July for seven."""

KEPT = {"contact_forms": "false", "attestations": "code NOT IN ('partnership_manager', 'contact_form_filed')"}
"""Which rows stay: nobody has named a partnership manager, which is what the form is waited for."""


def write_facts(folder: Path, *, partners: int) -> None:
    """Write the sample, and what it gains."""
    write_sample(folder, partners=partners, seed=1)
    with duckdb.connect() as connection:
        apps = f"SELECT MIN(app_id) AS app_id, ARG_MIN(name, app_id) AS name FROM '{folder}/apps.parquet'"
        connection.execute(f"CREATE TABLE firsts AS {apps} WHERE delisted_on IS NULL GROUP BY partner_id")
        for table, gained in LARGE.items():
            before, after = folder / f"{table}.parquet", folder / f"{table}.new"
            connection.execute(
                f"COPY (SELECT * FROM '{before}' UNION ALL BY NAME {gained}) TO '{after}' (FORMAT parquet)"
            )
            after.replace(before)
        for table, stays in KEPT.items():
            file = folder / f"{table}.parquet"
            connection.execute(f"CREATE TABLE {table} AS SELECT * FROM '{file}' WHERE {stays}")
            connection.execute(f"COPY {table} TO '{file}' (FORMAT parquet)")
