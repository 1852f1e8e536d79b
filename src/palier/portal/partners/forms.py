"""What people fill in about partners."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from babel import Locale
from django import forms
from django.utils.translation import gettext_lazy as _

from palier.engine.grains import exponent
from palier.facts.codes import country_codes
from palier.portal.partners.called import currency_choices, program_called, tier_called
from palier.portal.partners.contacts import CONTACTS, MAPPINGS, Contact
from palier.portal.partners.days import WITH_FORM, rules
from palier.portal.partners.models import Decision, Influenced

LEVELS = [
    ("solutions/provider", _("Solutions: provider (limited commitment)")),
    ("solutions/partner", _("Solutions: partner (more is asked, more is given)")),
    ("technology/member", _("Technology: member")),
]
"""A program and a level of it."""


def day_field() -> forms.DateInput:
    """A day as browsers want it, whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class EmployeeForm(forms.Form):
    """A person to add to the team."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("On one of your approved domains, customers are associated by themselves."),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    is_partner_employee = forms.BooleanField(
        label=_("Partner employee"),
        required=False,
        initial=True,
        help_text=_("Only the work of people tagged as partner employees counts for managed credit."),
    )
    explanation = forms.CharField(
        label=_("Why another domain"),
        max_length=500,
        required=False,
        help_text=_("Only for an address on none of your approved domains, such as a freelancer’s."),
    )


class ContactsForm(forms.Form):
    """The contact form: a name and an address for each contact, and how accounts are mapped."""

    account_mapping = forms.ChoiceField(
        label=_("Account mapping"),
        choices=list(MAPPINGS.items()),
        required=False,
        help_text=_("Lets both sides see which customers they share."),
    )
    account_mapping_details = forms.CharField(label=_("Which data share"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's own signature
        super().__init__(*args, **kwargs)
        for each in CONTACTS:
            self.fields[f"{each.code}_name"] = forms.CharField(label=_("Name"), max_length=200, required=False)
            self.fields[f"{each.code}_email"] = forms.EmailField(
                label=_("E-mail address"), max_length=254, required=False
            )
            if each.with_title:
                self.fields[f"{each.code}_title"] = forms.CharField(
                    label=_("Position"), max_length=200, required=False, help_text=_("Vice president or above.")
                )

    def groups(self) -> Iterator[tuple[Contact, list[forms.BoundField]]]:
        """Each contact with its fields."""
        for each in CONTACTS:
            yield each, [self[name] for name in self.fields if name.startswith(f"{each.code}_")]

    def clean(self) -> dict[str, Any]:
        """Say of every contact what is missing: a name and an address go together."""
        found = super().clean() or {}
        for each in CONTACTS:
            name, email = f"{each.code}_name", f"{each.code}_email"
            filled = [part for part in (name, email, f"{each.code}_title") if found.get(part)]
            for part in (name, email):
                if filled and not found.get(part) and part not in self.errors:
                    self.add_error(part, _("A contact has a name and an address: fill in both, or neither."))
        if found.get("account_mapping") == "agreed" and not found.get("account_mapping_details"):
            self.add_error("account_mapping_details", _("Say which data share we agreed on."))
        return found


class DecisionForm(forms.Form):
    """What the vendor decides about a partner's tier, from which day, and why."""

    program = forms.ChoiceField(label=_("Program"))
    kind = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (Decision.Kind.SUSPENDED, _("Suspend: the tier stays, benefits and promotion stop")),
            (Decision.Kind.RESTORED, _("Restore: the suspension ends")),
            (Decision.Kind.OVERRIDE, _("Exception: give a tier that the rules do not give")),
        ],
    )
    tier = forms.ChoiceField(label=_("Tier"), required=False, help_text=_("For an exception only."))
    effective_on = forms.DateField(label=_("From"), widget=day_field())
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The partner reads it in the mail and on its page."),
    )

    def __init__(self, *args: Any, programs: Iterable[str], **kwargs: Any) -> None:  # noqa: ANN401  # Django's own
        super().__init__(*args, **kwargs)
        known = list(programs)
        self.fields["program"].choices = [(each, program_called(each)) for each in known]  # type: ignore[attr-defined]  # a ChoiceField
        tiers = list({tier: tier_called(tier, each) for each in known for tier in tiers_of(each)}.items())
        self.fields["tier"].choices = [("", "–"), *tiers]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """An exception names a tier of its own program."""
        found = super().clean() or {}
        tier = found.get("tier")
        if tier and tier not in tiers_of(found.get("program", "")):
            self.add_error("tier", _("This tier is one of another program."))
        return found


