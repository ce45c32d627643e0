"""One act on many dossiers: each in its own transaction with its own result, done once however often it is begun.

What was asked for is stored first. Whoever then carries it on (the request itself for a few rows, a job for many, the
job anew after its worker was killed) takes the next waiting row, does the act and marks the row in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import IntegrityError, connection

from motcua.engines.accounts.models import User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Stage, Task, TaskState
from motcua.engines.ledger import queue
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.prepared import load
from motcua.engines.ledger.work import Work, begin
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, MotcuaError, NotAllowed, NotFound
from motcua.services.dossiers import actions, queries
from motcua.services.dossiers.actions.common import lock
from motcua.services.dossiers.actions.reminding import remind
from motcua.services.dossiers.actions.transfer import hand_over, new_sheet
from motcua.services.dossiers.models import BulkRow, BulkRun, Dossier, HandOver, Load, RowState
from motcua.services.dossiers.office.worklists import LEAD
from motcua.services.dossiers.steps import require_way
from motcua.services.dossiers.together import moving
from motcua.services.procedures.queries import version

MOST: Final = 500
AT_ONCE: Final = 20
"""So many rows the request does itself; with more it leaves the work to a worker and shows how far it is."""

JOB: Final = "dossiers.carry_on_bulk"
_NEXT: Final = "WHERE run_id = %s AND state = 'waiting' ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    total: int
    done: int
    refused: int

    @property
    def seen(self) -> int:
        return self.done + self.refused

    @property
    def over(self) -> bool:
        return self.seen >= self.total


Act = Callable[[Work, Dossier, BulkRow, Mapping[str, Any]], object]


def _step(work: Work, dossier: Dossier, *, free: bool = False, leading: bool = False) -> UUID:
    """The step of a dossier that is the officer's business; where several are, one in nobody's hands when ``free``."""
    units = directory()
    mine: list[Task] = []
    for task in dossier.case.open_tasks:
        permission = LEAD if leading else STAGE_PERMISSION[task.stage]
        if task.state == TaskState.OPEN and work.actor.may(permission, units.unit(task.unit_id).path):
            mine.append(task)
    if free:
        mine.sort(key=lambda task: task.assignee_id is not None)
    return mine[0].id if mine else dossier.pk  # an unknown step is refused by the action in its own words


def _accept(work: Work, dossier: Dossier, row: BulkRow, params: Mapping[str, Any]) -> None:
    actions.accept(work, dossier)


def _claim(work: Work, dossier: Dossier, row: BulkRow, params: Mapping[str, Any]) -> None:
    actions.claim(work, dossier, task_id=_step(work, dossier, free=True))


def _release(work: Work, dossier: Dossier, row: BulkRow, params: Mapping[str, Any]) -> None:
    actions.release(work, dossier, task_id=_step(work, dossier))


def _assign(work: Work, dossier: Dossier, row: BulkRow, params: Mapping[str, Any]) -> None:
    task_id = _step(work, dossier, leading=True)
    actions.assign(work, dossier, task_id=task_id, user_id=UUID(str(params["user"])))


def _pass_on(work: Work, dossier: Dossier, row: BulkRow, params: Mapping[str, Any]) -> None:
    key = _step(work, dossier)
    require_way(dossier, next((task for task in dossier.case.open_tasks if task.id == key), None))
    actions.pass_on(work, dossier, task_id=key, opinion=str(params.get("opinion", "")))


def _remind(work: Work, dossier: Dossier, row: BulkRow, params: Mapping[str, Any]) -> None:
    remind(work, dossier, task_id=_step(work, dossier, leading=True))


def _approve(work: Work, dossier: Dossier, row: BulkRow, params: Mapping[str, Any]) -> None:
    """The decision as it was proposed, by a leader who has looked at each dossier (``params["seen"]``)."""
    if str(dossier.pk) not in params.get("seen", ()):
        raise NotAllowed("Look at the dossier first; then it can be signed together with others.")
    task = next((each for each in dossier.case.open_tasks if each.stage == Stage.SIGN), None)
    require_way(dossier, task)
    procedure = version(dossier.procedure_version_id)
    actions.complete(
        work,
        dossier,
        task_id=task.id if task else dossier.pk,
        approved=True,
        name=result_name(dossier),
        type_code=procedure.result_types[0].code if len(procedure.result_types) == 1 else "",
    )


def _hand_over(work: Work, dossier: Dossier, row: BulkRow, params: Mapping[str, Any]) -> None:
    """On the run's sheet for the office to which the papers go; the first dossier for an office makes it."""
    load_ = Load.RESULTS if any(task.step == moving.SEND_RESULT for task in dossier.case.open_tasks) else Load.DOSSIERS
    sending = moving.SENDING[load_]
    task = next((each for each in dossier.case.open_tasks if each.step == sending), None)
    if task is None:
        raise Conflict("These papers are not waiting to be handed over. Please look at the dossier again.")
    receiver = moving.receiver_of(dossier, load_)
    # two at work on one run must not make two sheets for one office
    load(BulkRun, "WHERE id = %s FOR UPDATE", (row.run_id,))
    sheets = BulkRow.objects.filter(run=row.run_id, made__isnull=False).values("made")
    sheet = HandOver.objects.filter(
        pk__in=sheets, sender=task.unit_id, receiver=receiver, load=load_, confirmed_at__isnull=True
    ).first()
    fresh = sheet is None
    if sheet is None:
        sheet = new_sheet(work, sender_id=task.unit_id, receiver_id=receiver, load=load_)
    hand_over(work, dossier, sheet=sheet)
    kind = "hand_over.made" if fresh else "hand_over.added"
    work.record(
        sheet.pk, kind, {"number": sheet.number, "to": str(receiver), "dossiers": [str(dossier.pk)]}, first=fresh
    )
    row.made_id = sheet.pk
    work.change(row, "made")


