"""The province before its first dossier: units, areas, calendars, roles, officers, flows, catalogue, forms, personas.

Idempotent as a whole: ``build`` refuses a database that holds anything of its own.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.db import transaction

from motcua.engines.accounts import actions as accounts
from motcua.engines.accounts.models import User
from motcua.engines.flows import actions as flows
from motcua.engines.forms.places import provinces
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.bulk import BulkWork
from motcua.engines.ledger.work import begin
from motcua.engines.organisations import actions as organisations
from motcua.engines.organisations.models import Role, Unit, UnitKind
from motcua.engines.organisations.roles import DEFAULT_ROLES
from motcua.foundation.cache import forget_all
from motcua.foundation.errors import NotFound
from motcua.interfaces.cli.demo import people
from motcua.interfaces.cli.demo.memory import no_collection
from motcua.services.dossiers.together.groups import load_shipped
from motcua.services.procedures import actions as procedures
from motcua.services.procedures.forms import load_designed_forms
from motcua.services.procedures.importer import import_file
from motcua.services.procedures.models import Procedure, ReviewItem

PROVINCE = "H57"
CENTRE = "H57.30"
PERSONA_WARD = "19753"  # Phường Phú Xuân
PERSONA_DEPARTMENT = "H57.08"  # Sở Xây dựng
_UNITS = "motcua.engines.organisations"

# how many of each role a kind of unit has; the head of a one-stop centre receives too
_CREW: dict[str, list[tuple[str, int]]] = {
    "commune": [("leader", 2)],
    "commune_centre": [("counter", 3)],
    "commune_division": [("head", 1), ("specialist", 2)],
    "department": [("leader", 2), ("specialist", 1)],
    "vertical": [("leader", 2), ("specialist", 1)],
    "division": [("head", 1), ("specialist", 3)],
    "centre": [("counter", 12), ("head", 1)],
    "province": [("leader", 2), ("specialist", 2), ("inspector", 1)],
}
_TITLES = {
    "leader": "Lãnh đạo",
    "head": "Trưởng bộ phận",
    "specialist": "Chuyên viên",
    "counter": "Cán bộ Một cửa",
    "clerk": "Văn thư",
    "helper": "Tình nguyện viên hỗ trợ dịch vụ công",
    "inspector": "Kiểm soát viên",
    "administrator": "Quản trị hệ thống",
}

# user name → (name, [(role, unit)]); “ward” stands for the personas' ward
PERSONAS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "demo-counter": ("Trần Thị Mỹ Duyên", [("counter", "ward.01"), ("counter", CENTRE)]),
    "demo-specialist": (
        "Lê Quang Hiếu",
        [(role, unit) for role in ("specialist",) for unit in ("ward", PERSONA_DEPARTMENT)],
    ),
    "demo-head": ("Nguyễn Thị Thanh Hà", [("head", "ward"), ("head", PERSONA_DEPARTMENT)]),
    "demo-leader": ("Phan Quốc Dũng", [("leader", "ward"), ("leader", PERSONA_DEPARTMENT)]),
    "demo-clerk": ("Lê Thị Diệu Hiền", [("clerk", "ward")]),
    "demo-volunteer": ("Nguyễn Hữu Đạt", [("helper", "ward.01")]),
    "demo-admin": ("Hoàng Viết Toàn", [("administrator", PROVINCE)]),
}
CITIZEN = "demo-citizen"
CITIZEN_NAME = "Phan Thị Minh Tâm"


def data_file(name: str) -> Traversable:
    return files("motcua.interfaces.cli.demo") / "data" / name


def rows_of(name: str, package: str = "motcua.interfaces.cli.demo") -> list[dict[str, str]]:
    """The rows of one of the tables that come with the house."""
    text = (files(package) / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the tables describe it."""

    code: str
    name: str
    short_name: str
    kind: str
    parent: str
    crew: str
    fields: list[str] = field(default_factory=list)
    address: str = ""
    ward_code: str = ""

    @property
    def one_stop(self) -> bool:
        return self.kind == UnitKind.CENTRE


