"""A partner's customers as a portfolio (A368-370): who works there, what ends when, what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from palier.backends.evidence import renewals
from palier.portal.clients.association import State
from palier.portal.clients.queries import Held, customers_called, living, people_at, served_by
from palier.portal.standings.customers import Customer, chosen
from palier.portal.standings.queries import Published, customers_in, lines_of, worked

RENEWING = timedelta(days=90)
"""A subscription that ends within so many days is worth a word with the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A customer with its credit, the partner's own work, its use of the product, its next ends, and who may enter."""

    customer: Customer
    done: Mapping[date, int]
    tools: Fraction | None
    renewals: Sequence[Mapping[str, Any]]
    held: Sequence[Held]

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
    """Every customer that brings a partner credit or lets its people in, by id."""
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
    return [
        Client(
            customer=customer,
            done=days.get(customer_id, {}),
            tools=tools.get(customer_id),
            renewals=ends.get(customer_id, ()),
            held=people.get(customer_id, ()),
        )
        for customer_id, customer in sorted(customers.items())
    ]


def chosen_clients(
    clients: Iterable[Client], *, asked: str, kind: str, order: str, metrics: Sequence[str], on: date
) -> list[Client]:
    """The clients asked for, in the order asked for."""
    by_id = {each.customer.customer_id: each for each in clients}
    found = chosen(
        (each.customer for each in by_id.values()), asked=asked, kind=kind, order=order, metrics=metrics, on=on
    )
    kept = [client for each in found if _is(client := by_id[each.customer_id], kind, on)]
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
        case "waiting":
            return bool(client.waiting)
        case "apart":
            return bool(client.apart)
        case _:
            return True
