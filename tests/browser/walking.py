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

from browser.keys import EMAIL, NAME, PASSWORD, confirm, press
from browser.site import Site

PEOPLE: Mapping[str, str] = {
    "vendor": "Ada Lindqvist",
    "partner": "Inès Moreau",
    "customer": "Hugo Petit",
    "nobody": "",
    "keyed": NAME,
    "asked": "",
    "half": "",
}
"""Who walks, by the kind of organisation, under the names of the demo: nobody is not signed in, somebody has keys of
all sorts, somebody asked for a code by mail, somebody typed a password and not yet the code of the app."""
WAITING = {"asked": "/account/login/code/confirm/", "half": "/account/2fa/authenticate/"}
"""The page that somebody on the way in sees."""
ROLES = {"vendor": "administrator", "partner": "admin", "customer": "owner", "keyed": "reviewer"}
WITHIN: Mapping[str, tuple[str, ...]] = {"keyed": ("mfa_", "account_")}
"""Who looks only at some pages, by how their names begin: the others look the same to somebody else."""

PARTNER = re.compile(r"/partners/([^/.?]+)")
BUTTONS = {"en": "English", "fr": "Français"}
XHTML = "{http://www.w3.org/1999/xhtml}"
LEADS = {f"{XHTML}a": "href", f"{XHTML}iframe": "src"}
INVITED, READER, FORGETFUL = "lena@partner.example", "admin@partner.example", "member@customer.example"
"""Who has an invitation in the demo and nothing else, who has mails that can be refused, who forgot a password."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A page as somebody got it."""

    kind: str
    language: str
    name: str
    address: str
    status: int
    content_type: str
    document: Element | None = field(repr=False)
    problems: tuple[str, ...] = field(repr=False)

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


def enter(page: Page, site: Site, kind: str, language: str) -> None:
    """Come as somebody who walks, as far as such a person comes."""
    sign_in(page, PEOPLE[kind], language)
    if kind == "keyed":
        page.goto("/account/reauthenticate/?next=/me")
        confirm(page)
    elif kind == "asked":
        page.goto("/account/login/code/")
        page.locator("#id_email").fill(EMAIL)
        press(page)
    elif kind == "half":
        page.locator("#id_login").fill(EMAIL)
        page.locator("#id_password").fill(PASSWORD)
        press(page)
    elif kind == "nobody":
        page.goto("/account/password/reset/")
        page.locator("#id_email").fill(FORGETFUL)
        press(page)
        site.wait_for_mail(FORGETFUL)


def speak(page: Page, language: str) -> None:
    """Have the page in a language."""
    if page.locator("html").get_attribute("lang") != language:
        page.get_by_role("button", name=BUTTONS[language], exact=True).click()
        page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == language


def walk(context: BrowserContext, site: Site, kind: str, language: str) -> Iterator[Seen]:
    """Every kind of page that can be reached by links, from the first page on, once each; mails lead on as well."""
    if kind in WAITING:
        yield _seen(context.request.get(site.path(WAITING[kind])), kind, language, site)
        return
    known: set[str] = set()
    mailed = (
        [] if kind != "nobody" else [link for each in (INVITED, READER, FORGETFUL) for link in site.links_mailed(each)]
    )
    links = yield from _follow(context, site, (kind, language), ["/", *mailed, *starts(kind)], known)
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
        if name is None or name in known or not name.startswith(WITHIN.get(who[0], "")):
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

    for name, door in DOORS.items():
        if door.opens("GET", ROLES.get(kind), signed_in=kind in ROLES) and name != "account_logout":
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


def tree(text: str) -> tuple[Element, tuple[str, ...]]:
    """The document of a page, and what HTML does not allow in it."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    document: Element = parser.parse(text)
    return document, tuple(f"{place}: {found} {about}" for place, found, about in parser.errors)


def _seen(answer: APIResponse, kind: str, language: str, site: Site) -> Seen:
    content_type = answer.headers.get("content-type", "")
    path = answer.url.removeprefix(site.address)
    document, problems = tree(answer.text()) if content_type.startswith("text/html") else (None, ())
    return Seen(kind, language, name_of(path) or "", path, answer.status, content_type, document, problems)


def _links(seen: Seen, site: Site) -> Iterator[str]:
    for element in () if seen.document is None else seen.document.iter():
        if element.tag in LEADS:
            address = urljoin(site.path(seen.address), element.get(LEADS[element.tag], ""))
            if address.startswith(f"{site.address}/"):
                yield re.sub(r"#.*", "", address.removeprefix(site.address))


WHOLE = bool(os.environ.get("PALIER_WHOLE"))
"""Whether everything is tried in every language, width and light, by pointer and by keyboard; else in turn."""
