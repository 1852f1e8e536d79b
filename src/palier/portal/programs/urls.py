"""The addresses of programs."""

from __future__ import annotations

from django.urls import path

from palier.portal.programs.views import drafts, recalibrations, rules, shadows, vendor

app_name = "programs"
urlpatterns = [
    path("vendor", vendor.home, name="home"),
    path("partners", vendor.partners, name="partners"),
    path("partners.csv", vendor.partners_csv, name="partners_csv"),
    path("partners-views", vendor.keep_view, name="keep_view"),
    path("programs", rules.all_programs, name="programs"),
    path("programs/<slug:program>", rules.program, name="program"),
    path("programs/<slug:program>/drafts", drafts.begin, name="begin"),
    path("programs/<slug:program>/recalibrations", recalibrations.days, name="recalibrations"),
    path("programs/<slug:program>/recalibrations/<str:on>", recalibrations.show, name="recalibration"),
    path("programs/<slug:program>/recalibrations/<str:on>/try", recalibrations.try_it, name="try_recalibration"),
    path("programs/<slug:program>/recalibrations/<str:on>/publish", recalibrations.publish_it, name="publish"),
    path("programs/<slug:program>/recalibrations/<str:on>/moves.csv", recalibrations.moves_csv, name="moves_csv"),
    path("programs/<slug:program>/shadow", shadows.show, name="shadow"),
    path("programs/<slug:program>/shadow.csv", shadows.differences_csv, name="shadow_csv"),
    path("moves/<int:moved_id>", recalibrations.exception, name="exception"),
    path("rules/<int:version_id>", rules.difference, name="difference"),
    path("drafts/<int:version_id>", drafts.show, name="draft"),
    path("drafts/<int:version_id>/value", drafts.set_one, name="set_value"),
    path("drafts/<int:version_id>/value/back", drafts.unset_one, name="unset_value"),
    path("drafts/<int:version_id>/reading", drafts.take, name="take_reading"),
    path("drafts/<int:version_id>/base", drafts.renew_it, name="renew"),
    path("drafts/<int:version_id>/try", drafts.try_it, name="try"),
    path("drafts/<int:version_id>/propose", drafts.propose_it, name="propose"),
    path("drafts/<int:version_id>/approve", drafts.approve_it, name="approve"),
    path("drafts/<int:version_id>/decline", drafts.decline_it, name="decline"),
    path("drafts/<int:version_id>/movers.csv", drafts.movers_csv, name="movers_csv"),
]
