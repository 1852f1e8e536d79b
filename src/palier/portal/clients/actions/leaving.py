"""The partner ends what its people have at a customer, by typing the word that confirms it (D41-51)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from palier.portal.clients.actions.changing import employee_of, told, write
from palier.portal.clients.actions.seats import end_seat
from palier.portal.clients.emails import tell_owners
from palier.portal.clients.errors import NoAccessError, WrongWordError
from palier.portal.clients.models import Access, Side
from palier.portal.clients.permissions import REMOVERS, partner_of
from palier.portal.clients.queries import living, served_by
from palier.portal.partners.days import day
from palier.portal.people.models import Membership

_WORDS: Final = {"fr": "SUPPRIMER"}
_WORD: Final = "REMOVE"


def removal_word(language: str) -> str:
    """The word that confirms a removal in a language: REMOVE where the language has none of its own (D50)."""
    return _WORDS.get(language, _WORD)


@transaction.atomic
def remove_access(by: Membership, *, customer_id: str, user_id: str | None, word: str, at: datetime) -> list[Access]:
    """End the access of one employee to a customer's account, or of all with `user_id` None; it stops at once (D42).

    Only the customer can give it back (D51). What waits for the customer's word is withdrawn with the rest.

    Raises:
        NotAllowedError: not for whoever acts.
        WrongWordError: another word was typed.
        NoAccessError: none of the partner's people has access.
    """
    partner_id, on = partner_of(by, REMOVERS), day(at)
    expected = removal_word(by.user.language)
    if word.strip() != expected:
        raise WrongWordError(word.strip(), expected)
    asked = served_by(partner_id).filter(living(on), customer_id=customer_id)
    ending = list((asked if user_id is None else asked.filter(user_id=user_id)).select_for_update().order_by("pk"))
    if not ending:
        raise NoAccessError
    for access in ending:
        before, lasted = told(access), access.granted_on is not None
        access.removed_on = on if access.granted_on is None else max(on, access.granted_on)
        access.removed_side, access.removed_by = Side.PARTNER, by.user.pseudonym
        access.save(update_fields=["removed_on", "removed_side", "removed_by"])
        end_seat(by, access, on, at)
        write(by, "remove access", access, at, before=before)
        if lasted:
            tell_owners("left", access, employee_of(access), on=on, at=at)
    return ending
