"""What a sign-in writes into its session, and what happens to the tables that the portal needs besides its models."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_logged_in as entered
from django.contrib.auth.signals import user_logged_in
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from palier.portal.people.middleware import BEGAN, SEEN
from palier.portal.people.single_sign_on import remember


@receiver(user_logged_in)
def note_beginning(request: HttpRequest, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
    """A session counts its hours from its sign-in."""
    del kwargs
    request.session[BEGAN] = request.session[SEEN] = int(timezone.now().timestamp())


@receiver(entered)
def note_provider(request: HttpRequest, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
    """A session knows whose provider opened it."""
    remember(request, kwargs.get("sociallogin"))


@receiver(post_migrate)
def make_cache_table(using: str, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
    """The table of the cache stands wherever the portal's other tables do; limits are counted in it."""
    if kwargs["sender"].label == "people":
        call_command("createcachetable", database=using, verbosity=0)
