"""What people come for, from sign-in to the end.

Each journey once, in one language, by pointer or by keyboard alone, in turn. PALIER_WHOLE=1: in both languages, by
both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from browser.site import Site, served, window
from browser.walking import PEOPLE, WHOLE, sign_in, speak

PARTNER, CUSTOMER = PEOPLE["partner"], PEOPLE["customer"]

# All on one worker, which has a site of its own: they change it.
pytestmark = pytest.mark.xdist_group("journeys")

MOST_TABS, MOST_LOOKS = 300, 60
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

    def choose(self, selector: str, value: str) -> None:
        """Choose in a list."""
        field = self.page.locator(selector).first
        if self.keyboard:
            values = field.locator("option").evaluate_all("options => options.map(each => each.value)")
            steps = values.index(value) - values.index(field.input_value())
            self.reach(selector)
            for _ in range(abs(steps)):
                self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        else:
            field.select_option(value)
        assert field.input_value() == value

    def date(self, selector: str, day: date) -> None:
        """Fill in a day; by keyboard one whose day and month are the same number, whichever is typed first."""
        field = self.page.locator(selector).first
        if self.keyboard:
            assert day.day == day.month
            self.reach(selector)
            self.page.keyboard.type(day.strftime("%d%m%Y"))
        else:
            field.fill(day.isoformat())
        assert field.input_value() == day.isoformat()

    def tick(self, selector: str) -> None:
        """Tick a box."""
        if self.keyboard:
            self.reach(selector)
            self.page.keyboard.press("Space")
        else:
            self.page.locator(selector).check()
        assert self.page.locator(selector).is_checked()

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
def at(site: Site, browser: Browser, name: str, language: str, *, keyboard: bool = False) -> Iterator[Hand]:
    """Somebody signed in, in a window of their own."""
    with window(browser, site, language=language) as context:
        page = context.new_page()
        if keyboard:
            hand = Hand(page, keyboard=True)
            page.goto("/account/login/")
            hand.use(f'button:text-is("{name}")')
            speak(page, language)
        else:
            sign_in(page, name, language)
        yield Hand(page, keyboard)


def heading(page: Page) -> str:
    return page.locator("h1").inner_text()


def row_of(page: Page, text: str) -> Locator:
    return page.locator("tr", has_text=text)


def organisation(hand: Hand) -> str:
    """For whom somebody acts, as the head of each page says it."""
    return hand.page.locator("header .me span").first.inner_text().rpartition(" · ")[0]


ALL = [("en", False), ("en", True), ("fr", False), ("fr", True)]
"""Languages, and whether by keyboard alone."""


@pytest.mark.parametrize(("language", "keyboard"), ALL if WHOLE else [("fr", True)])
def test_a_partner_reads_why_adds_associates_and_removes_and_the_customer_restores(
    site: Site, browser: Browser, language: str, keyboard: bool
) -> None:
    with at(site, browser, CUSTOMER, language) as hand:
        customer = organisation(hand)
    with at(site, browser, PARTNER, language, keyboard=keyboard) as hand:
        _reads_why(hand)
        _picks_a_goal(hand)
        email = _adds_an_employee(hand)
        customer_id = _associates(hand, email, customer)
        _removes(hand, customer_id)
    with at(site, browser, CUSTOMER, language, keyboard=keyboard) as hand:
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
    page.goto("/team")
    domain = page.locator("main").inner_text().partition("@")[2].split()[0]
    email = f"journey{next(_serial)}@{domain}"
    hand.use("a[href='/team/add']")
    hand.write("#id_email", email)
    hand.write("#id_name", "Camille Journey")
    hand.use("main form button")
    assert email in page.locator("main").inner_text()
    return email


def _associates(hand: Hand, email: str, customer: str) -> str:
    """The new person with the customer of the demo, which is asked by mail."""
    page = hand.page
    page.goto("/associations/new")
    options = page.locator("#id_user_id option")
    chosen = next(each for each in options.all() if email in each.inner_text())
    hand.choose("#id_user_id", str(chosen.get_attribute("value")))
    customer_id = page.evaluate(
        "name => [...document.querySelectorAll('#known option')].find(each => each.text.includes(name)).value", customer
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


@dataclass(frozen=True, slots=True)
class Change:
    """A rule as the vendor changes it in a journey: from when, what, the recalibration that it decides, the tier."""

    begins: date
    edits: tuple[tuple[str, str], ...]
    on: date
    rises_to: str


GOAL = "requires.all.total_points_goal.at_least.reach"
CHANGES = {
    "en": Change(date(2026, 9, 9), ((f"tiers.platinum.{GOAL}", "500"),), date(2026, 9, 15), "Platinum"),
    "fr": Change(
        date(2026, 10, 10),
        (("tiers.diamond.requires.all.managed_points_minimum.at_least", "200"), (f"tiers.diamond.{GOAL}", "800")),
        date(2026, 10, 15),
        "Diamond",
    ),
}
"""Each lifts the partner of the demo, one after the other."""


@pytest.mark.parametrize(("language", "keyboard"), [("en", False), ("fr", True)] if WHOLE else [("en", True)])
def test_the_vendor_changes_a_rule_with_a_colleague_recalibrates_and_the_partner_hears_of_it(
    site: Site, browser: Browser, language: str, keyboard: bool
) -> None:
    change = CHANGES[language]
    with at(site, browser, PARTNER, language) as hand:
        partner = organisation(hand)
    with at(site, browser, "Noé Garnier", language, keyboard=keyboard) as hand:
        draft = _tries_a_change(hand, change)
        _proposes(hand, change)
    with at(site, browser, "Ada Lindqvist", language, keyboard=keyboard) as hand:
        hand.page.goto(draft)
        hand.use("form[action$='/approve'] button")
        assert hand.page.locator("form[action$='/approve']").count() == 0
    with at(site, browser, "Noé Garnier", language, keyboard=keyboard) as hand:
        sentence = _recalibrates(hand, change, partner)
    with at(site, browser, PARTNER, language) as hand:
        assert sentence in _newest_mail(hand, change.rises_to)


def _tries_a_change(hand: Hand, change: Change) -> str:
    """A draft, its values, and who would move; the address of the draft."""
    page = hand.page
    page.goto("/programs/solutions")
    hand.use("form[action$='/drafts'] button")
    for path, amount in change.edits:
        hand.choose("#id_path", path)
        hand.date("#id_effective_from", change.begins)
        hand.write("#id_amount", amount)
        hand.write("#id_note", "The board decided so.")
        hand.use("#edit form button")
        assert page.locator(".wrong").count() == 0
    assert page.locator("tr form[action$='/value/back']").count() == len(change.edits)
    hand.use("form[action$='/try'] button")
    told = page.locator("#moves")
    assert told.locator("tbody tr").count() >= 1
    movers = told.locator("a[href$='/movers.csv']").get_attribute("href")
    assert page.request.get(str(movers)).ok
    assert re.search(r"\d", heading(page)), "the headline counts who moves"
    return page.url.partition("#")[0]


def _proposes(hand: Hand, change: Change) -> None:
    page = hand.page
    hand.date("#id_proposal_effective_from", change.begins)
    hand.write("#id_proposal_note", "More partners are to rise.")
    hand.tick("#id_proposal_backdated")
    hand.use("#propose form button")
    assert page.locator(".messages .error, .wrong").count() == 0
    assert page.locator("form[action$='/approve']").count() == 0, "nobody approves what they proposed"


def _recalibrates(hand: Hand, change: Change, partner: str) -> str:
    """Try the day, read what it makes of the partner, publish; the sentence that the partner will read."""
    page = hand.page
    page.goto(f"/programs/solutions/recalibrations/{change.on}")
    hand.use("form[action$='/try'] button")
    row = row_of(page, partner)
    assert change.rises_to in row.locator("td").first.inner_text()
    sentence = row.locator("td").nth(1).inner_text()
    hand.use("form[action$='/publish'] button")
    assert re.search(r"\b[1-9]\d*\b", page.locator(".messages").inner_text()), "notices are on their way"
    assert page.locator("form[action$='/publish']").count() == 0
    return sentence


def _newest_mail(hand: Hand, about: str) -> str:
    """The text of the newest mail with a word in its subject, as soon as the worker has delivered it."""
    page = hand.page
    for _ in range(MOST_LOOKS):
        page.goto("/mailbox")
        found = page.locator(".todo a", has_text=about)
        if found.count():
            with page.expect_navigation():
                found.first.click()
            page.locator("main details summary").click()
            return page.locator("main pre").inner_text()
        page.wait_for_timeout(500)
    pytest.fail(f"no mail about {about} came")


@pytest.fixture
def unfiled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A portal in which no contact form was filed; of several ways to file one, each has its own."""
    if WHOLE:
        with served(tmp_path / "demo") as found:
            yield found
    else:
        yield request.getfixturevalue("site")


