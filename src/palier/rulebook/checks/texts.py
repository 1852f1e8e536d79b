"""Checks of what people read: each tier, metric, gate and reason has its words in each language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import Formatter

from palier.rulebook.checks.periods import nodes
from palier.rulebook.checks.said import problem_at
from palier.rulebook.problems import Problem
from palier.rulebook.read import LANGUAGES, Rulebook

REASONS = ("no_lines", "nothing_to_compare", "lines_sum_to_zero", "no_edition")
"""Why a figure may be zero or undefined; each needs a sentence."""


MISSED = ("missing", "required", "value")
"""What the words for a gate that is missed may hold between braces."""


def missing_texts(rulebook: Rulebook) -> Iterator[Problem]:
    """The program, tiers, metrics, gates and reasons have a name in each language; errata where it says them at all."""
    yield from without_words(rulebook, _needed(rulebook))
    saying = [each for each in LANGUAGES if "errata" in rulebook.texts.get(each, {})]
    yield from without_words(rulebook, _of_errata(rulebook), languages=saying)


def without_words(
    rulebook: Rulebook, needed: Iterable[tuple[str, ...]], *, languages: Iterable[str] = LANGUAGES
) -> Iterator[Problem]:
    """What has no words in a language, of that which needs some; a program without texts needs none."""
    wanted = tuple(dict.fromkeys(needed))
    if not (rulebook.folder / "texts").is_dir():
        return
    for language in languages:
        file = f"texts/{language}.yaml"
        if rulebook.documents[file].problems:
            continue
        for keys in wanted:
            if rulebook.text(language, *keys) is None:
                yield problem_at(
                    rulebook,
                    keys[:1],
                    code="missing_text",
                    severity="warning",
                    message=f"{'.'.join(keys)} has no words in {file}",
                    expected=".".join(keys),
                    mend=f"write {'.'.join(keys)} in {file}",
                    file=file,
                )


def unused_texts(rulebook: Rulebook) -> Iterator[Problem]:
    """Words are for tiers, metrics, gates and errata that exist."""
    known: dict[str, set[str]] = {"errata": set(rulebook.errata)}
    for section, name, *_ in _needed(rulebook):
        known.setdefault(section, set()).add(name)
    for language in LANGUAGES:
        for section in ("tiers", "metrics", "gates", "errata"):
            given = rulebook.texts.get(language, {}).get(section)
            said = "ERRATA.yaml" if section == "errata" else "program.yaml"
            for name in given if isinstance(given, dict) else ():
                if name not in known.get(section, set()):
                    yield problem_at(
                        rulebook,
                        (section, name),
                        code="unused_text",
                        severity="warning",
                        message=f"{section}.{name} has words in texts/{language}.yaml and is not in {said}",
                        found=name,
                        mend="take the words out, or mend the name",
                        file=f"texts/{language}.yaml",
                    )


def placeholders(rulebook: Rulebook) -> Iterator[Problem]:
    """The words for a gate that is missed name what stands in their place: these three, and nothing of them."""
    for language in LANGUAGES:
        file = f"texts/{language}.yaml"
        given = rulebook.texts.get(language, {}).get("gates")
        for name, said in given.items() if isinstance(given, dict) else ():
            words = said.get("missed") if isinstance(said, dict) else None
            wrong = _misplaced(words) if isinstance(words, str) else None
            if wrong is not None:
                yield problem_at(
                    rulebook,
                    ("gates", str(name), "missed"),
                    code="bad_placeholder",
                    message=f"gates.{name}.missed: {wrong}",
                    found=words,
                    expected=", ".join(f"{{{each}}}" for each in MISSED),
                    mend="write a name between braces, and a brace itself twice",
                    file=file,
                )


def _misplaced(words: str) -> str | None:
    """What is wrong with the placeholders of a text, if anything."""
    try:
        fields = [(field, form, kind) for _, field, form, kind in Formatter().parse(words) if field is not None]
    except ValueError as error:
        return str(error)
    named = (f"{{{field}}} is none of them" for field, form, kind in fields if field not in MISSED or form or kind)
    return next(named, None)


def _needed(rulebook: Rulebook) -> Iterator[tuple[str, ...]]:
    program = rulebook.program
    yield "program", "name"
    yield from (("tiers", tier.tier) for tier in program.tiers)
    yield from (("metrics", name, "name") for name in program.metrics)
    gates = dict.fromkeys(each.node.gate for each in nodes(program) if each.node.gate is not None)
    yield from (("gates", gate, "name") for gate in gates)
    yield from (("reasons", reason) for reason in REASONS)


def _of_errata(rulebook: Rulebook) -> Iterator[tuple[str, ...]]:
    for name, each in rulebook.errata.items():
        yield from (("errata", name, "problem"), ("errata", name, "reading"))
        yield from (("errata", name, "switch", reading) for reading in each.switch)
