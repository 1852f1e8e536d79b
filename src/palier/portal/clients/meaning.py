"""Which customer somebody means who writes its name, or its domain, in words of their own."""

from __future__ import annotations

import re
from unicodedata import combining, normalize

from django.db.models import Q

from palier.portal.clients.models import Customer
from palier.portal.partners.asked import Meant

MOST = 8
"""How many customers are offered."""
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+")
_WORD = re.compile(r"\w+")
_SHORTEST = 3
"""The fewest letters of a word that customers are looked up by."""
_FORMS = frozenset({"inc", "llc", "ltd", "gmbh", "sas", "sarl", "corp", "group", "groupe", "the", "and", "les", "des"})
"""Words that many companies' names share."""


def meant(said: object) -> tuple[Meant, ...]:
    """The customers that words may mean: those of a domain in them first, then those whose name has their words."""
    text = str(said).lower()
    domains = {each.removeprefix("www.") for each in _DOMAIN.findall(text)}
    rest = _DOMAIN.sub(" ", text)
    words = [each for each in _WORD.findall(rest) if len(each) >= _SHORTEST and each not in _FORMS]
    found = [_meant(each, by_domain=True) for each in Customer.objects.filter(domain__in=domains).order_by("name")]
    known = {each.customer_id for each in found}
    if words:
        longest = sorted(words, key=len, reverse=True)[:2]
        asked = Q()
        for each in longest:  # SQLite knows no case beyond ASCII: a name begins its words in upper case
            asked |= Q(name__icontains=each) | Q(name__contains=each.capitalize())
        named = Customer.objects.filter(asked).exclude(customer_id__in=known).order_by("name", "customer_id")
        ranked = sorted(named[:200], key=lambda each: (-_alike(_words(rest), each.name), each.name, each.customer_id))
        found += [_meant(each, by_domain=False) for each in ranked]
    return tuple(found[:MOST])


def _meant(customer: Customer, *, by_domain: bool) -> Meant:
    return Meant(customer.customer_id, customer.name or customer.customer_id, customer.domain, by_domain)


def _words(text: str) -> list[str]:
    """The words of a text in lower case, without accents."""
    plain = "".join(each for each in normalize("NFKD", text.lower()) if not combining(each))
    return _WORD.findall(plain)


def _alike(words: list[str], name: str) -> float:
    """How much of the words and of the name is the same, from 0 to 1."""
    mine, theirs = set(words), set(_words(name))
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if theirs else 0.0
