"""The pages of a kiosk: the card, what one wants, the code to take away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.foundation.errors import Invalid
from motcua.interfaces.portal import kiosk
from motcua.interfaces.portal.frame import portal_page
from motcua.services.procedures.models import LifeEvent


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Scan the card; then say what one wants to do."""
    kiosk.require_switched_on()
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            kiosk.enter(request, request.POST.get("card", "")[:2000], request.POST.get("birth", "")[:20])
        except Invalid as error:
            problems = {name: lines[0] for name, lines in error.fields.items()}
        else:
            return HttpResponseRedirect(reverse("portal:kiosk"))
    context = {
        "kiosk_name": request.session[kiosk.CARD]["name"] if kiosk.is_kiosk(request) else "",
        "problems": problems,
        "pairs": [(f"id_{name}", said) for name, said in problems.items()],
        "events": LifeEvent.objects.order_by("position")[:8] if kiosk.is_kiosk(request) else [],
    }
    return kiosk.mark_machine(portal_page(request, "kiosk.html", context, status=422 if problems else 200))


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """“Finish”: the session is gone, and what was begun with it."""
    kiosk.require_switched_on()
    return kiosk.leave(request)


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The code of what was submitted, to write down or photograph."""
    kiosk.require_switched_on()
    code = request.session.get(kiosk.DONE, "")
    if not code:
        return HttpResponseRedirect(reverse("portal:kiosk"))
    return kiosk.mark_machine(portal_page(request, "kiosk_done.html", {"code": code}))
