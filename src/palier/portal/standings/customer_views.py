"""Pages of a partner's customers: which make its points, and which lapse next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from palier.engine.words import Words
from palier.portal.standings.addresses import links, page_of
from palier.portal.standings.csv_files import csv_response, exactly, harmless
from palier.portal.standings.customers import SOON, Credit, Customer, chosen
from palier.portal.standings.permissions import Reading, reading
from palier.portal.standings.queries import customers_in, figures_of, partner_name, worked
from palier.portal.standings.strip import strip, worked_words
from palier.report.content import credit_metrics, total_metric
from palier.report.words import Speech

SHOWN = 50
"""How many customers a page shows at once."""
URGENT = 7
"""Within so many days an ending is said in the colour of warnings."""


@require_GET
def points(request: HttpRequest, partner_id: str | None = None) -> HttpResponse:
    """Which customers and sales make this figure?"""
    asked = reading(request, partner_id)
    if asked is None:
        return render(request, "standings/empty.html", {"published": None})
    table = _Table(asked, request)
    return render(request, "standings/points.html", table.shown("points") | {"rows": list(table.points_rows())})


@require_GET
def points_csv(request: HttpRequest, partner_id: str | None = None) -> HttpResponse:
    """The customers asked for, as CSV."""
    asked = reading(request, partner_id)
    if asked is None:
        raise Http404
    table = _Table(asked, request)
    return csv_response(f"{asked.partner_id}-customers-{table.on}.csv", table.csv_rows())


@require_GET
def portfolio(request: HttpRequest, partner_id: str | None = None) -> HttpResponse:
    """Who lapses next, who is worth an hour today?"""
    asked = reading(request, partner_id)
    if asked is None:
        return render(request, "standings/empty.html", {"published": None})
    table = _Table(asked, request, order="ends")
    return render(
        request, "standings/portfolio.html", table.shown("portfolio") | {"rows": list(table.portfolio_rows())}
    )


class _Table:
    """The customers that a request asks for, in words."""

    def __init__(self, asked: Reading, request: HttpRequest, *, order: str = "points") -> None:
        self.asked = asked
        self.words = Words(asked.found.rulebook, asked.language)
        self.speech = Speech(self.words, addressed=asked.own)
        self.on: date = asked.found.run.as_of
        self.metrics = credit_metrics(asked.found.rulebook.program, self.on)
        self.total = total_metric(asked.found.rulebook.program, self.on)
        self.links = links(asked.partner_id, own=asked.own)
        self.wanted = {
            "asked": request.GET.get("asked", ""),
            "kind": request.GET.get("kind", "all"),
            "order": request.GET.get("order", order),
        }
        self.every = customers_in(asked.found, asked.partner_id)
        self.customers = chosen(self.every, metrics=self.metrics, on=self.on, **self.wanted)
        number = request.GET.get("page", "1")
        self.page = int(number) if number.isdecimal() and len(number) < len(str(SHOWN**3)) else 1
        self.pages = max(1, -(-len(self.customers) // SHOWN))
        self.page = min(max(self.page, 1), self.pages)

    @property
    def listed(self) -> Sequence[Customer]:
        """The customers of the page."""
        return self.customers[(self.page - 1) * SHOWN : self.page * SHOWN]

    def shown(self, page: str) -> dict[str, Any]:
        """What both pages show around their rows."""
        figures = {figure.metric: figure.value for figure in figures_of(self.asked.found, self.asked.partner_id)}
        query = urlencode(self.wanted)
        own, partner_id = self.asked.own, self.asked.partner_id
        return {
            "run": self.asked.found.run,
            "own": own,
            "partner_id": partner_id,
            "partner": partner_name(self.asked.found, partner_id),
            "day": self.words.day(self.on),
            "page": page,
            "home": page_of("home", partner_id, own=own),
            "points": page_of("points", partner_id, own=own),
            "portfolio": page_of("portfolio", partner_id, own=own),
            "csv": page_of("points_csv", partner_id, own=own),
            "query": query,
            "wanted": self.wanted,
            "metrics": [self.speech.metric(metric) for metric in self.metrics],
            "figures": [
                {
                    "said": self.speech.lower(self.speech.metric(metric)),
                    "value": self.speech.figure(metric, figures.get(metric)),
                    "address": self.links.figure(metric),
                }
                for metric in dict.fromkeys((self.total, *self.metrics))
            ],
            "count": len(self.customers),
            "every": len(self.every),
            "soon": sum(each.ends_on is not None and each.ends_on <= self.on + SOON for each in self.every),
            "shared": sum(each.sharers > 1 for each in self.every),
            "number": self.page,
            "pages": self.pages,
            "before": self.page - 1 if self.page > 1 else None,
            "after": self.page + 1 if self.page < self.pages else None,
        }

    def points_rows(self) -> Iterator[dict[str, Any]]:
        """The rows of the points analysis."""
        for each in self.listed:
            yield {
                "name": each.name,
                "id": each.customer_id,
                "address": self._address(each),
                "credits": [self._credit(metric, each.credits.get(metric)) for metric in self.metrics],
                "total": self.speech.aligned(self.total, each.points),
                **self._ending(each),
            }

    def portfolio_rows(self) -> Iterator[dict[str, Any]]:
        """The rows of the portfolio, each with its strip of activity."""
        days = worked(self.asked.found, self.asked.partner_id)
        for each in self.listed:
            done = days.get(each.customer_id, {})
            told = worked_words(self.speech, done, self.on)
            yield {
                "name": each.name,
                "id": each.customer_id,
                "address": self._address(each),
                "strip": mark_safe(strip(done, self.on, told)),  # noqa: S308  # built escaped
                "worked": told,
                "total": self.speech.aligned(self.total, each.points),
                "shared": self._share(each.sharers),
                "act": self._act(each, works=bool(done)),
                **self._ending(each),
            }

    def csv_rows(self) -> Iterator[Sequence[object]]:
        """The heading and every customer asked for, not only those of the page."""
        yield (
            "customer_id", "customer", "metric", "amount", "amount_whole", "currency", "share", "points",
            "points_exact", "counts_until",
        )  # fmt: skip
        for each in self.customers:
            for metric, credit in each.credits.items():
                for money in credit.money:
                    yield (
                        harmless(each.customer_id), harmless(each.name), metric, exactly(money.counted),
                        exactly(money.whole), money.currency, f"1/{credit.sharers}",
                        self.speech.figure(metric, credit.points), exactly(credit.points), credit.ends_on or "",
                    )  # fmt: skip

    def _address(self, customer: Customer) -> str:
        return reverse("standings:source", args=[self.asked.partner_id, "customers", customer.customer_id])

    def _credit(self, metric: str, credit: Credit | None) -> dict[str, Any]:
        said = self.speech.metric(metric)
        if credit is None:
            return {"said": said}
        return {
            "said": said,
            "points": self.speech.aligned(credit.metric, credit.points),
            "money": [self.words.money_major(each.counted, each.currency, 2) for each in credit.money],
            "whole": [self.words.money_major(each.whole, each.currency, 2) for each in credit.money],
            "shared": self._share(credit.sharers),
        }

    def _share(self, sharers: int) -> str:
        """A share of a customer, never with whom."""
        return "" if sharers == 1 else f"1/{sharers}"

    def _ending(self, customer: Customer) -> dict[str, Any]:
        if customer.ends_on is None:
            return {"ends": _("no end known"), "in_days": "", "urgent": False}
        days = (customer.ends_on - self.on).days
        return {
            "ends": self.words.day(customer.ends_on),
            "in_days": self.speech.count("in_days", days),
            "urgent": days <= URGENT,
            "soon": days <= SOON.days,
        }

    def _act(self, customer: Customer, *, works: bool) -> str:
        """What to do next, in a few words."""
        managed = customer.credits.get(self.metrics[-1])
        if managed is None and works:
            return _("your work here does not count yet: see who is associated")
        if managed is None:
            return _("work here to earn managed points")
        if managed.ends_on is not None and managed.ends_on <= self.on + SOON:
            return _("work here before %(day)s") % {"day": self.words.day(managed.ends_on)}
        return ""
