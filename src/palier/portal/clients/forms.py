"""What people type: an address to let in, an employee and a customer to associate, the word that confirms."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.portal.partners.models import Employee


class GrantForm(forms.Form):
    """Whom a customer lets in."""

    email = forms.EmailField(
        label=_("E-mail address of the partner’s employee"),
        help_text=_("The partner tells you the address under which it added the person."),
    )


class AssociateForm(forms.Form):
    """Who works for which customer."""

    user_id = forms.ChoiceField(label=_("Employee"))
    customer = forms.CharField(
        label=_("Customer"),
        max_length=253,
        help_text=_("A customer that you work for already, or the whole domain of another’s web site: example.com."),
        widget=forms.TextInput(attrs={"list": "known", "autocomplete": "off"}),
    )

    def __init__(self, *given: object, workers: Iterable[Employee], **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]  # Django's own arguments
        choices = [(each.user_id, f"{each} · {each.email}" if each.name else str(each)) for each in workers]
        self.fields["user_id"].choices = choices  # type: ignore[attr-defined]  # a field of choices


class RemoveForm(forms.Form):
    """The word that confirms a removal."""

    word = forms.CharField(label="", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *given: object, label: str, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]  # Django's own arguments
        self.fields["word"].label = label
