"""Pages of a partner's customers: which make its points, which lapse next, and one customer whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from palier.portal.numbers import number_in
from palier.portal.partners.days import day
from palier.portal.people.middleware import membership_of
from palier.portal.standings.addresses import page_of
from palier.portal.standings.csv_files import csv_response
from palier.portal.standings.customer_page import customer_page
from palier.portal.standings.customer_tables import CustomerWords
from palier.portal.standings.customers import SOON, Customer, chosen
from palier.portal.standings.home import once
from palier.portal.standings.permissions import Reading, reading
from palier.portal.standings.portfolio import chosen_clients, clients_of, last_month
from palier.portal.standings.queries import customers_in, figures_of, partner_name

SHOWN = 50
"""How many customers a page shows at once."""
KINDS: Mapping[str, Promise] = {
    "all": _("all customers"),
    "sold": _("with sold credit"),
    "managed": _("with managed credit"),
    "shared": _("shared"),
    "soon": _("ending within 30 days"),
}
MORE_KINDS: Mapping[str, Promise] = {
    **KINDS,
    "renewing": _("renewing within 90 days"),
    "idle": _("without work in 90 days"),
    "apart": _("with work that does not count"),
    "waiting": _("waiting for the customer"),
}
USE_KINDS: Mapping[str, Promise] = {
    "soon": _("ending within 30 days"),
    "renewing": _("renewing within 90 days"),
    "unused": _("without use last month"),
}
ORDERS: Mapping[str, Promise] = {
    "points": _("most points first"),
    "ends": _("first to end first"),
    "sold": _("most sold first"),
    "managed": _("most managed first"),
    "name": _("by name"),
}
MORE_ORDERS: Mapping[str, Promise] = {
    **ORDERS,
    "renewal": _("first renewal first"),
    "worked": _("longest without work first"),
}
USE_ORDERS: Mapping[str, Promise] = {
    "ends": _("first to end first"),
    "renewal": _("first renewal first"),
    "used": _("longest without use first"),
    "name": _("by name"),
}
PORTFOLIO_ONLY = (MORE_KINDS.keys() | USE_KINDS.keys()) - KINDS.keys()
"""What may be asked of the portfolio alone: of access, work, use and renewals."""
Row = TypeVar("Row")


class _Turn(Generic[Row]):
    """The part of a list that a request asks for."""

    def __init__(self, request: HttpRequest, rows: Sequence[Row]) -> None:
        self.count, self.pages = len(rows), max(1, -(-len(rows) // SHOWN))
        self.number = min(_number(request), self.pages)
        self.rows = rows[(self.number - 1) * SHOWN : self.number * SHOWN]

    def shown(self) -> dict[str, Any]:
        """What a page says of it."""
        return {
            "count": self.count,
            "number": self.number,
            "pages": self.pages,
            "before": self.number - 1 if self.number > 1 else None,
            "after": self.number + 1 if self.number < self.pages else None,
        }


@require_GET
def points(request: HttpRequest, partner_id: str | None = None) -> HttpResponse:
    """Which customers and sales make this figure?"""
    asked = reading(request, partner_id)
    if asked is None:
        return render(request, "standings/empty.html", {"published": None})
    words = CustomerWords(asked)
    wanted = _wanted(request, words, "points") | {key: request.GET.get(key, "") for key in ("market", "motion")}
    parts = once(
        asked.found,
        asked.partner_id,
        f"points?{urlencode(wanted | {'page': _number(request)})}",
        lambda: _points(request, words, wanted),
        language=asked.language,
        addressed=asked.own,
    )
    assert parts is not None  # noqa: S101  # whoever is not enrolled has a page without customers
    content = mark_safe(parts["content"])  # noqa: S308  # built by a template
    return render(
        request,
        "standings/points.html",
        _frame(asked, "points") | {"partner": parts["partner"], "content": content},
    )


def _points(request: HttpRequest, words: CustomerWords, wanted: dict[str, str]) -> tuple[dict[str, str], bool]:
    """The points analysis, and whether to keep it: what was searched for is not, nor other parts of what is chosen."""
    every = customers_in(words.asked.found, words.asked.partner_id)
    turn = _Turn(request, chosen(every, metrics=words.metrics, on=words.on, **wanted))
    choices = _choices(words, KINDS, ORDERS, ("soon",), ("ends", "name")) | _factors(words, every)
    shown = _around(words, "points", wanted, every) | turn.shown() | choices
    shown |= {"rows": [words.points_row(each) for each in turn.rows], "request": request}
    offered = {
        "asked": {""},
        "kind": {each for each, _ in choices["kinds"]},
        "order": {each for each, _ in choices["orders"]},
        "market": {"", *(each for each, _ in choices["markets"])},
        "motion": {"", *(each for each, _ in choices["motions"])},
    }
    whole = (wanted["kind"], wanted["market"], wanted["motion"]) == ("all", "", "")
    keeps = all(wanted[name] in those for name, those in offered.items()) and turn.number == _number(request)
    content = render_to_string("standings/points_content.html", shown)
    return {"partner": shown["partner"], "content": content}, keeps and (whole or turn.number == 1)


@require_GET
def points_csv(request: HttpRequest, partner_id: str | None = None) -> HttpResponse:
    """The customers asked for, as CSV."""
    asked = reading(request, partner_id)
    if asked is None:
        raise Http404
    words, every = CustomerWords(asked), customers_in(asked.found, asked.partner_id)
    wanted = _wanted(request, words, "points") | {key: request.GET.get(key, "") for key in ("market", "motion")}
    found = chosen(every, metrics=words.metrics, on=words.on, **wanted)
    if wanted["kind"] in PORTFOLIO_ONLY:
        clients = clients_of(asked.found, asked.partner_id, day(timezone.now()))
        asked_of = {name: wanted[name] for name in ("asked", "kind", "order")}
        kept = chosen_clients(clients, metrics=words.metrics, on=words.on, **asked_of)
        found = [each.customer for each in kept]
    return csv_response(f"{asked.partner_id}-customers-{words.on}.csv", words.csv_rows(found))


@require_GET
def portfolio(request: HttpRequest, partner_id: str | None = None) -> HttpResponse:
    """Who lapses next, who is worth an hour today?"""
    asked = reading(request, partner_id)
    if asked is None:
        return render(request, "standings/empty.html", {"published": None})
    words = CustomerWords(asked)
    every = clients_of(asked.found, asked.partner_id, day(timezone.now()))
    wanted = _wanted(request, words, "ends")
    turn = _Turn(request, chosen_clients(every, metrics=words.metrics, on=words.on, **wanted))
    shown = _around(words, "portfolio", wanted, [each.customer for each in every]) | turn.shown()
    shown |= _choices(words, MORE_KINDS, MORE_ORDERS, tuple(USE_KINDS), tuple(USE_ORDERS))
    shown["unused"] = sum(bool(each.used) and last_month(words.on) not in (each.used or ()) for each in every)
    rows = [words.portfolio_row(each) for each in turn.rows]
    return render(request, "standings/portfolio.html", shown | {"rows": rows, "asks": _asks(request, asked)})


@require_GET
def customer(request: HttpRequest, customer_id: str, partner_id: str | None = None) -> HttpResponse:
    """What do we earn here, who works here, until when?"""
    asked = reading(request, partner_id)
    if asked is None:
        return render(request, "standings/empty.html", {"published": None})
    words = CustomerWords(asked)
    page = customer_page(words, customer_id, day(timezone.now()))
    if page is None:
        raise Http404
    return render(
        request, "standings/customer.html", _about(words, "customer") | page | {"asks": _asks(request, asked)}
    )


def _number(request: HttpRequest) -> int:
    """Which page of a list is asked for; the first where that is none."""
    return max(number_in(request.GET.get("page", "1")), 1)


def _asks(request: HttpRequest, asked: Reading) -> str:
    """The role of a partner's own person, which decides what may be done; nothing for the vendor."""
    membership = membership_of(request)
    return membership.role if asked.own and membership is not None else ""