class BreachForm(forms.Form):
    """A breach of the program's rules, from which day, and which."""

    effective_from = forms.DateField(label=_("From"), widget=day_field())
    reason = forms.CharField(
        label=_("What happened"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The partner reads it in the mail and on its page."),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class DomainForm(forms.Form):
    """A domain."""

    domain = forms.CharField(label=_("Domain"), max_length=253, help_text=_("Such as example.com."))


class VendorContactForm(forms.Form):
    """Somebody at the vendor who looks after a partner."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.CharField(label=_("Role"), max_length=100)


class LevelForm(forms.Form):
    """A level of participation in a program."""

    level = forms.ChoiceField(label=_("Level"), choices=[("", "–"), *LEVELS])
    reason = forms.CharField(label=_("Reason"), max_length=1000)


class MoneyForm(forms.Form):
    """A form that asks for a currency which the rules of a day convert."""

    program: ClassVar[str | None] = None
    """The program that converts it; None for any."""
    paid_in: ClassVar[str] = "currency"

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:  # noqa: ANN401  # Django's own signature
        super().__init__(*args, **kwargs)
        offer(self, self.paid_in, currency_choices(on, self.program))


def offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Let a field of a form offer these choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  # whoever names it declared it so
    field.choices = choices


class CurrencyForm(MoneyForm):
    """The currency in which a partner's commissions are paid."""

    currency = forms.ChoiceField(
        label=_("Currency of commissions"),
        help_text=_("It holds from the next statement on; what was issued stays as it is."),
    )


class ApplicationForm(MoneyForm):
    """A company that asks to join."""

    paid_in = "payment_currency"

    company = forms.CharField(label=_("Company"), max_length=200)
    country = forms.ChoiceField(label=_("Country"))
    domain = forms.CharField(
        label=_("E-mail domain of your company"), max_length=253, help_text=_("Such as example.com.")
    )
    contact = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(label=_("Your e-mail address"), max_length=254)
    level = forms.ChoiceField(label=_("How you want to take part"), choices=LEVELS)
    payment_currency = forms.ChoiceField(label=_("Currency of your commissions"))
    message = forms.CharField(
        label=_("What you do for customers"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:  # noqa: ANN401  # Django's own signature
        super().__init__(*args, **kwargs)
        names = Locale(language).territories
        found = sorted((str(names[code]), code) for code in country_codes() if code in names)
        offer(self, "country", [("", "–"), *((code, said) for said, code in found)])


class InfluenceForm(MoneyForm):
    """A deal that a technology partner sourced or supported."""

    program = WITH_FORM

    customer_said = forms.CharField(
        label=_("Customer"), max_length=200, help_text=_("The company’s name and its domain.")
    )
    role = forms.ChoiceField(label=_("What you did"), choices=Influenced.Role.choices)
    amount = forms.DecimalField(
        label=_("Monthly revenue of the deal"), min_value=0, max_digits=14, decimal_places=2, required=False,
        help_text=_("Without tax, if you know it."),
    )  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"))
    closed_on = forms.DateField(label=_("Closed on"), widget=day_field())
    story = forms.CharField(
        label=_("What happened"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who spoke with whom, and when: it lets us match your submission with the deal."),
    )


class MatchForm(MoneyForm):
    """The deal that the vendor matches a submission with."""

    program = WITH_FORM

    customer_id = forms.CharField(label=_("Customer’s id"), max_length=100)
    amount = forms.DecimalField(label=_("Monthly revenue of the deal"), min_value=0, max_digits=14, decimal_places=2)
    currency = forms.ChoiceField(label=_("Currency"))


def minor(amount: Decimal | None, currency: str) -> int | None:
    """An amount of major units as minor units of its currency, none for none; what is smaller is cut off."""
    return None if amount is None else int(amount.scaleb(exponent(currency)))


def major(amount_minor: int | None, currency: str) -> Decimal | None:
    """An amount of minor units as major units of its currency, none for none."""
    return None if amount_minor is None else Decimal(amount_minor).scaleb(-exponent(currency))


def tiers_of(program: str) -> list[str]:
    """The tiers of a program, the lowest first."""
    found = rules(program)
    return [] if found is None else [each.tier for each in found.program.tiers]