@pytest.mark.parametrize(("language", "keyboard"), ALL if WHOLE else [("fr", False)])
def test_a_contact_form_is_filed_in_time_and_one_too_late(
    unfiled: Site, browser: Browser, language: str, keyboard: bool
) -> None:
    due, late = {
        "en": ("in time, due on 29 October 2026", "late, for the cycle of 15 January 2027"),
        "fr": ("à temps, attendu le 29 octobre 2026", "en retard, pour le cycle du 15 janvier 2027"),
    }[language]
    with (
        unfiled.on(datetime(2026, 10, 29, 20, tzinfo=UTC)) as in_october,
        at(in_october, browser, PARTNER, language, keyboard=keyboard) as hand,
    ):
        hand.page.goto("/contacts")
        before = row_of(hand.page, due).count()
        _files_the_form(hand)
        assert row_of(hand.page, due).count() == before + 1
    with at(unfiled, browser, PARTNER, language, keyboard=keyboard) as hand:
        _files_the_form(hand)
        assert late in hand.page.locator("main table tr").nth(1).inner_text()
        assert hand.page.locator(".messages .warning").count() == 1
        assert row_of(hand.page, due).count() == before + 1


def _files_the_form(hand: Hand) -> None:
    page = hand.page
    page.goto("/contacts")
    for contact in ("technical_contact", "partnership_manager"):
        for part, said in (("name", "Camille Roy"), ("email", f"{contact}@partner.example")):
            field = page.locator(f"#id_{contact}_{part}")
            if field.input_value():
                field.fill("")
            hand.write(f"#id_{contact}_{part}", said)
    hand.use("main form .acts button")
    assert page.locator(".wrong").count() == 0
