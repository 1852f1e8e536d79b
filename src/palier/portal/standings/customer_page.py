"""One customer of a partner: what it brings, who works there, until when, and the next act."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from palier.backends.evidence import paying, renewals
from palier.engine.calendar import month_start
from palier.portal.clients.asked import WINDOW, Done
from palier.portal.clients.queries import customer_called, held_at
from palier.portal.clients.shown import Worked, lapse_of
from palier.portal.standings.customer_answers import customer_in, done_in
from palier.portal.standings.customer_tables import CustomerWords
from palier.portal.standings.customers import Customer
from palier.portal.standings.portfolio import Client, app_use, usage_metric
from palier.portal.standings.queries import customer_names, lines_of


def customer_page(words: CustomerWords, customer_id: str, today: date) -> dict[str, Any] | None:
    """What the page of a customer shows; None where the partner has neither a line nor an access."""
    found, partner_id = words.asked.found, words.asked.partner_id
    works = words.brought.managed is not None
    held = held_at(customer_id, today, partner_id=partner_id) if works else []
    lines = lines_of(found, partner_id, customer_id=customer_id)
    used = app_use(found, partner_id).get(customer_id, frozenset()) if words.brought.by_use else None
    if not held and not lines and not used:
        return None
    name = customer_names(found, [customer_id]).get(customer_id) or str(customer_called(customer_id))
    brings = customer_in(found, partner_id, customer_id)
    customer = Customer(customer_id=customer_id, name=name, credits={} if brings is None else brings.credits)
    done = done_in(found, customer_id)
    people = [Worked(held=each, done=done.get(each.access.user_id, Done())) for each in held]
    usage = usage_metric(found)
    client = Client(
        customer=customer,
        done=_together(people),
        tools=next((line.amount for line in lines if line.metric == usage), None),
        renewals=renewals(found.run.facts, [customer_id], on=found.run.as_of).get(customer_id, ()),
        held=held,
        pays=customer_id in paying(found.run.facts, [customer_id], on=month_start(words.on)),
        used=used,
    )
    return {
        "customer": customer,
        "total": words.together(customer),
        "works": works,
        "credits": [_credit(words, customer, metric) for metric in words.metrics if metric in customer.credits],
        "ending": words.ending(customer.ends_on) if customer.credits else None,
        "lines": _lines_address(words, customer_id) if lines else "",
        **words.strip_of(client),
        "people": [_person(words, each) for each in people if each.held.lasts or each.held.waits],
        "past": [each for each in people if each.held.restorable],
        "lapse": words.ending(lapse) if (lapse := lapse_of(people)) is not None else None,
        "tools": words.tools(client),
        "usage": words.links.figure(usage) if usage is not None and client.tools is not None else "",
        "renewals": [words.subscription(each) for each in client.renewals],
        "act": words.act(client),
    }


def _together(people: list[Worked]) -> dict[date, int]:
    """The qualifying work of all of one's own people, day by day."""
    days: dict[date, int] = {}
    for each in {each.held.access.user_id: each for each in people}.values():
        for day, count in each.done.qualifying.items():
            days[day] = days.get(day, 0) + count
    return days


def _credit(words: CustomerWords, customer: Customer, metric: str) -> dict[str, Any]:
    credit = customer.credits[metric]
    return words.credit(metric, credit) | words.ending(credit.ends_on)


def _lines_address(words: CustomerWords, customer_id: str) -> str:
    return reverse("standings:source", args=[words.asked.partner_id, "customers", customer_id])


def _person(words: CustomerWords, each: Worked) -> dict[str, Any]:
    last = each.last_counting_on
    return {
        "each": each,
        "last": words.words.day(last),
        "until": words.ending(last + WINDOW) if last is not None else None,
        "since": words.words.day(each.held.access.granted_on),
        "asked": words.words.day(each.held.access.asked_on),
        "associated": words.words.day(each.held.position.associated_on),
        "seat": words.words.day(each.held.seat.given_on) if each.held.seat is not None else "",
    }
