"""Pages of runs: did last night work, what waits to be mailed, who did what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from palier.portal.headers import POLICY
from palier.portal.journal.models import Message, Occurrence
from palier.portal.journal.persons import revealed
from palier.portal.people.middleware import membership_of
from palier.portal.people.models import Membership, User
from palier.portal.runs import queries
from palier.portal.runs.actions import NotDeadError, NotOfferedError, ask_run, give_table, resend, retry
from palier.portal.runs.deeds import ACTORS, KINDS, said
from palier.portal.runs.erasure import LastAdministratorError, erase_named, erase_person, naming
from palier.portal.runs.forms import ErasureForm
from palier.portal.runs.models import Feed
from palier.portal.runs.permissions import may_erase, may_own, may_run, reads_all
from palier.portal.standings.permissions import language_of

PER_PAGE = 50
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
)
"""What a mail may do in its frame: be seen, and lead on where its reader follows a link."""
STATES = ("waiting", "delivered", "dead")


@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """Did last night work?"""
    programs = queries.programs_running(language_of(request))
    shown = {
        "programs": programs,
        "worked": all(each.worked for each in programs if each.last is not None),
        "tried": any(each.last is not None for each in programs),
        "given_up": queries.given_up(),
        "tables": queries.tables_owned(),
        "identities": queries.identities()[:PER_PAGE],
        "identified": queries.identities().count(),
        "may_run": may_run(_membership(request)),
        "may_own": may_own(_membership(request)),
    }
    return render(request, "runs/runs.html", shown)


@require_POST
def rerun(request: HttpRequest, program: str) -> HttpResponse:
    """Ask for a run of the last day that is over."""
    now = timezone.now()
    ask_run(_membership(request), get_object_or_404(Feed, program=program), on=now.date() - timedelta(days=1), at=now)
    messages.success(request, _("The run is asked for; the worker begins within seconds."))
    return redirect("runs:runs")


@require_POST
def owner(request: HttpRequest, table: str) -> HttpResponse:
    """Give a fact table to the other side."""
    try:
        give_table(_membership(request), table, request.POST.get("owner", ""), at=timezone.now())
    except NotOfferedError as error:
        raise Http404 from error
    messages.success(request, _("Decided: it holds from the next run on."))
    return redirect("runs:runs")


@require_POST
def repeat(request: HttpRequest, occurrence_id: int) -> HttpResponse:
    """Try again what the schedule gave up."""
    occurrence = get_object_or_404(Occurrence, pk=occurrence_id)
    try:
        retry(_membership(request), occurrence, at=timezone.now())
    except NotDeadError:
        messages.warning(request, _("It waits already, or was done."))
    else:
        messages.success(request, _("It is tried again; the worker begins within seconds."))
    return redirect("runs:runs")


@require_GET
def mail(request: HttpRequest) -> HttpResponse:
    """What waits, what went out, what could not?"""
    counts = {state: queries.mails(state).count() for state in STATES}
    asked = request.GET.get("state", "")
    state = asked if asked in STATES else "dead" if counts["dead"] else "waiting" if counts["waiting"] else "delivered"
    page = Paginator(queries.mails(state), PER_PAGE).get_page(request.GET.get("page"))
    shown = {"counts": counts, "state": state, "page": page, "may_run": may_run(_membership(request))}
    return render(request, "runs/mail.html", shown)


@require_POST
def resend_mail(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send again what was given up."""
    try:
        resend(_membership(request), get_object_or_404(Message, pk=message_id), at=timezone.now())
    except NotDeadError:
        messages.warning(request, _("It waits already, or was delivered."))
    else:
        messages.success(request, _("The mail goes out again within seconds."))
    return redirect("runs:mail")


