"""Partner companies and what is recorded of them: people, domains, attestations, forms, decisions, submissions.

Partners are named by the `partner_id` of the facts throughout: an organisation with accounts exists for some only.
Days are days in the program's time zone, moments are UTC; periods are half-open.
"""

from __future__ import annotations

from palier.portal.partners.models.companies import Application, Company, Enrolment, VendorContact
from palier.portal.partners.models.imports import Import, ImportedRow
from palier.portal.partners.models.influenced import Influenced
from palier.portal.partners.models.people import Domain, Employee
from palier.portal.partners.models.records import Attestation, ContactForm, Decision, LedgerEditedError

__all__ = [
    "Application",
    "Attestation",
    "Company",
    "ContactForm",
    "Decision",
    "Domain",
    "Employee",
    "Enrolment",
    "Import",
    "ImportedRow",
    "Influenced",
    "LedgerEditedError",
    "VendorContact",
]
