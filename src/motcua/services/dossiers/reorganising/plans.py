"""Reorganisations of the State: prepared, tried dry, decided, carried out on their day, taken back before it.

Carrying out is one transaction for units and posts, then portions of dossiers, each a transaction of its own. What is
done is left alone, so that a run that was killed goes on where it stopped, and a second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import connection, transaction

from motcua.engines.ledger.actor import SYSTEM, Actor
from motcua.engines.ledger.batch import begin_batch
from motcua.engines.ledger.work import begin
from motcua.engines.organisations import reorganisation as documents
from motcua.engines.organisations.models import Reorganisation, ReorganisationState
from motcua.engines.organisations.queries import Directory, directory, fresh_directory
from motcua.engines.organisations.reorganisation_plan import Plan, make
from motcua.engines.organisations.reorganisation_structure import put_in_effect
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotFound, Refused
from motcua.foundation.keys import new_id
from motcua.services.dossiers.reorganising import moves
from motcua.services.dossiers.reorganising.report import Report, report

EDIT: Final = "organisations.edit"
State = ReorganisationState
LOCK: Final = int.from_bytes(uuid5(NAMESPACE_URL, "motcua:reorganising").bytes[:7], "big")
"""Only one reorganisation is carried out at a time, by one process."""

SWEPT: Final = timedelta(days=2)
"""So long after the day the moves are looked at again: a server that had not yet read the new units may have taken a
dossier in for an old one."""

Step = Callable[[str, int, int], None]


def _silent(what: str, done: int, of: int) -> None:
    """Nobody looks."""


def planned(data: Mapping[str, Any], units: Directory | None = None) -> Plan:
    """The plan of a document for the units as they are. Raises ``Invalid`` for a document that cannot be read."""
    return make(documents.parse(data), units or directory())


def dry_run(actor: Actor, data: Mapping[str, Any]) -> Report:
    """What the document would move. Nothing changes. Raises ``NotAllowed``, ``Invalid``."""
    actor.require(EDIT)
    units = fresh_directory()
    return report(planned(data, units), units)


def prepare(actor: Actor, data: Mapping[str, Any]) -> Reorganisation:
    """Keeps a document to be looked at and decided later. Raises ``NotAllowed``, ``Invalid``, ``Conflict``."""
    actor.require(EDIT)
    document = documents.parse(data)
    _not_twice(document.name)
    with begin(actor) as work:
        row = _row(document, data, work.now, actor)
        work.add(row)
        work.record(row.id, "reorganisation.prepared", _about(row), first=True)
    return row


def decide(actor: Actor, row_id: UUID) -> Reorganisation:
    """Decides a prepared reorganisation: it takes effect on its day, at once when that is here.

    Raises ``NotAllowed``; ``Conflict`` when it is decided already; ``Refused`` when the dry run finds anything wrong.
    """
    actor.require(EDIT)
    with begin(actor) as work:
        row = _held(row_id)
        if row.state != State.DRAFT:
            raise Conflict("This reorganisation has already been decided.")
        _not_twice(row.name)
        found = dry_run(actor, row.document)
        if not found.possible:
            raise Refused("This reorganisation cannot be carried out: the dry run names what is wrong.")
        row.state, row.decided_at = State.DECIDED, work.now
        row.report = {"planned": found.counts}
        work.change(row, "state", "decided_at", "report")
        work.record(row.id, "reorganisation.decided", {**_about(row), "counts": found.counts})
        if row.effective <= clock.today():
            work.defer("dossiers.reorganise")
    return row


def undo(actor: Actor, row_id: UUID) -> Reorganisation:
    """Takes one back that was prepared or decided, before its day. Raises ``Refused`` once it is in effect."""
    actor.require(EDIT)
    with begin(actor) as work:
        row = _held(row_id)
        if row.state == State.UNDONE:
            return row
        if row.state in (State.APPLYING, State.DONE):
            raise Refused("It is in effect. What it changed is changed back by another reorganisation.")
        row.state = State.UNDONE
        work.change(row, "state")
        work.record(row.id, "reorganisation.undone", _about(row))
    return row


def named(name: str) -> Reorganisation:
    """The reorganisation with this name that was decided. Raises ``NotFound``."""
    row = Reorganisation.objects.filter(name=name).exclude(state__in=(State.DRAFT, State.UNDONE)).first()
    if row is None:
        raise NotFound("There is no reorganisation with this name.")
    return row


def submit(actor: Actor, data: Mapping[str, Any]) -> Reorganisation:
    """Prepares and decides in one go; the same document again gives the same reorganisation.

    Raises ``Conflict`` for another document under the name of one that was decided; as ``prepare`` and ``decide``.
    """
    document = documents.parse(data)
    known = Reorganisation.objects.filter(name=document.name).exclude(state__in=(State.DRAFT, State.UNDONE)).first()
    if known is not None:
        if known.document != dict(data):
            raise Conflict("Another reorganisation has this name.")
        return known
    return decide(actor, prepare(actor, data).id)


def due() -> list[UUID]:
    """Decided ones whose day is here, those that a crash broke off, and those of the last days, to be swept."""
    today = clock.today()
    rows = Reorganisation.objects.filter(effective__lte=today, state__in=(State.DECIDED, State.APPLYING, State.DONE))
    since = clock.now() - SWEPT
    return [
        row.id
        for row in rows.order_by("effective", "made_at").only("id", "state", "finished_at")
        if row.state != State.DONE or (row.finished_at is not None and row.finished_at >= since)
    ]


def carry_out(row_id: UUID, step: Step = _silent, *, portion: int = moves.PORTION) -> Reorganisation:
    """Puts a decided reorganisation in effect, or goes on with one that was broken off; done ones are swept again.

    Raises ``Refused`` before its day, or when the units have changed since it was decided so that it no longer fits;
    ``Conflict`` while another process does it.
    """
    with _alone():
        row = Reorganisation.objects.get(pk=row_id)
        if row.state in (State.DRAFT, State.UNDONE):
            raise Refused("This reorganisation has not been decided.")
        if row.effective > clock.today():
            raise Refused("Its day has not come.")
        if row.state == State.DECIDED:
            step("units", 0, 1)
            row = _structure(row_id)
        counts = moves.everything(row, step, portion)
        if row.state == State.APPLYING:
            _finish(row, counts)
    return row


def _structure(row_id: UUID) -> Reorganisation:
    """Units, posts, flows and machine clients, all or nothing."""
    with begin_batch(SYSTEM) as work:
        row = _held(row_id)
        plan = planned(row.document, fresh_directory())
        counts = put_in_effect(work, row, plan)
        counts |= moves.flows(work, row, plan)
        row.state, row.began_at = State.APPLYING, work.now
        row.report = {
            **row.report,
            "counts": counts,
            "wards": {old: now.to[0] for old, now in plan.document.wards.items() if now.to[0] != old},
        }
        work.change(row, "state", "began_at", "report")
        work.record(row.id, "reorganisation.began", {**_about(row), "counts": counts})
        transaction.on_commit(moves.forget)
    moves.forget()
    return row


def _finish(row: Reorganisation, counts: dict[str, int]) -> None:
    with begin(SYSTEM) as work:
        row.state, row.finished_at = State.DONE, work.now
        row.report = {**row.report, "counts": row.report.get("counts", {}) | counts}
        work.change(row, "state", "finished_at", "report")
        work.record(row.id, "reorganisation.finished", {**_about(row), "counts": counts})
    moves.forget()


def _row(document: documents.Document, data: Mapping[str, Any], now: Any, actor: Actor) -> Reorganisation:
    return Reorganisation(
        id=new_id(),
        name=document.name,
        basis=document.basis,
        effective=document.effective,
        document=dict(data),
        made_at=now,
        made_by=actor.id,
    )


def _about(row: Reorganisation) -> dict[str, str]:
    return {"name": row.name, "basis": row.basis, "effective": row.effective.isoformat()}


def _not_twice(name: str) -> None:
    if Reorganisation.objects.filter(name=name).exclude(state__in=(State.DRAFT, State.UNDONE)).exists():
        raise Invalid(fields={"name": ["Another reorganisation has this name."]})


def _held(row_id: UUID) -> Reorganisation:
    row = Reorganisation.objects.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise NotFound("There is no such reorganisation.")
    return row


@contextmanager
def _alone() -> Iterator[None]:
    """A lock of the database's session: it goes when its holder does, however that ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (mine,) = cursor.fetchone() or (False,)
    if not mine:
        raise Conflict("A reorganisation is being carried out at this moment.")
    try:
        yield
    finally:
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


__all__: Sequence[str] = (
    "carry_out", "decide", "dry_run", "due", "named", "planned", "prepare", "submit", "undo",
)  # fmt: skip