@require_GET
def mailbox(request: HttpRequest, message_id: int | None = None) -> HttpResponse:
    """The demo's mails, as their readers get them; this exists in the demo only."""
    found = _readable(request)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    opened = get_object_or_404(found, pk=message_id) if message_id is not None else None
    response = render(request, "runs/mailbox.html", {"page": page, "opened": opened})
    response["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@require_GET
@xframe_options_sameorigin
def mail_html(request: HttpRequest, message_id: int) -> HttpResponse:
    """A mail's own page, for its frame: no script, no forms, nothing from outside; its links open in the window."""
    html = get_object_or_404(_readable(request), pk=message_id).html
    response = HttpResponse(html.replace("<a ", '<a target="_top" '))
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """Who did what, on whom, and why?"""
    membership = _membership(request)
    subject, actor = request.GET.get("subject", "").strip(), request.GET.get("actor", "").strip()
    everything = reads_all(membership)
    found = queries.entries_for(membership, subject=subject, actor=actor, everything=everything)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    entries = list(page.object_list)
    people, personal = queries.people_named(entries), revealed(entries) if everything else {}
    rows = [
        {"entry": each, "actor": people.get(each.actor) or ACTORS.get(each.actor, ""),
         "did": said(each.subject_kind, each.verb), "kind": KINDS.get(each.subject_kind, each.subject_kind),
         "personal": personal.get(each.place),
         "erased": bool(each.personal) and everything and personal.get(each.place) is None}
        for each in entries
    ]  # fmt: skip
    shown = {
        "rows": rows, "page": page, "subject": subject, "actor": actor, "everything": everything,
        "may_erase": may_erase(membership),
    }  # fmt: skip
    return render(request, "runs/journal.html", shown)


@require_http_methods(["GET", "POST"])
def erasure(request: HttpRequest) -> HttpResponse:
    """Erase a person: who it is, what goes, what stays; then for good."""
    asked = request.GET.get("email", "").strip()
    person = queries.person_of(asked)
    named = {} if person is not None else {kind: count for kind, count in naming(asked).items() if count}
    given = request.POST if request.method == "POST" else None
    form = None
    if person is not None or named:
        form = ErasureForm(asked if person is None else person.email, "" if person is None else person.name, given)
    if form is not None and form.is_valid():
        asking = {"reason": form.cleaned_data["reason"], "at": timezone.now()}
        try:
            pseudonym = _erase(_membership(request), person, asked, **asking)
        except LastAdministratorError:
            form.add_error(None, _("This is the vendor’s last administrator. Make another one first."))
        else:
            messages.success(request, _("The person is erased. What they did stays under their pseudonym."))
            return redirect(reverse("runs:journal") + "?" + urlencode({"subject": f"person:{pseudonym}"}))
    seats = queries.seats_of(person) if person is not None else []
    shown = {"asked": asked, "person": person, "form": form, "seats": seats, "named": _named(named)}
    return render(request, "runs/erasure.html", shown)


def _erase(by: Membership, person: User | None, email: str, *, reason: str, at: datetime) -> str:
    """Erase somebody who signs in, or who is merely named; answers with the pseudonym."""
    if person is None:
        return erase_named(by, email, reason=reason, at=at)
    erase_person(by, person, reason=reason, at=at)
    return str(person.pseudonym)


def _named(found: Mapping[str, int]) -> list[tuple[str, int]]:
    """Where somebody is named, in words."""
    said = {
        "employees": _("people of partners"),
        "forms": _("contact forms"),
        "applications": _("applications"),
        "contacts": _("contacts at the vendor"),
        "deals": _("submitted deals and referrals"),
        "imports": _("rows of imported files"),
        "invitations": _("invitations"),
        "mails": _("mails"),
    }
    return [(said[kind], count) for kind, count in found.items()]


def _readable(request: HttpRequest):  # type: ignore[no-untyped-def]  # noqa: ANN202  # a query set of messages
    if not settings.DEMO:
        raise Http404
    return queries.mailbox(membership_of(request), cast("User", request.user))


def _membership(request: HttpRequest) -> Membership:
    membership = membership_of(request)
    assert membership is not None  # noqa: S101  # the doors let nobody in without one
    return membership
