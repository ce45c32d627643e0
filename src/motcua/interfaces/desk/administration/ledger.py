"""The ledger: one stream's events, whether its chain is whole, how far the readers are."""

from __future__ import annotations

import json
from uuid import UUID

from django import forms
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.engines.ledger import readers
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.models import Event, ReaderCursor
from motcua.engines.ledger.verify import application_may_change, verify
from motcua.engines.organisations.queries import directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.administration.blocks import Block, Cell, FormBlock, Own, Pairs, Table, failed, go, show
from motcua.interfaces.desk.administration.changes import entries_of
from motcua.interfaces.desk.administration.event_words import READERS
from motcua.services.dossiers import queries
from motcua.services.dossiers.actions.flow import definition_of
from motcua.services.dossiers.models import Dossier

reader_of = holding("ledger.read")
PAGE = 100


class StreamForm(forms.Form):
    what = forms.CharField(label=gettext_lazy("Dossier code, or the key of a stream"), max_length=60)


@reader_of
@require_http_methods(["GET", "HEAD", "POST"])
def ledger(request: HttpRequest) -> HttpResponse:
    """State of the readers, and the way to a stream."""
    form = StreamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["what"].strip()
        try:
            key: UUID | None = UUID(text)
        except ValueError:
            key = Dossier.objects.filter(code=text.upper()).values_list("pk", flat=True).first()
        if key is not None and _within_reach(actor_of(request), key) and Event.objects.filter(stream=key).exists():
            return go("stream", key)
        form.add_error("what", _("Within your units there is no such dossier, and no such stream."))
    last = Event.objects.order_by("-xid", "-id").only("xid", "at").first()
    cursors = {cursor.name: cursor for cursor in ReaderCursor.objects.all()}
    rows = []
    for name in sorted(set(readers.registry) | set(cursors)):
        cursor = cursors.get(name)
        behind = _behind(cursor) if cursor else 0
        moved = f"{cursor.moved_at.astimezone(VIETNAM):%H:%M:%S %d/%m/%Y}" if cursor and cursor.moved_at else "–"
        late = bool(cursor and cursor.failures)
        rows.append(
            [
                Cell(READERS.get(name, name), note=name),
                Cell(_("failing"), tone="late")
                if late
                else Cell(_("up to date"), tone="done")
                if not behind
                else Cell(_("reading"), tone="wait"),
                Cell(f"{behind}+" if behind >= PAGE else behind, number=True),
                Cell(moved),
                Cell(cursor.last_error[:200] if cursor and cursor.last_error else "–"),
            ]
        )
    rights = application_may_change()
    facts: list[tuple[str, object]] = [
        (_("Last event"), f"{last.at.astimezone(VIETNAM):%H:%M:%S %d/%m/%Y}" if last else "–"),
        (_("The application may change events"), ", ".join(rights) if rights else _("no, it can only add")),
        (_("The whole ledger is checked by"), "motcua ledger verify"),
    ]
    blocks: list[Block] = [
        Pairs(facts),
        FormBlock(form, _("Events of one dossier or thing"), _("Show")),
        Table([_("Reader"), _("State"), _("Behind"), _("Moved"), _("Error")], rows, title=_("Readers")),
    ]
    return show(request, _("Ledger"), blocks, status=failed(form))


def _behind(cursor: ReaderCursor) -> int:
    """How many events lie before a reader, counted up to ``PAGE``."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT count(*) FROM (SELECT 1 FROM ledger_event WHERE (xid, id) > (%s, %s) LIMIT %s) x",
            [cursor.xid, cursor.event, PAGE],
        )
        (number,) = sql.fetchone() or (0,)
    return int(number)


@reader_of
@require_safe
def stream(request: HttpRequest, key: UUID) -> HttpResponse:
    """The events of one stream with their hashes, and the verdict on its chain."""
    _check_reach(actor_of(request), key)
    after = request.GET.get("after", "")
    first = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    events = list(Event.objects.filter(stream=key, seq__gt=first).order_by("seq")[:PAGE])
    verdict = verify(stream=key)
    found = Dossier.objects.filter(pk=key).select_related("case").first()
    steps, components = _names_within(found) if found is not None else ({}, {})
    entries = entries_of(events, steps=steps, components=components)
    rows = [
        {
            "seq": event.seq,
            "when": f"{event.at.astimezone(VIETNAM):%H:%M:%S %d/%m/%Y}",
            "entry": entry,
            "kind": event.kind,
            "hash": bytes(event.hash).hex()[:12],
            "raw": json.dumps(event.data, ensure_ascii=False, indent=1, sort_keys=True) if event.data else "",
        }
        for event, entry in zip(events, entries, strict=True)
    ]
    whole = _("whole: each event follows the one before it") if verdict.ok else _("BROKEN")
    facts = [(_("Chain"), whole), (_("Events"), verdict.events)]
    facts += [(_("Fault at %(seq)s") % {"seq": seq}, reason) for _stream, seq, reason in verdict.faults[:20]]
    blocks: list[Block] = [
        Pairs(facts),
        Own("desk/administration/_ledger.html", {"rows": rows, "older": events[-1].seq if len(events) == PAGE else 0}),
    ]
    title = _("Dossier %(code)s") % {"code": found.code} if found is not None else str(key)
    return show(request, title, blocks, crumbs=[(_("Ledger"), reverse("desk:ledger"))])


def _names_within(dossier: Dossier) -> tuple[dict[str, str], dict[str, str]]:
    """What the steps and papers of a dossier are called, by the keys that its events say."""
    language = get_language() or "vi"
    steps = {step.key: step.title(language) for step in definition_of(dossier.case).steps}
    papers = {str(component.key): component.name for component in dossier.components.all()}
    return {"intake": _("Receive")} | steps, papers


def _check_reach(actor: Actor, key: UUID) -> None:
    """A dossier's stream is for those who may see it, and who read the ledger of its agency. Raises ``NotFound``."""
    competent = Dossier.objects.filter(pk=key).values_list("competent_id", flat=True).first()
    if competent is None or actor.may("ledger.read", directory().unit(competent).path):
        return
    queries.get(actor, key)


def _within_reach(actor: Actor, key: UUID) -> bool:
    try:
        _check_reach(actor, key)
    except NotFound:
        return False
    return True
