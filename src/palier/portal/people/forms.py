"""What people fill in: invitations, organisations, their own page, how an organisation signs in."""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from palier.portal.people.models import Organisation, User
from palier.portal.people.preferences import KINDS
from palier.portal.roles import ROLES

_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def roles_of(kind: str) -> list[tuple[str, Any]]:
    """The roles of a kind of organisation, to choose from."""
    return [(role.value, role.label) for role in ROLES[kind]]


class InvitationForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"))
    language = forms.ChoiceField(label=_("Language of the mail"), choices=User.LANGUAGES)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        # Nobody becomes an administrator because a form was sent as it stood.
        least = ROLES[kind][-1]
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=roles_of(kind), initial=least)


class OrganisationForm(forms.Form):
    """The organisation of a partner or customer of the facts, and whom to invite first."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (Organisation.Kind.PARTNER.value, Organisation.Kind.PARTNER.label),
            (Organisation.Kind.CUSTOMER.value, Organisation.Kind.CUSTOMER.label),
        ],
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    fact_id = forms.RegexField(
        r"^[\w.:-]+$",
        label=_("Id"),
        max_length=100,
        help_text=_("The partner_id or customer_id under which the facts speak of it."),
    )
    email = forms.EmailField(label=_("E-mail address of whoever will run it"), max_length=254)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=User.LANGUAGES)


class AcceptanceForm(forms.Form):
    """Who takes an invitation without having an account."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        self.email = email
        without = _("Without one you sign in by codes that we mail you, and later by passkey.")
        rules = password_validators_help_text_html()
        self.fields["password"].help_text = mark_safe(f"{without}{rules}")  # noqa: S308  # Django's own, escaped

    def clean(self) -> dict[str, Any]:
        """Check the password against the person it is for."""
        cleaned = super().clean() or {}
        if cleaned.get("password"):
            person = User(email=self.email, name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class OwnForm(forms.ModelForm):  # type: ignore[type-arg]  # Django takes no argument at run time
    """A person's name and language."""

    class Meta:
        """Two fields: the address changes by a new invitation only."""

        model = User
        fields = ("name", "language")


class MailsForm(forms.Form):
    """The kinds of mail that somebody wants."""

    wanted = forms.MultipleChoiceField(
        label=_("Send me"),
        required=False,
        choices=list(KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )


class FactorsForm(forms.Form):
    """The roles that need a second factor."""

    roles = forms.MultipleChoiceField(
        label=_("Roles that need a second factor"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        kinds = [(Organisation.Kind(kind).label, roles_of(kind)) for kind in ROLES]
        self.fields["roles"] = forms.MultipleChoiceField(
            label=_("Roles that need a second factor"),
            required=False,
            choices=[(role, f"{label} · {said}") for label, roles in kinds for role, said in roles],
            widget=forms.CheckboxSelectMultiple,
        )


class ProviderForm(forms.Form):
    """How an organisation's people sign in through their own OpenID Connect provider."""

    issuer = forms.URLField(
        label=_("Address of the provider"),
        max_length=500,
        assume_scheme="https",
        help_text=_("The issuer: below it stands /.well-known/openid-configuration."),
    )
    client_id = forms.CharField(label=_("Client id"), max_length=191)
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=191,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("It is kept and never shown; leave it empty to keep the one that is there."),
    )
    domains = forms.CharField(
        label=_("Domains"),
        help_text=_("The e-mail domains for which the provider speaks, separated by commas."),
    )
    admits = forms.ChoiceField(label=_("Role of whoever comes without an invitation"), required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        nobody = [("", _("Nobody comes without one"))]
        self.fields["admits"] = forms.ChoiceField(
            label=_("Role of whoever comes without an invitation"),
            required=False,
            choices=[*nobody, *roles_of(kind)],
        )

    def clean_issuer(self) -> str:
        """We call this address: it is public and encrypted, except where the portal itself is on this machine."""
        said: str = self.cleaned_data["issuer"].rstrip("/")
        if settings.ENVIRONMENT.public and (urlsplit(said).scheme != "https" or not _is_public(said)):
            raise forms.ValidationError(_("The address begins with https:// and is reachable from outside."))
        return said

    def clean_domains(self) -> list[str]:
        """Domains, each once."""
        found = [each.strip().lower().lstrip("@") for each in self.cleaned_data["domains"].split(",") if each.strip()]
        wrong = [each for each in found if _DOMAIN.fullmatch(each) is None]
        if wrong:
            raise forms.ValidationError(
                _("These are not domains: %(wrong)s. Write them as in example.com, example.fr."),
                params={"wrong": ", ".join(wrong)},
            )
        return found


def _is_public(address: str) -> bool:
    """Whether a host's addresses are all reachable from outside: no call goes to machines beside ours."""
    try:
        found = socket.getaddrinfo(urlsplit(address).hostname, None)
    except OSError:
        return False
    return all(ipaddress.ip_address(each[4][0]).is_global for each in found)


class SignInForm(forms.Form):
    """The address by which an organisation's sign-in is found."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
