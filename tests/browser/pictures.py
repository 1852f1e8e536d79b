"""The pictures of the README and the docs: `make pictures` makes a demo, opens its main pages and keeps them as PNG.

Each page is taken in English and in French, as wide as a laptop's window, and must stay below the size that a page of
documentation bears.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from browser.site import chromium, served, window
from browser.walking import PEOPLE, sign_in

IMAGES = Path(__file__).parents[2] / "docs" / "images"
MOST_BYTES = 150_000
SIZE = {"width": 1000, "height": 640}
PAGES = (
    ("home", "partner", "/standing"),
    ("why", "partner", ""),
    ("customers", "partner", "/customers"),
    ("access", "customer", "/access"),
    ("vendor", "vendor", "/vendor"),
)
"""A picture's name, who looks, and at what; the explanation is the first one that the home offers."""


class TooLargeError(Exception):
    """Raised when a picture is heavier than a page of documentation bears."""

    def __init__(self, picture: Path, size: int) -> None:
        super().__init__(f"{picture.name} has {size:,} bytes, at most {MOST_BYTES:,} are wanted")


def main() -> int:
    """Take every picture."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), partners=60) as site,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        for language in ("en", "fr"):
            for name, kind, address in PAGES:
                with window(browser, site, language=language) as context:
                    page = context.new_page()
                    page.set_viewport_size(SIZE)  # type: ignore[arg-type]  # a mapping of the two
                    sign_in(page, PEOPLE[kind], language)
                    for said in _take(page, address, IMAGES / f"portal-{name}-{language}.png"):
                        sys.stderr.write(f"{said}\n")
    return 0


def _take(page: Page, address: str, picture: Path) -> Iterator[str]:
    if address:
        page.goto(address)
    else:
        page.goto("/standing")
        page.goto(str(page.locator("#figures dd a, dd a[href*='/figures/']").first.get_attribute("href")))
    page.wait_for_load_state()
    page.screenshot(path=picture, animations="disabled")
    size = picture.stat().st_size
    if size > MOST_BYTES:
        raise TooLargeError(picture, size)
    yield f"{picture.name}: {size:,} bytes"


if __name__ == "__main__":
    sys.exit(main())
