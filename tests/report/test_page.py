from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import sync_playwright

from browser.site import chromium
from palier.engine.words import Language
from palier.report import page
from palier.report import words as words_module
from palier.report.drawing import WIDTHS, measure
from palier.report.points import Source, Track, draw_track
from palier.report.sentences import CAUSES, ENDINGS, SENTENCES
from palier.report.words import Speech
from report.demo import Demo

LANGUAGES = ("en", "fr")
PICTURES = ("ladder", "flows-solutions", "flows-technology", "points", "lapses", "year", "path")
EMPTY = {"meta", "br", "path", "rect", "circle", "line"}


class Reader(HTMLParser):
    """Reads a page as a browser would and notes every tag that does not close what was opened last."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.problems: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.addresses: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> at {self.getpos()}")

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href":
                self.links.append(value or "")
            elif name in {"src", "srcset", "action", "data", "poster", "xlink:href"} or name.startswith("on"):
                self.addresses.append(f"{name}={value}")


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader


@pytest.fixture(scope="session", params=LANGUAGES)
def text(demo: Demo, request: pytest.FixtureRequest) -> str:
    return page(demo.report(request.param))


@pytest.fixture
def tree(text: str) -> ET.Element:
    return ET.fromstring(text.removeprefix("<!doctype html>"))  # noqa: S314  # our own page


def figures(tree: ET.Element) -> Iterator[ET.Element]:
    return (each for each in tree.iter("figure"))


def cells(table: ET.Element) -> list[list[str]]:
    rows = [row for part in ("tbody", "tfoot") for row in table.iterfind(f"{part}/tr")]
    return [["".join(cell.itertext()) for cell in row] for row in rows]


def test_every_tag_closes_what_was_opened_last(text: str) -> None:
    reader = read(text)
    assert reader.problems == []
    assert reader.open == []


def test_the_page_carries_no_script_and_asks_nothing_of_the_network(text: str) -> None:
    reader = read(text)
    assert not reader.tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert reader.addresses == []
    assert all(link.startswith("#") for link in reader.links)
    assert re.findall(r"(?:https?:)?//[a-z]|url\((?!#)|@import|javascript:", text) == []


def test_ids_are_unique_and_every_link_leads_to_one(text: str) -> None:
    reader = read(text)
    assert len(reader.ids) == len(set(reader.ids))
    assert {link.removeprefix("#") for link in reader.links} <= set(reader.ids)


def test_the_language_is_set_and_the_headline_comes_first(demo: Demo) -> None:
    openings: dict[Language, str] = {"en": "partners", "fr": "partenaires"}
    for language, opening in openings.items():
        tree = ET.fromstring(page(demo.report(language)).removeprefix("<!doctype html>"))  # noqa: S314
        assert tree.get("lang") == language
        first = next(
            each for each in tree.iter() if each.tag in {"h1", "h2", "figure", "svg"} and each.get("class") != "logo"
        )
        assert first.tag == "h1"
        assert opening in (first.text or "")


def test_every_picture_has_a_title_a_description_a_caption_and_a_table_twin(tree: ET.Element) -> None:
    assert [each.get("id") for each in figures(tree)] == list(PICTURES)
    for figure in figures(tree):
        drawings = figure.findall("svg")
        assert len(drawings) == 3
        for drawing in drawings:
            named = (drawing.get("aria-labelledby") or "").split()
            found = [drawing.find("title"), drawing.find("desc")]
            assert [None if each is None else each.get("id") for each in found] == named
            assert all(each is not None and each.text for each in found)
        caption = figure.find("figcaption")
        assert caption is not None
        assert (caption.text or "").strip().endswith(".")
        assert figure.find("details//table//td") is not None


def test_words_in_a_picture_that_stand_on_one_line_do_not_touch(tree: ET.Element) -> None:
    touching = []
    for drawing in (each for figure in figures(tree) for each in figure.iter("svg")):
        lines = defaultdict(list)
        for each in drawing.iter("text"):
            said, at = "".join(each.itertext()), float(each.get("x", "0"))
            room = measure(said, strong="strong" in (each.get("class") or ""))
            left = at - {"middle": room / 2, "end": room}.get(each.get("text-anchor", ""), 0)
            lines[each.get("y")].append((left, left + room, said))
        for line in lines.values():
            for (_, end, said), (left, _, beside) in pairwise(sorted(line)):
                if left < end:
                    touching.append(f"{drawing.get('aria-labelledby')}: {said} and {beside}")
    assert touching == []


def test_the_page_fits_every_window(text: str) -> None:
    with sync_playwright() as playwright, chromium(playwright) as browser:
        shown = browser.new_page()
        shown.set_content(text)
        for width in (320, 390, 768, 1440):
            shown.set_viewport_size({"width": width, "height": 900})
            assert shown.evaluate("document.documentElement.scrollWidth") == width


def test_the_legend_of_a_long_source_and_a_large_amount_stays_in_its_picture(demo: Demo) -> None:
    report = demo.report("fr")
    speech = Speech(report.words)
    source = Source("accompagnée, marché en croissance", "sold", Fraction(1_234_567_89, 100), 1, hatched=True)
    track = Track("sold_points", source.amount, (source, replace(source, amount=Fraction(2))), ())
    for width in WIDTHS:
        drawn, _ = draw_track(track, speech, width, 0, pattern="hatch")
        texts = ET.fromstring(f"<svg>{''.join(map(str, drawn))}</svg>").findall("text")  # noqa: S314  # our own
        assert "1 234 567,89" in " ".join(each.text or "" for each in texts).replace("\u202f", " ")
        for each in texts:
            assert float(each.get("x", "")) + measure(each.text or "") <= width, each.text


def test_no_number_is_left_unrounded_and_no_python_shows(text: str) -> None:
    said = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert not re.search(r"Fraction|Decimal|>None<|\"None\"|\{[a-z_]+\}|datetime", said)


def test_names_are_escaped(demo: Demo) -> None:
    report = demo.report("en")
    nasty = replace(report, names=dict.fromkeys(report.names, "<b>\"A\" & 'B'</b>"))
    text = page(nasty)
    assert read(text).problems == []
    assert "<b>&quot;A&quot; &amp;" not in text
    assert "<b>&quot;" not in text
    assert "&lt;b&gt;&quot;A&quot; &amp; &#x27;B&#x27;&lt;/b&gt;" in text


def test_both_languages_say_the_same_things_with_the_same_parts() -> None:
    for sentences in (SENTENCES, CAUSES, ENDINGS):
        assert sentences["en"].keys() == sentences["fr"].keys()
        for key, english in sentences["en"].items():
            named = [
                {part for _, part, _, _ in string.Formatter().parse(said) if part}
                for said in (english, sentences["fr"][key])
            ]
            assert named[0] == named[1], key


def test_french_is_spaced_as_french_is() -> None:
    for said in (*SENTENCES["fr"].values(), *CAUSES["fr"].values()):
        assert not re.search(r"[^\u202f][;:!?](?=\s|$)", said), said
        assert "'" not in said
        assert '"' not in said


def test_every_sentence_is_used() -> None:
    folder = Path(words_module.__file__).parent
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (*folder.glob("*.py"), *(folder.parent / "cli").glob("*.py"))
        if not path.name.startswith("sentences")
    )
    built = {"sentence", "short", "legend", "lane", "sum_lines", "mean_lines", "median_lines", "check", "moves", "col"}
    built |= {"will", "step", "made_of", "stands_at"}
    stems = {re.sub(r"(_(one|many|none))?(_you)?$", "", key) for key in SENTENCES["en"]}
    unused = [
        stem
        for stem in sorted(stems)
        if f'"{stem}"' not in source and f"'{stem}'" not in source and not any(stem.startswith(each) for each in built)
    ]
    assert unused == []
