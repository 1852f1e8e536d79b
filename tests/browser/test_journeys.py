"""What people come for, from sign-in to the end, in both languages, and the first journey by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import pytest
from playwright.sync_api import Browser, Locator, Page

from browser.site import Site, window
from browser.walking import PEOPLE, sign_in, speak

# All on one worker: the site is served once.
pytestmark = pytest.mark.xdist_group("browser")

MOST_TABS = 200
_serial = count(1)


@dataclass(frozen=True, slots=True)
class Hand:
    """What works a page: the pointer, or the keyboard and nothing else."""

    page: Page
    keyboard: bool

    def use(self, selector: str) -> None:
        """Follow a link or press a button, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            if self.keyboard:
                self.reach(selector)
                self.page.keyboard.press("Enter")
            else:
                self.page.locator(selector).first.click()

    def write(self, selector: str, text: str) -> None:
        """Fill in a field."""
        if self.keyboard:
            self.reach(selector)
            self.page.keyboard.type(text)
        else:
            self.page.locator(selector).fill(text)

    def reach(self, selector: str) -> None:
        """Give something the focus by the tabulator, and see that it shows it."""
        wanted = self.page.locator(selector).first.element_handle()
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("wanted => document.activeElement === wanted", wanted):
                outline = self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none", f"{selector} does not show that it has the focus"
                return
        pytest.fail(f"{selector} cannot be reached by keyboard")


@contextmanager
def at(site: Site, browser: Browser, kind: str, language: str, *, keyboard: bool = False) -> Iterator[Hand]:
    """Somebody signed in, in a window of their own."""
    with window(browser, site, language=language) as context:
        page = context.new_page()
        if keyboard:
            hand = Hand(page, keyboard=True)
            page.goto("/account/login/")
            hand.use(f'button:text-is("{PEOPLE[kind]}")')
            speak(page, language)
        else:
            sign_in(page, PEOPLE[kind], language)
        yield Hand(page, keyboard)


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def row_of(page: Page, text: str) -> Locator:
    return page.locator("tr", has_text=text)


@pytest.mark.parametrize(("language", "keyboard"), [("en", False), ("fr", False), ("en", True)])
def test_a_partner_reads_why_adds_associates_and_removes_and_the_customer_restores(
    site: Site, browser: Browser, language: str, keyboard: bool
) -> None:
    with at(site, browser, "partner", language, keyboard=keyboard) as hand:
        _reads_why(hand)
        _picks_a_goal(hand)
        email = _adds_an_employee(hand)
        customer_id = _associates(hand, email)
        _removes(hand, customer_id)
    with at(site, browser, "customer", language, keyboard=keyboard) as hand:
        _restores_and_gives_a_seat(hand, email)


def _reads_why(hand: Hand) -> None:
    """From a figure to its lines, and from a line to its source row."""
    page = hand.page
    assert page.url.endswith("/standing")
    figure = page.locator("dl dd a[href*='/figures/sold_points']").first
    value, address = figure.inner_text(), str(figure.get_attribute("href"))
    page.goto(address)
    assert value in heading(page)
    line = page.locator("main a[href*='/sources/sales/']").first
    source = str(line.get_attribute("href")).rpartition("/")[2].partition("?")[0]
    hand.use("main a[href*='/sources/sales/']")
    assert source in page.locator("main").inner_text()


def _picks_a_goal(hand: Hand) -> None:
    page = hand.page
    page.goto("/standing")
    picker = page.locator("#goal-tier")
    before = picker.input_value()
    if hand.keyboard:
        hand.reach("#goal-tier")
        page.keyboard.press(
            "ArrowDown" if picker.locator("option").last.get_attribute("value") != before else "ArrowUp"
        )
    else:
        other = next(each for each in picker.locator("option").all() if each.get_attribute("value") != before)
        picker.select_option(str(other.get_attribute("value")))
    page.wait_for_url("**goal=*")
    chosen = page.locator("#goal-tier option:checked")
    assert chosen.get_attribute("value") != before
    assert chosen.inner_text() in page.locator("#goal").inner_text()


def _adds_an_employee(hand: Hand) -> str:
    page = hand.page
    email = f"journey{next(_serial)}@p00034.example"
    page.goto("/team")
    hand.use("a[href='/team/add']")
    hand.write("#id_email", email)
    hand.write("#id_name", "Camille Journey")
    hand.use("main form button")
    assert email in page.locator("main").inner_text()
    return email


def _associates(hand: Hand, email: str) -> str:
    """The new person with the customer of the demo, which is asked by mail."""
    page = hand.page
    page.goto("/associations/new")
    options = page.locator("#id_user_id option")
    chosen = next(each for each in options.all() if email in each.inner_text())
    place = options.all_inner_texts().index(chosen.inner_text())
    if hand.keyboard:
        hand.reach("#id_user_id")
        for _ in range(place):
            page.keyboard.press("ArrowDown")
    else:
        page.locator("#id_user_id").select_option(str(chosen.get_attribute("value")))
    assert page.locator("#id_user_id").input_value() == chosen.get_attribute("value")
    customer_id = page.evaluate(
        "name => [...document.querySelectorAll('#known option')].find(each => each.text.includes(name)).value", "Orion"
    )
    hand.write("#id_customer", str(customer_id))
    hand.use("main form button")
    assert page.locator(".wrong").count() == 0
    return str(customer_id)


def _removes(hand: Hand, customer_id: str) -> None:
    """By typing the word; another word changes nothing."""
    page = hand.page
    page.goto(f"/associations/at/{customer_id}/remove")
    found = re.search(r"\b[A-ZÀ-Ý]{4,}\b", page.locator("label[for=id_word]").inner_text())
    assert found is not None
    hand.write("#id_word", "perhaps")
    hand.use("main form button.danger")
    assert page.locator(".wrong").count() == 1
    page.locator("#id_word").fill("")
    hand.write("#id_word", found[0])
    hand.use("main form button.danger")
    assert "/remove" not in page.url


def _restores_and_gives_a_seat(hand: Hand, email: str) -> None:
    page = hand.page
    page.goto("/access")
    assert email not in [each.inner_text() for each in page.locator("button[value=give_seat]").all()]
    hand.use("#ended button[value=restore]")
    hand.use("button[value=give_seat]")
    assert page.locator("button[value=take_seat]").count() >= 1
    hand.use("button[value=take_seat]")
