"""Decisions, domains, joining, submissions and the Elite review: who may, what is told, what is never rewritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from palier.portal.journal.actions import broken_places
from palier.portal.journal.models import Entry, Message
from palier.portal.partners import actions
from palier.portal.partners.asked import CUSTOMER
from palier.portal.partners.errors import (
    AppliedAlreadyError,
    BeforeLastDecisionError,
    CustomerMissingError,
    DecidedAlreadyError,
    DomainTakenError,
    FarDayError,
    FutureDayError,
    LevelUnknownError,
    NotADomainError,
    NotAllowedError,
    NothingToChangeError,
    NotInvitedError,
    ReasonMissingError,
    TierMissingError,
    UnknownPartnerError,
)
from palier.portal.partners.facts import EXPORTS
from palier.portal.partners.models import (
    Application,
    Attestation,
    Company,
    Decision,
    Domain,
    Enrolment,
    Influenced,
    LedgerEditedError,
    VendorContact,
)
from palier.portal.people.models import Invitation, Membership, Organisation
from portal.partners.people import AT, ON, ONE, TWO, Stage

DECIDERS = {"administrator", "manager", "reviewer"}
KEEPERS = {"administrator", "manager"}


def decide(by: Membership, kind: str = "suspended", **more: object) -> Decision:
    told = {"partner_id": ONE, "program": "solutions", "reason": "Because", "effective_on": ON, "at": AT}
    return actions.decide(by=by, kind=kind, **(told | more))  # type: ignore[arg-type]


def only(stage: Stage, roles: set[str], act: Callable[[Membership], object]) -> None:
    """Nobody but the vendor's people in some roles gets through."""
    for by in stage.everybody:
        if by.organisation.kind == "vendor" and by.role in roles:
            continue
        with pytest.raises(NotAllowedError):
            act(by)


def test_a_suspension_and_its_end_are_told_with_their_reason(stage: Stage) -> None:
    made = decide(stage.vendor["reviewer"])
    decide(stage.vendor["manager"], "restored", reason="Mended", effective_on=ON + timedelta(days=9))
    first, second = Message.objects.order_by("pk")
    assert (first.to, first.language) == ("admin@one.example", "fr")
    assert "suspendue" in first.subject
    assert "Because" in first.text
    assert "Because" in first.html
    assert "Mended" in second.text
    rows = list(EXPORTS["tier_decisions"]())
    assert rows[0] == {
        "decision_id": made.decision_id, "partner_id": ONE, "program": "solutions", "tier": None,
        "kind": "suspended", "reason": "Because", "effective_on": ON,
    }  # fmt: skip
    assert [entry.reason for entry in Entry.objects.all()] == ["Because", "Mended"]
    assert broken_places() == []


