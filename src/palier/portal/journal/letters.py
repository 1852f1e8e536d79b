"""Letters: what a mail says, as text and as HTML, in its reader's language.

A letter is three templates beside each other, in the app that knows what it is about:
`<app>/mail/<kind>.subject.txt`, `<app>/mail/<kind>.txt` and `<app>/mail/<kind>.html`; the last extends
`journal/mail/base.html`. Pictures are tables with coloured cells: they show in every mail reader, without
attachments, without anything loaded from outside, and a screen reader reads them as the tables that they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation


class Letter(NamedTuple):
    """A mail as it will be read; the subject is one line."""

    subject: str
    text: str
    html: str


def letter(template: str, language: str, context: Mapping[str, Any]) -> Letter:
    """Write a letter, such as `letter("people/mail/invitation", "fr", {...})`.

    Every template finds `site` (the portal's address, without a slash at its end) and `language` besides its context;
    a template of text is not escaped, one of HTML is.

    Raises:
        TemplateDoesNotExist: one of the three templates is missing.
    """
    with translation.override(language):
        known = {**context, "site": settings.ADDRESS, "language": language}
        subject = " ".join(_written(f"{template}.subject.txt", known).split())
        html = _written(f"{template}.html", {**known, "subject": subject})
        return Letter(subject, _written(f"{template}.txt", known).strip() + "\n", html)


def _written(name: str, known: Mapping[str, Any]) -> str:
    template = get_template(name)
    escaped = name.endswith(".html")
    return str(template.template.render(Context(dict(known), autoescape=escaped)))  # type: ignore[attr-defined]  # Django's own engine
