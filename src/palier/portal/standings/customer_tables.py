"""A partner's customers in words: rows of the points analysis, of the portfolio, and of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from palier.engine.words import Words
from palier.portal.standings.addresses import links
from palier.portal.standings.csv_files import exactly, harmless
from palier.portal.standings.customers import SOON, Credit, Customer
from palier.portal.standings.permissions import Reading
from palier.portal.standings.portfolio import RENEWING, Client
from palier.portal.standings.strip import strip, worked_words
from palier.report.content import credit_metrics, total_metric
from palier.report.words import Speech

URGENT = 7
"""Within so many days an ending is said in the colour of warnings."""


class CustomerWords:
    """How a program speaks of a partner's customers on the day of a run."""

    def __init__(self, asked: Reading) -> None:
        program, self.on = asked.found.rulebook.program, asked.found.run.as_of
        self.asked = asked
        self.words = Words(asked.found.rulebook, asked.language)
        self.speech = Speech(self.words, addressed=asked.own)
        self.metrics = credit_metrics(program, self.on)
        self.total = total_metric(program, self.on)
        self.links = links(asked.partner_id, own=asked.own, program=program.program)

    def address(self, customer: Customer) -> str:
        """The page of a customer."""
        if self.asked.own:
            return reverse("standings:customer", args=[customer.customer_id])
        return reverse("standings:partner_customer", args=[self.asked.partner_id, customer.customer_id])

    def points_row(self, customer: Customer) -> dict[str, Any]:
        """A row of the points analysis (D35-39)."""
        return {
            "name": customer.name,
            "id": customer.customer_id,
            "address": self.address(customer),
            "credits": [self.credit(metric, customer.credits.get(metric)) for metric in self.metrics],
            "total": self.speech.aligned(self.total, customer.points),
            **self.ending(customer.ends_on),
        }

    def credit(self, metric: str, credit: Credit | None) -> dict[str, Any]:
        """What a customer brings to one metric; only its name where it brings nothing."""
        said = self.speech.metric(metric)
        if credit is None:
            return {"said": said}
        return {
            "said": said,
            "figure": self.links.figure(metric),
            "points": self.speech.aligned(credit.metric, credit.points),
            "money": [self.words.money_major(each.counted, each.currency, 2) for each in credit.money],
            "whole": [self.words.money_major(each.whole, each.currency, 2) for each in credit.money],
            "shared": share(credit.sharers),
        }

    def ending(self, ends_on: date | None) -> dict[str, Any]:
        """A day on which something ends, and how near it is."""
        if ends_on is None:
            return {"ends": _("no end known"), "in_days": "", "urgent": False, "soon": False}
        days = (ends_on - self.on).days
        return {
            "ends": self.words.day(ends_on),
            "in_days": self.speech.count("in_days", days),
            "urgent": days <= URGENT,
            "soon": days <= SOON.days,
        }

    def portfolio_row(self, client: Client) -> dict[str, Any]:
        """A row of the portfolio (A368-370)."""
        customer = client.customer
        told = worked_words(self.speech, client.done, self.on)
        return {
            "name": customer.name,
            "id": customer.customer_id,
            "address": self.address(customer),
            "strip": mark_safe(strip(client.done, self.on, told)),  # noqa: S308  # built escaped
            "worked": told,
            "total": self.speech.aligned(self.total, customer.points),
            "brings": bool(customer.credits),
            "shared": share(customer.sharers),
            "people": self.people(client),
            "tools": self.tools(client),
            "renewal": self.renewal(client),
            "act": self.act(client),
            **(self.ending(customer.ends_on) if customer.credits else {"ends": "", "in_days": ""}),
        }

    def people(self, client: Client) -> str:
        """How many of one's own people may enter."""
        count = len(client.people)
        if not count:
            return _("nobody")
        return ngettext("%(count)s person", "%(count)s people", count) % {"count": count}

    def tools(self, client: Client) -> str:
        """How many counted tools the customer used in the last complete month (C29)."""
        if client.tools is None:
            return ""
        count = int(client.tools)
        return ngettext("%(count)s tool used last month", "%(count)s tools used last month", count) % {"count": count}

    def renewal(self, client: Client) -> dict[str, Any] | None:
        """The next day on which a subscription ends; None where none is known."""
        first = next((each for each in client.renewals if each["ends_on"] == client.renews_on), None)
        if first is None:
            return None
        return self.subscription(first)

    def subscription(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A subscription that ends: what it is, how much a month, when."""
        ending = self.ending(row["ends_on"])
        return {
            "line": row["product_line"],
            "mrr": self.words.money(int(row["mrr_minor"]), str(row["currency"])),
            "near": row["ends_on"] <= self.on + RENEWING,
            **ending,
        }

    def act(self, client: Client) -> dict[str, Any]:
        """What to do next, the most pressing first, and where to do it."""
        return next(self._acts(client), {"said": ""})

    def _acts(self, client: Client) -> Iterator[dict[str, Any]]:
        managed = client.customer.credits.get(self.metrics[-1])
        new = f"{reverse('clients:associate')}?customer={client.customer.customer_id}" if self.asked.own else ""
        if managed is not None and managed.ends_on is not None and managed.ends_on <= self.on + SOON:
            yield {"said": _("work here before %(day)s") % {"day": self.words.day(managed.ends_on)}, "warn": True}
        first = client.customer.ends_on
        if first is not None and first <= self.on + SOON and (managed is None or managed.ends_on != first):
            said = _("a sale stops counting on %(day)s: see what else they need") % {"day": self.words.day(first)}
            yield {"said": said, "warn": True}
        for each in client.apart:
            said = _("associate %(person)s: their work does not count") % {"person": each.employee}
            yield {"said": said, "address": new and f"{new}&person={each.access.user_id}", "warn": True}
        for each in client.waiting:
            asked_on = self.words.day(each.access.asked_on)
            yield {"said": _("asked on %(day)s: waits for the customer") % {"day": asked_on}}
        if not client.people:
            yield {"said": _("ask for access: nobody of you may enter"), "address": new}
        if managed is None:
            yield {"said": _("work here to earn managed points")}
        if client.renews_on is not None and client.renews_on <= self.on + RENEWING:
            yield {"said": _("talk about the renewal of %(day)s") % {"day": self.words.day(client.renews_on)}}
        if client.tools == 0:
            yield {"said": _("show them a tool: none was used last month")}

    def csv_rows(self, customers: Sequence[Customer]) -> Iterator[Sequence[object]]:
        """The heading and every customer asked for, not only those of the page."""
        yield (
            "customer_id", "customer", "metric", "amount", "amount_whole", "currency", "share", "market", "motion",
            "points", "points_exact", "counts_until",
        )  # fmt: skip
        for each in customers:
            for metric, credit in each.credits.items():
                for money in credit.money:
                    yield (
                        harmless(each.customer_id), harmless(each.name), metric, exactly(money.counted),
                        exactly(money.whole), money.currency, f"1/{credit.sharers}",
                        " ".join(sorted(credit.markets)), " ".join(sorted(credit.motions)),
                        self.speech.figure(metric, credit.points), exactly(credit.points), credit.ends_on or "",
                    )  # fmt: skip


def share(sharers: int) -> str:
    """A share of a customer, never with whom."""
    return "" if sharers == 1 else f"1/{sharers}"
