"""The addresses of partners."""

from __future__ import annotations

from django.urls import path

from palier.portal.partners.views import company, contacts, decisions, domains, elite, imports, influence, joining, team

app_name = "partners"
urlpatterns = [
    path("team", team.team, name="team"),
    path("team/add", team.add, name="employee_add"),
    path("team/<str:user_id>/<slug:act>", team.change, name="employee_change"),
    path("partners/<str:partner_id>/team", team.team, name="team_of"),
    path("contacts", contacts.contacts, name="contacts"),
    path("partners/<str:partner_id>/contacts", contacts.contacts_of, name="contacts_of"),
    path("decisions", decisions.decisions, name="decisions"),
    path("partners/<str:partner_id>/decisions", decisions.decisions_of, name="decisions_of"),
    path("company", company.company, name="company"),
    path("partners/<str:partner_id>/company", company.company_of, name="company_of"),
    path("join", joining.join, name="join"),
    path("join/received", joining.joined, name="joined"),
    path("applications", joining.applications, name="applications"),
    path("applications/<str:application_id>", joining.application, name="application"),
    path("domains", domains.domains, name="domains"),
    path("elite", elite.elite, name="elite"),
    path("influence", influence.influence, name="influence"),
    path("submissions", influence.influence_queue, name="influence_queue"),
    path("submissions/<str:influenced_id>", influence.influence_of, name="influence_of"),
    path("imports/<slug:table>", imports.import_, name="import"),
    path("imports/<slug:table>.csv", imports.export, name="export"),
    path("imports/<str:import_id>/undo", imports.undo, name="import_undo"),
]
