"""Who may come in: users, the three kinds of organisation, and who is what where."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from palier.portal.roles import Role


class UserManager(BaseUserManager["User"]):
    """Makes users by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:  # noqa: ANN401
        """Make a user; without a password the account is entered by invitation or code only."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


def new_pseudonym() -> str:
    """A name for the journal that says nothing of the person."""
    return uuid4().hex


class User(AbstractBaseUser):
    """A person with an e-mail address and a language."""

    LANGUAGES: ClassVar = [("en", "English"), ("fr", "Français")]

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="en")
    is_active = models.BooleanField(default=True)
    pseudonym = models.CharField(max_length=32, unique=True, default=new_pseudonym, editable=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        """One account an address, however it is written."""

        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email


class Organisation(models.Model):
    """The vendor, a partner or a customer."""

    class Kind(models.TextChoices):
        """What an organisation is in this installation."""

        VENDOR = "vendor", _("vendor")
        PARTNER = "partner", _("partner")
        CUSTOMER = "customer", _("customer")

    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200)
    fact_id = models.CharField(
        max_length=100, blank=True, help_text="The partner_id or customer_id under which facts speak of it."
    )
    people = models.ManyToManyField(User, through="Membership", related_name="organisations")

    class Meta:
        """One vendor; a partner or customer of the facts is one organisation."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=["vendor", "partner", "customer"]), name="organisation_kind"),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="vendor"), name="organisation_one_vendor"),
            models.UniqueConstraint(
                fields=["kind", "fact_id"], condition=~Q(fact_id=""), name="organisation_fact_id_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in an organisation, from its start until it ended."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One living membership a person and organisation; the role is one that exists."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation"], condition=Q(ended_at=None), name="membership_once"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.organisation}"


class Invitation(models.Model):
    """An open seat in an organisation, held for an e-mail address until it is taken, withdrawn or past its day."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    language = models.CharField(_("language"), max_length=2, choices=User.LANGUAGES, default="en")
    token_hash = models.CharField(max_length=64, unique=True, help_text="The token itself stands in the mail only.")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """One open invitation an address and organisation; taken or withdrawn, not both; taken by somebody."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                "organisation",
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="invitation_taken_or_withdrawn"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_taken_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.organisation}"


class RequiredFactor(models.Model):
    """A role that is entered with a second factor only."""

    role = models.CharField(max_length=20, choices=Role, unique=True)
    required_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    required_at = models.DateTimeField()

    class Meta:
        """A role that exists."""

        constraints: ClassVar = [models.CheckConstraint(condition=Q(role__in=Role.values), name="required_factor_role")]

    def __str__(self) -> str:
        return self.get_role_display()


class IdentityProvider(models.Model):
    """Where the people of an organisation sign in: its own OpenID Connect provider."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="identity_provider")
    app = models.OneToOneField("socialaccount.SocialApp", on_delete=models.CASCADE, related_name="identity_provider")
    admits = models.CharField(
        max_length=20,
        choices=Role,
        blank=True,
        help_text="The role of whoever comes in without an invitation; nobody does while it is empty.",
    )

    class Meta:
        """A role that exists."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(admits__in=["", *Role.values]), name="identity_provider_role")
        ]

    def __str__(self) -> str:
        return f"{self.app.name}, {self.organisation}"


class ProviderDomain(models.Model):
    """A domain of e-mail addresses for which an organisation's identity provider speaks, and no other."""

    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, unique=True)

    def __str__(self) -> str:
        return self.domain


class MailPreference(models.Model):
    """Whether somebody wants a kind of mail that is not a notice of service."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mail_preferences")
    kind = models.CharField(max_length=60)
    wanted = models.BooleanField()

    class Meta:
        """One answer a person and kind."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "kind"], name="mail_preference_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.wanted}"