def _choices(
    words: CustomerWords,
    kinds: Mapping[str, Promise],
    orders: Mapping[str, Promise],
    use_kinds: Sequence[str],
    use_orders: Sequence[str],
) -> dict[str, Any]:
    """What may be asked for: by sold and managed credit where points are added, else by each figure."""
    if words.total is not None:
        return {"kinds": list(kinds.items()), "orders": list(orders.items())}
    named = [(metric, words.speech.lower(words.speech.metric(metric))) for metric in words.metrics]
    with_each = [(metric, gettext("with %(figure)s") % {"figure": said}) for metric, said in named]
    most_each = [(metric, gettext("most %(figure)s first") % {"figure": said}) for metric, said in named]
    return {
        "kinds": [("all", KINDS["all"]), *with_each, *((each, USE_KINDS[each]) for each in use_kinds)],
        "orders": [*most_each, *((each, USE_ORDERS[each]) for each in use_orders)],
    }


def _wanted(request: HttpRequest, words: CustomerWords, order: str) -> dict[str, str]:
    if words.total is None and order == "points":
        order = words.metrics[0]
    return {
        "asked": request.GET.get("asked", ""),
        "kind": request.GET.get("kind", "all"),
        "order": request.GET.get("order", order),
    }


def _factors(words: CustomerWords, every: Sequence[Customer]) -> dict[str, Any]:
    """The markets and motions that occur, by name."""
    markets = sorted(frozenset[str]().union(*(each.markets for each in every)))
    motions = sorted(frozenset[str]().union(*(each.motions for each in every)))
    return {
        "markets": [(each, words.words.name("markets", each)) for each in markets],
        "motions": [(each, words.words.name("motions", each)) for each in motions],
    }


def _about(words: CustomerWords, page: str) -> dict[str, Any]:
    asked = words.asked
    named = {"partner": partner_name(asked.found, asked.partner_id), "day": words.words.day(words.on)}
    return _frame(asked, page) | named


def _frame(asked: Reading, page: str) -> dict[str, Any]:
    """What stands around the content of every page about a partner's customers."""
    own, partner_id = asked.own, asked.partner_id
    return {
        "run": asked.found.run,
        "own": own,
        "partner_id": partner_id,
        "page": page,
        "home": page_of("home", partner_id, own=own),
        "points": page_of("points", partner_id, own=own),
        "portfolio": page_of("portfolio", partner_id, own=own),
    }


def _around(words: CustomerWords, page: str, wanted: dict[str, str], every: Sequence[Customer]) -> dict[str, Any]:
    """What both lists show around their rows."""
    asked = words.asked
    figures = {figure.metric: figure.value for figure in figures_of(asked.found, asked.partner_id)}
    return _about(words, page) | {
        "csv": page_of("points_csv", asked.partner_id, own=asked.own),
        "query": urlencode(wanted),
        "wanted": wanted,
        "metrics": [words.speech.metric(metric) for metric in words.metrics],
        "figures": [
            {
                "said": words.speech.lower(words.speech.metric(metric)),
                "value": words.speech.figure(metric, figures.get(metric)),
                "address": words.links.figure(metric),
            }
            for metric in dict.fromkeys((*([words.total] if words.total else []), *words.metrics))
        ],
        "added": words.total is not None,
        "works": words.brought.managed is not None,
        "by_use": words.brought.by_use,
        "every": len(every),
        "soon": sum(each.ends_on is not None and each.ends_on <= words.on + SOON for each in every),
    }