@cache
def unit_rows() -> list[UnitRow]:
    """All units of the province, parents before children."""
    found = [
        UnitRow(
            row["code"],
            row["name"],
            row["short_name"],
            row["kind"],
            row["parent"],
            row["kind"],
            [name for name in row["fields"].split("|") if name],
            f"{row['address']}, thành phố Huế",
        )
        for row in rows_of("units.csv")
    ]
    for row in rows_of("hue_units.csv", _UNITS):
        found.extend(_commune(row["code"], row["ward_code"], row["name"]))
    return found


def _commune(code: str, ward_code: str, place: str) -> Iterator[UnitRow]:
    urban = place.startswith("Phường")
    lowered = place[:1].lower() + place[1:]
    short = place.replace("Phường ", "P. ").replace("Xã ", "X. ")
    name = f"Ủy ban nhân dân {lowered}"
    yield UnitRow(code, name, short, UnitKind.COMMUNE, PROVINCE, "commune", [], f"{place}, thành phố Huế", ward_code)
    kind = "ward" if urban else "commune"
    for row in rows_of("commune_units.csv"):
        yield UnitRow(
            f"{code}.{row['code']}",
            row[f"{kind}_name"].format(place=lowered),
            row[f"{kind}_short"].format(short=short),
            row["kind"],
            code,
            "commune_centre" if row["kind"] == UnitKind.CENTRE else "commune_division",
            [],
            f"{place}, thành phố Huế",
        )


def ward_unit(ward_code: str) -> str:
    """The identifier of the commune with this ward code."""
    return next(row.code for row in unit_rows() if row.ward_code == ward_code)


def build(seed: int, since: date, step: Callable[[str], None]) -> dict[str, int]:
    """Everything but the dossiers, in one transaction; ``since``: the day from which it holds. Returns counts."""
    with no_collection(), transaction.atomic():
        step("units")
        units = _units(since)
        step("officers")
        officers = _officers(units, Random(f"{seed}:officers"), since)  # noqa: S311 -- invented names
        _personas(units, since, Random(f"{seed}:personas"))  # noqa: S311
        step("catalogue")
        imported = import_file(catalogue_file(), SYSTEM, effective=since)
        step("forms and flows")
        settled = _settle_times(since)
        with begin(SYSTEM) as work:
            forms = load_designed_forms(work)
        drawn = _flows(since)
        together = load_shipped()
        forget_all()
    return {
        "units": len(units),
        "officers": officers,
        "procedures": imported.created,
        "times_settled": settled,
        "forms": len(forms),
        "flows": drawn,
        "linked_groups": together,
    }


def _units(since: date) -> dict[str, Unit]:
    work = BulkWork(SYSTEM)
    usual = organisations.create_calendar(work, name="Giờ hành chính", data={})
    counters = organisations.create_calendar(
        work, name="Bộ phận Một cửa (nhận hồ sơ cả sáng thứ Bảy)", data={"reception": {"sat": ["07:30-11:00"]}}
    )
    for code, (name, permissions) in DEFAULT_ROLES.items():
        organisations.define_role(work, code=code, name=name, permissions=permissions)
    units: dict[str, Unit] = {}
    for row in unit_rows():
        calendar = counters if row.one_stop else usual if row.kind == UnitKind.PROVINCE else None
        units[row.code] = organisations.create_unit(
            work,
            code=row.code,
            name=row.name,
            short_name=row.short_name,
            kind=row.kind,
            parent=units.get(row.parent),
            valid_from=since,
            one_stop=row.one_stop,
            fields=row.fields,
            ward_code=row.ward_code,
            address=row.address,
            calendar_id=calendar.id if calendar else None,
        )
    work.flush()
    forget_all()
    _areas(units)
    return units


