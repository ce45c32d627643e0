"""``motcua deadline``: when something is due by law, and why."""

from __future__ import annotations

from datetime import datetime

import click

from motcua.foundation.clock import VIETNAM
from motcua.foundation.working_time import DEFAULT_CALENDAR, Allowance, Calendar, reckon
from motcua.interfaces.cli import output
from motcua.interfaces.cli.language import lang_option, translator


@click.command()
@click.option("--received", required=True, help="Moment of receipt, ISO 8601; Vietnamese time unless it says else.")
@click.option("--allow", required=True, help='Time allowed: "5 working_day", "8 hour", "30 day", "1 month".')
@click.option("--unit", help="Identifier of the unit whose working hours count; without it the national ones.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@lang_option
def command(received: str, allow: str, unit: str | None, as_json: bool, lang: str | None) -> None:
    """Compute a due date by law and explain it."""
    start = _moment(received)
    reckoning = reckon(_calendar(unit), start, Allowance.parse(allow))
    translate = translator(lang)
    steps = [step.as_data(translate) for step in reckoning.steps]
    assert reckoning.due is not None  # noqa: S101 - nothing stops this clock
    if as_json:
        output.emit({"due": reckoning.due.isoformat(), "steps": steps})
        return
    for step in steps:
        click.echo(f"{step['text']}  [{step['basis']}]")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise click.BadParameter("write the moment as 2026-02-13T09:10.", param_hint="--received") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _calendar(unit: str | None) -> Calendar:
    if unit is None:
        return DEFAULT_CALENDAR
    # Only this way needs the database, and pays for it.
    from motcua.interfaces.cli import database

    database.ensure()
    from motcua.engines.organisations.queries import calendar_of

    return calendar_of(unit)