def test_only_deciders_decide(stage: Stage) -> None:
    only(stage, DECIDERS, decide)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("kind", "more", "error"),
    [
        ("suspended", {"reason": " "}, ReasonMissingError),
        ("override", {}, TierMissingError),
        ("suspended", {"tier": "gold"}, TierMissingError),
        ("restored", {}, NothingToChangeError),
        ("suspended", {"partner_id": "nobody"}, UnknownPartnerError),
        ("suspended", {"effective_on": date(2062, 11, 20)}, FarDayError),  # meant was 2026
        ("suspended", {"effective_on": ON + timedelta(days=367)}, FarDayError),
    ],
)
def test_a_decision_that_does_not_fit_leaves_nothing(
    stage: Stage, kind: str, more: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        decide(stage.vendor["manager"], kind, **more)
    assert (Decision.objects.count(), Entry.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_the_ledger_only_grows(stage: Stage) -> None:
    made = decide(stage.vendor["manager"])
    with pytest.raises(NothingToChangeError):
        decide(stage.vendor["manager"])
    with pytest.raises(BeforeLastDecisionError):
        decide(stage.vendor["manager"], "restored", effective_on=ON - timedelta(days=1))
    made.reason = "Another"
    with pytest.raises(LedgerEditedError):
        made.save()
    with pytest.raises(LedgerEditedError):
        made.delete()
    assert Decision.objects.get().reason == "Because"


def test_a_published_list_is_told_by_whoever_publishes(stage: Stage) -> None:
    decide(stage.vendor["manager"], "published", tier="gold", told=False)
    assert not Message.objects.exists()


def test_a_breach_suspends_until_it_is_over(stage: Stage) -> None:
    act = stage.vendor["reviewer"]
    only(
        stage, DECIDERS,
        lambda by: actions.record_breach(by=by, partner_id=ONE, reason="Spam", effective_from=ON, at=AT),
    )  # fmt: skip
    breach = actions.record_breach(by=act, partner_id=ONE, reason="Spam", effective_from=ON, at=AT)
    assert (breach.code, breach.value) == ("compliant", "no")
    over = actions.end_breach(by=act, breach=breach, reason="Settled", effective_until=ON + timedelta(days=3), at=AT)
    assert over.effective_until == ON + timedelta(days=3)
    with pytest.raises(NothingToChangeError):
        actions.end_breach(by=act, breach=breach, reason="Again", effective_until=ON, at=AT)
    assert [message.kind for message in Message.objects.order_by("pk")] == ["partners.breach", "partners.breach_over"]
    assert "Settled" in Message.objects.order_by("pk").last().text  # type: ignore[union-attr]


def test_a_domain_is_asked_for_then_approved_and_revoked(stage: Stage) -> None:
    asked = actions.request_domain(by=stage.one["employee"], partner_id=ONE, domain="www.Two.Example", at=AT)
    assert (asked.domain, asked.approved_on) == ("two.example", None)
    assert all(row["domain"] != "two.example" for row in EXPORTS["partner_domains"]())
    with pytest.raises(DomainTakenError):
        actions.request_domain(by=stage.one["admin"], partner_id=ONE, domain="two.example", at=AT)
    keeper = stage.vendor["manager"]
    only(stage, KEEPERS, lambda by: actions.approve_domain(by=by, partner_id=ONE, domain="two.example", on=ON, at=AT))
    approved = actions.approve_domain(by=keeper, partner_id=ONE, domain="two.example", on=ON, at=AT)
    assert approved.pk == asked.pk
    with pytest.raises(DecidedAlreadyError):
        actions.refuse_domain(by=keeper, domain=asked, reason="Late", at=AT)
    revoked = actions.revoke_domain(by=keeper, domain=approved, reason="Sold", on=ON + timedelta(days=5), at=AT)
    assert revoked.revoked_on == ON + timedelta(days=5)
    assert Message.objects.filter(kind="partners.domain").count() == 2


@pytest.mark.parametrize("said", ["gmail.com", "localhost", "one example.com", "", "http://", "a..b"])
def test_a_domain_is_a_companys(stage: Stage, said: str) -> None:
    with pytest.raises(NotADomainError):
        actions.request_domain(by=stage.one["admin"], partner_id=ONE, domain=said, at=AT)


def apply(**more: str) -> Application:
    told = {
        "company": "Three", "country": "FR", "domain": "three.example", "contact": "Cy", "email": "Cy@three.example",
        "language": "fr", "program": "solutions", "level": "provider", "message": "",
    }  # fmt: skip
    return actions.apply_to_join(**(told | more), at=AT)


def test_a_company_applies_and_takes_part(stage: Stage) -> None:
    application = apply()
    with pytest.raises(AppliedAlreadyError):
        apply(email="cy@THREE.example")
    with pytest.raises(LevelUnknownError):
        apply(email="di@three.example", level="member")

    def accept(by: Membership) -> Company:
        return actions.accept_application(
            by=by, application=application, address_of=lambda token: f"https://portal.example/{token}", on=ON, at=AT
        )

    only(stage, DECIDERS, accept)
    reviewer = stage.vendor["reviewer"]
    company = accept(reviewer)
    with pytest.raises(DecidedAlreadyError):
        accept(reviewer)
    assert (company.name, company.country) == ("Three", "FR")
    assert Organisation.objects.get(fact_id=company.partner_id).name == "Three"
    assert Domain.objects.get(partner_id=company.partner_id).approved_on == ON
    first = Enrolment.objects.get(partner_id=company.partner_id)
    assert (first.program, first.level, first.enrolled_on) == ("solutions", "provider", ON)
    step = actions.complete_step(
        by=reviewer, partner_id=company.partner_id, step="agreement_signed", reason="In the archive", on=ON, at=AT
    )
    assert (step.code, step.effective_from) == ("agreement_signed", ON)
    with pytest.raises(NothingToChangeError):
        actions.complete_step(
            by=reviewer, partner_id=company.partner_id, step="agreement_signed", reason="Twice", on=ON, at=AT
        )
    assert [message.to for message in Message.objects.all()] == ["cy@three.example"] * 3
    invited = Invitation.objects.get(organisation__fact_id=company.partner_id)
    assert (invited.email, invited.role, invited.language) == ("cy@three.example", "admin", "fr")
    assert "bienvenue" in Message.objects.order_by("pk").last().subject.lower()  # type: ignore[union-attr]


def test_a_company_is_refused_with_a_reason(stage: Stage) -> None:
    application = apply()
    with pytest.raises(ReasonMissingError):
        actions.refuse_application(by=stage.vendor["manager"], application=application, reason="", at=AT)
    actions.refuse_application(by=stage.vendor["manager"], application=application, reason="Too early", at=AT)
    assert not Company.objects.filter(name="Three").exists()
    assert "Too early" in Message.objects.order_by("pk").last().text  # type: ignore[union-attr]


def test_a_level_changes_from_a_day_on(stage: Stage) -> None:
    change = {"partner_id": ONE, "program": "solutions", "reason": "Asked for it", "on": ON, "at": AT}
    only(stage, KEEPERS, lambda by: actions.change_level(by=by, level="provider", **change))  # type: ignore[arg-type]
    made = actions.change_level(by=stage.vendor["manager"], level="provider", **change)  # type: ignore[arg-type]
    assert Enrolment.objects.get(enrolment_id="E1").left_on == ON
    assert (made.level, made.enrolled_on, made.left_on) == ("provider", ON, None)
    with pytest.raises(NothingToChangeError):
        actions.change_level(by=stage.vendor["manager"], level="provider", **change)  # type: ignore[arg-type]
    with pytest.raises(LevelUnknownError):
        actions.change_level(by=stage.vendor["manager"], level="member", **change)  # type: ignore[arg-type]


def test_the_vendors_people_are_named(stage: Stage) -> None:
    named = {"partner_id": ONE, "name": "Noé", "email": "noe@vendor.example", "role": "Partner manager", "at": AT}
    only(stage, KEEPERS, lambda by: actions.name_vendor_contact(by=by, **named))  # type: ignore[arg-type]
    made = actions.name_vendor_contact(by=stage.vendor["manager"], **named)  # type: ignore[arg-type]
    with pytest.raises(NothingToChangeError):
        actions.name_vendor_contact(by=stage.vendor["manager"], **named)  # type: ignore[arg-type]
    actions.remove_vendor_contact(by=stage.vendor["manager"], contact=made, at=AT)
    assert not VendorContact.objects.exists()


def submit(stage: Stage, **more: object) -> Influenced:
    told = {
        "partner_id": ONE, "customer_said": "Client", "role": "sourced", "mrr_minor": 10_000, "currency": "EUR",
        "closed_on": ON, "story": "We met", "on": ON, "at": AT,
    }  # fmt: skip
    return actions.submit_influence(by=stage.one["employee"], **(told | more))  # type: ignore[arg-type]


@pytest.fixture
def known_customer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CUSTOMER, "_answer", {"C1": "Client"}.get)


@pytest.mark.usefixtures("known_customer")
def test_a_submission_counts_once_it_is_accepted(stage: Stage) -> None:
    held = submit(stage)
    assert list(EXPORTS["influenced_sales"]()) == []
    match = {"submission": held, "mrr_minor": 9_000, "currency": "EUR", "on": ON + timedelta(days=2), "at": AT}
    only(stage, DECIDERS, lambda by: actions.accept_influence(by=by, customer_id="C1", **match))  # type: ignore[arg-type]
    with pytest.raises(CustomerMissingError):
        actions.accept_influence(by=stage.vendor["reviewer"], customer_id="C2", **match)  # type: ignore[arg-type]
    actions.accept_influence(by=stage.vendor["reviewer"], customer_id="C1", **match)  # type: ignore[arg-type]
    (row,) = EXPORTS["influenced_sales"]()
    assert row == {
        "influenced_id": held.influenced_id, "partner_id": ONE, "customer_id": "C1", "role": "sourced",
        "mrr_minor": 9_000, "currency": "EUR", "closed_on": ON, "matched_on": ON + timedelta(days=2),
    }  # fmt: skip
    with pytest.raises(DecidedAlreadyError):
        actions.refuse_influence(by=stage.vendor["reviewer"], submission=held, reason="Late", at=AT)
    assert "acceptée" in Message.objects.get().subject


def test_a_submission_is_refused_with_a_reason(stage: Stage) -> None:
    held = submit(stage)
    actions.refuse_influence(by=stage.vendor["reviewer"], submission=held, reason="Nobody knows of it", at=AT)
    assert list(EXPORTS["influenced_sales"]()) == []
    assert "Nobody knows of it" in Message.objects.get().text
    with pytest.raises(FutureDayError):
        submit(stage, closed_on=ON + timedelta(days=1))
    with pytest.raises(NotAllowedError):
        submit(stage, partner_id=TWO)


def test_an_elite_candidate_is_invited_then_reviewed(stage: Stage) -> None:
    by = stage.vendor["reviewer"]
    conclude = {"partner_id": ONE, "reason": "Read it all", "on": ON + timedelta(days=7), "at": AT}
    with pytest.raises(NotInvitedError):
        actions.conclude_review(by=by, passed=True, **conclude)  # type: ignore[arg-type]
    only(stage, DECIDERS, lambda one: actions.invite_to_elite(by=one, partner_id=ONE, reason="Great", on=ON, at=AT))
    actions.invite_to_elite(by=by, partner_id=ONE, reason="Great", on=ON, at=AT)
    actions.conclude_review(by=by, passed=False, **conclude)  # type: ignore[arg-type]
    invited, failed = Attestation.objects.order_by("pk")
    assert (invited.effective_until, failed.value) == (date(2026, 11, 27), "no")
    actions.invite_to_elite(by=by, partner_id=ONE, reason="Again", on=date(2026, 12, 1), at=AT)
    passed = actions.conclude_review(by=by, passed=True, **(conclude | {"on": date(2026, 12, 2)}))  # type: ignore[arg-type]
    assert (passed.code, passed.value) == ("account_review_passed", "")
    assert Message.objects.filter(kind="partners.elite").count() == 4