def _areas(units: dict[str, Unit]) -> None:
    """The communes' boundaries."""
    outlines = json.loads((files(_UNITS) / "data" / "hue_communes.geojson").read_text(encoding="utf-8"))
    sizes = {row["ward_code"]: Decimal(row["area_km2"]) for row in rows_of("hue_units.csv", _UNITS)}
    by_ward = {unit.ward_code: unit for unit in units.values() if unit.ward_code}
    with begin(SYSTEM) as work:
        for feature in outlines["features"]:
            ward = feature["properties"]["code"]
            organisations.set_area(work, by_ward[ward], feature["geometry"], sizes[ward], source="hue_communes.geojson")


def _officers(units: dict[str, Unit], rng: Random, since: date) -> int:
    work = BulkWork(SYSTEM)
    roles = {role.code: role for role in Role.objects.all()}
    count = 0
    for row in unit_rows():
        number = 0
        for role, wanted in _CREW[row.crew]:
            for _ in range(wanted):
                number += 1
                name = people.full_name(rng, rng.choice(("male", "female")))
                user = accounts.create_officer(work, username=f"{row.code.lower()}-{number}", full_name=name)
                _appoint(work, user, units[row.code], roles[role], since)
                count += 1
    work.flush()
    return count


def _appoint(work: Any, user: User, unit: Unit, role: Role, since: date) -> None:
    organisations.appoint(work, user=user, unit=unit, role=role, valid_from=since, title=_TITLES[role.code])


def _personas(units: dict[str, Unit], since: date, rng: Random) -> None:
    """One officer of each kind, in a ward and in a department, and a citizen. None of them has a password."""
    roles = {role.code: role for role in Role.objects.all()}
    ward = ward_unit(PERSONA_WARD)
    work = BulkWork(SYSTEM)
    for username, (name, posts) in PERSONAS.items():
        user = accounts.create_officer(work, username=username, full_name=name)
        for role, place in posts:
            _appoint(work, user, units[place.replace("ward", ward, 1)], roles[role], since)
    place = provinces()[people.HOME[0]].wards[PERSONA_WARD]
    someone = people.person(rng, 0, (PERSONA_WARD, place))
    details = someone.party() | {
        "identity_number": "048192004271",
        "birth_date": date(1992, 5, 18),
        "sex": "female",
        "email": "minh.tam@example.vn",
    }
    party = accounts.register_party(work, name=CITIZEN_NAME, **details)
    accounts.create_citizen(work, party=party, username=CITIZEN, email="minh.tam@example.vn")
    work.flush()


def catalogue_file() -> Path:
    """The catalogue of the demo: the one that comes with the house, else the full one beside the project."""
    own = Path(str(files("motcua.services.procedures") / "data" / "demo_catalogue.jsonl.gz"))
    full = Path(settings.SHARED_DATA) / "procedures" / "procedures.jsonl.gz"
    for path in (own, full):
        if path.is_file():
            return path
    raise NotFound("The demo catalogue is missing: %(path)s.", path=str(own))


def _settle_times(since: date) -> int:
    """What an administrator decides on times that the catalogue has only in prose, for the most used procedures."""
    decided = {row["code"]: row["time"] for row in rows_of("times.csv")}
    items = ReviewItem.objects.filter(
        procedure__code__in=decided, state=ReviewItem.State.OPEN, reason=ReviewItem.Reason.TIME_IN_PROSE
    )
    settled = 0
    changed: dict[str, Procedure] = {}
    for item in items.select_related("procedure").order_by("procedure__code", "path"):
        with begin(SYSTEM) as work:
            procedures.resolve_review_item(work, item, "correct", decided[item.procedure.code])
        changed[item.procedure.code] = item.procedure
        settled += 1
    for procedure in changed.values():
        with begin(SYSTEM) as work:
            procedures.publish(work, procedure, since)
    return settled


def _flows(since: date) -> int:
    drawn = json.loads(data_file("flows.json").read_text(encoding="utf-8"))
    for flow in drawn:
        with begin(SYSTEM) as work:
            flows.publish(work, flow["key"], flow["name"], flow["steps"], effective_from=since, rules=flow["rules"])
    return len(drawn)
