"""What actions on partners refuse, each case a class that says to its reader what to do."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext as _


class NotAllowedError(PermissionDenied):
    """Raised when a person may not do what an action does; a page answers it with 403."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"not allowed: {what}")


class RefusedError(Exception):
    """Raised when an action cannot be done as asked; `said` tells the person why and what would mend it."""

    def __init__(self, said: str | Promise, *, field: str | None = None) -> None:
        self.said = str(said)
        self.field = field
        super().__init__(self.said)


class AddressTakenError(RefusedError):
    """Raised when a partner already has a person with the address."""

    def __init__(self) -> None:
        super().__init__(_("Somebody of your team has this address already: look under that person."), field="email")


class ExplanationMissingError(RefusedError):
    """Raised when an address is on no approved domain and nobody says why (D21, D29)."""

    def __init__(self, domain: str) -> None:
        said = _("%(domain)s is not one of your approved domains. Say why this person uses it, or ask for the domain.")
        super().__init__(said % {"domain": domain}, field="explanation")


class NothingToChangeError(RefusedError):
    """Raised when things already stand as asked."""

    def __init__(self) -> None:
        super().__init__(_("Nothing changes: it stands so already. Load the page again to see it."))


class OwnUserError(RefusedError):
    """Raised when somebody would lock themselves out."""

    def __init__(self) -> None:
        super().__init__(_("This is your own user. Ask another admin of your company to do it."))


class DeletedError(RefusedError):
    """Raised when a deleted user is to be changed: deletion is final."""

    def __init__(self) -> None:
        super().__init__(_("This user is deleted, and deletion is final. Add the person again as a new user."))


class ReasonMissingError(RefusedError):
    """Raised when a decision has no reason."""

    def __init__(self) -> None:
        super().__init__(_("Say why: the partner reads the reason, and the journal keeps it."), field="reason")


class TierMissingError(RefusedError):
    """Raised when an exception names no tier, or another decision names one."""

    def __init__(self) -> None:
        super().__init__(_("An exception names the tier it gives; a suspension or its end names none."), field="tier")


class BeforeLastDecisionError(RefusedError):
    """Raised when a decision would have effect before the last one: the ledger only grows."""

    def __init__(self, last_on: date) -> None:
        said = _("The last decision holds from %(day)s: choose that day or a later one.")
        super().__init__(said % {"day": last_on.isoformat()}, field="effective_on")


class FarDayError(RefusedError):
    """Raised when a decision would begin so late that a slip of the pen is meant: no other could begin before it."""

    def __init__(self, effective_on: date, last_on: date) -> None:
        said = _("%(day)s is more than a year ahead, and nothing could be decided before it: choose %(last)s at most.")
        super().__init__(said % {"day": effective_on.isoformat(), "last": last_on.isoformat()}, field="effective_on")


class UnknownPartnerError(RefusedError):
    """Raised when no company has the id."""

    def __init__(self, partner_id: str) -> None:
        said = _("No partner has the id %(partner_id)s. Look it up in the list of partners.")
        super().__init__(said % {"partner_id": partner_id}, field="partner_id")


class DomainTakenError(RefusedError):
    """Raised when a domain is asked for or approved already."""

    def __init__(self, domain: str) -> None:
        said = _("%(domain)s is approved or asked for already.")
        super().__init__(said % {"domain": domain}, field="domain")


class NotADomainError(RefusedError):
    """Raised when a domain is none that a company can have for itself."""

    def __init__(self, domain: str) -> None:
        said = _("%(domain)s is not the domain of a company, such as example.com: an address there says not who it is.")
        super().__init__(said % {"domain": domain}, field="domain")


class DecidedAlreadyError(RefusedError):
    """Raised when somebody else decided in the meantime."""

    def __init__(self) -> None:
        super().__init__(_("This was decided in the meantime. Load the page again to see how."))


class StepMissingError(RefusedError):
    """Raised when a step of joining needs another one first."""

    def __init__(self, said: str | Promise) -> None:
        super().__init__(said)


class NothingFilledInError(RefusedError):
    """Raised when a contact form names nobody."""

    def __init__(self) -> None:
        super().__init__(_("Name at least one contact: a form that names nobody supplies nothing."))


class FutureDayError(RefusedError):
    """Raised when something is said to have happened on a day to come."""

    def __init__(self) -> None:
        super().__init__(_("This day is still to come: submit the deal once it is closed."), field="closed_on")


class SubmittedAlreadyError(RefusedError):
    """Raised when the same deal waits for the vendor already."""

    def __init__(self) -> None:
        super().__init__(_("You submitted this very deal already: it waits for the vendor."), field="customer_said")


class CustomerMissingError(RefusedError):
    """Raised when a submission is accepted without a customer whom facts know: every row has to."""

    def __init__(self) -> None:
        super().__init__(
            _("Name the customer by an id that the current run knows, such as C0000001."),
            field="customer_id",
        )


class AppliedAlreadyError(RefusedError):
    """Raised when an application of the same address waits for the same program."""

    def __init__(self) -> None:
        super().__init__(_("An application from this address is under review already."), field="email")


class LevelUnknownError(RefusedError):
    """Raised when a program has no such level."""

    def __init__(self) -> None:
        super().__init__(_("This program has no such level."), field="level")


class NotInvitedError(RefusedError):
    """Raised when a review ends that never began."""

    def __init__(self) -> None:
        super().__init__(_("Invite the partner first: only invited partners are reviewed."))


class TouchedSinceError(RefusedError):
    """Raised when an import cannot be undone because rows were changed after it."""

    def __init__(self, keys: list[str]) -> None:
        self.keys = keys
        said = _("%(count)s rows were changed after the import, so it cannot be undone as a whole: %(keys)s.")
        shown = ", ".join(keys[:5]) + ("…" if keys[5:] else "")
        super().__init__(said % {"count": len(keys), "keys": shown})
