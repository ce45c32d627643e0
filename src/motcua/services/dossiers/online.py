"""How well counters answer what comes in without them: alerted within 2 hours, answered within 8 working hours
(ND118 Đ17.2). Counted by a reader from what the events say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Sum

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import reader
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation.clock import VIETNAM
from motcua.services.dossiers.actions.answering import alert_until, answer_until, is_online
from motcua.services.dossiers.models import AnswerCount, Dossier

KINDS = ("dossier.accepted", "dossier.refused", "dossier.supplement_requested", "dossier.alerted")


def _reset() -> None:
    AnswerCount.objects.all().delete()


@reader("answer_counts", kinds=KINDS, reset=_reset)
def answer_counts(events: Sequence[Event]) -> None:
    """Adds up alerts and first answers by counter and day, each row written once a batch."""
    counted: Counter[tuple[str, date, str]] = Counter()
    for event in events:
        day = event.at.astimezone(VIETNAM).date()
        for name in ("alerted", "answered"):
            said = event.data.get(name)
            if isinstance(said, dict):
                counted[said["unit"], day, name] += 1
                counted[said["unit"], day, f"{name}_late"] += bool(said["late"])
    places = sorted({(unit, day) for unit, day, _ in counted})
    if not places:
        return
    names = ("alerted", "alerted_late", "answered", "answered_late")
    columns = [[counted[unit, day, name] for unit, day in places] for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_answercount (unit_id, day, alerted, alerted_late, answered, answered_late) "
            "SELECT * FROM unnest(%s::uuid[], %s::date[], %s::int[], %s::int[], %s::int[], %s::int[]) "
            "ON CONFLICT (unit_id, day) DO UPDATE SET alerted = dossiers_answercount.alerted + excluded.alerted, "
            "alerted_late = dossiers_answercount.alerted_late + excluded.alerted_late, "
            "answered = dossiers_answercount.answered + excluded.answered, "
            "answered_late = dossiers_answercount.answered_late + excluded.answered_late",
            [[unit for unit, _ in places], [day for _, day in places], *columns],
        )


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """One counter over some days."""

    unit: UnitInfo
    alerted: int
    alerted_late: int
    answered: int
    answered_late: int

    @property
    def in_time(self) -> int:
        return self.answered - self.answered_late

    @property
    def rate(self) -> int | None:
        """Answered in time, in percent; ``None`` where nothing was answered."""
        return round(100 * self.in_time / self.answered) if self.answered else None


def answer_figures(actor: Actor, first: date, last: date) -> list[AnswerFigures]:
    """By counter, the worst first: those that the asker leads or works at; one query."""
    units = {
        unit.id: unit for unit in directory().under(*actor.reach("dossier.assign"), *actor.reach("dossier.receive"))
    }
    rows = (
        AnswerCount.objects.filter(unit__in=list(units), day__gte=first, day__lte=last)
        .values_list("unit")
        .annotate(Sum("alerted"), Sum("alerted_late"), Sum("answered"), Sum("answered_late"))
        .order_by("unit")
    )
    found = [AnswerFigures(units[row[0]], *row[1:]) for row in rows]
    return sorted(found, key=lambda each: (each.rate if each.rate is not None else 101, each.unit.name))


@dataclass(frozen=True, slots=True)
class Clock:
    """One of the two clocks of an online dossier: until when, and when it was done."""

    until: datetime
    done_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        return (self.done_at or now) > self.until


def clocks(dossier: Dossier) -> tuple[Clock, Clock] | None:
    """(alert, answer) of an online dossier; ``None`` for what was handed in at a counter."""
    if not is_online(dossier):
        return None
    # who answers needs no alert any more
    alerted = dossier.alerted_at or dossier.answered_at
    return (
        Clock(alert_until(dossier.submitted_at), alerted),
        Clock(answer_until(dossier.received_at_id, dossier.submitted_at), dossier.answered_at),
    )
