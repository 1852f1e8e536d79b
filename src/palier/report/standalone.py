"""Pictures that carry their own style: for PDF files and mails, which apply no style sheet inside a picture."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_STYLES = Path(__file__).parent / "styles" / "drawing.css"
_PICTURE = re.compile(r'<svg(?P<attributes>[^>]*class="drawn for-(?P<width>\d+)"[^>]*)>(?P<body>.*?)</svg>', re.DOTALL)
_SIGN = re.compile(r'(<svg[^>]*class="(?:mark|badge|logo)"[^>]*>)')
_SIGN_STYLE = "path {{ fill: none; stroke: {accent}; stroke-width: 2.6; stroke-linecap: round }}"
_FONT = "font-family: sans-serif; font-size: 14px;"


def standalone(html: str, *, width: int = 560) -> str:
    """A page whose pictures are drawn for one width only, each with its colours inside."""

    def kept(picture: re.Match[str]) -> str:
        if int(picture["width"]) != width:
            return ""
        return f"<svg{picture['attributes']}><style>{picture_style()}</style>{picture['body']}</svg>"

    sign = f"<style>{_SIGN_STYLE.format(accent=colours()['accent'])}</style>"
    return _SIGN.sub(lambda opening: opening[1] + sign, _PICTURE.sub(kept, html))


@cache
def picture_style() -> str:
    """The rules of pictures with the colours of light paper in place of their names."""
    known = colours()
    rules = [line for line in _STYLES.read_text(encoding="utf-8").splitlines() if line.startswith(".drawn ")]
    resolved = re.sub(r"var\(--([a-z-]+)\)", lambda name: known[name[1]], "\n".join(rules))
    return f"text {{ {_FONT} }}\n{resolved}"


@cache
def colours() -> dict[str, str]:
    """The colours of light paper, by name."""
    return dict(re.findall(r"--([a-z-]+):\s*([^;]+);", _STYLES.read_text(encoding="utf-8").partition("@media")[0]))
