"""A tiny builder of elements: text is escaped, what is built is not escaped again."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


class Markup(str):
    """Text that is HTML or SVG already."""

    __slots__ = ()


Node = str | Iterable["Node"] | None
"""What an element may hold: markup as it is, text to escape, nothing, or several of these."""

_EMPTY = frozenset({"meta", "br", "path", "rect", "circle", "line"})


def inner(*children: Node) -> Markup:
    """Children side by side: text escaped, markup kept."""
    parts = []
    for child in children:
        if isinstance(child, Markup):
            parts.append(str(child))
        elif isinstance(child, str):
            parts.append(escape(child))
        elif child is not None:
            parts.append(inner(*child))
    return Markup("".join(parts))


def tag(name: str, /, *children: Node, **attributes: object) -> Markup:
    """An element; `class_` is class, `aria_label` is aria-label, an attribute that is None is left out."""
    spelled = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _EMPTY and not children:
        return Markup(f"<{name}{spelled}/>")
    return Markup(f"<{name}{spelled}>{inner(*children)}</{name}>")


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)
