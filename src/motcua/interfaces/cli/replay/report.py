"""What the replay came to, against the log's own figures; every difference with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.bulk import BulkWork
from motcua.engines.ledger.verify import verify
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid
from motcua.interfaces.cli.replay import log, town
from motcua.interfaces.cli.replay.play import Played, Player
from motcua.services.dossiers.models import Dossier

SAME_DUE = 60  # seconds; the log's deadlines differ from whole days by up to a minute


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as in the log."""

    case: str
    kind: str
    explanation: str


def replay(path: Path, *, keep: bool = False, advance: Callable[[int], None] = lambda _: None) -> dict[str, Any]:
    """Runs the log and reports. Everything is rolled back unless ``keep``. Raises ``Invalid`` for no proper log."""
    cases = log.read(path)
    if not cases:
        raise Invalid("%(path)s holds no cases.", path=str(path))
    last = max([event.at for case in cases for event in case.events] + [case.end for case in cases if case.end])
    try:
        with transaction.atomic(), clock.at(last):
            place = town.build(cases)
            played = _played(cases, place, advance)
            document = _document(cases, played, kept=keep)
            if not keep:
                transaction.set_rollback(True)
    finally:
        forget_all()
    return document


def _played(cases: Sequence[log.LogCase], place: town.Town, advance: Callable[[int], None]) -> list[Played]:
    work = BulkWork(SYSTEM)
    player = Player(work, place)
    played = []
    for case in sorted(cases, key=lambda case: case.begin):
        played.append(player.play(case))
        advance(1)
    work.flush()
    return played


def _document(cases: Sequence[log.LogCase], played: Sequence[Played], *, kept: bool) -> dict[str, Any]:
    stored = _stored([each.dossier for each in played])
    differences = [difference for each in played for difference in _differences(each)]
    verbs: Counter[str] = sum((each.actions for each in played), Counter())
    verdicts = [verify(stream=each.dossier.pk) for each in played[:: max(len(played) // 50, 1)]]
    return {
        "cases": stored["cases"],
        "events": sum(each.applied for each in played),
        "closed": stored["closed"],
        "late": stored["late"],
        "log": {
            "cases": len(cases),
            "events": sum(len(case.events) for case in cases),
            "closed": sum(case.end is not None for case in cases),
            "late": sum(case.late for case in cases),
        },
        # late == log.late + only_here - only_in_log
        "late_apart": {
            "only_here": sum(each.late and not each.case.late for each in played),
            "only_in_log": sum(each.case.late and not each.late for each in played),
        },
        "due": {
            "same": sum(_due_apart(each) <= SAME_DUE for each in played),
            "same_day": sum(_same_day(each) for each in played),
        },
        "actions": dict(verbs.most_common()),
        "ledger": {"events": stored["events"], "proved": all(verdict.ok for verdict in verdicts)},
        "differences_by_kind": dict(Counter(difference.kind for difference in differences).most_common()),
        "differences": differences,
        "kept": kept,
    }


def _stored(dossiers: Sequence[Dossier]) -> dict[str, int]:
    """The platform's own figures, counted in the database by the platform's own due dates."""
    keys = [dossier.pk for dossier in dossiers]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(c.closed_at), "
            "count(*) FILTER (WHERE coalesce(d.finished_at, c.closed_at) > c.due_at), "
            "(SELECT count(*) FROM ledger_event WHERE stream = ANY(%(keys)s)) "
            "FROM dossiers_dossier d JOIN cases_case c ON c.id = d.case_id WHERE c.id = ANY(%(keys)s)",
            {"keys": keys},
        )
        row = cursor.fetchone() or (0, 0, 0, 0)
    return dict(zip(("cases", "closed", "late", "events"), row, strict=True))


def _due_apart(played: Played) -> float:
    due = played.dossier.case.due_at
    return abs((due - played.case.deadline).total_seconds()) if due else float("inf")


def _same_day(played: Played) -> bool:
    due = played.dossier.case.due_at
    return due is not None and due.astimezone(VIETNAM).date() == played.case.deadline.date()


def _differences(played: Played) -> list[Difference]:
    case = played.case
    found = [Difference(case.name, kind, explanation) for kind, explanation in played.notes]
    due = played.dossier.case.due_at
    if due is not None and _due_apart(played) > SAME_DUE:
        found.append(
            Difference(
                case.name,
                "due_date",
                f"The platform reckons {case.days} days from {case.begin:%Y-%m-%d %H:%M:%S}: {due:%Y-%m-%d %H:%M:%S}; "
                f"the log's deadline {case.deadline:%Y-%m-%d %H:%M:%S} is no whole number of days.",
            )
        )
    if played.late != case.late and played.ended_at is not None and due is not None:
        found.append(
            Difference(
                case.name,
                "late",
                f"{'Late' if played.late else 'In time'} here, {'late' if case.late else 'in time'} in the log: ended "
                f"{played.ended_at:%Y-%m-%d %H:%M:%S}, due {due:%Y-%m-%d %H:%M:%S} (log: ended "
                f"{case.end:%Y-%m-%d %H:%M:%S}, due {case.deadline:%Y-%m-%d %H:%M:%S}).",
            )
        )
    if (played.dossier.case.closed_at is not None) != (case.end is not None):
        found.append(Difference(case.name, "closed", "Closed in one and open in the other."))
    return found
