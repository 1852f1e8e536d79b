"""Pages of a team: whose work counts and why, who joins, and what a change does before it is made."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from palier.portal.partners import actions, days
from palier.portal.partners.asked import REACH, TEAM_WORK
from palier.portal.partners.consequences import ACTS, Act, consequences, points_at_stake
from palier.portal.partners.errors import RefusedError
from palier.portal.partners.forms import EmployeeForm
from palier.portal.partners.models import Employee
from palier.portal.partners.permissions import may_file, may_keep_team
from palier.portal.partners.queries import approved_domains, team_of
from palier.portal.partners.team import people
from palier.portal.partners.views.asking import asking, blame
from palier.portal.people.models import Membership


@require_GET
def team(request: HttpRequest, partner_id: str | None = None) -> HttpResponse:
    """Whose activity counts, whose does not, and why?"""
    asked = asking(request, partner_id)
    on = days.day(timezone.now())
    domains = approved_domains(asked.partner_id, on)
    reach = REACH.ask(asked.partner_id, on, otherwise=None)
    work = TEAM_WORK.ask(asked.partner_id, otherwise=None)
    found = people(list(team_of(asked.partner_id)), domains, work, reach)
    shown = {
        "asked": asked,
        "people": found,
        "counting": sum(1 for each in found if each.counts),
        "work": work,
        "domains": sorted(domains),
        "may_keep": may_keep_team(asked.by, asked.partner_id),
        "may_file": may_file(asked.by, asked.partner_id),
    }
    return render(request, "partners/team.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Who joins the team?"""
    asked = asking(request)
    at = timezone.now()
    form = EmployeeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_employee(
                by=asked.by, partner_id=asked.partner_id, on=days.day(at), at=at, **form.cleaned_data
            )
        except RefusedError as error:
            blame(form, error)
        else:
            messages.success(
                request, _("%(name)s is in your team. Their work counts from the next run.") % {"name": made}
            )
            return redirect("partners:team")
    domains = sorted(approved_domains(asked.partner_id, days.day(at)))
    status = 400 if form.errors else 200
    return render(request, "partners/add.html", {"asked": asked, "form": form, "domains": domains}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, user_id: str, act: str) -> HttpResponse:
    """What does it do to our credit, and do we want it?"""
    asked = asking(request)
    known = next((each for each in ACTS if each == act), None)
    if known is None:
        raise Http404
    employee = get_object_or_404(Employee, partner_id=asked.partner_id, user_id=user_id, deleted_on=None)
    refused = ""
    if request.method == "POST":
        try:
            messages.success(request, _change(known, asked.by, employee))
        except RefusedError as error:
            refused = error.said
        else:
            return redirect("partners:team")
    work = TEAM_WORK.ask(asked.partner_id, otherwise=None)
    found = [] if work is None else consequences(known, employee, list(team_of(asked.partner_id)), work)
    shown = {
        "asked": asked, "employee": employee, "act": known, "found": found, "work": work, "refused": refused,
        "at_stake": points_at_stake(found),
        "at_once": sum(1 for each in found if each.fate == "at_once"),
    }  # fmt: skip
    return render(request, "partners/change.html", shown, status=409 if refused else 200)


def _change(act: Act, by: Membership, employee: Employee) -> str:
    """Make the change; says what was done."""
    at = timezone.now()
    on = days.day(at)
    match act:
        case "tag" | "untag":
            actions.tag_employee(by=by, employee=employee, tagged=act == "tag", at=at)
            said = _("%(name)s is a partner employee.") if act == "tag" else _("%(name)s is no partner employee.")
        case "deactivate":
            actions.deactivate_employee(by=by, employee=employee, on=on, at=at)
            said = _("%(name)s is deactivated.")
        case "reactivate":
            actions.reactivate_employee(by=by, employee=employee, at=at)
            said = _("%(name)s may work again.")
        case "delete":
            actions.delete_employee(by=by, employee=employee, on=on, at=at)
            said = _("%(name)s is deleted.")
    return said % {"name": employee} + " " + _("The figures follow with the next run, tonight.")
