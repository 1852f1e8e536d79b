"""What may not be done among people: one class a case, each with a sentence for whoever tried."""

from __future__ import annotations

from django.utils.translation import gettext as _


class PeopleError(Exception):
    """What was asked cannot be done; `str()` says why, in the reader's language."""


class NotAllowedError(PeopleError):
    """Raised when the role does not allow it."""

    def __init__(self) -> None:
        super().__init__(_("Your role does not allow this."))


class RoleNotHereError(PeopleError):
    """Raised for a role that this kind of organisation does not have."""

    def __init__(self) -> None:
        super().__init__(_("This kind of organisation has no such role."))


class AlreadyHereError(PeopleError):
    """Raised when whoever is invited belongs to the organisation."""

    def __init__(self) -> None:
        super().__init__(_("This address belongs to the organisation already. Change the role in the list instead."))


class AlreadyInvitedError(PeopleError):
    """Raised when an invitation of the address is open."""

    def __init__(self) -> None:
        super().__init__(_("An invitation to this address is open already. Send it again from the list below."))


class TooManyError(PeopleError):
    """Raised when somebody invites faster than people can mean to."""

    def __init__(self) -> None:
        super().__init__(_("You have invited many people within an hour. Wait a little, then go on."))


class VendorThereError(PeopleError):
    """Raised when a first administrator is wanted and the vendor has one."""

    def __init__(self, vendor: str) -> None:
        super().__init__(
            _("%(vendor)s is here and has an administrator. Administrators invite others on the page People.")
            % {"vendor": vendor}
        )


class LastHeadError(PeopleError):
    """Raised when nobody would be left to run the organisation."""

    def __init__(self) -> None:
        super().__init__(
            _("Nobody else runs this organisation. Give somebody else the role first, then change this one.")
        )


class InvitationGoneError(PeopleError):
    """Raised for an invitation that was taken, withdrawn or is past its day."""

    def __init__(self) -> None:
        super().__init__(
            _("This invitation was used, withdrawn or has expired. Ask whoever invited you to send it again.")
        )


class AnotherAddressError(PeopleError):
    """Raised when somebody signed in takes an invitation of another address."""

    def __init__(self) -> None:
        super().__init__(_("This invitation is for another address than yours. Sign out, then open the link again."))


class SignInFirstError(PeopleError):
    """Raised when an invited address has an account: only its owner may take the invitation."""

    def __init__(self) -> None:
        super().__init__(_("You have an account already. Sign in, then open the link again."))


class OrganisationThereError(PeopleError):
    """Raised when an organisation of the facts is made a second time."""

    def __init__(self) -> None:
        super().__init__(_("There is an organisation for this id already."))


class DomainTakenError(PeopleError):
    """Raised when a domain belongs to another organisation's sign-in."""

    def __init__(self, domain: str) -> None:
        super().__init__(_("%(domain)s belongs to another organisation's sign-in.") % {"domain": domain})
