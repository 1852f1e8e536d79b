"""The addresses of people, besides those of the root."""

from __future__ import annotations

from django.urls import path

from palier.portal.people import entrance_views, organisation_views, own_views

app_name = "people"
urlpatterns = [
    path("people", organisation_views.own_people, name="own_people"),
    path("organisations", organisation_views.all_organisations, name="organisations"),
    path("organisations/<int:organisation_id>", organisation_views.organisation, name="organisation"),
    path("organisations/<int:organisation_id>/invite", organisation_views.invite, name="invite"),
    path("organisations/<int:organisation_id>/sign-in", organisation_views.sign_in_of, name="organisation_sign_in"),
    path("memberships/<int:membership_id>/role", organisation_views.change_role, name="change_role"),
    path("memberships/<int:membership_id>/end", organisation_views.end_membership, name="end_membership"),
    path("invitations/<int:invitation_id>/again", organisation_views.send_again, name="send_again"),
    path("invitations/<int:invitation_id>/withdraw", organisation_views.withdraw, name="withdraw"),
    path("second-factor", organisation_views.required_factors, name="required_factors"),
    path("invitation/<str:token>", entrance_views.invitation, name="invitation"),
    path("sign-in/organisation", entrance_views.organisation_sign_in, name="single_sign_on"),
    path("mails/<str:token>", entrance_views.mails_by_link, name="mails_by_link"),
    path("me", own_views.me, name="me"),
    path("me/mails", own_views.mails, name="mails"),
    path("see/<str:partner_id>", own_views.see, name="see"),
    path("stop-seeing", own_views.stop, name="stop_seeing"),
]
