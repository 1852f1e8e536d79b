"""A partner's customers as a portfolio (A368-370): who works there, what ends when, what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from palier.backends.evidence import paying, renewals, used_months
from palier.engine.calendar import add_months, month_start
from palier.portal.clients.association import State
from palier.portal.clients.queries import Held, customers_called, living, people_at, served_by
from palier.portal.standings.brought import brought
from palier.portal.standings.customers import Customer, chosen
from palier.portal.standings.queries import Published, customer_names, customers_in, lines_of, worked

RENEWING = timedelta(days=90)
"""A subscription that ends within so many days is worth a word with the customer."""
MONTHS = 12
"""How many complete months of app use are looked back on (B268)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A customer with its credit, the partner's own work, its use of the product, its next ends, and who may enter.

    `pays` says whether a subscription is in force, without which no work earns anything (readings, managed line);
    `used` are the months in which it used the partner's apps; None in a program that counts no app use.
    """

    customer: Customer
    done: Mapping[date, int]
    tools: Fraction | None
    renewals: Sequence[Mapping[str, Any]]
    held: Sequence[Held]
    pays: bool = True
    used: frozenset[date] | None = None

    @property
    def renews_on(self) -> date | None:
        """The first day on which one of its subscriptions ends."""
        return min((each["ends_on"] for each in self.renewals), default=None)

    @property
    def people(self) -> list[Held]:
        """Who may enter its account today."""
        return [each for each in self.held if each.lasts]

    @property
    def apart(self) -> list[Held]:
        """Who may enter, but is not associated: their work counts for nothing (D20)."""
        return [each for each in self.held if each.position.state is State.APART]

    @property
    def waiting(self) -> list[Held]:
        """Who waits for the customer's word."""
        return [each for each in self.held if each.waits]


def usage_metric(found: Published) -> str | None:
    """The metric whose lines say how much each customer uses the product: the program's median."""
    on = found.run.as_of
    metrics = found.rulebook.program.metrics
    return next((name for name, each in metrics.items() if each.kind == "median" and each.in_force(on)), None)


def clients_of(found: Published, partner_id: str, today: date) -> list[Client]:
    """Every customer that brings a partner credit or, where work earns any, lets its people in, by id."""
    makes = brought(found.rulebook.program, found.run.as_of)
    if makes.managed is None:
        return _clients_without_work(found, partner_id, by_use=makes.by_use)
    customers = {each.customer_id: each for each in customers_in(found, partner_id)}
    served = set(served_by(partner_id).filter(living(today)).values_list("customer_id", flat=True))
    called = customers_called(served - customers.keys())
    for customer_id in sorted(served - customers.keys()):
        customers[customer_id] = Customer(customer_id=customer_id, name=str(called[customer_id]), credits={})
    days, usage = worked(found, partner_id), usage_metric(found)
    used = lines_of(found, partner_id, metric=usage) if usage is not None else []
    tools = {line.customer_id: line.amount for line in used}
    ends = renewals(found.run.facts, customers, on=found.run.as_of)
    people = people_at(partner_id, today)
    pay = paying(found.run.facts, customers, on=month_start(found.run.as_of))
    return [
        Client(
            customer=customer,
            done=days.get(customer_id, {}),
            tools=tools.get(customer_id),
            renewals=ends.get(customer_id, ()),
            held=people.get(customer_id, ()),
            pays=customer_id in pay,
        )
        for customer_id, customer in sorted(customers.items())
    ]


def _clients_without_work(found: Published, partner_id: str, *, by_use: bool) -> list[Client]:
    """Every customer that brings a partner revenue or used its apps, by id: in its program no work is counted."""
    customers = {each.customer_id: each for each in customers_in(found, partner_id)}
    used = app_use(found, partner_id) if by_use else {}
    called = customer_names(found, used.keys() - customers.keys())
    for customer_id in sorted(used.keys() - customers.keys()):
        customers[customer_id] = Customer(
            customer_id=customer_id, name=called.get(customer_id) or customer_id, credits={}
        )
    ends = renewals(found.run.facts, customers, on=found.run.as_of)
    return [
        Client(
            customer=customer,
            done={},
            tools=None,
            renewals=ends.get(customer_id, ()),
            held=(),
            used=used.get(customer_id, frozenset()) if by_use else None,
        )
        for customer_id, customer in sorted(customers.items())
    ]


def app_use(found: Published, partner_id: str) -> Mapping[str, frozenset[date]]:
    """In which of the last twelve complete months each customer used the partner's apps, by customer."""
    on = found.run.as_of
    until = month_start(on)
    return used_months(found.run.facts, partner_id, since=add_months(until, -MONTHS), until=until, listed_on=on)


def last_month(on: date) -> date:
    """The first day of the last complete month."""
    return add_months(month_start(on), -1)


def chosen_clients(
    clients: Iterable[Client], *, asked: str, kind: str, order: str, metrics: Sequence[str], on: date
) -> list[Client]:
    """The clients asked for, in the order asked for."""
    by_id = {each.customer.customer_id: each for each in clients}
    found = chosen(
        (each.customer for each in by_id.values()), asked=asked, kind=kind, order=order, metrics=metrics, on=on
    )
    kept = [client for each in found if _is(client := by_id[each.customer_id], kind, on)]
    if order == "used":
        kept.sort(key=lambda each: max(each.used or (), default=date.min))
    if order == "renewal":
        kept.sort(key=lambda each: each.renews_on or date.max)
    if order == "worked":
        kept.sort(key=lambda each: max(each.done, default=date.min))
    return kept


def _is(client: Client, kind: str, on: date) -> bool:
    match kind:
        case "renewing":
            return client.renews_on is not None and client.renews_on <= on + RENEWING
        case "idle":
            return not client.done
        case "unused":
            return client.used is not None and last_month(on) not in client.used
        case "waiting":
            return bool(client.waiting)
        case "apart":
            return bool(client.apart)
        case _:
            return True
