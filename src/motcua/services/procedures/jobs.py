"""Background work of the catalogue."""

from __future__ import annotations

from procrastinate.contrib.django import app

from motcua.foundation import clock
from motcua.services.procedures import actions


@app.periodic(cron="1 17 * * *")  # 00:01 in Viet Nam (UTC+7), when a day's versions take effect
@app.task(name="procedures.turn", queueing_lock="procedures.turn")
def turn(timestamp: int) -> None:
    """Versions that begin to hold today become current and are found."""
    actions.turn_versions(clock.today())
