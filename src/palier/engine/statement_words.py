"""A commission statement as people read it, in English or French."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from babel.dates import format_date

from palier.engine.statements import Statement, StatementLine, subtotals
from palier.engine.words import Words

HEADINGS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "en": (
        ("line", True), ("what", False), ("payment", False), ("customer", False), ("month paid for", False),
        ("net paid", True), ("rate", True), ("made of", False), ("commission", True),
    ),
    "fr": (
        ("ligne", True), ("objet", False), ("paiement", False), ("client", False), ("mois payé", False),
        ("net payé", True), ("taux", True), ("détail", False), ("commission", True),
    ),
}  # fmt: skip
SUMMED: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "en": (
        ("statement", False), ("partner", False), ("lines", True), ("payments", True), ("refunds", True),
        ("adjustments", True), ("issued", True), ("carried", True), ("total", True), ("to pay", True),
    ),
    "fr": (
        ("relevé", False), ("partenaire", False), ("lignes", True), ("paiements", True), ("remboursements", True),
        ("régularisations", True), ("émis", True), ("report", True), ("total", True), ("à payer", True),
    ),
}  # fmt: skip
SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Commission statement {statement}: {partner}, {month} ({status})",
        "summary": "Commission statements of {month}",
        "none": "No commission and no balance in {month}.",
        "open": "not issued yet",
        "issued_status": "issued",
        "payment": "{commission}",
        "refund": "{commission}: refund of {corrects}",
        "adjustment": "adjustment",
        "issued": "as issued",
        "term": "month {index} of {months}",
        "term_open": "month {index}, as long as the customer stays",
        "crossed": "1 {currency} = {rate} {payment_currency}, {day}",
        "difference": "due {due}, issued {issued}",
        "corrects_line": "corrects {statement}, line {line}",
        "carried": "Balance carried from earlier months",
        "total": "Total",
        "payable": "To pay",
        "balance": "Balance carried to the next statement",
        "more": "... and {count} more, in the tables written",
        "written": "Statements written to {out}: {count}",
        "kind_payment": "Commission on payments",
        "kind_refund": "Refunds",
        "kind_adjustment": "Adjustments of earlier statements",
        "kind_issued": "As issued",
        "by_customer": "of which customer {name}",
        "by_sale": "of which sale {name}",
    },
    "fr": {
        "title": "Relevé de commissions {statement}\u202f: {partner}, {month} ({status})",
        "summary": "Relevés de commissions, {month}",
        "none": "Ni commission ni solde, {month}.",
        "open": "pas encore émis",
        "issued_status": "émis",
        "payment": "{commission}",
        "refund": "{commission}\u202f: remboursement de {corrects}",
        "adjustment": "régularisation",
        "issued": "tel qu’émis",
        "term": "mois {index} sur {months}",
        "term_open": "mois {index}, tant que le client reste",
        "crossed": "1 {currency} = {rate} {payment_currency}, {day}",
        "difference": "dû {due}, émis {issued}",
        "corrects_line": "corrige {statement}, ligne {line}",
        "carried": "Solde reporté des mois précédents",
        "total": "Total",
        "payable": "À payer",
        "balance": "Solde à reporter sur le prochain relevé",
        "more": "… et {count} autres, dans les tables écrites",
        "written": "Relevés écrits dans {out}\u202f: {count}",
        "kind_payment": "Commissions sur paiements",
        "kind_refund": "Remboursements",
        "kind_adjustment": "Régularisations de relevés antérieurs",
        "kind_issued": "Tel qu’émis",
        "by_customer": "dont client {name}",
        "by_sale": "dont vente {name}",
    },
}
_RATE_DECIMALS = 6


class StatementWords:
    """How statements of one program read in one language."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.said = SAID[words.language]

    def say(self, name: str, /, **parts: object) -> str:
        """One sentence."""
        return self.said[name].format(**parts)

    def month(self, month: date) -> str:
        """A month in words: February 2024, février 2024."""
        return str(format_date(month, format="MMMM y", locale=self.words.language))

    def title(self, statement: Statement) -> str:
        """The head of a statement."""
        status = self.say("issued_status" if statement.status == "issued" else "open")
        return self.say(
            "title",
            statement=statement.statement_id,
            partner=statement.partner_id,
            month=self.month(statement.month),
            status=status,
        )

    def row(self, line: StatementLine) -> tuple[str, ...]:
        """A line as the cells of a table."""
        commission = "" if line.commission is None else self.words.name("commissions", line.commission)
        net = "" if line.net_minor is None else self.words.money(line.net_minor, str(line.net_currency))
        percent = "" if line.rate is None else self.percent(line)
        return (
            str(line.line_no),
            self.say(line.kind, commission=commission, corrects=line.corrects_payment_id or ""),
            line.payment_id or "",
            line.customer_id or "",
            "" if line.period_month is None else self.month(line.period_month),
            net,
            percent,
            "\n".join(self.details(line)),
            self.words.money(line.amount_minor, line.currency),
        )

    def percent(self, line: StatementLine) -> str:
        """The rate of a line."""
        assert line.rate is not None  # noqa: S101  # asked only of lines with a rate
        return self.words.number(line.rate * 100, 2) + ("\u202f%" if self.words.language == "fr" else "%")

    def details(self, line: StatementLine) -> list[str]:
        """What a line is made of: its place in the term, the exchange rate, what it corrects."""
        found: list[str] = []
        if line.term_index is not None:
            months = line.term_months
            name = "term_open" if months is None else "term"
            found.append(self.say(name, index=line.term_index + 1, months=months))
        if line.usd_rate is not None and line.payment_usd_rate is not None:
            found.append(self._crossed(line))
        if line.kind == "adjustment":
            due, issued = (self.words.money(each or 0, line.currency) for each in (line.due_minor, line.issued_minor))
            found.append(self.say("difference", due=due, issued=issued))
        if line.corrects_statement_id is not None:
            found.append(self.say("corrects_line", statement=line.corrects_statement_id, line=line.corrects_line_no))
        return found

    def _crossed(self, line: StatementLine) -> str:
        assert line.usd_rate is not None  # noqa: S101  # asked only of converted lines
        assert line.payment_usd_rate is not None  # noqa: S101  # as above
        days = [day for day in (line.usd_rated_on, line.payment_usd_rated_on) if day is not None]
        return self.say(
            "crossed",
            currency=line.net_currency,
            payment_currency=line.currency,
            rate=self.words.number(Fraction(line.usd_rate) / Fraction(line.payment_usd_rate), _RATE_DECIMALS),
            day=", ".join(dict.fromkeys(self.words.day(day) for day in days)),
        )

    def foot(self, statement: Statement, lines: tuple[StatementLine, ...]) -> list[tuple[str, str]]:
        """Subtotals, the balance carried, one total, and what is paid or carried on."""
        rows = [(self.say(f"kind_{kind}"), minor) for kind, minor in subtotals(lines, "kind").items()]
        for by, name in (("sale_id", "by_sale"), ("customer_id", "by_customer")):
            sums = {key: minor for key, minor in subtotals(lines, by).items() if key}
            rows += [(self.say(name, name=key), minor) for key, minor in sums.items() if len(sums) > 1]
        rows.append((self.say("carried"), statement.carried_minor))
        rows.append((self.say("total"), statement.total_minor))
        rows.append((self.say("payable"), statement.payable_minor))
        if statement.balance_minor:
            rows.append((self.say("balance"), statement.balance_minor))
        return [(said, self.words.money(minor, statement.currency)) for said, minor in rows]

    def summary(self, statement: Statement) -> tuple[str, ...]:
        """A statement as one row of a table."""
        money = [
            statement.payments_minor, statement.refunds_minor, statement.adjustments_minor, statement.issued_minor,
            statement.carried_minor, statement.total_minor, statement.payable_minor,
        ]  # fmt: skip
        spoken = (self.words.money(minor, statement.currency) for minor in money)
        return (statement.statement_id, statement.partner_id, str(statement.lines), *spoken)
