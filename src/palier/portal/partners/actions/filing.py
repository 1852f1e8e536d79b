"""Filing the contact form: the form, what it attests and its receipt, at once or not at all (B305-358)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from palier.portal.journal.actions import record
from palier.portal.partners import days
from palier.portal.partners.actions.attesting import finish, vouch
from palier.portal.partners.asked import Awaiting
from palier.portal.partners.contacts import CONTACTS, FILED, MAPPING, given
from palier.portal.partners.emails import send
from palier.portal.partners.errors import NothingFilledInError, UnknownPartnerError
from palier.portal.partners.models import Attestation, Company, ContactForm
from palier.portal.partners.permissions import may_file, require
from palier.portal.partners.queries import forms_of
from palier.portal.people.models import Membership

A_MOMENT = timedelta(minutes=1)
"""Within so long the same form of the same person is one that was sent twice."""


def file_form(
    *,
    by: Membership,
    partner_id: str,
    program: str,
    answers: Mapping[str, str],
    awaiting: Awaiting | None,
    at: datetime,
) -> ContactForm:
    """File the contact form; what it names is vouched for from its day on, what it no longer names ends that day.

    A tier that waits becomes the partner's own if the form comes before the end of the last day, in the program's time
    zone (B166); later, the partner keeps its tier and the form is on file for the next cycle (B169-172). The same form
    sent twice within a minute is one form.

    Raises:
        NotAllowedError: `by` is neither admin nor employee of the partner.
        NothingFilledInError: the form names nobody and nothing.
        UnknownPartnerError: the partner is not known yet.
    """
    require(may_file(by, partner_id), "file the contact form")
    codes = given(answers)
    if not codes:
        raise NothingFilledInError
    on = days.day(at, program)
    late = awaiting is not None and at >= days.end_of(awaiting.deadline_on, program)
    with transaction.atomic():
        if not Company.objects.select_for_update().filter(partner_id=partner_id).exists():
            raise UnknownPartnerError(partner_id)
        last = forms_of(partner_id, program).first()
        if last is not None and _sent_twice(last, by, answers, at):
            return last
        form = ContactForm.objects.create(
            form_id=f"form-{uuid4().hex}",
            partner_id=partner_id,
            program=program,
            filed_at=at,
            filed_by=by.user.pseudonym,
            answers=dict(answers),
            deadline_on=awaiting.deadline_on if awaiting is not None else None,
            waits_for_on=days.next_promotion(on, program) if late else None,
        )
        _attest(by, form, codes, at)
        record(
            actor=by.user.pseudonym, verb="file", subject_kind="partner", subject_id=partner_id, at=at,
            after={
                "form_id": form.form_id, "program": program, "supplies": sorted(codes), "late": late,
                "deadline_on": form.deadline_on.isoformat() if form.deadline_on else None,
            },
        )  # fmt: skip
        send(
            "receipt", form.form_id, {"form": form, "late": late, "awaiting": awaiting}, to=by.user.email,
            language=by.user.language, name=by.user.name, at=at,
        )  # fmt: skip
    return form


def _sent_twice(last: ContactForm, by: Membership, answers: Mapping[str, str], at: datetime) -> bool:
    """Whether the last form is the same, sent by the same person a moment ago."""
    return last.filed_by == by.user.pseudonym and last.answers == dict(answers) and at - last.filed_at < A_MOMENT


def _attest(by: Membership, form: ContactForm, codes: frozenset[str], at: datetime) -> None:
    """Begin what is new, end what is no longer named; what stays is left as it is."""
    on = days.day(at, form.program)
    every = {each.code for each in CONTACTS} | {MAPPING, FILED}
    held = Attestation.objects.filter(partner_id=form.partner_id, code__in=every, effective_until=None)
    said_yes = held.exclude(Q(value__iexact="no")).select_for_update(of=("self",))
    standing: set[str] = set()
    for each in said_yes:
        if each.code in codes:
            standing.add(each.code)
        else:
            finish(by, each, on, at=at)
    for code in sorted(codes - standing):
        vouch(by, form.partner_id, code, "", on, at=at, form=form)
