"""Writes: one function per business verb, each with its permission, its journal entry and its mails at once."""

from __future__ import annotations

from palier.portal.partners.actions.attesting import (
    attest,
    end_attestation,
)
from palier.portal.partners.actions.decisions import (
    decide,
    end_breach,
    record_breach,
)
from palier.portal.partners.actions.domains import (
    approve_asked,
    approve_domain,
    refuse_domain,
    request_domain,
    revoke_domain,
)
from palier.portal.partners.actions.elite import (
    conclude_review,
    invite_to_elite,
)
from palier.portal.partners.actions.employees import (
    add_employee,
    deactivate_employee,
    delete_employee,
    reactivate_employee,
    tag_employee,
)
from palier.portal.partners.actions.filing import (
    file_form,
)
from palier.portal.partners.actions.forgetting import forget, where_named
from palier.portal.partners.actions.importing import Taken, exported, preview, take_in, undo_import
from palier.portal.partners.actions.influence import (
    accept_influence,
    refuse_influence,
    submit_influence,
)
from palier.portal.partners.actions.joining import (
    accept_application,
    apply_to_join,
    change_currency,
    change_level,
    complete_step,
    name_vendor_contact,
    refuse_application,
    remove_vendor_contact,
)

__all__ = [
    "Taken",
    "accept_application",
    "accept_influence",
    "add_employee",
    "apply_to_join",
    "approve_asked",
    "approve_domain",
    "attest",
    "change_currency",
    "change_level",
    "complete_step",
    "conclude_review",
    "deactivate_employee",
    "decide",
    "delete_employee",
    "end_attestation",
    "end_breach",
    "exported",
    "file_form",
    "forget",
    "invite_to_elite",
    "name_vendor_contact",
    "preview",
    "reactivate_employee",
    "record_breach",
    "refuse_application",
    "refuse_domain",
    "refuse_influence",
    "remove_vendor_contact",
    "request_domain",
    "revoke_domain",
    "submit_influence",
    "tag_employee",
    "take_in",
    "undo_import",
    "where_named",
]
