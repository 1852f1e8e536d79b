"""What pages of partners ask of apps above this one, which answer by filling a place here when they are ready.

This app stands below the runs and their figures, so it cannot ask them; without an answer its pages say less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Worked:
    """A person's last qualifying day at a customer, and the first day on which that work no longer counts."""

    user_id: str
    customer_id: str
    last_on: date
    until: date


@dataclass(frozen=True, slots=True)
class TeamWork:
    """The work of a partner's people in the current run, tagged or not, and the managed points of each customer."""

    as_of: date
    worked: tuple[Worked, ...]
    customers: Mapping[str, str]
    points: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A tier that waits for the contact form, or waited for it last: since when, until the end of which day (B166)."""

    tier: str
    notice_on: date
    deadline_on: date


@dataclass(frozen=True, slots=True)
class Candidate:
    """A partner whose figures reach a tier that only an invitation opens (A164), and what is still missing."""

    partner_id: str
    tier: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Credential:
    """A certification or accreditation of a partner or one of its people; `live` says how many hold it today."""

    kind: str
    code: str
    live: int
    next_expiry_on: date | None


@dataclass(frozen=True, slots=True)
class Reach:
    """At how many customers a person's work would count, may count for nothing without association, or waits (D28)."""

    associated: int = 0
    apart: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Meant:
    """A customer that somebody may have meant: found by its domain, else by its name."""

    customer_id: str
    name: str
    domain: str
    by_domain: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What a matched deal counts in the current run, in words, until which day (excluded)."""

    said: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Influence:
    """What the deals of a partner count in the run of a day, by influenced_id."""

    as_of: date
    effects: Mapping[str, Effect]


class Place(Generic[Answer]):
    """A question, and the app that answers it, if one does."""

    def __init__(self) -> None:
        self._answer: Callable[..., Answer] | None = None

    def fill(self, answer: Callable[..., Answer]) -> None:
        """Answer the question from now on."""
        self._answer = answer

    def ask(self, *about: object, otherwise: Answer) -> Answer:
        """The answer about something, or `otherwise` while nobody answers."""
        return otherwise if self._answer is None else self._answer(*about)


TEAM_WORK: Place[TeamWork | None] = Place()
"""The work of a team: asked with a partner_id."""
REACH: Place[Mapping[str, Reach] | None] = Place()
"""The customers of each person of a partner, by user_id: asked with a partner_id and a day."""
AWAITING: Place[Awaiting | None] = Place()
"""The last tier that waited for a partner's form and has not become its own: asked with a partner_id and a program."""
CREDENTIALS: Place[tuple[Credential, ...]] = Place()
"""The live credentials of a partner: asked with a partner_id."""
CUSTOMER: Place[str | None] = Place()
"""The name of a customer, None for an unknown one: asked with a customer_id."""
MEANT: Place[tuple[Meant, ...]] = Place()
"""The customers that words may mean, the likeliest first: asked with the words."""
CUSTOMERS: Place[Mapping[str, str]] = Place()
"""The names of customers by id, as far as they are known: asked with their ids."""
CURRENCIES: Place[tuple[str, ...]] = Place()
"""The currencies that the rules convert: asked with a program, or None for all that have rules here, and a day."""
INFLUENCE: Place[Influence | None] = Place()
"""What a partner's deals count: asked with a partner_id and a language."""
CANDIDATES: Place[tuple[Candidate, ...]] = Place()
"""The candidates of the Elite review: asked with nothing."""
