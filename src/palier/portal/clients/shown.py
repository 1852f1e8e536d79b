"""An access as pages show it: the person, the days, where it stands, and what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from palier.portal.clients.asked import DONE, Done
from palier.portal.clients.association import State, lapses_on, last_counting
from palier.portal.clients.queries import Held
from palier.portal.numbers import number_in

SHOWN = 50
"""How many rows a page shows at once."""
ACTIONS: Mapping[str, Callable[[int], str]] = {
    "create": lambda count: ngettext("%(count)s creation", "%(count)s creations", count),
    "edit": lambda count: ngettext("%(count)s edit", "%(count)s edits", count),
    "publish": lambda count: ngettext("%(count)s publication", "%(count)s publications", count),
    "configure": lambda count: ngettext("%(count)s configuration", "%(count)s configurations", count),
    "interact": lambda count: ngettext("%(count)s interaction", "%(count)s interactions", count),
    "view": lambda count: ngettext("%(count)s view", "%(count)s views", count),
    "login": lambda count: ngettext("%(count)s sign-in", "%(count)s sign-ins", count),
}
"""What people do in a customer's account; any other action is called by its own name."""
STATES: Mapping[State, Promise] = {
    State.WAITING: _("waits for the customer"),
    State.APART: _("access without association: nothing counts"),
    State.COUNTS: _("work counts"),
    State.ENDED: _("ended"),
}
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """An access, and what its user did at the customer in the last ninety days of the run."""

    held: Held
    done: Done

    @property
    def state(self) -> Promise:
        """Where it stands, in words."""
        return STATES[self.held.position.state]

    @property
    def actions(self) -> list[str]:
        """What was done and how often, the most frequent first."""
        found = sorted(self.done.by_action.items(), key=lambda each: (-each[1], each[0]))
        return [
            ACTIONS[action](count) % {"count": count} if action in ACTIONS else f"{count} {action}"
            for action, count in found
        ]

    @property
    def last_counting_on(self) -> date | None:
        """The last day of work that counts by this access; None without any, and where nothing counts."""
        position = self.held.position
        if position.state is not State.COUNTS or position.works_from is None:
            return None
        if not self.held.employee.is_partner_employee or self.held.employee.deleted_on is not None:
            return None
        works_from = max(position.works_from, self.held.employee.added_on)
        return last_counting(self.done, works_from, self.held.employee.deactivated_on)


def worked(held: Iterable[Held], customer_id: str) -> list[Worked]:
    """Accesses to one customer's account with what was done there."""
    done = DONE.ask(customer_id, otherwise={})
    return [Worked(held=each, done=done.get(each.access.user_id, Done())) for each in held]


def lapse_of(found: Iterable[Worked]) -> date | None:
    """The day on which the managed credit that these people earn ends, if nobody works any more (D53)."""
    lasts = {each.held.access.access_id: day for each in found if (day := each.last_counting_on) is not None}
    return lapses_on(lasts)


@dataclass(frozen=True, slots=True)
class Page:
    """A bounded part of a list."""

    rows: Sequence[object]
    number: int
    pages: int

    @property
    def before(self) -> int | None:
        """The number of the page before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The number of the page after."""
        return self.number + 1 if self.number < self.pages else None


def page_of(rows: Sequence[Row], asked: str) -> Page:
    """The part of a list that is asked for; one that exists where it is none."""
    pages = max(1, -(-len(rows) // SHOWN))
    number = min(max(number_in(asked), 1), pages)
    return Page(rows[(number - 1) * SHOWN : number * SHOWN], number, pages)
