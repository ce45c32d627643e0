"""One act on many dossiers: what it asks for, how far it is, how each of them fared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from motcua.engines.cases.models import Task, TaskState
from motcua.engines.ledger.actor import Actor
from motcua.foundation import clock
from motcua.foundation.errors import Invalid
from motcua.foundation.keys import new_id
from motcua.interfaces.desk import lists
from motcua.interfaces.desk.access import actor_of, officer
from motcua.interfaces.desk.frame import desk_page
from motcua.interfaces.desk.rows import procedure_names
from motcua.interfaces.signing_in.posts import POST
from motcua.services.dossiers import queries
from motcua.services.dossiers.models import BulkRow, BulkRun, RowState
from motcua.services.dossiers.office import bulk as runs
from motcua.services.dossiers.office import worklists
from motcua.services.dossiers.office.people import people_for
from motcua.services.dossiers.office.seen import proposals_of, seen_by

MOST_PAIRS = 12
"""Of so many different steps the people are looked up who may be given all of them."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An act on many rows. ``asks``: it wants something to be filled in or looked at first."""

    verb: str
    label: Promise
    said: Promise
    key: str = ""
    asks: bool = False


OFFERS: dict[str, Offer] = {
    each.verb: each
    for each in (
        Offer("accept", gettext_lazy("Accept"), gettext_lazy("Accepted"), "A"),
        Offer("claim", gettext_lazy("Take in hand"), gettext_lazy("Taken in hand"), "C"),
        Offer("release", gettext_lazy("Give back to the unit"), gettext_lazy("Given back to the unit"), "U"),
        Offer("pass_on", gettext_lazy("Pass on"), gettext_lazy("Passed on"), "F", asks=True),
        Offer("approve", pgettext_lazy("many", "Approve and sign"), gettext_lazy("Signed"), "Q", asks=True),
        Offer("hand_over", gettext_lazy("Make a hand-over sheet"), gettext_lazy("Put on a hand-over sheet"), "B"),
        Offer("assign", gettext_lazy("Assign"), gettext_lazy("Assigned"), "P", asks=True),
        Offer("remind", gettext_lazy("Remind"), gettext_lazy("Reminded"), "E"),
    )
}


def offers_for(actor: Actor, stages: Sequence[str] = worklists.STAGES) -> list[Offer]:
    """What may be done to several rows of a list that shows these kinds of work."""
    verbs = []
    if "intake" in stages and actor.may("dossier.receive"):
        verbs.append("accept")
    if "transfer" in stages and actor.may("dossier.receive"):
        verbs.append("hand_over")
    verbs += ["claim", "release"]
    if "process" in stages and actor.may("dossier.process"):
        verbs.append("pass_on")
    if "sign" in stages and actor.may("dossier.sign"):
        verbs.append("approve")
    if actor.may(worklists.LEAD):
        verbs += ["assign", "remind"]
    return [OFFERS[verb] for verb in verbs]


