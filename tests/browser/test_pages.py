"""Every page: valid HTML, nothing for axe, no scroll sideways, no word from the console.

Each kind of person walks in one language, the next kind in the other; each page is looked at once, in a language, a
width and a light that are another's turn on the next page. PALIER_WHOLE=1: all of them, everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle, product
from xml.etree.ElementTree import Element

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from browser.keys import set_up
from browser.site import Site, window
from browser.walking import PEOPLE, WHOLE, XHTML, Seen, enter, speak, walk
from palier.portal.access import DOORS

# All on one worker, which has a site of its own.
pytestmark = pytest.mark.xdist_group("pages")

LANGUAGES = ("en", "fr")
WIDTHS, SCHEMES = (320, 768, 1440), ("light", "dark")
WAYS = tuple(product(LANGUAGES, WIDTHS, SCHEMES))
STEP = 5
"""From the way of one page to that of the next: no other page has the same way before all had their turn."""
OUT_OF_REACH: Mapping[str, str] = {
    "home": "leads on to the first page of each kind of organisation",
    "mfa_login_webauthn": "no page: what a passkey signs",
    "openid_connect_callback": "opened by an identity provider only",
    "openid_connect_login": "needs an identity provider",
    "account_logout": "it would end the walk; the button is on every page",
    "programs:shadow_csv": "linked where the vendor's own list was compared: tests/portal/programs opens it",
}
"""Pages that no link leads to, with the reason."""
CLOSED: Mapping[str, int] = {
    "socialaccount_login_error": 401,
    "account_reauthenticate": 403,
    "mfa_reauthenticate": 403,
    "mfa_reauthenticate_webauthn": 403,
    "mfa_deactivate_totp": 404,
    "mfa_view_recovery_codes": 404,
    "mfa_download_recovery_codes": 404,
    "standings:changes_csv": 404,
    "standings:partner_changes_csv": 404,
}
"""What pages answer that nobody links to while there is nothing to show."""


SCRIPTLESS = "runs:letter_html"
"""A mail as it stands in its frame: no script runs there, axe's neither, so it is looked at outside."""
EVERYBODY = list(product(PEOPLE, LANGUAGES) if WHOLE else zip(PEOPLE, cycle(LANGUAGES), strict=False))
WALKS = dict(reversed(EVERYBODY))
"""In which language somebody walked, or walked first."""
SeenBy = Callable[[str, str], list[Seen]]


@pytest.fixture(scope="module")
def seen_by(site: Site, browser: Browser) -> SeenBy:
    """What a kind of person gets in a language, walked once."""
    set_up(browser, site)
    found: dict[tuple[str, str], list[Seen]] = {}

    def walked(kind: str, language: str) -> list[Seen]:
        if (kind, language) not in found:
            with window(browser, site, language=language) as context:
                enter(context.new_page(), site, kind, language)
                found[kind, language] = list(walk(context, site, kind, language))
        return found[kind, language]

    return walked


@pytest.mark.parametrize(("kind", "language"), EVERYBODY)
def test_every_link_leads_somewhere(seen_by: SeenBy, kind: str, language: str) -> None:
    wrong = [each for each in seen_by(kind, language) if each.status >= 400 and CLOSED.get(each.name) != each.status]
    assert [f"{each}: {each.status}" for each in wrong] == []


@pytest.mark.parametrize(("kind", "language"), EVERYBODY)
def test_html_is_valid(seen_by: SeenBy, kind: str, language: str) -> None:
    wrong = []
    for each in seen_by(kind, language):
        if each.document is not None:
            wrong += [f"{each}: {said}" for said in (*each.problems, *problems_of(each.document))]
    assert wrong == []


def test_every_page_of_the_portal_is_reached(seen_by: SeenBy) -> None:
    readable = {name for name, door in DOORS.items() if door.read}
    reached = {each.name for kind, language in WALKS.items() for each in seen_by(kind, language)}
    assert readable - reached == set(OUT_OF_REACH)


def problems_of(document: Element) -> Iterator[str]:
    """What a valid document may not be: an id twice, a field without a label, a reference to nothing."""
    elements = list(document.iter())
    ids = Counter(each.get("id") for each in elements if each.get("id"))
    yield from (f"id {each} stands {count} times" for each, count in ids.items() if count > 1)
    labelled = {each.get("for") for each in elements if each.tag == f"{XHTML}label"}
    inside = {id(field) for each in elements if each.tag == f"{XHTML}label" for field in each.iter()}
    for each in elements:
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list"):
            for asked in (each.get(name) or "").split():
                if asked not in ids:
                    yield f"{name} {asked} refers to nothing"
        if each.tag in {f"{XHTML}input", f"{XHTML}select", f"{XHTML}textarea"}:
            named = each.get("aria-label") or each.get("aria-labelledby") or id(each) in inside
            if each.get("type") not in {"hidden", "submit"} and not (named or each.get("id") in labelled):
                yield f"{each.get('name')} has no label"
    titles = [each.text or "" for each in elements if each.tag == f"{XHTML}title"]
    if not titles or not titles[0].strip():
        yield "there is no title"
    if sum(each.tag == f"{XHTML}h1" for each in elements) != 1:
        yield "there is not exactly one h1"


class Overheard:
    """What a page says to the console and asks of others."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.said: list[str] = []
        self._address = site.address
        context.on("console", self._console)
        context.on("weberror", lambda error: self.said.append(f"error: {error.error}"))
        context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.said.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._address}/", "data:")):
            self.said.append(f"asked {request.url}")


@pytest.mark.parametrize("kind", PEOPLE)
def test_axe_finds_nothing_and_pages_fit_and_are_silent(
    site: Site, browser: Browser, seen_by: SeenBy, kind: str
) -> None:
    shown = [each for each in seen_by(kind, WALKS[kind]) if each.document is not None and each.status == 200]
    pages = list({each.address: each for each in shown}.values())
    wrong: list[str] = []
    with window(browser, site) as context:
        page = context.new_page()
        enter(page, site, kind, LANGUAGES[0])
        heard = Overheard(context, site)
        for language in LANGUAGES:
            speak(page, language)
            for place, each in enumerate(pages):
                ways = [way[1:] for way in _ways(place) if way[0] == language]
                wrong += [f"{language} {each.name} {each.address}: {said}" for said in _look(page, each, ways, heard)]
    assert wrong == []


def _ways(place: int) -> Sequence[tuple[str, int, str]]:
    """In which languages, widths and lights a page is looked at."""
    return WAYS if WHOLE else (WAYS[place * STEP % len(WAYS)],)


def _look(page: Page, seen: Seen, ways: Sequence[tuple[int, str]], heard: Overheard) -> Iterator[str]:
    if not ways:
        return
    if seen.name == SCRIPTLESS:
        page.goto("about:blank")
        page.set_content(page.request.get(seen.address).text())
    else:
        page.goto(seen.address)
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            yield f"{width} px: {wide} px too wide"
        for scheme in [scheme for tried, scheme in ways if tried == width]:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
            found = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
            for violation in found:
                places = ", ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:3])
                yield f"{width} px {scheme}: {violation['impact']} {violation['id']}: {places}"
    yield from (f"console: {said}" for said in heard.said)
    heard.said.clear()
