"""What the pages of a walk-in share: one's own alone, saved after every step, the line of steps above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.functional import Promise

from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.access import actor_of
from motcua.interfaces.desk.frame import desk_page
from motcua.interfaces.desk.intake import is_assisted, steps_of
from motcua.interfaces.desk.models import Intake


def mine(request: HttpRequest, intake_id: UUID) -> Intake:
    """One's own walk-in; ``NotFound`` for a colleague's."""
    found = Intake.objects.filter(pk=intake_id, owner_id=actor_of(request).id).first()
    if found is None:
        raise NotFound("There is nothing begun under this address, or it is a colleague's.")
    return found


def keep(found: Intake, **data: Any) -> None:
    """Saves what was typed."""
    found.data = {**found.data, **data}
    found.saved_at = clock.now()
    found.save(update_fields=["data", "saved_at"])


def saved(found: Intake) -> HttpResponse:
    """The answer to what a page saves by itself while one types."""
    return JsonResponse({"saved_at": found.saved_at.astimezone(VIETNAM).strftime("%H:%M")})


def go(found: Intake, name: str) -> HttpResponse:
    """To another step."""
    return HttpResponseRedirect(reverse("desk:intake_step", args=[found.pk, name]))


def line_of(steps: Sequence[tuple[str, Promise, str]], current: str) -> list[dict[str, Any]]:
    """The line of steps (key, label, address) as the template shows it."""
    place = next(index for index, (key, _label, _url) in enumerate(steps) if key == current)
    return [
        {"label": label, "url": url, "done": index < place, "current": index == place}
        for index, (_key, label, url) in enumerate(steps)
    ]


def show(
    request: HttpRequest,
    found: Intake,
    name: str,
    context: dict[str, Any],
    status: int = 200,
    line: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    """The page of a step with the line of steps above it; ``line``: another one than that of a single procedure."""
    shown = line or line_of(
        [(key, label, reverse("desk:intake_step", args=[found.pk, key])) for key, label in steps_of(found)], name
    )
    unit = directory().by_id.get(found.unit_id)
    context |= {
        "intake": found,
        "steps": shown,
        "unit": unit,
        "person": found.data.get("person", {}),
        "agent": found.data.get("agent", {}),
        "assisted": is_assisted(found),
    }
    place = "assist" if is_assisted(found) else "intake"
    return desk_page(request, f"desk/intake/{name}.html", context, place=place, status=status)
