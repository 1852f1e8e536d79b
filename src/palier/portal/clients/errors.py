"""What can be wrong with an act on a customer's access: each class is a case and says how to mend it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from palier.rulebook.problems import PalierError


class ClientsError(PalierError):
    """Any of the cases below; `said` is for people, in the language of whoever acts."""

    def __init__(self, said: str) -> None:
        self.said = said
        super().__init__(said)


class NotAllowedError(ClientsError):
    """Raised when somebody acts for whom the act is not."""

    def __init__(self) -> None:
        super().__init__(_("Your role does not do this. Ask an administrator of your organisation."))


class CustomerUnknownError(ClientsError):
    """Raised when nobody, or nobody the partner may name, is called what was typed."""

    def __init__(self, typed: str) -> None:
        self.typed = typed
        super().__init__(
            _(
                "No customer is called “%(typed)s” here. Type the whole domain of its web site, such as example.com, "
                "or the number of a customer that you already work for."
            )
            % {"typed": typed}
        )


class EmployeeUnknownError(ClientsError):
    """Raised when an address or user is nobody's who could work for a customer."""

    def __init__(self, typed: str) -> None:
        self.typed = typed
        super().__init__(
            _(
                "“%(typed)s” is no active partner employee. The partner adds the person to its team first, tags them "
                "as a partner employee, and tells you the address."
            )
            % {"typed": typed}
        )


class SeveralPartnersError(ClientsError):
    """Raised when people of several partners have the address, and none or several of them asked for access."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "People of several partners have this address. Have the partner that you mean ask for access: its "
                "request then waits for you under “Who has access”."
            )
        )


class AlreadyAssociatedError(ClientsError):
    """Raised when an employee is associated with the customer already."""

    def __init__(self, on: date) -> None:
        self.on = on
        super().__init__(_("They are associated already: nothing was changed."))


class AlreadyAskedError(ClientsError):
    """Raised when the customer was asked so lately that asking again would only be noise."""

    def __init__(self, asked_on: date, again_on: date) -> None:
        self.asked_on = asked_on
        self.again_on = again_on
        super().__init__(_("The customer was asked within the last seven days. Give it the time to answer."))


class AlreadyGrantedError(ClientsError):
    """Raised when a person has access already."""

    def __init__(self) -> None:
        super().__init__(_("This person has access already: nothing was changed."))


class NoAccessError(ClientsError):
    """Raised when there is no such access, or it is not in the state that the act needs."""

    def __init__(self) -> None:
        super().__init__(_("This access has changed in the meantime. Look at the list again: nothing was changed."))


class WrongWordError(ClientsError):
    """Raised when the word typed to confirm a removal is another one."""

    def __init__(self, typed: str, expected: str) -> None:
        self.typed = typed
        self.expected = expected
        super().__init__(
            _("You typed “%(typed)s”. Type %(expected)s, in capital letters: nothing was removed.")
            % {"typed": typed, "expected": expected}
        )


class SeatGivenError(ClientsError):
    """Raised when a person has a partner seat already."""

    def __init__(self) -> None:
        super().__init__(_("This person has a partner seat already: nothing was changed."))
