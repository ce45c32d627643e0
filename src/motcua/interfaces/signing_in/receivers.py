"""What follows from allauth's signals."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from motcua.interfaces.signing_in.sessions import note_second_factor


@receiver(authenticator_added, dispatch_uid="second_factor_set_up")
def set_up(sender: Any, request: HttpRequest, **details: Any) -> None:
    """Setting up a second factor proves that one has it."""
    note_second_factor(request)
