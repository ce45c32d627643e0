"""A pile of papers on the counter: their codes come from a scanner one after another, then one act on all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.engines.organisations.queries import directory
from motcua.foundation import clock
from motcua.foundation.keys import new_id
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.frame import WORK, desk_page
from motcua.interfaces.desk.models import Scanned
from motcua.interfaces.desk.rows import procedure_names
from motcua.interfaces.desk.views.bulk import offers_for
from motcua.services.dossiers import queries
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.office import bulk as runs
from motcua.services.dossiers.searching import search

KEPT: Final = timedelta(hours=16)
"""A pile is of one working day; what stands longer was left behind."""

_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9.\-]{2,59}")


@dataclass(frozen=True, slots=True)
class Line:
    """One dossier of the pile, as it stands now."""

    dossier: Dossier
    procedure: str
    holder: str


@holding(*WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def batch(request: HttpRequest) -> HttpResponse:
    """The pile. A POST adds a code (``code``) or clears it (``clear``)."""
    trouble = ""
    if request.method == "POST":
        trouble = _change(request)
        if request.headers.get("HX-Request") != "true":
            if trouble:
                messages.error(request, trouble)
            return HttpResponseRedirect(reverse("desk:batch"))
        return render(request, "desk/_pile.html", {**_pile(request), "trouble": trouble})
    return desk_page(request, "desk/batch.html", _pile(request), place="batch")


def _change(request: HttpRequest) -> str:
    """Changes the pile. Returns what was wrong with the code, if anything."""
    pile = Scanned.objects.filter(owner=actor_of(request).id)
    if "clear" in request.POST:
        pile.delete()
        return ""
    text = code_of(request.POST.get("code", ""))
    if not text:
        return _("Scan or type the code of a dossier.")
    found = search(actor_of(request), text, limit=2) if _CODE.fullmatch(text) else []
    exact = [dossier for dossier in found if dossier.code == text] or found
    if len(exact) != 1:
        return _("No dossier of your units has the code %(code)s.") % {"code": text[:60]}
    now = clock.now()
    pile.filter(at__lt=now - KEPT).delete()
    if pile.count() >= runs.MOST:
        return _("At most 500 dossiers at once. Please do the rest afterwards.")
    _row, added = Scanned.objects.get_or_create(
        owner_id=actor_of(request).id, dossier_id=exact[0].pk, defaults={"at": now}
    )
    return "" if added else _("%(code)s is in the pile already.") % {"code": exact[0].code}


def code_of(scanned: str) -> str:
    """The code in what a scanner gives: the code itself, or the address that the QR code on a receipt holds."""
    text = "".join(scanned.split())[:300]
    if "://" in text:
        address = urlsplit(text)
        text = parse_qs(address.query).get("code", [address.path.rstrip("/").rpartition("/")[2]])[0]
    return text.upper()


def _pile(request: HttpRequest) -> dict[str, Any]:
    actor = actor_of(request)
    fresh = Scanned.objects.filter(owner=actor.id, at__gte=clock.now() - KEPT)
    keys = list(fresh.values_list("dossier_id", flat=True)[: runs.MOST])
    found = {row.pk: row for row in queries.visible_to(actor).filter(pk__in=keys).select_related("case")}
    names, units = procedure_names(found.values()), directory().by_id
    lines = []
    for key in keys:
        if key in found:
            dossier = found[key]
            holder = units[dossier.case.holder_id].label if dossier.case.holder_id in units else ""
            lines.append(Line(dossier, names.get(dossier.procedure_version_id, ""), holder))
    return {"lines": lines, "offers": offers_for(actor), "token": str(new_id()), "now": clock.now()}