@officer
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Begins an act on the marked rows, or asks first for what it needs. The same form sent twice is one act."""
    actor = actor_of(request)
    asked = lists.read(QueryDict(request.POST.get("list", "")[:500]))
    chosen = _chosen(request, actor, asked)
    offer = OFFERS.get(request.POST.get("verb", ""))
    back = _back(asked)
    if offer is None or not chosen:
        messages.warning(request, _("Mark the rows first.") if not chosen else _("There is no such action."))
        return HttpResponseRedirect(back)
    params: dict[str, Any] = {}
    if offer.asks:
        form = _Asking(request, actor, offer, chosen, asked)
        if "sure" not in request.POST or not form.valid():
            return form.page()
        params = form.params
    try:
        run = runs.begin_run(
            actor,
            offer.verb,
            chosen,
            params=params,
            post=str(request.session.get(POST) or ""),
            back=asked.query,
            token=request.POST.get("token", "")[:40],
        )
    except Invalid as error:
        messages.error(request, " ".join(_(line) for lines in error.fields.values() for line in lines))
        return HttpResponseRedirect(back)
    progress = runs.progress(run)
    if progress.over and not progress.refused and offer.verb != "hand_over":
        text = ngettext("%(count)d dossier done.", "%(count)d dossiers done.", progress.done)
        messages.success(request, f"{offer.said}: " + text % {"count": progress.done})
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(reverse("desk:bulk_run", args=[run.pk]))


def _chosen(request: HttpRequest, actor: Actor, asked: lists.Asked) -> list[UUID]:
    """The marked dossiers; or the whole list as far as one act goes."""
    if request.POST.get("whole"):
        return [task.case_id for task in worklists.page(actor, asked.wanted, limit=runs.MOST).tasks]
    keys = []
    for text in request.POST.getlist("dossier")[: runs.MOST]:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(keys))


def _back(asked: lists.Asked) -> str:
    return reverse("desk:worklist") + (f"?{asked.query}" if asked.query else "")


class _Asking:
    """What an act on many wants to know before it begins, and what was answered."""

    def __init__(
        self, request: HttpRequest, actor: Actor, offer: Offer, chosen: list[UUID], asked: lists.Asked
    ) -> None:
        self.request, self.actor, self.offer, self.asked = request, actor, offer, asked
        found = {each.pk: each for each in queries.visible_to(actor).filter(pk__in=chosen).select_related("case")}
        self.dossiers = [found[key] for key in chosen if key in found]
        self.errors: list[tuple[str, str]] = []
        self.params: dict[str, Any] = {}
        self.people = self._people() if offer.verb == "assign" else []
        self.seen = seen_by(actor, [dossier.pk for dossier in self.dossiers]) if offer.verb == "approve" else set()

    def _people(self) -> list[Any]:
        """Who may be given each of these steps."""
        tasks = Task.objects.filter(case__in=[each.pk for each in self.dossiers], state=TaskState.OPEN)
        pairs = list(tasks.values_list("stage", "unit_id").distinct()[:MOST_PAIRS])
        held = [{person.pk: person for person in people_for(stage, unit)} for stage, unit in pairs]
        if not held:
            return []
        return [person for key, person in held[0].items() if all(key in others for others in held[1:])]

    def valid(self) -> bool:
        if self.offer.verb == "assign":
            wanted = self.request.POST.get("user", "")
            if wanted not in {str(person.pk) for person in self.people}:
                self.errors.append(("user", _("Choose a person.")))
            self.params = {"user": wanted}
        elif self.offer.verb == "pass_on":
            self.params = {"opinion": self.request.POST.get("opinion", "").replace("\0", "").strip()[:4000]}
        else:
            self.params = {"seen": sorted(str(key) for key in self.seen)}
        return not self.errors

    def page(self) -> HttpResponse:
        names = procedure_names(self.dossiers)
        said = proposals_of([each.pk for each in self.dossiers]) if self.offer.verb == "approve" else {}
        rows = [
            {
                "dossier": each,
                "procedure": names.get(each.procedure_version_id, ""),
                "seen": each.pk in self.seen,
                "said": said.get(each.pk),
            }
            for each in self.dossiers
        ]
        context = {
            "offer": self.offer,
            "rows": rows,
            "people": self.people,
            "errors": self.errors,
            "opinion": self.request.POST.get("opinion", ""),
            "asked": self.asked,
            "token": self.request.POST.get("token", "")[:40] or str(new_id()),
            "unseen": self.offer.verb == "approve" and any(not row["seen"] for row in rows),
            "now": clock.now(),
        }
        status = 422 if self.errors else 200
        return desk_page(self.request, "desk/bulk_ask.html", context, place="worklist", status=status)


@officer
@require_safe
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """How far an act on many is; the page asks again by itself until it is over."""
    actor = actor_of(request)
    found = runs.run_of(actor, run_id)
    context = {"run": found, **_state(found)}
    if request.headers.get("HX-Request") == "true":
        return render(request, "desk/_bulk_run.html", context)
    return desk_page(request, "desk/bulk_run.html", context, place="worklist")


def _state(found: BulkRun) -> dict[str, Any]:
    progress = runs.progress(found)
    rows = BulkRow.objects.filter(run=found).select_related("dossier", "made").order_by("position")
    shown = [(row, _said(row)) for row in rows]
    offer = OFFERS[found.verb]
    return {
        "offer": offer,
        "progress": progress,
        "refused": [pair for pair in shown if pair[0].state == RowState.REFUSED],
        "done": [pair for pair in shown if pair[0].state == RowState.DONE],
        "waiting": [pair for pair in shown if pair[0].state == RowState.WAITING],
        "sheets": list({row.made_id: row.made for row, _why in shown if row.made is not None}.values()),
        "back": _back(lists.read(QueryDict(found.back))),
        "now": clock.now(),
    }


def _said(row: BulkRow) -> str:
    """Why a row was not done, in the reader's language."""
    if not row.said:
        return ""
    lines = [_(line) for lines in row.said.get("fields", {}).values() for line in lines]
    said = str(row.said["msgid"])
    text = _(said) % row.said["params"] if row.said["params"] else _(said)
    return " ".join(lines) or text
