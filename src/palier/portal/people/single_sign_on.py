"""Signing in through an organisation's own OpenID Connect provider: who comes in, and into what.

A provider speaks for one organisation and for its domains only. A session opened by it acts for that organisation and
no other, and cannot change how the account is entered: otherwise a partner's provider could open the vendor's pages to
somebody who belongs to both.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone

from palier.portal.journal.actions import record
from palier.portal.people.actions import is_open, journal_membership, take
from palier.portal.people.errors import DomainTakenError, NotAllowedError, RoleNotHereError
from palier.portal.people.models import IdentityProvider, Invitation, Membership, Organisation, ProviderDomain, User
from palier.portal.people.permissions import may_govern
from palier.portal.roles import ROLES

BY = "single_sign_on"
"""The session's key: the organisation whose provider opened it, and whether that asked a second factor."""
STRONG = frozenset({"mfa", "otp", "hwk", "swk", "fpt", "face", "iris", "sc"})
"""Values of `amr` (RFC 8176) by which a provider says that it asked more than a password."""


class ByOrganisation(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """Allauth's adapter of other providers: it lets in the organisation's own people."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let the person in or turn them away, before anybody is signed in."""
        provider = IdentityProvider.objects.select_related("organisation", "app").get(app=sociallogin.provider.app)
        account_user = sociallogin.user if sociallogin.is_existing else None
        with transaction.atomic():
            user = admit(provider, said=_said(sociallogin), known=account_user, at=timezone.now())
            if user is not None and account_user is None:
                sociallogin.connect(request, user)
        if user is None:
            shown = {"organisation": provider.organisation}
            raise ImmediateHttpResponse(render(request, "people/not_admitted.html", shown, status=403))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody registers: whoever is admitted has an account by then."""
        del request, sociallogin
        return False

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """An address alone opens no account; `admit` decides."""
        del login, email
        return False


def _said(sociallogin: SocialLogin) -> dict[str, Any]:
    """What the provider says of the person."""
    told = sociallogin.account.extra_data
    return {**told.get("id_token", {}), **told.get("userinfo", {})}


def admit(provider: IdentityProvider, *, said: dict[str, Any], known: User | None, at: datetime) -> User | None:
    """Whom a provider's word lets in: a member, one invited, or one whom the organisation admits; None otherwise.

    An address counts where the provider calls it verified and the domain is the provider's.
    """
    organisation = provider.organisation
    if known is not None:
        return known if known.is_active and _belongs(known, organisation) else None
    email = str(said.get("email", "")).strip().lower()
    if said.get("email_verified") is not True or not _speaks_for(provider, email):
        return None
    user = User.objects.filter(email__iexact=email).first()
    if user is not None and (not user.is_active or _belongs(user, organisation)):
        return user if user.is_active else None
    open_ones = Invitation.objects.filter(organisation=organisation, email__iexact=email)
    invitation = next((each for each in open_ones if is_open(each, at)), None)
    if invitation is None and not provider.admits:
        return None
    if user is None:
        language = invitation.language if invitation is not None else "en"
        user = User.objects.create_user(email, name=str(said.get("name", ""))[:200], language=language)
    if invitation is not None:
        take(invitation, user=user, at=at)
        return user
    membership = Membership.objects.create(user=user, organisation=organisation, role=provider.admits)
    journal_membership(
        user, "membership.began", membership, at, after={"role": membership.role, "by": "identity provider"}
    )
    return user


def _belongs(user: User, organisation: Organisation) -> bool:
    return Membership.objects.filter(user=user, organisation=organisation, ended_at=None).exists()


def _speaks_for(provider: IdentityProvider, email: str) -> bool:
    return provider.domains.filter(domain=email.rpartition("@")[2]).exists()


def remember(request: HttpRequest, sociallogin: SocialLogin | None) -> None:
    """Write into a new session by whose provider it was opened."""
    request.session.pop(BY, None)
    if sociallogin is None:
        return
    provider = IdentityProvider.objects.get(app=sociallogin.provider.app)
    methods = _said(sociallogin).get("amr", [])
    strong = isinstance(methods, list) and not STRONG.isdisjoint(str(each) for each in methods)
    request.session[BY] = {"organisation": provider.organisation_id, "second_factor": strong}


def opened_by(request: HttpRequest) -> dict[str, Any] | None:
    """The organisation whose provider opened the session; None after a sign-in of our own."""
    found: dict[str, Any] | None = request.session.get(BY)
    return found


def provider_for(email: str) -> IdentityProvider | None:
    """The provider at which somebody with this address signs in."""
    domain = email.strip().lower().rpartition("@")[2]
    found = ProviderDomain.objects.select_related("provider__app", "provider__organisation").filter(domain=domain)
    first = found.first()
    return first.provider if first is not None else None


@transaction.atomic
def set_provider(
    by: Membership,
    *,
    organisation: Organisation,
    issuer: str,
    client_id: str,
    secret: str,
    domains: Iterable[str],
    admits: str,
    at: datetime,
) -> IdentityProvider:
    """Set how an organisation's people sign in; an empty secret keeps the one before.

    Raises:
        NotAllowedError: only the vendor's administrator does: the address of a provider is one that we call.
        RoleNotHereError: whoever comes uninvited would get a role that the organisation does not have.
        DomainTakenError: a domain belongs to another organisation's provider.
    """
    if not may_govern(by):
        raise NotAllowedError
    if admits and admits not in ROLES[organisation.kind]:
        raise RoleNotHereError
    wanted = sorted({each.strip().lower().lstrip("@") for each in domains if each.strip()})
    for other in ProviderDomain.objects.filter(domain__in=wanted).exclude(provider__organisation=organisation):
        raise DomainTakenError(other.domain)
    provider = IdentityProvider.objects.select_related("app").filter(organisation=organisation).first()
    app = provider.app if provider is not None else SocialApp(provider="openid_connect")
    app.provider_id, app.name = f"organisation-{organisation.pk}", organisation.name[:40]
    app.client_id, app.secret, app.settings = client_id, secret or app.secret, {"server_url": issuer}
    app.save()
    if provider is None:
        provider = IdentityProvider(organisation=organisation, app=app)
    provider.admits = admits
    provider.save()
    provider.domains.all().delete()
    ProviderDomain.objects.bulk_create(ProviderDomain(provider=provider, domain=each) for each in wanted)
    after = {"issuer": issuer, "client_id": client_id, "domains": wanted, "admits": admits}
    record(
        actor=by.user.pseudonym, verb="identity_provider.set", subject_kind="organisation",
        subject_id=str(organisation.pk), at=at, after=after,
    )  # fmt: skip
    return provider


@transaction.atomic
def remove_provider(by: Membership, *, organisation: Organisation, at: datetime) -> None:
    """Take an organisation's provider away: its people sign in with what else they have.

    Raises:
        NotAllowedError: only the vendor's administrator does.
    """
    if not may_govern(by):
        raise NotAllowedError
    SocialApp.objects.filter(identity_provider__organisation=organisation).delete()
    record(
        actor=by.user.pseudonym, verb="identity_provider.removed", subject_kind="organisation",
        subject_id=str(organisation.pk), at=at,
    )  # fmt: skip
