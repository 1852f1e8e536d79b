"""Everything the portal says is said in French, and in real French."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_javascript, extract_python
from babel.messages.pofile import read_po
from django.utils import translation
from django.utils.translation.template import templatize

import palier.portal
from palier.portal.partners.templatetags.partner_words import moment
from palier.portal.templatetags.days import spoken as spoken_day
from palier.portal.texts import catalogues, compile_texts

ROOT = Path(palier.portal.__file__).parent
CALLS = dict.fromkeys(("_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "npgettext"))
EQUAL = "equal"
Said = str | tuple[str, ...]


def catalogue() -> dict[Said, tuple[Said, list[str]]]:
    known: dict[Said, tuple[Said, list[str]]] = {}
    for source in catalogues():
        with source.open("rb") as written:
            found = read_po(written, locale="fr", abort_invalid=True)
        known |= {texts_of(each.id): (texts_of(each.string), list(each.user_comments)) for each in found if each.id}
    return known


def said_in_templates() -> Iterator[tuple[Path, Said]]:
    for template in sorted(ROOT.rglob("templates/**/*.html")) + sorted(ROOT.rglob("templates/**/*.txt")):
        # Django writes the tags as calls; JavaScript's lexer reads those and minds nothing in between.
        calls = re.sub(r"\bu(?=['\"])", "", templatize(template.read_text(encoding="utf-8")))
        for _, _, said, _ in extract_javascript(io.BytesIO(calls.encode()), CALLS, [], {}):
            yield template, texts_of(said)


def said_in_code() -> Iterator[tuple[Path, Said]]:
    for module in sorted(ROOT.rglob("*.py")):
        for _, _, said, _ in extract_python(io.BytesIO(module.read_bytes()), CALLS, [], {}):
            yield module, texts_of(said)


def texts_of(said: object) -> Said:
    """A text, or its singular and plural; what counts them is dropped."""
    if isinstance(said, str):
        return said
    assert isinstance(said, (tuple, list))
    texts = tuple(each for each in said if isinstance(each, str))
    return texts if len(texts) > 1 else texts[0]


def spoken() -> dict[Said, Path]:
    return {said: place for place, said in [*said_in_templates(), *said_in_code()] if said}


def french() -> Iterator[str]:
    for said, _ in catalogue().values():
        yield from (said,) if isinstance(said, str) else said


def test_texts_are_found_in_pages_and_in_code() -> None:
    assert "Sign in" in {said for _, said in said_in_templates()}
    assert "program manager" in {said for _, said in said_in_code()}


def test_every_text_is_said_in_french() -> None:
    known = catalogue()
    missing = [f"{place.relative_to(ROOT)}: {said!r}" for said, place in spoken().items() if said not in known]
    assert missing == []


def test_french_differs_from_english_unless_it_is_marked_as_equal() -> None:
    known = catalogue()
    same = {said for said, (french, _) in known.items() if said == french or not french}
    marked = {said for said, (_, comments) in known.items() if EQUAL in comments}
    assert same == marked


def test_the_catalogue_says_nothing_that_nobody_asks() -> None:
    assert set(catalogue()) - set(spoken()) == set()


def test_each_text_names_the_same_parts_in_both_languages() -> None:
    def parts(said: Said) -> set[str]:
        return set(re.findall(r"%\(\w+\)s|\{\w+\}", said if isinstance(said, str) else said[-1]))

    assert [english for english, (french, _) in catalogue().items() if parts(english) != parts(french)] == []


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        (r"[^\u202f][;:!?»](?!/)(\s|$)", "a narrow no-break space stands before ; : ! ? and »"),
        (r"«[^\u202f]", "a narrow no-break space stands after «"),
        (r"'", "the apostrophe is ’"),
        (r"\.\.\.", "the ellipsis is …"),
        (r'"', "quotation marks are « »"),
    ],
)
def test_french_is_written_as_french_is(wrong: str, because: str) -> None:
    assert [said for said in french() if re.search(wrong, said)] == [], because


def test_the_first_of_a_month_is_its_first() -> None:
    with translation.override("fr"):
        assert spoken_day(date(2026, 12, 1)) == "1er décembre 2026"
        assert moment(datetime(2026, 12, 1, 9, 5, tzinfo=UTC)) == "1er décembre 2026, 10:05\u00a0CET"
    django = [each for each in ROOT.rglob("templates/**/*.html") if "DATE_FORMAT" in each.read_text()]
    assert django == [], "Django's formats say 1 décembre"


def test_what_is_compiled_is_what_is_written() -> None:
    compile_texts()
    assert compile_texts() == []
    with translation.override("fr"):
        assert translation.gettext("program manager") == "responsable du programme"
        found = translation.ngettext("%(count)s partner rises", "%(count)s partners rise", 2)
        assert found == "%(count)s partenaires montent"
