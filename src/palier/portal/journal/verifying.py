"""Verifying the chain, also against anchors that were kept outside of the database."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from palier.portal.journal.actions import START, broken_places
from palier.portal.journal.models import Entry, Head

SEAL_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Anchor:
    """The seal of the chain at a place, as it was when somebody wrote it down."""

    place: int
    seal: str

    def __str__(self) -> str:
        return f"{self.place}:{self.seal}"

    @classmethod
    def read(cls, said: str) -> Anchor:
        """Read an anchor as it was printed.

        Raises:
            ArgumentTypeError: it is none.
        """
        place, colon, seal = said.partition(":")
        if not (colon and place.isdecimal() and len(seal) == SEAL_LENGTH and set(seal) <= set("0123456789abcdef")):
            message = f"{said!r} is no anchor: expected PLACE:SEAL as a verification printed it"
            raise ArgumentTypeError(message)
        return cls(int(place), seal)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found: how many entries, where the chain ends, and every place at which it does not hold."""

    entries: int
    anchor: Anchor
    problems: list[dict[str, Any]]


def verify(anchors: Iterable[Anchor] = ()) -> Verified:
    """Verify every entry, the end of the chain and the anchors."""
    problems = [{"place": place, "found": found} for place, found in broken_places()]
    for anchor in anchors:
        seal = START if anchor.place == 0 else None
        entry = Entry.objects.filter(place=anchor.place).first()
        if entry is not None:
            seal = entry.seal
        if seal != anchor.seal:
            problems.append({"place": anchor.place, "found": "the chain up to here was rewritten since the anchor"})
    head = Head.objects.filter(pk=1).first()
    end = Anchor(head.place, head.seal) if head is not None else Anchor(0, START)
    return Verified(Entry.objects.count(), end, problems)
