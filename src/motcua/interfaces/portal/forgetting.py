"""Deleting what was begun, after asking: one draft, or those of linked procedures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from motcua.interfaces.portal.frame import portal_page


def asked_to_forget(
    request: HttpRequest, template: str, context: dict[str, Any], forget: Callable[[], None]
) -> HttpResponse:
    """Asks; when it is confirmed, forgets and goes back to the person's dossiers."""
    if request.method != "POST":
        return portal_page(request, template, context, nav="dossiers")
    forget()
    messages.success(request, gettext("The draft is deleted."))
    return HttpResponseRedirect(reverse("portal:my_dossiers"))
