"""The pictures of the README and the docs: `make pictures` makes a demo, opens its main pages and keeps them as PNG.

Each page is taken in English and in French, as wide as a laptop's window, in few colours, and must stay below the size
that a page of documentation bears.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from browser.site import chromium, served, window
from browser.walking import PEOPLE, sign_in

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
MOST_BYTES = 150_000
WIDTH, HEIGHT, COLOURS = 1280, 860, 128
PAGES = (
    ("home", "partner", "/standing", ""),
    ("why", "partner", "/standing", "dl dd a[href*='/figures/sold_points']"),
    ("points", "partner", "/points", ""),
    ("customers", "partner", "/customers", ""),
    ("access", "customer", "/access", ""),
    ("vendor", "vendor", "/vendor", ""),
    ("partners", "vendor", "/partners", ""),
    ("what-if", "vendor", "/programs/solutions", "a[href^='/drafts/']"),
    ("recalibration", "vendor", "/vendor", "a[href*='/recalibrations/']"),
)
"""A picture's name, who looks, from where, and the link that is followed from there."""


class TooLargeError(Exception):
    """Raised when a picture is heavier than a page of documentation bears."""

    def __init__(self, picture: Path, size: int) -> None:
        super().__init__(f"{picture.name} has {size:,} bytes, at most {MOST_BYTES:,} are wanted")


def main() -> int:
    """Take every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as site,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        for language in ("en", "fr"):
            for name, kind, address, link in PAGES:
                with window(browser, site, language=language) as context:
                    page = context.new_page()
                    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
                    sign_in(page, PEOPLE[kind], language)
                    picture = PICTURES / f"{name}-{language}.png"
                    sys.stderr.write(f"{picture.name}: {_take(page, address, link, picture):,} bytes\n")
    return 0


def _take(page: Page, address: str, link: str, picture: Path) -> int:
    """Take a picture; says how many bytes it has."""
    page.goto(address)
    if link:
        page.locator(link).first.click()
        page.wait_for_load_state("networkidle")
        if page.locator("#why").count():
            page.locator("#why h2").wait_for()
        page.evaluate("scrollTo(0, 0)")
    page.wait_for_load_state("networkidle")
    taken = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    few = taken.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)
    size = picture.stat().st_size
    if size > MOST_BYTES:
        raise TooLargeError(picture, size)
    return size


if __name__ == "__main__":
    sys.exit(main())
