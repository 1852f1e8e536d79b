"""The room of CSV files: export, preview with counts, rejected rows to mend, import, and undo of a whole file."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palier.portal.partners import actions, days
from palier.portal.partners.actions.importing import Taken
from palier.portal.partners.csv_text import ERROR, UnreadableError, read_csv, write_csv
from palier.portal.partners.errors import RefusedError
from palier.portal.partners.models import Import
from palier.portal.partners.permissions import may_keep, may_keep_team
from palier.portal.partners.sheets import SHEETS, TEAM, Sheet
from palier.portal.partners.stakes import stakes
from palier.portal.partners.views.asking import person
from palier.portal.people.models import Membership, Organisation

LARGEST = 512 * 1024
"""The most bytes of a file."""
MOST_ROWS = 5000
"""The most rows of a file."""


@require_http_methods(["GET", "HEAD", "POST"])
def import_(request: HttpRequest, table: str) -> HttpResponse:
    """What would this file change?"""
    by, partner_id, sheet = _asked(request, table)
    if request.method != "POST":
        return _page(request, table, partner_id, sheet)
    name, content, problem = _content(request)
    rows: list[dict[str, str]] = []
    if not problem:
        rows, problem = _rows(content, sheet)
    if problem:
        return _page(request, table, partner_id, sheet, problem=problem)
    at = timezone.now()
    asked = {"by": by, "table": table, "rows": rows, "on": days.day(at), "at": at, "partner_id": partner_id}
    if request.POST.get("act") == "take":
        taken = actions.take_in(file_name=name, **asked)  # type: ignore[arg-type]  # as named above
        messages.success(request, _said(taken))
        return redirect("partners:import", table)
    taken = actions.preview(**asked)  # type: ignore[arg-type]  # as named above
    if request.POST.get("act") == "rejected":
        return _rejected(taken, name)
    return _page(request, table, partner_id, sheet, taken=taken, name=name, content=content)


@require_GET
def export(request: HttpRequest, table: str) -> HttpResponse:
    """The table as a file that the import takes back."""
    by, partner_id, _sheet = _asked(request, table)
    sheet, rows = actions.exported(by=by, table=table, partner_id=partner_id)
    return _file(write_csv(sheet.names, rows), f"{table}.csv")


@require_POST
def undo(request: HttpRequest, import_id: str) -> HttpResponse:
    """Take a whole file back."""
    by = person(request)
    partner_id = _own(by)
    taken = get_object_or_404(Import, import_id=import_id, partner_id=partner_id)
    try:
        actions.undo_import(by=by, taken=taken, at=timezone.now())
    except RefusedError as error:
        messages.error(request, error.said)
    else:
        messages.success(request, _("The import is undone: everything stands as before."))
    return redirect("partners:import", taken.table)


def _own(by: Membership) -> str:
    """The partner that somebody acts for, nothing for the vendor."""
    return by.organisation.fact_id if by.organisation.kind == Organisation.Kind.PARTNER else ""


def _asked(request: HttpRequest, table: str) -> tuple[Membership, str, Sheet]:
    """Who asks, for which partner, and the table as that one has it.

    Raises:
        Http404: there is no such table for this person.
    """
    by = person(request)
    partner_id = _own(by)
    sheet = (TEAM if table == TEAM.table else None) if partner_id else SHEETS.get(table)
    if sheet is None:
        raise Http404
    return by, partner_id, sheet


def _content(request: HttpRequest) -> tuple[str, bytes, str]:
    """The name and the bytes of the file that was sent, now or for the preview; or what is wrong with it."""
    sent = request.FILES.get("file")
    if sent is not None:
        if sent.size is None or sent.size > LARGEST:
            return "", b"", _("The file is larger than 512 KB. Split it.")
        return sent.name or "", sent.read(), ""
    kept = request.POST.get("content", "")
    try:
        content = b64decode(kept, validate=True)
    except (Error, ValueError):
        return "", b"", _("Send the file again.")
    if not content:
        return "", b"", _("Choose a file first.")
    if len(content) > LARGEST:
        return "", b"", _("The file is larger than 512 KB. Split it.")
    return request.POST.get("name", ""), content, ""


def _rows(content: bytes, sheet: Sheet) -> tuple[list[dict[str, str]], str]:
    try:
        header, rows = read_csv(content)
    except UnreadableError as error:
        return [], _unreadable(error)
    missing = [name for name in sheet.names if name not in header]
    if missing:
        return [], _("The header lacks: %(names)s. Export the table once to see how it is written.") % {
            "names": ", ".join(missing)
        }
    unknown = [name for name in header if name not in sheet.names and name != ERROR]
    if unknown or len(set(header)) < len(header):
        return [], _("The header has what this table has not, or twice: %(names)s.") % {"names": ", ".join(header)}
    if len(rows) > MOST_ROWS:
        return [], _("The file has %(found)s rows; send at most %(most)s at once.") % {
            "found": len(rows),
            "most": MOST_ROWS,
        }
    return rows, ""


def _unreadable(error: UnreadableError) -> str:
    """What a file is instead of CSV, and how to mend it."""
    match error.found:
        case "encoding" | "zero":
            return _(
                "This is no CSV file in UTF-8: some of its characters are written in another encoding. In the "
                "spreadsheet, choose “Save as” and the type “CSV UTF-8”."
            )
        case "quotes":
            return _(
                "This is no CSV file: a quotation mark on line %(line)s is not closed, or stands within a cell. "
                "Write it twice within a cell."
            ) % {"line": error.line}
        case _:
            return _("This is no CSV file: it is empty. Send a header, then one line for each row.")


def _rejected(taken: Taken, name: str) -> HttpResponse:
    columns = (*taken.sheet.names, ERROR)
    rows = [{**each.cells, ERROR: "; ".join(each.problems)} for each in taken.rejected]
    return _file(write_csv(columns, rows), f"rejected-{name or taken.sheet.table}".removesuffix(".csv") + ".csv")


def _file(text: str, name: str) -> HttpResponse:
    safe = "".join(char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in name)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{safe}"'
    return response


def _said(taken: Taken) -> str:
    if taken.kept is None:
        return _("Nothing changed: everything stands as the file says.")
    told = {"created": taken.created, "changed": taken.changed, "rejected": len(taken.rejected)}
    return _("Imported: %(created)s new, %(changed)s changed, %(rejected)s rejected.") % told


def _page(  # what the page shows
    request: HttpRequest,
    table: str,
    partner_id: str,
    sheet: Sheet,
    *,
    problem: str = "",
    taken: Taken | None = None,
    name: str = "",
    content: bytes = b"",
) -> HttpResponse:
    by = person(request)
    shown = {
        "table": table,
        "sheet": sheet,
        "tables": [] if partner_id else list(SHEETS),
        "imports": Import.objects.filter(table=table, partner_id=partner_id)[:20],
        "may": may_keep_team(by, partner_id) if partner_id else may_keep(by),
        "problem": problem,
        "taken": taken,
        "name": name,
        "content": b64encode(content).decode(),
        "own": bool(partner_id),
        "stakes": None if taken is None else stakes(taken.people(), partner_id=partner_id),
        "untagged": [] if taken is None else taken.tagged(after=False),
        "tagged": [] if taken is None else taken.tagged(after=True),
    }
    return render(request, "partners/import.html", shown, status=400 if problem else 200)
