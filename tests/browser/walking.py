"""Walking the portal by its links: one address for every kind of page that somebody can reach."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from playwright.sync_api import APIResponse, BrowserContext, Page

from browser.site import Site

PEOPLE: Mapping[str, str] = {
    "vendor": "Ada Lindqvist",
    "partner": "Inès Moreau",
    "customer": "Hugo Petit",
    "nobody": "",
}
"""Who walks, by the kind of organisation, under the names of the demo."""

PARTNER = re.compile(r"/partners/([^/.?]+)")
BUTTONS = {"en": "English", "fr": "Français"}
XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as somebody got it."""

    kind: str
    language: str
    name: str
    address: str
    status: int
    content_type: str
    text: str = field(repr=False)

    @property
    def is_page(self) -> bool:
        """Whether a browser shows it."""
        return self.content_type.startswith("text/html")

    def __str__(self) -> str:
        return f"{self.kind} {self.language} {self.name} {self.address}"


def sign_in(page: Page, name: str, language: str) -> None:
    """Come in as one of the demo's cast, in a language."""
    page.goto("/account/login/")
    if name:
        page.get_by_role("button", name=name).first.click()
        page.wait_for_load_state()
    speak(page, language)


def speak(page: Page, language: str) -> None:
    """Have the page in a language."""
    if page.locator("html").get_attribute("lang") != language:
        page.get_by_role("button", name=BUTTONS[language], exact=True).click()
        page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == language


def walk(context: BrowserContext, site: Site, kind: str, language: str) -> Iterator[Seen]:
    """Every kind of page that can be reached by links, from the first page on, once each."""
    known: set[str] = set()
    links = yield from _follow(context, site, (kind, language), ["/", *starts(kind)], known)
    partner = next((found[1] for found in map(PARTNER.match, links) if found), "")
    if partner:
        yield from _follow(context, site, (kind, language), starts(kind, partner), known)


def _follow(
    context: BrowserContext, site: Site, who: tuple[str, str], addresses: Iterable[str], known: set[str]
) -> Generator[Seen, None, list[str]]:
    waiting, links = deque(addresses), list[str]()
    while waiting:
        address = waiting.popleft()
        name = name_of(address)
        if name is None or name in known:
            continue
        seen = _seen(context.request.get(site.path(address), max_redirects=10), *who, site)
        known |= {name, seen.name} if seen.status == HTTPStatus.OK else {name}
        yield seen
        if seen.is_page:
            found = list(_links(seen, site))
            waiting.extend(found)
            links += found
    return links


def starts(kind: str, partner_id: str = "") -> Iterator[str]:
    """The pages that need no argument, or a partner and no other, as far as somebody of this kind may read them."""
    from django.urls import NoReverseMatch, reverse  # noqa: PLC0415  # Django is set up by then

    from palier.portal.access import DOORS  # noqa: PLC0415  # same

    roles = {"vendor": "administrator", "partner": "admin", "customer": "owner", "nobody": None}
    for name, door in DOORS.items():
        if door.opens("GET", roles[kind], signed_in=kind != "nobody") and name != "account_logout":
            try:
                yield reverse(name, kwargs={"partner_id": partner_id} if partner_id else {})
            except NoReverseMatch:
                continue


def name_of(address: str) -> str | None:
    """The name of the page at a path; None when it is not the portal's."""
    from django.urls import Resolver404, resolve  # noqa: PLC0415  # same

    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None


def tree(text: str, *, strict: bool = False) -> Element:
    """The document of a page; strict raises at the first word that HTML does not allow."""
    parser = html5lib.HTMLParser(strict=strict, namespaceHTMLElements=True)
    document: Element = parser.parse(text)
    return document


def _seen(answer: APIResponse, kind: str, language: str, site: Site) -> Seen:
    content_type = answer.headers.get("content-type", "")
    path = answer.url.removeprefix(site.address)
    text = answer.text() if content_type.startswith("text/") else ""
    return Seen(kind, language, name_of(path) or "", path, answer.status, content_type, text)


def _links(seen: Seen, site: Site) -> Iterator[str]:
    for link in tree(seen.text).iter(f"{XHTML}a"):
        address = urljoin(site.path(seen.address), link.get("href", ""))
        if address.startswith(f"{site.address}/"):
            yield re.sub(r"#.*", "", address.removeprefix(site.address))


WHOLE = bool(os.environ.get("PALIER_WHOLE"))
"""Whether every page is tried in every width, light and language; else in two ways a language."""
