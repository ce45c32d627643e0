"""Administrators' first page: what there is to keep, as far as one's permissions go."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.frame import ADMINISTRATION, desk_page


@holding(*ADMINISTRATION)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Tiles of the rooms."""
    return desk_page(request, "desk/administration/home.html", {}, place="administration")
