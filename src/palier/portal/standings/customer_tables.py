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
from palier.portal.standings.brought import brought
from palier.portal.standings.csv_files import exactly, harmless
from palier.portal.standings.customers import SOON, Credit, Customer
from palier.portal.standings.permissions import Reading
from palier.portal.standings.portfolio import MONTHS, RENEWING, Client, last_month
from palier.portal.standings.strip import month_strip, strip, used_words, worked_words
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
        self.brought = brought(program, self.on)
        self.metrics, self.total = self.brought.metrics, self.brought.total
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
            "total": "" if self.total is None else self.speech.aligned(self.total, customer.points),
            **self.ending(customer.ends_on),
        }

    def together(self, customer: Customer) -> str:
        """All that a customer brings: the sum, or each figure where they are not added."""
        if self.total is not None:
            return self.words.labelled(self.speech.metric(self.total), self.speech.figure(self.total, customer.points))
        return " · ".join(
            self.words.labelled(self.speech.metric(metric), self.speech.figure(metric, customer.points_of(metric)))
            for metric in self.metrics
            if metric in customer.credits
        )

    def strip_of(self, client: Client) -> dict[str, Any]:
        """The partner's own work at a customer, or the customer's use of its apps, drawn and told."""
        if client.used is None and self.brought.managed is None:
            return {"strip": "", "worked": ""}
        if client.used is None:
            told = worked_words(self.speech, client.done, self.on)
            drawn = strip(client.done, self.on, told)
        else:
            told = used_words(client.used, MONTHS)
            drawn = month_strip(client.used, last_month(self.on), MONTHS, told)
        return {"strip": mark_safe(drawn), "worked": told}  # noqa: S308  # built escaped

    def credit(self, metric: str, credit: Credit | None) -> dict[str, Any]:
        """What a customer brings to one metric; only its name where it brings nothing."""
        said = self.speech.metric(metric)
        if credit is None:
            return {"said": said}
        return {
            "said": said,
            "figure": self.links.figure(metric),
            "points": self.speech.aligned(credit.metric, credit.points),
            "money": [self.words.money_major(each.counted, each.currency) for each in credit.money],
            "whole": [self.words.money_major(each.whole, each.currency) for each in credit.money],
            "shared": share(credit.sharers),
            "months": ""
            if credit.months is None
            else _("%(used)s of %(months)s months") % {"used": credit.months[0], "months": credit.months[1]},
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
        return {
            "name": customer.name,
            "id": customer.customer_id,
            "address": self.address(customer),
            **self.strip_of(client),
            "total": self.together(customer)
            if self.total is None
            else self.speech.aligned(self.total, customer.points),
            "brings": bool(customer.credits),
            "shared": share(customer.sharers),
            "people": "" if self.brought.managed is None else self.people(client),
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
        if self.brought.managed is None:
            yield from self._acts_of_use(client)
            return
        managed = client.customer.credits.get(self.brought.managed)
        yield from self._ending(client, managed)
        yield from self._access(client)
        if managed is None and client.done:
            yield {"said": _("your work here does not count: see who is associated"), "warn": True,
                   "address": self.address(client.customer)}  # fmt: skip
        if managed is None:
            yield {"said": _("work here to earn managed points")}
        yield from self._renewing(client)
        if client.tools == 0:
            yield {"said": _("show them a tool: none was used last month")}

    def _ending(self, client: Client, managed: Credit | None) -> Iterator[dict[str, Any]]:
        if managed is not None and managed.ends_on is not None and managed.ends_on <= self.on + SOON:
            yield {"said": _("work here before %(day)s") % {"day": self.words.day(managed.ends_on)}, "warn": True}
        first = client.customer.ends_on
        if first is not None and first <= self.on + SOON and (managed is None or managed.ends_on != first):
            said = _("a sale stops counting on %(day)s: see what else they need") % {"day": self.words.day(first)}
            yield {"said": said, "warn": True}

    def _access(self, client: Client) -> Iterator[dict[str, Any]]:
        """What keeps work from being done, or from counting: association, the customer's word, no subscription."""
        new = f"{reverse('clients:associate')}?customer={client.customer.customer_id}" if self.asked.own else ""
        for each in client.apart:
            said = _("associate %(person)s: their work does not count") % {"person": each.employee}
            yield {"said": said, "address": new and f"{new}&person={each.access.user_id}", "warn": True}
        for each in client.waiting:
            asked_on = self.words.day(each.access.asked_on)
            yield {"said": _("asked on %(day)s: waits for the customer") % {"day": asked_on}}
        if not client.pays:
            yield {"said": _("pays for nothing today: work here earns nothing until it does")}
        if not client.people:
            yield {"said": _("ask for access: nobody of you may enter"), "address": new}

    def _acts_of_use(self, client: Client) -> Iterator[dict[str, Any]]:
        """What to do where the customer's use of the apps counts, not the partner's work."""
        first, used = client.customer.ends_on, client.used
        if first is not None and first <= self.on + SOON:
            yield {"said": _("revenue stops counting on %(day)s: see what else they need")
                   % {"day": self.words.day(first)}, "warn": True}  # fmt: skip
        if used and last_month(self.on) not in used:
            yield {"said": _("did not use your apps last month: ask why"), "warn": True}
        if used is not None and not used:
            yield {"said": _("does not use your apps: help them begin")}
        yield from self._renewing(client)

    def _renewing(self, client: Client) -> Iterator[dict[str, Any]]:
        if client.renews_on is not None and client.renews_on <= self.on + RENEWING:
            yield {"said": _("talk about the renewal of %(day)s") % {"day": self.words.day(client.renews_on)}}

    def csv_rows(self, customers: Sequence[Customer]) -> Iterator[Sequence[object]]:
        """The heading and every customer asked for, not only those of the page."""
        yield (
            "customer_id", "customer", "metric", "amount", "amount_whole", "currency", "share", "market", "motion",
            "points", "points_exact", "counts_until",
        )  # fmt: skip
        for each in customers:
            if not each.credits:
                yield (harmless(each.customer_id), harmless(each.name), *[""] * 10)
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
