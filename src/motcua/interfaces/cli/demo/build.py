"""The whole demo: refuse where it does not belong, build the province, live the year, put the readers behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import connection, transaction

from motcua.engines.accounts.models import User
from motcua.engines.cases import readers as work_counts
from motcua.engines.ledger import readers
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.models import Unit
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Refused
from motcua.foundation.keys import id_at, made_by
from motcua.interfaces.cli.demo import helped, histories, own, province
from motcua.interfaces.cli.demo.samples import store_samples
from motcua.services.dossiers import forecasting
from motcua.services.dossiers.models import Dossier

DOSSIERS = 20_000
SEED = 57
STREAM = uuid5(NAMESPACE_URL, "motcua:demo")
"""The ledger stream that says that this database holds the demo province, and how it was made."""


class Bar(Protocol):
    """What ``output.progress`` gives."""

    def advance(self, steps: float = 1) -> None: ...
    def total(self, steps: float) -> None: ...


@dataclass
class Summary:
    """What ``motcua demo`` did, and what is there now."""

    already: bool
    seed: int
    written: int = 0
    province: dict[str, int] = field(default_factory=dict)
    dossiers: int = 0
    events: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    with_due_date: int = 0
    on_time: int = 0

    def as_json(self) -> dict[str, Any]:
        share = round(100 * self.on_time / self.with_due_date, 2) if self.with_due_date else None
        return {**self.__dict__, "on_time_percent": share}


def is_demo() -> bool:
    """Whether this database holds the demo province, whole or in the making."""
    return Event.objects.filter(stream=STREAM).exists()


def is_finished() -> bool:
    """Whether the demo province is there as a whole."""
    return bool(_begun().get("finished"))


def build(
    *,
    dossiers: int = DOSSIERS,
    seed: int = SEED,
    now: datetime | None = None,
    processes: int | None = None,
    history: timedelta = histories.HISTORY,
    portion: int = histories.PORTION,
    bar: Bar | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Summary:
    """Builds the demo province. A second run changes nothing; one that was broken off goes on as it was begun.

    ``history``: over how many days before ``now`` the dossiers came, a year at most; ``portion``: about how many are
    written in one transaction. Raises ``Refused`` in a database that holds anything else.
    """
    begun = _begun()
    if begun.get("finished"):
        return _summary(Summary(already=True, seed=int(begun["seed"])))
    if not begun and (Unit.objects.exists() or User.objects.exists() or Dossier.objects.exists()):
        raise Refused("This database holds real data. The demo province needs a database of its own.")
    made: dict[str, int] = {}
    if not begun:
        planned = {"dossiers": dossiers, "days": history.days, "portion": portion}
        made, begun = _province(planned, seed, now or clock.now(), say)
    until = datetime.fromisoformat(begun["until"])
    seed, dossiers = int(begun["seed"]), int(begun["dossiers"])
    forget_all()
    histories.forget_scene()
    with begin(SYSTEM) as work:
        samples = store_samples(work, owner())
    if bar:
        bar.total(dossiers)
    say("dossiers")
    portions = histories.plan(
        total=dossiers,
        seed=seed,
        until=until,
        samples=samples,
        first=until - timedelta(days=begun.get("days", histories.HISTORY.days)),
        portion=begun.get("portion", histories.PORTION),
    )
    written = histories.load(portions, processes=processes, advance=bar.advance if bar else lambda _: None)
    say("the personas' own")
    written += own.load(seed, until, samples)
    written += helped.load(seed, until, samples)
    say("readers")
    settle_readers()
    say("forecasts")
    forecasting.recompute(until)
    with begin(SYSTEM) as work:
        work.record(STREAM, "demo.finished", {"written": written})
    return _summary(Summary(already=False, seed=seed, written=written, province=made))


def _begun() -> dict[str, Any]:
    """What the demo's stream says: empty, or seed, number of dossiers and end of the story."""
    found: dict[str, Any] = {}
    for kind, data in Event.objects.filter(stream=STREAM).order_by("seq").values_list("kind", "data"):
        found.update(data if kind == "demo.begun" else {"finished": True})
    return found


def owner() -> UUID:
    """Whose the sample pages are."""
    return User.objects.values_list("id", flat=True).get(username="demo-admin")


def _province(
    planned: dict[str, int], seed: int, now: datetime, say: Callable[[str], None]
) -> tuple[dict[str, int], dict[str, Any]]:
    until = now.astimezone(VIETNAM)
    since = until.date() - histories.HISTORY - timedelta(days=7)
    early = datetime(since.year, since.month, since.day, 7, 0, tzinfo=VIETNAM)
    keys = Random(f"{seed}:province")  # noqa: S311 -- repeatable keys of invented data
    begun = {"seed": seed, **planned, "until": until.isoformat()}
    with clock.at(early), made_by(lambda: id_at(early, keys.getrandbits(74))):
        made = province.build(seed, since, say)
        with begin(SYSTEM) as work:
            work.record(STREAM, "demo.begun", begun, first=True)
    return made, begun


def settle_readers() -> None:
    """What was loaded is history: nothing is sent for it, and the open work is counted once."""
    with transaction.atomic():
        work_counts.recount()
        readers.skip_to_end("work_counts")
    for name, reader in sorted(readers.registry.items()):
        if reader.reset is None:
            readers.skip_to_end(name)
        elif name != "work_counts":
            readers.catch_up(reader)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _summary(summary: Summary) -> Summary:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, count(*) FROM dossiers_dossier GROUP BY status ORDER BY status")
        summary.by_status = {str(status): count for status, count in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM ledger_event")
        summary.events = (cursor.fetchone() or (0,))[0]
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE coalesce(d.finished_at, c.closed_at, %s) <= c.due_at) "
            "FROM dossiers_dossier d JOIN cases_case c ON c.id = d.case_id WHERE c.due_at IS NOT NULL",
            [clock.now()],
        )
        summary.with_due_date, summary.on_time = cursor.fetchone() or (0, 0)
    summary.dossiers = sum(summary.by_status.values())
    return summary
