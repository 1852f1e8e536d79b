"""One commission statement: its lines, what each kind of line comes to, what is carried, one total."""

from __future__ import annotations

from collections.abc import Sequence

from palier.engine.statement_words import StatementWords
from palier.engine.statements import StatementLine, subtotals
from palier.report.content import Report
from palier.report.html import Markup, Node, tag
from palier.report.lines import customer
from palier.report.past import Stated
from palier.report.words import Speech

SHOWN_LINES = 8


def statement_section(report: Report, speech: Speech) -> Markup | None:
    """The partner's commission statement; nothing where none is told."""
    stated = report.stated
    if stated is None:
        return None
    spoken = StatementWords(speech.words)
    headings = (("line", None), ("how", None), ("amount", "r"))
    head = [tag("th", speech.say(key), scope="col", class_=kind) for key, kind in headings]
    shown, others = shown_lines(stated.lines)
    rows = [_row(report, spoken, line) for line in shown]
    if others:
        rows.append(_rest(speech, spoken, others))
    return tag(
        "section",
        tag("h2", speech.say("statement_heading", month=spoken.month(stated.statement.month))),
        tag("p", statement_sentence(report, speech, stated), class_="soft"),
        tag(
            "table",
            tag("thead", tag("tr", *head)),
            tag("tbody", *rows),
            tag("tfoot", *_foot(speech, spoken, stated)),
            class_="lines statement",
        ),
        class_="card full",
        id="statement",
    )


def statement_sentence(report: Report, speech: Speech, stated: Stated) -> str:
    """Which statement it is, what it comes to, and whether it was issued."""
    spoken, statement = StatementWords(speech.words), stated.statement
    return speech.say(
        "statement_told",
        partner=report.partner,
        statement=statement.statement_id,
        status=spoken.say("issued_status" if statement.status == "issued" else "open"),
        total=speech.words.money(statement.total_minor, statement.currency),
        lines=speech.count("statement_lines", statement.lines),
    )


def shown_lines(lines: Sequence[StatementLine]) -> tuple[list[StatementLine], list[StatementLine]]:
    """The first lines of each kind, the rarest kinds whole as far as there is room, and all others."""
    kinds = dict.fromkeys(line.kind for line in lines)
    by_kind = [[line for line in lines if line.kind == kind] for kind in kinds]
    taken: list[StatementLine] = []
    while len(taken) < min(SHOWN_LINES, len(lines)):
        for each in by_kind:
            if each and len(taken) < SHOWN_LINES:
                taken.append(each.pop(0))
    chosen = {line.line_no for line in taken}
    return [line for line in lines if line.line_no in chosen], [line for line in lines if line.line_no not in chosen]


def _row(report: Report, spoken: StatementWords, line: StatementLine) -> Markup:
    words = spoken.words
    name = None if line.customer_id is None else customer(report.name(line.customer_id))
    known = [each for each in (line.payment_id, line.customer_id) if each]
    _, what, *_ = spoken.row(line)
    made: list[Node] = []
    if line.net_minor is not None and line.rate is not None:
        made.append(f"{words.money(line.net_minor, str(line.net_currency))} × {spoken.percent(line)}")
    details = [what, *([spoken.month(line.period_month)] if line.period_month else []), *spoken.details(line)]
    return tag(
        "tr",
        tag("th", name or what, tag("small", " · ".join(known)), scope="row"),
        tag("td", tag("span", *made, class_="sum") if made else None, tag("small", " · ".join(details)), class_="how"),
        tag("td", words.money(line.amount_minor, line.currency), class_="r amount"),
    )


def _rest(speech: Speech, spoken: StatementWords, others: Sequence[StatementLine]) -> Markup:
    amount = spoken.words.money(sum(line.amount_minor for line in others), others[0].currency)
    return tag(
        "tr",
        tag("th", speech.count("more_lines", len(others)), scope="row"),
        tag("td", class_="how"),
        tag("td", amount, class_="r amount"),
    )


def _foot(speech: Speech, spoken: StatementWords, stated: Stated) -> list[Node]:
    """What each kind of line comes to, what is carried, the total; then what is carried on, if anything is."""
    statement = stated.statement
    by_kind = subtotals(stated.lines, "kind")
    kinds = dict.fromkeys(line.kind for line in stated.lines)
    sums = [(spoken.say(f"kind_{kind}"), by_kind[kind]) for kind in kinds]
    sums.append((spoken.say("carried"), statement.carried_minor))
    last = [(spoken.say("total"), statement.total_minor)]
    if statement.balance_minor:
        last.append((spoken.say("balance"), statement.balance_minor))
    rows: list[Node] = []
    for kind, listed in (("group", sums), ("total", last)):
        for said, minor in listed:
            money = speech.words.money(minor, statement.currency)
            cells = tag("th", said, colspan=2, scope="row"), tag("td", money, class_="r")
            rows.append(tag("tr", *cells, class_=kind))
    return rows
