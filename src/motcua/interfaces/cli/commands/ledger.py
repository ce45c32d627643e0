"""``motcua ledger``: proves the ledger, shows its readers, rebuilds what they keep."""

from __future__ import annotations

from uuid import UUID

import click

from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli import database, output

SHOWN = 20


@click.group()
def command() -> None:
    """Verify the ledger, rebuild what is read from it."""


@command.command()
@click.option("--stream", type=click.UUID, help="One stream alone (the key of a dossier, a procedure, a unit).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(stream: UUID | None, as_json: bool) -> None:
    """Walk every stream and recompute each hash; status 1 when anything does not fit."""
    database.ensure()
    from motcua.engines.ledger import verify as proof
    from motcua.engines.ledger.models import Event

    with output.progress("Verifying the ledger") as bar:
        bar.total(Event.objects.filter(stream=stream).count() if stream else Event.objects.count())
        verdict = proof.verify(bar.advance, stream=stream)
    rights = proof.application_may_change()
    if as_json:
        output.emit(
            {
                "ok": verdict.ok,
                "events": verdict.events,
                "streams": verdict.streams,
                "faults": [{"stream": where, "seq": seq, "what": what} for where, seq, what in verdict.faults],
                "role_may_change_ledger": rights,
            }
        )
    else:
        output.note(f"{verdict.events} events in {verdict.streams} streams, {len(verdict.faults)} faults.")
        for where, seq, what in verdict.faults[:SHOWN]:
            output.note(f"  {where} #{seq}: {what}")
        if rights:
            output.note(f"The connected role may {', '.join(rights)} on the ledger: run as the application's role.")
    if not verdict.ok:
        raise MotcuaError("The ledger does not prove itself: %(count)s faults.", count=len(verdict.faults))


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def readers(as_json: bool) -> None:
    """List the readers: how far they are behind, and what stopped them; status 1 when one fails."""
    database.ensure()
    from motcua.engines.ledger.readers import states

    found = states()
    if as_json:
        output.emit(found)
    else:
        for state in found:
            error = f"  failed {state.failures} times: {state.last_error}" if state.failures else ""
            output.note(f"{state.name}: {state.behind} events behind{error}")
    failing = [state.name for state in found if state.failures]
    if failing:
        raise MotcuaError("Readers that fail: %(names)s", names=", ".join(failing))


@command.command()
@click.argument("reader")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def rebuild(reader: str, as_json: bool) -> None:
    """Clear what READER built and let it read the whole ledger again."""
    database.ensure()
    from motcua.engines.ledger import readers as engine
    from motcua.engines.ledger.models import Event

    found = engine.get(reader)
    with output.progress(f"Rebuilding {reader}", Event.objects.count()) as bar:
        events = engine.rebuild(found, bar.advance)
    if as_json:
        output.emit({"reader": reader, "events": events})
    else:
        output.note(f"{reader}: {events} events read again.")
