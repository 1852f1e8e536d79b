"""The checks across rows and tables: references, overlaps, ends before starts, odd pairs of facts."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from palier.facts.check import Check
from palier.facts.relations import FILE, ROW, held_of, listed, quoted, rows_of
from palier.facts.schema import Column, Table

DUPLICATES_PER_PASS = 10_000_000
"""How many rows are grouped by key at once: what fits well within a gigabyte."""


def table_checks(
    table: Table, declared: Mapping[str, Table], *, retractable: Container[str] = frozenset()
) -> Iterator[Check]:
    """Every check of `table` that looks at more than one cell, duplicate keys and versions aside.

    `retractable` are the tables whose rows may take back earlier ones.
    """
    for column in table.columns:
        if column.references is not None and column.references in declared:
            yield _dangling(table, column, declared[column.references], retracts=column.references in retractable)
    if table.apart:
        yield _overlap(table)
    yield from _ends_before_start(table)
    if table.name == "sales":
        yield _SALE_AFTER_CHURN
    if table.name == "payments":
        yield _OTHER_CUSTOMER
        yield _CORRECTS_NOTHING
    if table.name == "customers":
        yield _NO_COUNTRY
    if table.name == "enrolments":
        yield _TWO_LEVELS


def duplicate_hashes(table: Table, *, passes: int, index: int) -> str:
    """The hashes `h` of keys and `recorded_at` that stand in several rows, of one pass out of several."""
    key = f"hash({listed(table.key)}, recorded_at)"
    part = "" if passes == 1 else f" WHERE {key} % {passes} = {index}"
    return f"SELECT {key} AS h FROM {rows_of(table.name)}{part} GROUP BY ALL HAVING count(*) > 1"


def duplicate_source(table: Table, hashes: str) -> str:
    """The FROM item, alias `f`, with each key that stands in several rows: its first place and how many.

    `hashes` is the relation of the hashes to look at; two keys of one hash are told apart here.
    """
    key = listed(table.key)
    shown = ", ', ', ".join(f"coalesce(CAST({quoted(name)} AS VARCHAR), '')" for name in table.key)
    return (
        f"(SELECT place.file AS {FILE}, place.row AS {ROW}, shown, times FROM ("
        f"SELECT min(struct_pack(file := {FILE}, row := {ROW})) AS place, "
        f"concat({shown}) AS shown, count(*) AS times FROM {rows_of(table.name)} "
        f"WHERE hash({key}, recorded_at) IN (FROM {hashes}) "
        f"GROUP BY {key}, recorded_at HAVING count(*) > 1)) AS f"
    )


def duplicate_check(table: Table, hashes: str) -> Check:
    """The check of rows with one key and one `recorded_at`, over the suspects that `hashes` names."""
    key = ", ".join(table.key)
    return Check(
        code="duplicate_key",
        severity="error",
        table=table.name,
        column=table.key[0],
        condition="TRUE",
        found="concat(shown, ' in ', times, ' rows')",
        expected=f"one row for each {key} and recorded_at",
        message=f"The key ({key}) stands more than once: {{found}}, of which this is the first.",
        mend="Leave one of them, or give each version its recorded_at.",
        source=duplicate_source(table, hashes),
    )


def retracts_nothing(table: Table) -> Check:
    """The warning about a retraction of which no earlier version is there to take back."""
    same = " AND ".join(f"g.{quoted(name)} IS NOT DISTINCT FROM f.{quoted(name)}" for name in table.key)
    earlier = "f.recorded_at IS NOT NULL AND (g.recorded_at IS NULL OR g.recorded_at < f.recorded_at)"
    return Check(
        code="retracts_nothing",
        severity="warning",
        table=table.name,
        column="retracted",
        condition="f.retracted",
        found="'true'",
        expected="an earlier version of the same key",
        message=f"The row takes back a row of {table.name} of which there is no earlier version.",
        mend="Leave it out, or deliver the version that it takes back.",
        source=f"{rows_of(table.name)} AS f ANTI JOIN {rows_of(table.name)} AS g ON {same} AND {earlier}",
    )


def _dangling(table: Table, column: Column, target: Table, *, retracts: bool) -> Check:
    cell = f"f.{quoted(column.name)}"
    also = f"; where {target.name} takes it back, take this row back, too" if retracts else ""
    return Check(
        code="dangling_reference",
        severity="error",
        table=table.name,
        column=column.name,
        condition=f"{cell} IS NOT NULL",
        found=cell,
        expected=f"a {target.key[0]} of {target.name}",
        message=f"{column.name} is {{found}}, which is no {target.key[0]} of {target.name}.",
        mend=f"Deliver that row of {target.name}, or correct {column.name}{also}.",
        source=f"{held_of(table.name)} AS f ANTI JOIN {held_of(target.name)} AS g "
        f"ON {cell} = g.{quoted(target.key[0])}",
        needs=(target.name,),
    )


def _overlap(table: Table) -> Check:
    start, end = table.period or ("", "")
    of = ", ".join(table.apart)
    # Empty and inverted periods never hold, so they cannot overlap; an open end reaches every later start.
    reached = (
        f"max(coalesce({quoted(end)}, DATE 'infinity')) OVER (PARTITION BY {listed(table.apart)} "
        f"ORDER BY {quoted(start)}, {ROW} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )
    proper = f"{quoted(end)} IS NULL OR {quoted(end)} > {quoted(start)}"
    return Check(
        code="overlap",
        severity="error",
        table=table.name,
        column=start,
        condition=f"f.reached > f.{quoted(start)}",
        found=f"CAST(f.{quoted(start)} AS VARCHAR)",
        expected="a day on or after the end of the period before",
        message=f"The row begins on {{found}}, while an earlier one of the same {of} still holds.",
        mend=f"End the earlier row on that day: {end} is the first day on which it no longer holds.",
        source=f"(SELECT *, {reached} AS reached FROM {held_of(table.name)} WHERE {proper}) AS f",
    )


def _ends_before_start(table: Table) -> Iterator[Check]:
    if table.dated_by is None:
        return
    start = table.dated_by
    ends = ((table.period[1],) if table.period else ()) + table.later
    for end in ends:
        yield Check(
            code="ends_before_start",
            severity="warning",
            table=table.name,
            column=end,
            condition=f"f.{quoted(end)} < f.{quoted(start)}",
            found=f"CAST(f.{quoted(end)} AS VARCHAR)",
            expected=f"a day on or after {start}",
            message=f"{end} is {{found}}, before {start}: the row is never in force.",
            mend=f"Correct {end} or {start}.",
        )


_SALE_AFTER_CHURN = Check(
    code="sale_after_churn",
    severity="warning",
    table="sales",
    column="closed_on",
    condition="f.closed_on >= c.churned_on",
    found="CAST(f.closed_on AS VARCHAR)",
    expected="a day before the customer's churned_on",
    message="The sale was closed on {found}, when its customer had already churned; it counts for nothing.",
    mend="Correct closed_on, or the customer's churned_on.",
    source=f"{held_of('sales')} AS f JOIN {held_of('customers')} AS c ON c.customer_id = f.customer_id",
    needs=("customers",),
)

_OTHER_CUSTOMER = Check(
    code="other_customer",
    severity="warning",
    table="payments",
    column="customer_id",
    condition="f.customer_id <> s.customer_id",
    found="f.customer_id",
    expected="the customer of its sale",
    message="The payment is {found}'s, and its sale was made to another customer; it earns what that sale earns.",
    mend="Correct customer_id or sale_id.",
    source=f"{held_of('payments')} AS f JOIN {held_of('sales')} AS s ON s.sale_id = f.sale_id",
    needs=("sales",),
)

_CORRECTS_NOTHING = Check(
    code="corrects_nothing",
    severity="warning",
    table="payments",
    column="net_minor",
    condition="f.net_minor < 0 AND f.corrects_payment_id IS NULL",
    found="CAST(f.net_minor AS VARCHAR)",
    expected="the payment that a refund corrects",
    message="The net amount is {found}, and no payment is named that it corrects: it is taken as a payment of its own, "
    "with its own place in the term and its own exchange rate.",
    mend="Name in corrects_payment_id the payment that was paid back.",
)

_NO_COUNTRY = Check(
    code="no_country",
    severity="warning",
    table="customers",
    column="country",
    condition="f.country IS NULL",
    found="CAST(NULL AS VARCHAR)",
    expected="an ISO 3166 country such as FR",
    message="The customer has no country, neither here nor in customer_countries: it is in no growth market.",
    mend="Fill in country, or add a row to customer_countries.",
    source=f"{held_of('customers')} AS f ANTI JOIN {held_of('customer_countries')} AS g "
    "ON g.customer_id = f.customer_id",
    needs=("customer_countries",),
)

_TWO_LEVELS = Check(
    code="two_levels",
    severity="warning",
    table="enrolments",
    column="enrolled_on",
    condition="f.reached > f.enrolled_on",
    found="CAST(f.enrolled_on AS VARCHAR)",
    expected="a day on or after the end of the enrolment before",
    message="The enrolment begins on {found}, while an earlier one of this partner and program still holds.",
    mend="End the earlier enrolment on that day with left_on.",
    source="(SELECT *, max(coalesce(left_on, DATE 'infinity')) OVER (PARTITION BY partner_id, program "
    f"ORDER BY enrolled_on, {ROW} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached "
    f"FROM {held_of('enrolments')} WHERE left_on IS NULL OR left_on > enrolled_on) AS f",
)
