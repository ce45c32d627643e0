"""The merger of 2025 on real units: Huế's 133 wards and communes and nine districts become 40, with open dossiers in
all of them; and the mapping of the whole country read and found whole."""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from motcua.engines.accounts import actions as accounts
from motcua.engines.accounts.models import Party, User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Task
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.bulk import BulkWork
from motcua.engines.ledger.models import Event
from motcua.engines.organisations import actions as organisations
from motcua.engines.organisations.models import Role, Unit, UnitKind
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.reorganisation import parse
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.services.dossiers import actions
from motcua.services.dossiers.explain import reckoning_of
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.reorganising import plans as reorganising
from motcua.services.procedures.content import ProcedureData
from tests import factories
from tests.interfaces.portal import support as portal
from tests.services.dossiers.test_reorganising import check_whole
from tests.support import merger2025

SINCE = date(2020, 1, 1)
DAY = date(2025, 7, 1)
JUNE = datetime(2025, 6, 23, 8, 0, tzinfo=VIETNAM)
JULY = datetime(2025, 7, 1, 7, 0, tzinfo=VIETNAM)
DOSSIERS = 600
LAND = "Đất đai"
CITY = ", thành phố Huế"


def wards() -> list[dict[str, str]]:
    text = (files("motcua.engines.organisations") / "data" / "hue_wards_2025.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def codes() -> dict[str, str]:
    """Identifier of each new commune by its ward code."""
    text = (files("motcua.engines.organisations") / "data" / "hue_units.csv").read_text(encoding="utf-8")
    return {row["ward_code"]: row["code"] for row in csv.DictReader(text.splitlines())}


def committee(name: str) -> str:
    return f"Ủy ban nhân dân {name[:1].lower()}{name[1:]}"


class Old:
    """The city as it was until 30/6/2025, with people in every unit."""

    def __init__(self) -> None:
        self.work = BulkWork(SYSTEM, JUNE)
        self.units: dict[str, Unit] = {}
        self.staff: dict[tuple[str, str], User] = {}
        self.districts: dict[str, str] = {}
        self.wards: dict[str, str] = {}
        factories.make_roles()
        self.roles = {role.code: role for role in Role.objects.all()}
        self._unit("H57", "Ủy ban nhân dân thành phố Huế", UnitKind.PROVINCE, {"leader": 1, "administrator": 1})
        self._unit("H57.30", "Trung tâm Phục vụ hành chính công", UnitKind.CENTRE, {"counter": 2}, one_stop=True)
        self._unit(
            "H57.05", "Sở Nông nghiệp và Môi trường", UnitKind.DEPARTMENT, {"specialist": 2, "head": 1}, fields=[LAND]
        )
        self._unit("H57.06", "Sở Tư pháp", UnitKind.DEPARTMENT, {"specialist": 1, "head": 1})
        for number, name in enumerate(sorted({row["district"] for row in wards()})):
            code = self.districts[name] = f"H57.{40 + number}"
            self._unit(code, committee(name), UnitKind.DISTRICT, {"specialist": 2, "head": 1, "leader": 1})
            self._unit(f"{code}.99", f"Bộ phận Một cửa {name}", UnitKind.CENTRE, {"counter": 1}, one_stop=True)
        for number, row in enumerate(wards()):
            code = self.wards[row["old_code"]] = f"{self.districts[row['district']]}.{100 + number}"
            self._unit(
                code, committee(row["old_name"]), UnitKind.COMMUNE, {"specialist": 1, "head": 1}, ward=row["old_code"]
            )
            self._unit(
                f"{code}.01",
                f"Bộ phận Một cửa {row['old_name'][:1].lower()}{row['old_name'][1:]}",
                UnitKind.CENTRE,
                {"counter": 1},
                one_stop=True,
            )
        self.work.flush()
        forget_all()

    def _unit(
        self,
        code: str,
        name: str,
        kind: str,
        crew: dict[str, int],
        *,
        one_stop: bool = False,
        fields: list[str] | None = None,
        ward: str = "",
    ) -> None:
        self.units[code] = unit = Unit(
            code=code,
            name=name,
            kind=kind,
            parent=self.units.get(code.rpartition(".")[0]),
            one_stop=one_stop,
            fields=fields or [],
            ward_code=ward,
            valid_from=SINCE,
        )
        unit.path = f"{unit.parent.path if unit.parent else ''}{code}/"
        self.work.add(unit)
        for role, count in crew.items():
            for number in range(count):
                user = accounts.create_officer(
                    self.work, username=f"{code.lower()}-{role}-{number}", full_name=f"{role} {code}"
                )
                organisations.appoint(self.work, user=user, unit=unit, role=self.roles[role], valid_from=SINCE)
                self.staff.setdefault((role, code), user)

    def dossiers(self, count: int, rng: Random) -> list[UUID]:
        """So many open dossiers, at all stages, in wards and districts."""
        kinds: list[tuple[ProcedureData, str]] = [
            (factories.make_procedure("1.001193", field="Hộ tịch", allow=("5", "WORKING_DAY")), "ward"),
            (factories.make_procedure("2.000815", field="Chứng thực", allow=("10", "WORKING_DAY")), "ward"),
            (factories.make_procedure("1.004193", field=LAND, level="PROVINCE", allow=("30", "DAY")), "district"),
            (
                factories.make_procedure("1.004873", field="Hộ tịch", level="PROVINCE", allow=("15", "WORKING_DAY")),
                "district",
            ),
        ]
        actors = {key: actor_of(user) for key, user in self.staff.items()}
        places = wards()
        made = []
        for number in range(count):
            row = rng.choice(places)
            procedure, level = kinds[number % 4 if number % 3 else 0]
            agency = self.wards[row["old_code"]] if level == "ward" else self.districts[row["district"]]
            counter = f"{agency}.01" if level == "ward" else f"{agency}.99"
            self.work.actor, self.work.now = SYSTEM, JUNE + timedelta(minutes=number % 2000)
            party = accounts.register_party(
                self.work,
                name="Trần Thị Bình",
                identity_number=f"046{number:09d}",
                address_line=f"{number} Lê Lợi",
                ward_code=row["old_code"],
                ward_name=row["old_name"],
                province_code="46",
                province_name="thành phố Huế",
            )
            dossier = actions.submit(
                self.work,
                actions.Submission(
                    procedure=procedure,
                    channel="DIRECT",
                    competent_id=self.units[agency].id,
                    received_at_id=self.units[counter].id,
                    applicant_id=party.id,
                    applicant_name=party.name,
                    submitted_by=party.id,
                    key=f"2025-{number}",
                    components=[actions.ComponentIn("p1", "Tờ khai", originals=1)],
                ),
            )
            made.append(dossier.pk)
            self._go_on(dossier, agency, counter, actors, rng.randrange(5))
        self.work.flush()
        return made

    def _go_on(self, dossier: Dossier, agency: str, counter: str, actors: Any, stage: int) -> None:
        work = self.work
        if not stage:
            return
        work.actor = actors["counter", counter]
        actions.accept(work, dossier)
        work.actor = actors["specialist", agency]
        if stage == 2:
            actions.claim(work, dossier, task_id=dossier.case.open_tasks[0].id)
        if stage == 3:
            actions.request_supplement(work, dossier, items=[{"name": "Sổ cũ", "reason": "Thiếu chữ ký"}])
        if stage == 4:
            actions.pass_on(work, dossier, task_id=dossier.case.open_tasks[0].id)


def document(old: Old) -> dict[str, Any]:
    """What the resolution says: wards merge, districts end and their work goes by field and by ward."""
    to, changes = codes(), []
    rows = wards()
    for code in sorted({row["new_code"] for row in rows}):
        own = [row for row in rows if row["new_code"] == code]
        changes.append(
            {
                "kind": "merge",
                "from": [old.wards[row["old_code"]] for row in own],
                "to": {
                    "code": to[code],
                    "parent": "H57",
                    "name": committee(own[0]["new_name"]),
                    "short_name": own[0]["new_name"],
                    "ward_code": code,
                    "address": own[0]["new_name"] + CITY,
                },
            }
        )
    for district, code in old.districts.items():
        own = [row for row in rows if row["district"] == district]
        parts: list[dict[str, Any]] = [{"unit": "H57.05", "of_fields": [LAND]}]
        for new in sorted({row["new_code"] for row in own}):
            parts.append(
                {
                    "unit": to[new],
                    "wards": [row["old_code"] for row in own if row["new_code"] == new],
                    "people": [f"{code.lower()}-{role}-0" for role in ("specialist", "head", "leader")]
                    if len(parts) == 1
                    else [],
                }
            )
        changes.append({"kind": "split", "from": code, "to": parts})
    return {
        "name": "Sắp xếp đơn vị hành chính cấp xã thành phố Huế năm 2025",
        "basis": "Nghị quyết 1675/NQ-UBTVQH15",
        "effective": DAY.isoformat(),
        "changes": changes,
        "wards": [{"from": row["old_code"], "to": [row["new_code"]], "name": row["new_name"]} for row in rows],
    }


@pytest.mark.django_db
def test_hue_in_2025_nothing_is_lost() -> None:
    with clock.at(JUNE):
        old = Old()
        keys = old.dossiers(DOSSIERS, Random(1675))
        data = document(old)
    with clock.at(JULY):
        before = {row.pk: row for row in Dossier.objects.select_related("case")}
        steps = Counter(Task.objects.filter(state__in=("open", "waiting")).values_list("stage", "state"))
        report = reorganising.dry_run(SYSTEM, data)
        assert report.possible, (report.problems[:5], report.without_owner[:5])
        assert report.counts["dossiers"] == DOSSIERS
        row = reorganising.submit(SYSTEM, data)
        began = time.monotonic()
        row = reorganising.carry_out(row.id)
        took = time.monotonic() - began
        assert row.state == "done"
        assert row.report["counts"]["dossiers"] == DOSSIERS
        assert row.report["counts"]["addresses"] == DOSSIERS
        sys.stdout.write(f"{DOSSIERS} dossiers, {len(old.units)} units in {took:.1f} s: {row.report['counts']}\n")
        current = [unit for unit in directory().all if unit.current]
        assert Counter(unit.kind for unit in current)["commune"] == 40
        assert not [unit for unit in current if unit.kind == "district"]
        check_whole()
        _check_dossiers(before)
        assert Counter(Task.objects.filter(state__in=("open", "waiting")).values_list("stage", "state")) == steps
        assert Event.objects.filter(kind="dossier.reorganised").count() == DOSSIERS
        _check_pages(old, keys[::75])


def _check_dossiers(before: dict[UUID, Dossier]) -> None:
    """Each is where the resolution puts it; its due date is what was promised, and can be told step by step."""
    new_code, rows = codes(), {row["old_code"]: row for row in wards()}
    units = directory().by_id
    names = {row["new_code"]: row["new_name"] for row in rows.values()}
    for dossier in Dossier.objects.select_related("case", "applicant"):
        was = before[dossier.pk]
        old = units[was.competent_id]
        assert dossier.code == was.code
        assert dossier.case.due_at == was.case.due_at
        reckoning = reckoning_of(dossier.case)
        if reckoning is not None and dossier.status in (2, 4):
            assert reckoning.due == dossier.case.due_at
            assert reckoning.steps
        party = dossier.applicant
        assert party is not None
        old_ward = rows[_ward_before(party)]
        assert (party.ward_code, party.ward_name) == (old_ward["new_code"], names[old_ward["new_code"]])
        here = units[dossier.competent_id].code
        if old.kind == "commune":
            assert here == new_code[old_ward["new_code"]]
        elif dossier.procedure_code == "1.004193":
            assert here == "H57.05"
        else:
            assert here == new_code[old_ward["new_code"]]


def _ward_before(party: Party) -> str:
    """The ward code of the address as it was written."""
    name = party.former_address.split(", ")[1]
    number = int(party.address_line.split()[0])
    found = [row["old_code"] for row in wards() if row["old_name"] == name]
    if len(found) == 1:
        return found[0]
    competent = Dossier.objects.get(submission_key=f"2025-{number}").code.split("-")[0]
    return next(code for code in found if _lies(code, competent))


def _lies(ward: str, agency: str) -> bool:
    unit = directory().coded(agency)
    return unit.ward_code == ward or (
        unit.kind == "district"
        and any(each.ward_code == ward and each.code.startswith(agency + ".") for each in directory().all)
    )


def _check_pages(old: Old, keys: list[UUID]) -> None:
    """Each citizen reads who has their dossier now, by what, and that the date stays."""
    for dossier in Dossier.objects.filter(pk__in=keys).filter(~Q(status=1)).select_related("case", "applicant"):
        user = factories.make_user(party=dossier.applicant, full_name="Trần Thị Bình")
        page = portal.signed_in(user).get(f"/dossiers/{dossier.code}/").content.decode()
        assert "Nghị quyết 1675/NQ-UBTVQH15" in page
        assert "01/07/2025" in page
        if dossier.case.due_at:
            assert f"{dossier.case.due_at.astimezone(VIETNAM):%d/%m/%Y}" in page


@pytest.mark.realdata
def test_the_mapping_of_the_whole_country_is_whole(shared_data: Path) -> None:
    """10,040 old units, 3,321 new ones: each old one goes somewhere, each new one comes from somewhere, and what was
    divided has one part that takes what says no more."""
    mapping = merger2025.read(shared_data / "units")
    assert (len(mapping.old), len(mapping.new)) == (10_040, 3_321)
    assert set(mapping.moved) == set(mapping.old)
    assert {new for units in mapping.moved.values() for new in units} == set(mapping.new)
    assert sum(len(units) > 1 for units in mapping.moved.values()) == 471
    document = parse(
        {
            "name": "Cả nước",
            "basis": "Nghị quyết của Ủy ban Thường vụ Quốc hội năm 2025",
            "effective": "2025-07-01",
            "changes": [{"kind": "rename", "unit": "H57", "name": "Huế"}],
            "wards": [
                {"from": old.code, "to": [new.code for new in units], "name": units[0].name}
                for old, units in mapping.moved.items()
                if old.code
            ],
        }
    )
    assert len(document.wards) == len({old.code for old in mapping.old if old.code})
    own = {(row["old_code"], row["new_code"], row["new_name"]) for row in wards()}
    hue = {old: units for old, units in mapping.moved.items() if old.province == "Thành phố Huế"}
    assert own == {(old.code, units[0].code, units[0].name) for old, units in hue.items()}
