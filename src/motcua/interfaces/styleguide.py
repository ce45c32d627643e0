"""Every component of the house on one page, in both themes; served only in debug and demo mode."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(request: HttpRequest) -> HttpResponse:
    """The style guide. ``?on=desk`` shows it with the desk's type and density, ``&theme=dark`` in the dark."""
    return render(request, "styleguide/page.html")
