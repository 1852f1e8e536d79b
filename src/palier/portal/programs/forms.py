"""What people fill in: a value from a day, a proposal, an exception, a list of tiers, a view to keep."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from palier.portal.programs.models import Moved
from palier.portal.programs.rewriting import flow
from palier.rulebook.document import Plain, read_text

AMBIGUOUS = re.compile(r"-?\d{1,3},\d{3}")
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+\.\d+|-?\d{1,3}(,\d{3}){2,}")
"""Digits in groups of three, as English writes them, where they cannot be decimals."""
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ValueForm(forms.Form):
    """A value of the rulebook from a day on."""

    path = forms.ChoiceField(label=_("Value"))
    effective_from = forms.DateField(label=_("From"), widget=DAY)
    amount = forms.CharField(
        label=_("New value"), max_length=200, help_text=_("A number, yes or no, or a list such as 1, 4, 7, 10.")
    )
    note = forms.CharField(
        label=_("Why, or from which text"), max_length=300, help_text=_("It stands beside the value in the rulebook.")
    )

    def __init__(self, *args: Any, paths: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        choice = self.fields["path"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101  # declared above
        choice.choices = paths

    def clean_amount(self) -> str:
        """What was written, where it can be read in one way only.

        Raises:
            ValidationError: 1,234 is a thousand and more to one reader and a little over one to another.
        """
        said = str(self.cleaned_data["amount"])
        if AMBIGUOUS.fullmatch(said.strip()):
            raise forms.ValidationError(
                _("%(said)s can be read in two ways: write %(whole)s, or %(part)s."),
                params={"said": said, "whole": said.replace(",", ""), "part": said.replace(",", ".") + "0"},
            )
        return said

    def edit(self) -> str:
        """The edit as PATH=VALUE."""
        cleaned = self.cleaned_data
        day: date = cleaned["effective_from"]
        entry: dict[str, Plain] = {"value": amount_of(cleaned["amount"]), "note": cleaned["note"].strip()}
        return f"{cleaned['path']}.{day}={flow(entry)}"


def amount_of(said: str) -> Plain:
    """A value as people write it: numbers with a comma or point, words, lists between commas."""
    text = said.strip()
    plain = {"yes": True, "oui": True, "no": False, "non": False}.get(text.lower())
    if plain is not None:
        return plain
    if ", " in text or text.startswith("["):
        items = text.strip("[]").split(",")
        return [amount_of(each) for each in items if each.strip()]
    number = "".join(text.split())  # spaces of every width
    if GROUPED.fullmatch(number):
        number = number.replace(",", "")
    if number.count(",") == 1 and number.replace(",", "").lstrip("-").isdecimal():
        number = number.replace(",", ".")
    if number.replace(".", "", 1).lstrip("-").isdecimal():
        return read_text(number, file="form").value
    return text


class ProposalForm(forms.Form):
    """From when a draft should hold, and why."""

    effective_from = forms.DateField(label=_("In force from"), widget=DAY)
    note = forms.CharField(
        label=_("What changes, and why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Your colleague reads it before approving, and the journal keeps it."),
    )  # fmt: skip
    backdated = forms.BooleanField(
        label=_("I mean a day in the past"), required=False,
        help_text=_("Runs of past days will follow this version. Moves that were published stay as they are."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's own signature
        super().__init__(*args, **kwargs)
        self.auto_id = "id_proposal_%s"  # it stands beside the form of a value


class ReasonForm(forms.Form):
    """Why somebody says no."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class ExceptionForm(forms.Form):
    """What people decide for a partner instead of the rules."""

    CHOICES: ClassVar = [("", _("as the rules have it")), *Moved.Instead.choices]
    exception = forms.ChoiceField(label=_("Decision"), choices=CHOICES, required=False)
    tier = forms.ChoiceField(label=_("Tier, for another one"), required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, required=False,
        help_text=_("The partner reads it in its notice, and the journal keeps it."),
    )  # fmt: skip

    def __init__(self, *args: Any, tiers: list[tuple[str, str]], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        choice = self.fields["tier"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101  # declared above
        choice.choices = [("", "–"), *tiers]


class TierListForm(forms.Form):
    """The vendor's own tiers as CSV."""

    tiers = forms.FileField(
        label=_("Your list of tiers"), required=False,
        help_text=_(
            "A CSV file with the columns partner_id and tier, at most 2 MB. Without one, the decisions recorded here "
            "are compared."
        ),
    )  # fmt: skip
    against = forms.ChoiceField(
        label=_("Compared with"), required=False, initial="standing",
        choices=[
            ("standing", _("the tier that the day’s figures reach")),
            ("held", _("the tier that each partner holds, after the calendar and every decision")),
        ],
    )  # fmt: skip

    def clean_against(self) -> str:
        """Where nothing is said, the figures of the day."""
        return self.cleaned_data["against"] or "standing"
