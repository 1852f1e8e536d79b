"""The page of the identity map: who is who in the warehouse, as a file in and out."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from palier.portal.partners.csv_text import UnreadableError, read_csv
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import Membership
from palier.portal.runs import queries
from palier.portal.runs.identities import COLUMNS, IdentityProblemsError, exported, take_identities
from palier.portal.runs.permissions import may_identify
from palier.portal.standings.csv_files import csv_response, harmless

PER_PAGE = 50
LARGEST = 2 * 1024 * 1024
"""The most bytes of a file: some forty thousand pairs."""
SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def identities(request: HttpRequest) -> HttpResponse:
    """Under which ids does the warehouse know our partners, customers and people?"""
    membership = _membership(request)
    problem, problems = "", []
    if request.method == "POST":
        rows, problem = _rows(request)
        if not problem:
            try:
                taken = take_identities(membership, rows, at=timezone.now())
            except IdentityProblemsError as error:
                problems = error.problems
            else:
                told = {"created": taken.created, "changed": taken.changed, "unchanged": taken.unchanged}
                said = _("%(created)s new, %(changed)s changed, %(unchanged)s as before; the next run uses them.")
                messages.success(request, said % told)
                return redirect("runs:identities")
    shown = {
        "page": Paginator(queries.identities(), PER_PAGE).get_page(request.GET.get("page")),
        "columns": COLUMNS, "problem": problem, "problems": problems[:SHOWN], "more": max(0, len(problems) - SHOWN),
        "may": may_identify(membership),
    }  # fmt: skip
    return render(request, "runs/identities.html", shown, status=422 if problem or problems else 200)


@require_GET
def identities_csv(request: HttpRequest) -> HttpResponse:
    """The map as a file that the import takes back."""
    del request
    rows = (tuple(harmless(each[name]) for name in COLUMNS) for each in exported())
    return csv_response("identities.csv", [COLUMNS, *rows])


def _rows(request: HttpRequest) -> tuple[list[dict[str, str]], str]:
    """The rows of the file that was sent, or what is wrong with it."""
    sent = request.FILES.get("file")
    if sent is None:
        return [], _("Choose a file first.")
    if sent.size is None or sent.size > LARGEST:
        return [], _("The file is larger than 2 MB. Split it.")
    try:
        header, rows = read_csv(sent.read())
    except UnreadableError:
        return [], _("This is no CSV file in UTF-8. In the spreadsheet, choose “Save as” and the type “CSV UTF-8”.")
    if sorted(header) != sorted(COLUMNS):
        return [], _("The header must have the columns %(names)s, and no others.") % {"names": ", ".join(COLUMNS)}
    return rows, ""


def _membership(request: HttpRequest) -> Membership:
    membership = membership_of(request)
    assert membership is not None  # noqa: S101  # the doors let nobody in without one
    return membership
