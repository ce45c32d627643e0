"""What is asked when a citizen makes an account."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from motcua.engines.accounts.models import User


class CitizenSignUp(forms.Form):
    """Added to allauth's fields (setting ``ACCOUNT_SIGNUP_FORM_CLASS``)."""

    full_name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        strip=True,
        help_text=_("As on your identity card"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """The adapter has taken the name already."""
