"""What stands around every page of the desk: views with their numbers, places, posts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import DEFAULT_ROLES
from motcua.interfaces.desk import lists
from motcua.interfaces.desk.access import actor_of
from motcua.interfaces.desk.models import SavedView
from motcua.interfaces.signing_in.posts import POST, Post, key_of
from motcua.services.dossiers.office.worklists import LEAD
from motcua.services.dossiers.queries import work_counts

WORK = ("dossier.receive", "dossier.process", "dossier.sign", "dossier.return")
ADMINISTRATION = ("catalogue.edit", "organisations.edit", "accounts.edit", "ledger.read")
LIST = "desk_list"
"""Where the session keeps the last list, so that the next dossier comes from it."""


@dataclass(frozen=True, slots=True)
class RailView:
    """A saved view in the rail. ``count`` None: no number."""

    label: str
    url: str
    count: str | None = None
    tone: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A tool in the rail; ``key`` is pressed after g."""

    label: str
    url: str
    icon: str
    key: str = ""
    current: bool = False


def works(actor: Actor) -> bool:
    """Whether the officer handles dossiers."""
    return any(actor.may(permission) for permission in WORK)


def desk_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, place: str = "", status: int = 200
) -> HttpResponse:
    """A page within the frame. ``place`` names the tool that is current; ``view`` in the context the list that is."""
    actor = actor_of(request)
    if "desk_views" not in context:
        context["desk_views"] = views(actor, context.get("asked"))
    context["desk_places"] = places(request, actor, place)
    context["desk_posts"] = posts(request)
    context["desk_page"] = True
    return render(request, template, context, status=status)


def views(actor: Actor, asked: lists.Asked | None = None) -> list[RailView]:
    """The views that can hold something for this officer, with their numbers, and those they saved; two queries."""
    if not works(actor):
        return []
    figures = work_counts(actor)
    base = reverse("desk:worklist")
    own = list(SavedView.objects.filter(owner_id=actor.id)[:30])
    current_own = next((saved for saved in own if asked and asked.query == saved.query), None)
    rail = []
    for view in lists.VIEWS:
        if view.needs and not actor.may(view.needs):
            continue
        number = lists.count_of(view, figures)
        rail.append(
            RailView(
                str(view.label),
                base if view is lists.VIEWS[0] else f"{base}?view={view.key}",
                number,
                view.tone if number not in (None, "0") else "",
                bool(asked and asked.view is view and current_own is None),
            )
        )
    rail += [RailView(saved.name, f"{base}?{saved.query}", current=saved is current_own) for saved in own]
    return rail


def places(request: HttpRequest, actor: Actor, current: str) -> list[Place]:
    """The tools of the officer's permissions."""
    found = []
    if works(actor):
        found.append(("worklist", _("Worklist"), reverse("desk:worklist"), "list", "w"))
    if actor.may("dossier.receive"):
        found.append(("intake", _("Receive at the counter"), reverse("desk:intake"), "plus", "n"))
        found.append(("handover", _("Hand-over"), reverse("desk:handover"), "arrow-right", "h"))
    if actor.may("dossier.return"):
        found.append(("uncollected", _("Uncollected results"), reverse("desk:uncollected"), "inbox", "c"))
    if actor.may("dossier.assist"):
        found.append(("assist", _("Help a citizen"), reverse("desk:assist"), "user", "u"))
    if works(actor):
        found.append(("batch", _("Scan a pile"), reverse("desk:batch"), "scan", "q"))
    if actor.may(LEAD):
        found.append(("leader", _("For the leader"), reverse("desk:leader"), "chart", "l"))
    if works(actor):
        found.append(("inbox", _("Messages"), reverse("desk:inbox"), "bell", "i"))
    if actor.may("dossier.assign") or actor.may("dossier.receive"):
        found.append(("answering", _("Online intake in time"), reverse("desk:answering"), "clock", "o"))
    if actor.may("dossier.read"):
        found.append(("register", _("Register"), reverse("desk:register"), "document", "b"))
        found.append(("ratings", _("Ratings"), reverse("desk:ratings"), "star", "d"))
    if works(actor):
        found.append(("absence", _("Absence and deputies"), reverse("desk:absence"), "users", "v"))
    if any(actor.may(permission) for permission in ADMINISTRATION):
        found.append(("administration", _("Administration"), reverse("desk:administration"), "settings", "a"))
    return [Place(label, url, icon, key, name == current) for name, label, url, icon, key in found]


def posts(request: HttpRequest) -> list[Post]:
    """The posts to choose from: all together first, then each; one alone is shown as it is. No query."""
    from motcua.engines.accounts.queries import actor_of as whole_actor

    actor = actor_of(request)
    chosen = request.session.get(POST)
    units = directory()
    grants = actor.grants
    if chosen:  # the actor holds the chosen post alone; the switch must show the others too
        grants = whole_actor(request.user).grants
    found = []
    for grant in grants:
        unit = units.by_id.get(grant.unit_id)
        name = DEFAULT_ROLES.get(grant.role, (grant.role, []))[0]
        principal = grant.acting_for.name if grant.acting_for else ""
        if principal:
            name = _("%(role)s, acting for %(principal)s") % {"role": name, "principal": principal}
        found.append(Post(key_of(grant), unit.label if unit else "", name, key_of(grant) == chosen, principal))
    if len(found) == 1:
        return [replace(found[0], current=True)]
    if not found:
        return []
    nothing_chosen = not any(post.current for post in found)
    return [Post("", _("All my posts"), "", nothing_chosen), *found]