ACTS: Final[dict[str, Act]] = {
    "accept": _accept,
    "claim": _claim,
    "release": _release,
    "assign": _assign,
    "pass_on": _pass_on,
    "remind": _remind,
    "approve": _approve,
    "hand_over": _hand_over,
}


def result_name(dossier: Dossier) -> str:
    """What a result is called unless somebody calls it otherwise."""
    procedure = version(dossier.procedure_version_id)
    types = procedure.result_types
    first = types[0].name if len(types) == 1 else (procedure.results or procedure.name)
    return (first.splitlines() or [procedure.name])[0][:300]


def begin_run(
    actor: Actor,
    verb: str,
    dossier_ids: Sequence[UUID],
    *,
    params: Mapping[str, Any] | None = None,
    post: str = "",
    back: str = "",
    token: str = "",
) -> BulkRun:
    """Stores what is asked for and does it, or leaves it to a worker when it is much.

    ``token`` comes with the form: the same form sent twice is one run. Raises ``NotFound`` for an unknown act,
    ``Invalid`` for no rows or too many.
    """
    if verb not in ACTS or actor.id is None:
        raise NotFound("There is no such action.")
    keys = list(dict.fromkeys(dossier_ids))
    if not keys:
        raise Invalid(fields={"dossier": ["Mark the rows first."]})
    if len(keys) > MOST:
        raise Invalid(fields={"dossier": ["At most 500 dossiers at once. Please do the rest afterwards."]})
    asked = f"motcua:bulk:{actor.id}:{token}:{verb}:{sorted(dict(params or {}).items())}:{keys}"
    run_id = uuid5(NAMESPACE_URL, asked)
    known = set(queries.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True))
    rows = [key for key in keys if key in known]
    if not rows:
        raise Invalid(fields={"dossier": ["None of these dossiers is yours to see."]})
    with begin(actor) as work:
        # of two who send the same form at one moment the second waits here, and then sees the first one's run
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [run_id.int % 2**63])
        run = BulkRun.objects.filter(pk=run_id).first()
        if run is not None:
            return run
        run = BulkRun(
            id=run_id,
            owner_id=actor.id,
            post=post[:160],
            verb=verb,
            params=dict(params or {}),
            back=back[:500],
            total=len(rows),
            made_at=work.now,
        )
        work.add(run)
        work.add(*(BulkRow(run=run, position=place, dossier_id=key) for place, key in enumerate(rows)))
        work.defer(JOB, run=str(run_id))
    if run.total <= AT_ONCE:
        carry_on(run_id)
    return run


def carry_on(run_id: UUID) -> None:
    """Does the rows that wait, one transaction each, until none is left. May run several times, also at once."""
    run = BulkRun.objects.filter(pk=run_id, finished_at__isnull=True).first()
    if run is None:
        return
    actor = actor_of(User.objects.get(pk=run.owner_id)).in_post(run.post)
    while _one(run, actor):
        pass
    if progress(run).over:
        BulkRun.objects.filter(pk=run_id, finished_at__isnull=True).update(finished_at=clock.now())


def _one(run: BulkRun, actor: Actor) -> bool:
    """The next waiting row. False: there is none that nobody else has in hand."""
    row: BulkRow | None = None
    try:
        with begin(actor) as work:
            row = next(iter(load(BulkRow, _NEXT, (run.pk,))), None)
            if row is None:
                return False
            ACTS[run.verb](work, lock(actor, row.dossier_id), row, run.params)
            row.state, row.at = RowState.DONE, work.now
            work.change(row, "state", "at")
    except MotcuaError as error:
        _refuse(row, error)
    except IntegrityError:
        _refuse(row, Conflict("Somebody has changed the same in this moment. Please look again."))
    return True


def _refuse(row: BulkRow | None, error: MotcuaError) -> None:
    """Keeps why a row was not done, unless somebody else has done it meanwhile."""
    if row is None:
        return
    fields = error.fields if isinstance(error, Invalid) else {}
    said = {"msgid": error.message, "params": {k: str(v) for k, v in error.params.items()}, "fields": fields}
    BulkRow.objects.filter(pk=row.pk, state=RowState.WAITING).update(state=RowState.REFUSED, said=said, at=clock.now())


def progress(run: BulkRun) -> Progress:
    """How far a run is: at most ``MOST`` rows of one index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'refused') "
            "FROM dossiers_bulkrow WHERE run_id = %s",
            [run.pk],
        )
        done, refused = cursor.fetchone() or (0, 0)
    return Progress(run.total, int(done), int(refused))


def run_of(actor: Actor, run_id: UUID) -> BulkRun:
    """One's own run. Raises ``NotFound``."""
    run = BulkRun.objects.filter(pk=run_id, owner_id=actor.id).first()
    if run is None:
        raise NotFound("There is no such list, or it is not yours to see.")
    return run


def unfinished() -> list[UUID]:
    """Runs that nobody has finished: to be carried on, should their job have got lost."""
    return list(BulkRun.objects.filter(finished_at__isnull=True).order_by("made_at").values_list("pk", flat=True)[:100])


def resume() -> None:
    """Queues the runs that are not finished; those being carried on lose nothing by it."""
    queue.defer(JOB, *({"run": str(key)} for key in unfinished()))
