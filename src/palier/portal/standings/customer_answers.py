"""What pages of clients ask of the runs: what a customer brings a partner, and what people did in its account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import cast

from palier.backends.evidence import done_at
from palier.engine.words import Language, Words
from palier.portal.clients import asked
from palier.portal.clients.asked import Credit, Done
from palier.portal.standings.brought import brought
from palier.portal.standings.customers import Customer, customers_of
from palier.portal.standings.permissions import PROGRAM
from palier.portal.standings.queries import STRIP, Published, lines_of, published, qualifying_actions
from palier.report.words import Speech


def answer_clients() -> None:
    """Answer the questions of the app of clients from now on."""
    asked.RUN_ON.fill(run_on)
    asked.KNOWS.fill(knows)
    asked.CREDITS.fill(credits_of)
    asked.DONE.fill(done)


def run_on() -> date | None:
    """The day of the current run."""
    found = published(PROGRAM)
    return None if found is None else found.run.as_of


def knows(partner_id: object, customer_id: object) -> bool:
    """Whether a partner has a line about a customer."""
    found = published(PROGRAM)
    return found is not None and bool(lines_of(found, str(partner_id), customer_id=str(customer_id)))


def credits_of(partner_id: object, customer_id: object, language: object) -> tuple[Credit, ...]:
    """What a partner has of a customer in the current run, metric by metric."""
    found = published(PROGRAM)
    if found is None:
        return ()
    customer = customer_in(found, str(partner_id), str(customer_id))
    return () if customer is None else told(found, customer, cast("Language", language))


def customer_in(found: Published, partner_id: str, customer_id: str) -> Customer | None:
    """One customer with the credit it brings a partner; None where it brings none."""
    metrics = brought(found.rulebook.program, found.run.as_of).metrics
    lines = [line for line in lines_of(found, partner_id, customer_id=customer_id) if line.metric in metrics]
    return next(iter(customers_of(lines, {})), None)


def told(found: Published, customer: Customer, language: Language) -> tuple[Credit, ...]:
    """What a customer brings, in words."""
    words = Words(found.rulebook, language)
    speech = Speech(words)
    makes = brought(found.rulebook.program, found.run.as_of)
    return tuple(
        Credit(
            title=speech.metric(metric),
            points=speech.figure(metric, credit.points),
            money=tuple(words.money_major(each.counted, each.currency) for each in credit.money),
            share="" if credit.sharers == 1 else f"1/{credit.sharers}",
            managed=metric == makes.managed,
            ends=words.day(credit.ends_on),
        )
        for metric in makes.metrics
        if (credit := customer.credits.get(metric)) is not None
    )


def done(customer_id: object) -> Mapping[str, Done]:
    """What each user did in a customer's account in the ninety days up to the run's day, by user."""
    found = published(PROGRAM)
    return {} if found is None else done_in(found, str(customer_id))


def done_in(found: Published, customer_id: str) -> Mapping[str, Done]:
    """The same, in a run."""
    on, actions = found.run.as_of, qualifying_actions(found)
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    days: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    lasts: dict[str, date] = {}
    for row in done_at(found.run.facts, customer_id, since=on - STRIP, until=on):
        user_id, action, day, count = row["user_id"], row["action"], row["occurred_on"], row["activities"]
        counts[user_id][action] += count
        lasts[user_id] = max(day, lasts.get(user_id, day))
        if actions is None or action in actions:
            days[user_id][day] += count
    return {
        user_id: Done(by_action=dict(done), qualifying=dict(days[user_id]), last_on=lasts[user_id])
        for user_id, done in counts.items()
    }
