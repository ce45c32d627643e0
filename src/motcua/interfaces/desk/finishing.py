"""After an act: straight to the next of the list, with a word of what was done and, where it can be, a way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from motcua.engines.cases.models import Task
from motcua.engines.ledger.actor import Actor
from motcua.foundation.errors import Conflict, NotFound
from motcua.interfaces.desk import lists
from motcua.interfaces.desk.access import actor_of, officer
from motcua.interfaces.desk.frame import LIST
from motcua.services.dossiers import actions, queries
from motcua.services.dossiers.actions.undoing import take_back
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.office import worklists
from motcua.services.dossiers.office.worklists import Position

DONE: Final = "desk_done"
"""Where the session keeps what was just done, for the next page to say."""

FROM: Final = "desk_from"
"""Where the session keeps the page from which dossiers are opened, where that is not the worklist itself."""

ONWARD: Final = frozenset(
    {
        "accept", "refuse", "supplement", "pass_on", "send_back", "complete", "return", "answer_opinion",
        "ask_opinions",
        "hand_over", "take_in", "extend", "stop", "give_at_once", "close_unanswered", "demand_payment",
    }
)  # fmt: skip
"""Acts after which the dossier is off one's table: on to the next. After others one stays."""

BACK: Final = frozenset({"claim", "release", "pass_on", "send_back"})
"""Acts that can be taken back as long as nobody has gone on from them. What starts or stops the clock, or tells the
applicant something, is not among them."""


@dataclass(frozen=True, slots=True)
class Done:
    """What the next page says: the act, of which dossier, and whether it can be taken back."""

    said: str
    code: str
    url: str
    undo: dict[str, str] | None


def place_of(task: Task | None) -> Position | None:
    """Where the row stands in its list before the act; the list goes on from there."""
    return (task.due_at, task.id) if task is not None else None


def onward(
    request: HttpRequest,
    actor: Actor,
    dossier: Dossier,
    verb: str,
    said: str,
    *,
    task: Task | None,
    at: Position | None,
) -> HttpResponse:
    """Where to go after an act. ``task`` and ``at``: the step as it was before."""
    undo = None
    if verb in BACK and task is not None:
        undo = {"verb": verb, "task": str(task.id)}
    request.session[DONE] = {"said": said, "code": dossier.code, "dossier": str(dossier.pk), "undo": undo}
    if verb in ONWARD:
        following = next_of(request, actor, dossier.pk, at)
        if following is not None:
            return HttpResponseRedirect(reverse("desk:dossier", args=[following.case_id]))
    return HttpResponseRedirect(reverse("desk:dossier", args=[dossier.pk]))


def next_of(request: HttpRequest, actor: Actor, dossier_id: UUID, at: Position | None) -> Task | None:
    """What comes next in the list from which one came, its place kept. Who came by a search has no next."""
    if LIST not in request.session:
        return None
    asked = lists.read(QueryDict(str(request.session[LIST])))
    return worklists.next_after(actor, asked.wanted, not_of=dossier_id, after=at)


def return_here(request: HttpRequest, path: str, *, through: str | None = None) -> None:
    """Keeps this page as the one to come back to from a dossier. ``through``: the list that its rows are from, of
    which one goes on to the next; None where there is none."""
    session = request.session
    if session.get(FROM) != path:
        session[FROM] = path
    if through is None:
        session.pop(LIST, None)
    elif session.get(LIST) != through:
        session[LIST] = through


def way_back(request: HttpRequest) -> str:
    """The page from which one came to a dossier."""
    kept = str(request.session.get(LIST, ""))
    worklist = reverse("desk:worklist") + (f"?{kept}" if kept else "")
    return str(request.session.get(FROM) or worklist)


def done_before(request: HttpRequest) -> Done | None:
    """What was just done, said once."""
    kept: dict[str, Any] | None = request.session.pop(DONE, None)
    if not kept:
        return None
    url = reverse("desk:dossier", args=[kept["dossier"]])
    undo = kept["undo"]
    if undo:
        undo = {**undo, "url": reverse("desk:undo", args=[kept["dossier"]])}
    return Done(kept["said"], kept["code"], url, undo)


@officer
@require_safe
def following(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """On to the next of the list without doing anything; back to the list where it ends."""
    actor = actor_of(request)
    found = queries.get(actor, dossier_id)
    at = next((place_of(task) for task in found.case.open_tasks), None)
    tasks: list[Task] = []
    if at is not None and LIST in request.session:
        asked = lists.read(QueryDict(str(request.session[LIST])))
        tasks = worklists.page(actor, asked.wanted, after=at, limit=3).tasks
    task = next((each for each in tasks if each.case_id != dossier_id), None)
    if task is None:
        messages.info(request, _("This was the last of the list."))
        return HttpResponseRedirect(way_back(request))
    return HttpResponseRedirect(reverse("desk:dossier", args=[task.case_id]))


@officer
@require_POST
def undo(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Takes back what one has just done to a dossier, by the act that undoes it; then one is at that dossier again."""
    actor = actor_of(request)
    verb = request.POST.get("verb", "")
    try:
        task_id = UUID(request.POST.get("task", ""))
    except ValueError:
        task_id = dossier_id  # an unknown step is refused by the action in its own words
    queries.get(actor, dossier_id)
    try:
        if verb == "claim":
            actions.release.run(actor, dossier_id, task_id=task_id)
        elif verb == "release":
            actions.claim.run(actor, dossier_id, task_id=task_id)
        elif verb in ("pass_on", "send_back"):
            take_back.run(actor, dossier_id, task_id=task_id)
        else:
            raise NotFound("There is no such action.")
        messages.success(request, _("Taken back. The step is in your hands again."))
    except Conflict as error:
        messages.error(request, error.text(_))
    return HttpResponseRedirect(reverse("desk:dossier", args=[dossier_id]))
