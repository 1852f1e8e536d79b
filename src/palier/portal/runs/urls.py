"""The addresses of runs, mails and the journal."""

from __future__ import annotations

from django.urls import path

from palier.portal.runs import identity_views, views

app_name = "runs"
urlpatterns = [
    path("runs", views.runs, name="runs"),
    path("runs/<str:program>/again", views.rerun, name="rerun"),
    path("runs/schedule/<int:occurrence_id>/again", views.repeat, name="repeat"),
    path("runs/tables/<str:table>/owner", views.owner, name="owner"),
    path("runs/identities", identity_views.identities, name="identities"),
    path("runs/identities.csv", identity_views.identities_csv, name="identities_csv"),
    path("mail", views.mail, name="mail"),
    path("mail/<int:message_id>/again", views.resend_mail, name="resend"),
    path("mailbox", views.mailbox, name="mailbox"),
    path("mailbox/<int:message_id>", views.mailbox, name="letter"),
    path("mailbox/<int:message_id>/html", views.mail_html, name="letter_html"),
    path("journal", views.journal, name="journal"),
    path("journal/erasure", views.erasure, name="erasure"),
]
