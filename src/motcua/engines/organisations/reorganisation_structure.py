"""Putting a plan into effect on units and posts, all in one transaction: afterwards the old units stand below who took
over, so that their history opens to the people of the successor, and everybody holds their role there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from motcua.engines.ledger.batch import BatchWork
from motcua.engines.organisations.models import (
    Appointment,
    Reorganisation,
    SuccessionKind,
    Unit,
    UnitSuccession,
)
from motcua.engines.organisations.queries import calendar_source
from motcua.engines.organisations.reorganisation import Part
from motcua.engines.organisations.reorganisation_plan import Plan, person_goes
from motcua.foundation.errors import Refused


def put_in_effect(work: BatchWork, reorganisation: Reorganisation, plan: Plan) -> dict[str, int]:
    """Makes, ends, renames and places units, and moves posts. Returns how many of each.

    Raises ``Refused`` for a plan with problems, and for a unit that begins on the day itself or later. The caller
    forgets the directory once this is committed.
    """
    if plan.problems:
        place, message = plan.problems[0]
        raise Refused("The reorganisation cannot be carried out: %(place)s: %(problem)s", place=place, problem=message)
    structure = _Structure(work, reorganisation, plan)
    structure.make_units()
    structure.rename_and_place()
    structure.end_units()
    structure.keep_below()
    moved = structure.move_posts()
    return {
        "units_made": len(plan.makings),
        "units_ended": sum(not ending.stays for ending in plan.endings.values()),
        "units_renamed": len(plan.renamings),
        "units_placed": len(plan.placings),
        "posts_moved": moved,
    }


class _Structure:
    def __init__(self, work: BatchWork, reorganisation: Reorganisation, plan: Plan) -> None:
        self._work, self._plan = work, plan
        self._reorganisation = reorganisation
        self._on: date = reorganisation.effective
        self._last_day = self._on - timedelta(days=1)
        # not the key: dossiers that name a unit go on being written meanwhile
        rows = Unit.objects.select_for_update(no_key=True, of=("self",)).order_by("path")
        self._units: dict[UUID, Unit] = {unit.id: unit for unit in rows}
        self._by_code = {unit.code: unit for unit in self._units.values()}
        self._was_at = {unit.id: unit.path for unit in self._units.values()}
        work.expect(self._was_at)

    def make_units(self) -> None:
        """Parents before children: codes sort so."""
        for code, making in self._plan.makings.items():
            spec = making.spec
            parent = self._by_code[spec.parent] if spec.parent else None
            unit = Unit(
                code=code,
                name=spec.name,
                short_name=spec.short_name,
                kind=making.kind,
                parent=parent,
                path=f"{parent.path if parent else ''}{code}/",
                one_stop=making.one_stop,
                fields=list(making.fields),
                ward_code=spec.ward_code,
                address=making.address,
                phone=spec.phone,
                calendar_id=making.calendar_id,
                valid_from=self._on,
            )
            self._work.add(unit)
            self._by_code[code] = unit
            after = {"code": code, "name": unit.name, "kind": unit.kind, "ward_code": unit.ward_code}
            after |= {"parent": parent.code if parent else "", "valid_from": self._on.isoformat()}
            self._work.record(unit.id, "unit.created", {"after": after, **self._why()}, first=True)

    def end_units(self) -> None:
        for key, ending in self._plan.endings.items():
            unit = self._units[key]
            heirs = [(self._by_code[part.to], part) for part in ending.heirs]
            for position, (heir, part) in enumerate(heirs):
                self._succeed(unit, heir, ending.kind, position, part)
            if ending.stays:
                self._work.record(unit.id, "unit.divided", {"to": [heir.code for heir, _ in heirs], **self._why()})
                continue
            if unit.valid_from > self._last_day:
                raise Refused("The unit %(code)s begins on that day or later; it cannot end before.", code=unit.code)
            before = {"valid_to": unit.valid_to.isoformat() if unit.valid_to else "", "path": unit.path}
            unit.valid_to = self._last_day
            unit.path = f"{heirs[0][0].path}{unit.code}/"
            self._work.change(unit, "valid_to", "path")
            after = {"valid_to": self._last_day.isoformat(), "path": unit.path}
            self._work.record(
                unit.id,
                "unit.succeeded",
                {
                    "kind": str(ending.kind),
                    "to": [heir.code for heir, _ in heirs],
                    "before": before,
                    "after": after,
                    **self._why(),
                },
            )

    def rename_and_place(self) -> None:
        for renaming in self._plan.renamings:
            unit = self._units[renaming.unit.id]
            before = {"name": unit.name, "short_name": unit.short_name}
            self._succeed(unit, unit, SuccessionKind.RENAME, 0, None, before)
            unit.name, unit.short_name = renaming.name, renaming.short_name or unit.short_name
            self._work.change(unit, "name", "short_name")
            after = {"name": unit.name, "short_name": unit.short_name}
            self._work.record(unit.id, "unit.renamed", {"before": before, "after": after, **self._why()})
        for placing in self._plan.placings:
            self._place(self._units[placing.unit.id], self._by_code[placing.under], placing.code)

    def _place(self, unit: Unit, under: Unit, code: str) -> None:
        """The unit and all below it get identifiers below the new one; the hours they worked by stay theirs."""
        was = unit.code
        below = [each for each in self._units.values() if each.code.startswith(was + ".") and self._lives(each)]
        for each in [unit, *sorted(below, key=lambda row: row.code)]:
            before = {"code": each.code, "path": each.path}
            if each is unit:
                before["parent"] = each.parent.code if each.parent else ""
            self._succeed(each, each, SuccessionKind.MOVE, 0, None, before)
            if each is unit:
                each.calendar_id = calendar_source(each.id)
                each.parent = under
                self._work.change(each, "parent", "calendar")
            each.former_code = each.former_code or each.code
            each.code = code + each.code.removeprefix(was)
            above = under if each is unit or each.parent_id is None else self._units[each.parent_id]
            each.path = f"{above.path}{each.code}/"
            self._by_code[each.code] = each
            self._work.change(each, "code", "path", "former_code")
            after = {"code": each.code, "path": each.path}
            self._work.record(each.id, "unit.placed", {"before": before, "after": after, **self._why()})

    def _lives(self, unit: Unit) -> bool:
        return unit.valid_to is None or unit.valid_to >= self._on

    def keep_below(self) -> None:
        """What ended in earlier years stays below the unit that took over, wherever that is now."""
        changed = {was: self._units[key].path for key, was in self._was_at.items() if self._units[key].path != was}
        for key, was in self._was_at.items():
            unit = self._units[key]
            if unit.path != was:
                continue
            above = max((each for each in changed if was.startswith(each)), key=len, default="")
            if above:
                unit.path = changed[above] + was.removeprefix(above)
                self._work.change(unit, "path")
                self._work.record(unit.id, "unit.kept_below", {"before": was, "after": unit.path, **self._why()})

    def move_posts(self) -> int:
        """Persons keep their role in the successor; in the old unit it ends the day before."""
        held = list(
            Appointment.objects.select_for_update(of=("self",))
            .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=self._on), unit__in=list(self._plan.endings))
            .select_related("user", "acting_for__user")
            .order_by("id")
        )
        self._work.expect(each.id for each in held)
        targets = {part.to for ending in self._plan.endings.values() for part in ending.heirs}
        there = {
            (each.user_id, each.unit_id, each.role_id): each
            for each in Appointment.objects.filter(
                Q(valid_to__isnull=True) | Q(valid_to__gte=self._on),
                unit__in=[self._by_code[code].id for code in targets],
            )
        }
        instead: dict[UUID, Appointment] = {}
        moved = 0
        for post in held:
            goes_to = self._goes_to(post)
            if goes_to.id == post.unit_id:
                continue
            moved += 1
            if post.valid_from >= self._on:
                before = {"unit": self._units[post.unit_id].code}
                post.unit = goes_to
                self._work.change(post, "unit")
                self._work.record(
                    post.id, "appointment.moved", {"before": before, "after": {"unit": goes_to.code}, **self._why()}
                )
                continue
            known = there.get((post.user_id, goes_to.id, post.role_id))
            instead[post.id] = known or self._appoint(post, goes_to)
            there[post.user_id, goes_to.id, post.role_id] = instead[post.id]
            before = {"valid_to": post.valid_to.isoformat() if post.valid_to else ""}
            post.valid_to = self._last_day
            self._work.change(post, "valid_to")
            after = {"valid_to": self._last_day.isoformat()}
            self._work.record(
                post.id, "appointment.ended", {"before": before, "after": after, "unit": goes_to.code, **self._why()}
            )
        self._deputies(held, instead)
        return moved

    def _appoint(self, post: Appointment, unit: Unit) -> Appointment:
        made = Appointment(
            user=post.user,
            unit=unit,
            role_id=post.role_id,
            title=post.title,
            valid_from=self._on,
            valid_to=post.valid_to,
            acting_for_id=post.acting_for_id,
        )
        self._work.add(made)
        after = {
            "user": str(post.user_id),
            "unit": unit.code,
            "role": post.role_id,
            "title": post.title,
            "valid_from": self._on.isoformat(),
            "valid_to": post.valid_to.isoformat() if post.valid_to else "",
        }
        data = {"after": after, "instead_of": str(post.id), **self._why()}
        self._work.record(made.id, "appointment.made", data, first=True)
        return made

    def _deputies(self, held: Sequence[Appointment], instead: dict[UUID, Appointment]) -> None:
        """Who acts for somebody acts for them in the new post."""
        for made in instead.values():
            if made.acting_for_id in instead:
                made.acting_for = instead[made.acting_for_id]
        others = Appointment.objects.select_for_update(of=("self",)).filter(acting_for__in=list(instead))
        for other in others.exclude(pk__in=[each.id for each in held]):
            before = str(other.acting_for_id)
            other.acting_for = instead[other.acting_for_id]  # type: ignore[index]
            self._work.change(other, "acting_for")
            self._work.record(
                other.id,
                "appointment.moved",
                {"before": {"acting_for": before}, "after": {"acting_for": str(other.acting_for_id)}, **self._why()},
            )

    def _goes_to(self, post: Appointment) -> Unit:
        """Where its holder goes; a deputy's post goes where the one goes for whom they act."""
        ending = self._plan.endings[post.unit_id]
        rules = [part.rule() for part in ending.heirs]
        holder = post.acting_for.user if post.acting_for else post.user
        if ending.stays and not any(holder.username in part.people for part in ending.heirs):
            return self._units[post.unit_id]
        return self._by_code[ending.heirs[person_goes(rules, holder.username, holder.pk)].to]

    def _succeed(
        self,
        unit: Unit,
        heir: Unit,
        kind: SuccessionKind,
        position: int,
        part: Part | None,
        before: dict[str, str] | None = None,
    ) -> None:
        self._work.add(
            UnitSuccession(
                reorganisation=self._reorganisation,
                unit=unit,
                successor=heir,
                kind=kind,
                on=self._on,
                basis=self._reorganisation.basis,
                position=position,
                rule=part.rule() if part else {},
                before=before or {"name": unit.name, "code": unit.code, "path": self._was_at.get(unit.id, unit.path)},
            )
        )

    def _why(self) -> dict[str, str]:
        return {
            "reorganisation": str(self._reorganisation.id),
            "basis": self._reorganisation.basis,
            "on": self._on.isoformat(),
        }
