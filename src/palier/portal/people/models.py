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
