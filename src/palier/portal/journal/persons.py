"""What the journal knows of persons: values under a key of each person, until the key is destroyed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet

from palier.portal.journal.models import Entry, PersonKey


class PersonErasedError(Exception):
    """Raised when something personal is to be written of a person who was erased."""

    def __init__(self, pseudonym: str) -> None:
        super().__init__(f"{pseudonym} was erased: nothing personal may be written of this person")
        self.pseudonym = pseudonym


def conceal(pseudonym: str, personal: Mapping[str, Any]) -> str:
    """Encrypt values under the person's key, which is made with the first of them.

    Raises:
        PersonErasedError: the person's key was destroyed.
    """
    fresh = Fernet.generate_key().decode()
    kept, _ = PersonKey.objects.get_or_create(pseudonym=pseudonym, defaults={"key": fresh})
    if kept.destroyed_at is not None:
        raise PersonErasedError(pseudonym)
    told = json.dumps(dict(personal), sort_keys=True, ensure_ascii=False, default=str)
    return Fernet(kept.key.encode()).encrypt(told.encode()).decode()


def revealed(entries: list[Entry]) -> dict[int, dict[str, Any] | None]:
    """The personal values of entries by their place; None where the person was erased."""
    wanted = [each for each in entries if each.personal]
    keys = dict(
        PersonKey.objects.filter(pseudonym__in={each.person for each in wanted}, destroyed_at=None).values_list(
            "pseudonym", "key"
        )
    )
    return {
        each.place: json.loads(Fernet(keys[each.person].encode()).decrypt(each.personal.encode()))
        if each.person in keys
        else None
        for each in wanted
    }


def destroy_key(pseudonym: str, *, at: datetime) -> bool:
    """Destroy a person's key for good; says whether there was one to destroy. A later one is never made."""
    kept, made = PersonKey.objects.get_or_create(pseudonym=pseudonym, defaults={"key": "", "destroyed_at": at})
    if made or kept.destroyed_at is not None:
        return False
    kept.key, kept.destroyed_at = "", at
    kept.save(update_fields=["key", "destroyed_at"])
    return True
