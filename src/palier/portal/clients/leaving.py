"""What ends when people leave a customer, said before it is done: how much credit, when, and who stays (D41-51)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from palier.portal.clients.asked import CREDITS, RUN_ON, Credit
from palier.portal.clients.models import Customer
from palier.portal.clients.queries import Held, customer_called
from palier.portal.clients.shown import Worked, lapse_of, worked


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Who leaves, who stays, the managed credit of the last run, and the first day without it if some of it stays."""

    customer: Customer
    leaving: tuple[Held, ...]
    staying: tuple[Worked, ...]
    managed: tuple[Credit, ...]
    kept: tuple[Credit, ...]
    until: date | None
    run_on: date | None

    @property
    def at_once(self) -> bool:
        """Whether managed credit stops with the act: nobody who stays did work that counts."""
        return bool(self.managed) and self.until is None


def what_ends(
    held: Sequence[Held], customer_id: str, partner_id: str, *, user_id: str | None, language: str
) -> Ending | None:
    """What ends when one of a partner's people leaves a customer, or all of them; None where nobody would."""
    leaving = tuple(each for each in held if user_id is None or each.access.user_id == user_id)
    if not leaving:
        return None
    gone = {each.access.access_id for each in leaving}
    lasting = [each for each in held if each.lasts and each.access.access_id not in gone]
    staying = tuple(worked(lasting, customer_id))
    credit = CREDITS.ask(partner_id, customer_id, language, otherwise=())
    return Ending(
        customer=customer_called(customer_id),
        leaving=leaving,
        staying=staying,
        managed=tuple(each for each in credit if each.managed),
        kept=tuple(each for each in credit if not each.managed),
        until=lapse_of(staying),
        run_on=RUN_ON.ask(otherwise=None),
    )
