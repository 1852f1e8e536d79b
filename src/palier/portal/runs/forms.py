"""What is asked before a person is erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class ErasureForm(forms.Form):
    """The address typed once more, and why."""

    reason = forms.CharField(
        max_length=1000, label=gettext_lazy("Why"),
        help_text=gettext_lazy("It stands in the journal for good: do not name the person."),
    )  # fmt: skip
    typed = forms.CharField(
        max_length=254, label=gettext_lazy("The person’s e-mail address, typed once more"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, email: str, name: str = "", given: Mapping[str, Any] | None = None) -> None:
        """For a person by address and name; `given` is what was sent."""
        super().__init__(given)
        self._email, self._name = email, name

    def clean_typed(self) -> str:
        """The address is the person's."""
        typed: str = self.cleaned_data["typed"].strip()
        if typed.casefold() != self._email.casefold():
            raise forms.ValidationError(_("This is not the address above."))
        return typed

    def clean_reason(self) -> str:
        """The reason names nobody."""
        reason: str = self.cleaned_data["reason"].strip()
        named = [each for each in (self._email, self._name) if each]
        if any(each.casefold() in reason.casefold() for each in named):
            raise forms.ValidationError(_("The reason names the person; it would stay when the person is erased."))
        return reason
