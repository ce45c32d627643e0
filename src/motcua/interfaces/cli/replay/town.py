"""The municipality of the log on our platform: one unit with its counter, its people, its flow, its procedures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from importlib.resources import files
from uuid import UUID

from motcua.engines.accounts import actions as accounts
from motcua.engines.accounts.models import User
from motcua.engines.flows import actions as flows
from motcua.engines.ledger.actor import SYSTEM, Actor, Grant
from motcua.engines.ledger.work import begin
from motcua.engines.organisations import actions as organisations
from motcua.engines.organisations.models import Role, Unit, UnitKind
from motcua.engines.organisations.roles import PERMISSIONS
from motcua.foundation.cache import forget_all
from motcua.foundation.errors import Conflict
from motcua.interfaces.cli.replay.log import LogCase
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.importer import bulk, import_lines
from motcua.services.procedures.models import Procedure
from motcua.services.procedures.queries import version

UNIT = "Y99.01"
FIELD = "Replayed log: receipt of permit applications"
FLOW = "replayed-receipt"
ROLE = "replayed-officer"
# Every day and every hour counts, and a time in days ends at the hour at which it began: so the log reckons.
_CALENDAR = {
    "week": {day: ["00:00-23:59:59"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
    "public_holidays": False,
    "national_days": False,
    "due_moment": "hour_of_receipt",
    "hours_basis": "the log's own reckoning",
}


@dataclass(frozen=True)
class Town:
    """What the replay acts with."""

    unit: Unit
    officers: dict[str, Actor]
    procedures: dict[int, ProcedureData]

    @cached_property
    def applicant(self) -> Actor:
        """Who applies: the log says nothing of them."""
        return Actor(kind="citizen", id=self.unit.id, party_id=self.unit.id, name="")

    def officer(self, resource: str) -> Actor:
        return self.officers[resource]


def build(cases: Sequence[LogCase]) -> Town:
    """Builds it in the present transaction. Raises ``Conflict`` where a replay was kept before."""
    if Unit.objects.filter(code=UNIT).exists():
        raise Conflict("A replay was kept in this database before. Please use another database.")
    first = min(case.begin for case in cases).date() - timedelta(days=1)
    with begin(SYSTEM) as work:
        calendar = organisations.create_calendar(work, name="Replayed log: every hour counts", data=_CALENDAR)
        unit = organisations.create_unit(
            work,
            code=UNIT,
            name="The municipality of the replayed log",
            kind=UnitKind.DEPARTMENT,
            valid_from=first,
            one_stop=True,
            calendar_id=calendar.id,
        )
        role = organisations.define_role(
            work, code=ROLE, name="Officer of the replayed log", permissions=sorted(_PERMISSIONS)
        )
    forget_all()
    officers = {
        resource: _officer(f"replayed-{number}", resource, unit, role, first)
        for number, resource in enumerate(_resources(cases), start=1)
    }
    _flow(first)
    procedures = _procedures(sorted({case.days for case in cases}), first)
    forget_all()
    return Town(unit, officers, procedures)


_PERMISSIONS = frozenset(name for name in PERMISSIONS if name.startswith("dossier."))


def _resources(cases: Sequence[LogCase]) -> list[str]:
    names = {event.resource for case in cases for event in case.events} | {case.responsible for case in cases}
    return sorted(names)


def _officer(username: str, resource: str, unit: Unit, role: Role, since: date) -> Actor:
    """A person of the log, who may do everything in its one unit: the log does not say who held which office."""
    with begin(SYSTEM) as work:
        user: User = accounts.create_officer(work, username=username, full_name=resource)
        organisations.appoint(work, user=user, unit=unit, role=role, valid_from=since)
    grant = Grant(role.code, unit.id, unit.path, _PERMISSIONS)
    return Actor(kind="officer", id=user.id, name=resource, grants=(grant,))


def _flow(since: date) -> None:
    steps = json.loads((files("motcua.interfaces.cli.replay") / "data" / "flow.json").read_text(encoding="utf-8"))
    with begin(SYSTEM) as work:
        flows.publish(
            work, FLOW, "Receipt phase of the replayed log", steps, effective_from=since, rules=[{"field": FIELD}]
        )


def _procedures(days: Sequence[int], since: date) -> dict[int, ProcedureData]:
    """One procedure for each time that was given, through the catalogue's importer."""
    lines = [json.dumps(_record(count)) for count in days]
    with bulk(SYSTEM) as work:
        import_lines(work, lines, effective=since)
    current: dict[str, UUID] = dict(
        Procedure.objects.filter(code__in=[_code(count) for count in days]).values_list("code", "current_id")
    )
    return {count: version(current[_code(count)]) for count in days}


def _code(days: int) -> str:
    return f"9.{900_000 + days:06d}"


def _record(days: int) -> dict[str, object]:
    methods: list[dict[str, object]] = [
        {"channel": channel, "time_value": days, "time_unit": "DAY", "fees": []}
        for channel in ("ONLINE", "DIRECT", "POSTAL")
    ]
    return {
        "code": _code(days),
        "name": f"Receipt of a permit application, {days} days",
        "level": "Cấp Tỉnh",
        "field": FIELD,
        "methods": methods,
        "components": [{"case": "", "items": [{"name": "Application form", "original": 1, "copy": 0}]}],
    }
