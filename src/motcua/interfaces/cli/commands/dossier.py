"""``motcua dossier show CODE``: a dossier as the database has it, for the person who runs the platform."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from motcua.interfaces.cli import database, output
from motcua.interfaces.cli.language import lang_option, translator

if TYPE_CHECKING:
    from motcua.services.dossiers.models import Dossier


@click.group("dossier", help="Show a dossier: status, due date, events.")
def command() -> None:
    """Commands on one dossier."""


@command.command("show", help="Status, due date with its steps, open tasks and events of one dossier.")
@click.argument("code")
@click.option("--as-of", help="Explain the due date as it stood at this moment, such as 2026-11-22T09:30.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@lang_option
def show(code: str, as_of: str | None, as_json: bool, lang: str | None) -> None:
    """CODE: such as H57.10.25-261122-0001."""
    database.ensure()
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.foundation.errors import Invalid
    from motcua.foundation.identifiers import parse_dossier_code
    from motcua.interfaces.shared_moments import moment_of
    from motcua.services.dossiers.access import note_many
    from motcua.services.dossiers.models import DoorWay, Why
    from motcua.services.dossiers.queries import get_by_code

    parsed = parse_dossier_code(code)
    dossier = get_by_code(SYSTEM, parsed.value if parsed.ok else code)
    note_many(SYSTEM, [dossier.pk], DoorWay.COMMAND, Why.UPKEEP)
    moment = moment_of(as_of) if as_of else None
    if as_of and moment is None:
        raise Invalid("“%(text)s” is no moment. Write it as in 2026-11-22T09:30.", text=as_of[:40])
    found = describe(dossier, translator(lang), moment)
    if as_json:
        output.emit(found)
        return
    click.echo(f"{found['code']}  {found['status']['name']} ({found['status']['number']})  {found['procedure']}")
    due = found["due"]
    click.echo(f"Due: {due['at'] or '-'} ({due['state']})")
    if moment is not None:
        then = due["as_of"]
        told = then["due"] or then["promised"] or "-"
        click.echo(f"As of {then['at']}: due {told}, by the ledger {then['recorded'] or '-'}")
    for step in due["steps"]:
        click.echo(f"  {step['at']:<32} {step['text']} [{step['basis']}]")
    for task in found["tasks"]:
        click.echo(f"Open: {task['step']} at {task['unit']}, due {task['due'] or '-'}")
    for event in found["events"]:
        click.echo(
            f"{event['seq']:>4}  {event['at']}  {event['kind']}  {event['actor'].get('name', event['actor']['kind'])}"
        )


def describe(dossier: Dossier, translate: Callable[[str], str] = str, as_of: datetime | None = None) -> dict[str, Any]:
    """Everything of a dossier that is no personal data: status, due date and its reckoning, tasks, events.

    ``as_of``: the reckoning as it stood then.
    """
    from motcua.engines.ledger.models import Event
    from motcua.engines.organisations.queries import directory
    from motcua.foundation import clock
    from motcua.foundation.clock import VIETNAM
    from motcua.services.dossiers.explain import explain
    from motcua.services.dossiers.rules import Status, punctuality

    def local(moment: datetime | None) -> datetime | None:
        return moment.astimezone(VIETNAM) if moment else None

    case = dossier.case
    units = directory()
    reckoning = explain(dossier, as_of)
    ended = dossier.finished_at or case.closed_at
    return {
        "code": dossier.code,
        "status": {"number": dossier.status, "name": Status(dossier.status).name},
        "procedure": dossier.procedure_code,
        "channel": dossier.channel,
        "received_at": units.unit(dossier.received_at_id).code,
        "competent": units.unit(dossier.competent_id).code,
        "holder": units.unit(case.holder_id).code,
        "submitted_at": local(dossier.submitted_at),
        "accepted_at": local(dossier.accepted_at),
        "finished_at": local(dossier.finished_at),
        "returned_at": local(dossier.returned_at),
        "closed_at": local(case.closed_at),
        "due": {
            "at": local(case.due_at),
            "allowance": case.allowance,
            "state": punctuality(case.due_at, ended, clock.now(), counts_late=dossier.counts_late),
            "stopped_at": reckoning.stopped_at,
            "steps": [step.as_data(translate) for step in reckoning.steps],
            **(
                {
                    "as_of": {
                        "at": local(reckoning.at),
                        "due": local(reckoning.due),
                        "promised": local(reckoning.promised),
                        "recorded": local(reckoning.recorded),
                    }
                }
                if as_of
                else {}
            ),
        },
        "tasks": [
            {
                "step": task.step,
                "name": task.name,
                "stage": task.stage,
                "state": task.state,
                "unit": units.unit(task.unit_id).code,
                "due": local(task.due_at),
                "taken": task.assignee_id is not None,
            }
            for task in case.open_tasks
        ],
        "events": [
            {"seq": event.seq, "at": local(event.at), "kind": event.kind, "actor": event.actor, "data": event.data}
            for event in Event.objects.filter(stream=dossier.pk).order_by("seq")
        ],
    }
