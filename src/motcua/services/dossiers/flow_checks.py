"""What an office should know before it publishes a flow: hours over the law's, steps nobody may do, units that ended.

None of it keeps a flow from being published (``flows.problems`` does that): people may be appointed tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.db.models import Q

from motcua.engines.flows.actions import Subject, subject_of
from motcua.engines.flows.models import FlowRule
from motcua.engines.flows.problems import longest_hours
from motcua.engines.flows.rules import Definition, Step
from motcua.engines.flows.wording import HOURS_A_DAY
from motcua.engines.organisations.models import Appointment, Role, Unit
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.engines.organisations.roles import PERMISSIONS, STAGE_PERMISSION
from motcua.foundation.errors import Refused
from motcua.foundation.messages import Text
from motcua.services.dossiers.queries import competent_unit, counter_of
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.models import Channel, ChannelRule, ProcedureVersion, TimeUnit

NAMED = 4
"""So many procedures or units are named; of the rest the number is told."""

WORKING_DAYS_A_WEEK, WORKING_DAYS_A_MONTH = 5, 22
"""To compare a limit in days or months of the calendar with working hours, as a plan does; the dossier's own clock
counts exactly (``foundation.working_time``)."""


@dataclass(frozen=True, slots=True)
class Advice:
    """``step``: key of the step it is about, empty for the whole flow."""

    step: str
    text: Text


@dataclass(frozen=True, slots=True)
class Using:
    """A procedure in force that takes the flow."""

    code: str
    version_id: UUID
    field: str
    handled_level: str
    issuer: str


def advice_on(flow: Definition, rules: Iterable[Mapping[str, str]], day: date) -> list[Advice]:
    """Everything to be told about a flow without problems that holds from ``day`` for what ``rules`` name."""
    using = procedures_using(rules, day)
    units = _Units(using)
    return [*_hours(flow, using), *_ended(flow, day), *_nobody(flow, units, day)]


def procedures_using(rules: Iterable[Mapping[str, str]], day: date) -> list[Using]:
    """The procedures in force on a day that take a flow with these rules: those for which none says it closer."""
    own = {subject_of(rule) for rule in rules}
    if not own:
        return []
    every = own | {
        (rule.procedure_code, rule.field, rule.level)
        for rule in FlowRule.objects.only("procedure_code", "field", "level")
    }
    in_force = ProcedureVersion.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=day),
        state=ProcedureVersion.State.PUBLISHED,
        effective_from__lte=day,
    ).values_list("procedure__code", "id", "field__name", "handled_level", "issuer", "levels")
    found = []
    for code, key, field, handled, issuer, levels in in_force:
        level = levels[0] if levels else ""
        asked: Sequence[Subject] = (
            (code, "", ""), ("", field or "", level), ("", field or "", ""), ("", "", level), ("", "", ""),
        )  # fmt: skip
        if next((subject for subject in asked if subject in every), None) in own:
            found.append(Using(code, key, field or "", handled, issuer))
    return sorted(found, key=lambda one: one.code)


def _hours(flow: Definition, using: Sequence[Using]) -> list[Advice]:
    """Steps that together take longer than the law allows, per channel (FACTS §0.6: channels differ)."""
    hours = longest_hours(flow)
    codes = {one.version_id: one.code for one in using}
    limits = (
        ChannelRule.objects.filter(version_id__in=list(codes), value__isnull=False)
        .exclude(unit=TimeUnit.OTHER)
        .values_list("version_id", "channel", "value", "unit")
        .order_by("version_id", "position")
    )
    over: dict[str, tuple[int, Any, str, str]] = {}
    for version_id, channel, value, unit in limits:
        if value is None:
            continue
        allowed = working_hours(float(value), unit)
        code = codes[version_id]
        if hours > allowed and (code not in over or allowed < over[code][0]):
            over[code] = allowed, value, unit, channel
    told = []
    for code, (allowed, value, unit, channel) in sorted(over.items(), key=lambda item: item[1][0])[:NAMED]:
        words = {
            "hours": hours, "code": code, "allowed": allowed, "value": f"{value.normalize():f}",
            "unit": Text(str(TimeUnit(unit).label)), "channel": Text(str(Channel(channel).label)),
        }  # fmt: skip
        said = (
            "The longest way takes %(hours)s working hours; %(code)s allows about %(allowed)s "
            "(%(channel)s: %(value)s %(unit)s)."
        )
        told.append(Advice("", Text(said, words)))
    if len(over) > NAMED:
        words = {"count": len(over) - NAMED}
        told.append(Advice("", Text("It is longer than the law allows for %(count)s more procedures.", words)))
    return told


def working_hours(value: float, unit: str) -> int:
    """About how many working hours a legal limit is."""
    if unit == TimeUnit.HOUR:
        return int(value)
    if unit == TimeUnit.WORKING_DAY:
        return int(value * HOURS_A_DAY)
    days = value * WORKING_DAYS_A_MONTH if unit == TimeUnit.MONTH else value * WORKING_DAYS_A_WEEK / 7
    return int(days * HOURS_A_DAY)


def _ended(flow: Definition, day: date) -> list[Advice]:
    codes = {step.unit.removeprefix("code:") for step in flow.steps if step.unit.startswith("code:")}
    stored = {unit.code: unit for unit in Unit.objects.filter(code__in=codes).only("code", "valid_from", "valid_to")}
    told = []
    for step in flow.steps:
        code = step.unit.removeprefix("code:")
        if not step.unit.startswith("code:"):
            continue
        unit = stored.get(code)
        if unit is None:
            told.append(Advice(step.key, Text("There is no unit %(code)s.", {"code": code})))
        elif unit.valid_to is not None and unit.valid_to < day:
            words = {"code": code, "day": unit.valid_to}
            told.append(Advice(step.key, Text("The unit %(code)s ended on %(day)s.", words)))
        elif unit.valid_from > day:
            words = {"code": code, "day": unit.valid_from}
            told.append(Advice(step.key, Text("The unit %(code)s begins only on %(day)s.", words)))
    return told


class _Units:
    """Which units a selector may mean, for the procedures that use the flow."""

    def __init__(self, using: Sequence[Using]) -> None:
        found: dict[UUID, UnitInfo] = {}
        communes = [unit for unit in directory().all if unit.kind == "commune" and unit.current]
        for level, field, issuer in {(one.handled_level, one.field, one.issuer) for one in using}:
            if level == "COMMUNE":
                found.update({unit.id: unit for unit in communes})
                continue
            try:
                unit = competent_unit(cast("ProcedureData", Using("", UUID(int=0), field, level, issuer)))
            except Refused:
                continue
            found[unit.id] = unit
        self.competent = list(found.values())

    def of(self, step: Step) -> list[UnitInfo]:
        units = directory()
        kind, _, rest = step.unit.partition(":")
        if kind == "code":
            return [units.by_code[rest]] if rest in units.by_code else []
        if kind == "field":
            return [unit for unit in units.all if unit.current and rest in unit.fields][:1]
        if kind == "province":
            return [unit for unit in units.all if unit.kind == "province" and unit.current][:1]
        if kind == "within":
            return [units.by_code.get(f"{unit.code}.{rest}", unit) for unit in self.competent]
        if kind == "superior":
            above = {unit.parent_id: unit for unit in self.competent}
            return [units.by_id.get(key or unit.id, unit) for key, unit in above.items()]
        if kind == "received_at":
            counters = {counter_of(unit).id: counter_of(unit) for unit in self.competent}
            return list(counters.values())
        return self.competent


def _nobody(flow: Definition, units: _Units, day: date) -> list[Advice]:
    """Steps that nobody may do in a unit that may get them, as appointments stand for that day."""
    held = Appointment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day, user__is_active=True
    ).values_list("unit__path", "role_id", "role__permissions")
    here: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for path, role, permissions in held:
        here.setdefault(path, []).append((role, frozenset(permissions)))
    roles = {role.code: frozenset(role.permissions) for role in Role.objects.all()}
    told = []
    for step in flow.steps:
        if step.role and (wrong := _wrong_role(step, roles)) is not None:
            told.append(Advice(step.key, wrong))
            continue
        asked = units.of(step)
        empty = [unit for unit in asked if not _somebody(step, unit.path, here)]
        if not empty:
            continue
        names = tuple(unit.label for unit in empty[:NAMED])
        words: dict[str, Any] = {"day": day, "units": names, "count": len(empty), "all": len(asked)}
        if len(asked) == 1:
            said = Text("From %(day)s on nobody may do this step in %(units)s.", words)
        elif len(empty) <= NAMED:
            said = Text("From %(day)s on nobody may do this step in %(units)s (%(count)s of %(all)s units).", words)
        else:
            said = Text(
                "From %(day)s on nobody may do this step in %(count)s of %(all)s units, among them %(units)s.", words
            )
        told.append(Advice(step.key, said))
    return told


def _wrong_role(step: Step, roles: Mapping[str, frozenset[str]]) -> Text | None:
    if step.role in PERMISSIONS:
        return None
    if step.role not in roles:
        return Text("There is no role “%(role)s”.", {"role": step.role})
    if STAGE_PERMISSION[step.stage] not in roles[step.role]:
        return Text("The role “%(role)s” may not do this kind of work.", {"role": step.role})
    return None


def _somebody(step: Step, path: str, here: Mapping[str, list[tuple[str, frozenset[str]]]]) -> bool:
    parts = path.split("/")
    above = ["/".join(parts[:count]) + "/" for count in range(1, len(parts))]
    needed = STAGE_PERMISSION[step.stage]
    return any(
        needed in permissions and (not step.role or step.role == role or step.role in permissions)
        for place in above
        for role, permissions in here.get(place, ())
    )
