"""A minimal province for tests: plain functions that make what a story needs, through the real actions.

``make_units()`` first (idempotent within a test); everything else calls it when needed. Nothing here fakes: officers
hold appointments, procedures have published versions, dossiers walk through ``dossiers.actions``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from motcua.engines.accounts.models import ApiClient, Party, User
from motcua.engines.accounts.queries import actor_of, token_hash
from motcua.engines.ledger.actor import SYSTEM, Actor
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.models import Appointment, Role, Unit
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import DEFAULT_ROLES
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.keys import new_id
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import Dossier
from motcua.services.procedures import versions
from motcua.services.procedures.content import Case, Content, Fee, Legal, Method, Paper, ProcedureData
from motcua.services.procedures.models import Procedure, ProcedureVersion

SINCE = date(2020, 1, 1)
_numbers = count(1)

# key → (code, name, short name, kind, parent key, one-stop, fields, ward code)
_UNITS: dict[str, tuple[str, str, str, str, str, bool, list[str], str]] = {
    "province": ("H57", "Ủy ban nhân dân thành phố Huế", "UBND TP Huế", "province", "", False, [], ""),
    "centre": ("H57.1", "Trung tâm Phục vụ hành chính công thành phố", "TTPVHCC", "centre", "province", True, [], ""),
    "department": ("H57.10", "Sở Tư pháp", "Sở Tư pháp", "department", "province", False, ["Hộ tịch tỉnh"], ""),
    "division": ("H57.10.1", "Phòng Hành chính tư pháp", "Phòng HCTP", "division", "department", False, [], ""),
    "other_department": ("H57.11", "Sở Xây dựng", "Sở Xây dựng", "department", "province", False, ["Xây dựng"], ""),
    "commune": (
        "H57.100",
        "Ủy ban nhân dân phường Thuận Hóa",
        "P. Thuận Hóa",
        "commune",
        "province",
        False,
        [],
        "19777",
    ),
    "commune_centre": (
        "H57.100.1",
        "Trung tâm Phục vụ hành chính công phường Thuận Hóa",
        "TTPVHCC Thuận Hóa",
        "centre",
        "commune",
        True,
        [],
        "",
    ),
    "other_commune": (
        "H57.101",
        "Ủy ban nhân dân phường Phú Xuân",
        "P. Phú Xuân",
        "commune",
        "province",
        False,
        [],
        "19753",
    ),
    "other_commune_centre": (
        "H57.101.1",
        "Trung tâm Phục vụ hành chính công phường Phú Xuân",
        "TTPVHCC Phú Xuân",
        "centre",
        "other_commune",
        True,
        [],
        "",
    ),
}


def make_roles() -> None:
    """The default roles."""
    Role.objects.bulk_create(
        [Role(code=code, name=name, permissions=held) for code, (name, held) in DEFAULT_ROLES.items()],
        ignore_conflicts=True,
    )


def make_units() -> dict[str, Unit]:
    """The units by key (see ``_UNITS``): a province, its centre, two departments, a division, two communes."""
    existing = {unit.code: unit for unit in Unit.objects.all()}
    units: dict[str, Unit] = {}
    for key, (code, name, short, kind, parent, one_stop, fields, ward) in _UNITS.items():
        unit = existing.get(code)
        if unit is None:
            above = units.get(parent)
            unit = Unit.objects.create(
                code=code,
                name=name,
                short_name=short,
                kind=kind,
                parent=above,
                path=f"{above.path if above else ''}{code}/",
                one_stop=one_stop,
                fields=fields,
                ward_code=ward,
                address="01 Lê Lợi, Huế",
                phone="0234 3822 000",
                valid_from=SINCE,
            )
        units[key] = unit
    make_roles()
    forget_all()
    return units


def make_user(username: str = "", *, official: bool = False, party: Party | None = None, **fields: Any) -> User:
    """A user who can sign in with the password ``mật khẩu dài``."""
    number = next(_numbers)
    user = User(
        username=username or f"user{number}",
        full_name=fields.pop("full_name", f"Nguyễn Văn Thử {number}"),
        official=official,
        party=party,
        **fields,
    )
    user.set_password("mật khẩu dài")
    user.save()
    return user


def make_officer(role: str, unit: Unit | None = None, **fields: Any) -> User:
    """An officer with the role in the unit (the commune, or its one-stop centre for ``counter``, when not given)."""
    units = make_units()
    home = unit or units["commune_centre" if role == "counter" else "commune"]
    user = make_user(official=True, **fields)
    Appointment.objects.create(user=user, unit=home, role_id=role, valid_from=SINCE)
    return user


def make_party(**fields: Any) -> Party:
    """A citizen with an address and an e-mail."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "name": f"Trần Thị Bình {number}",
        "identity_number": f"046190{number:06d}",
        "birth_date": date(1990, 5, 17),
        "sex": "female",
        "phone": "0905123456",
        "email": f"binh{number}@example.vn",
        "address_line": "12 Nguyễn Huệ",
        "ward_code": "19777",
        "ward_name": "phường Thuận Hóa",
        "province_code": "46",
        "province_name": "thành phố Huế",
        "identity_level": 2,
        "created_at": clock.now(),
    }
    return Party.objects.create(**{**given, **fields})


def make_citizen(**fields: Any) -> User:
    """A citizen who can sign in, with their party. ``fields`` go to the party."""
    party = make_party(**fields)
    return make_user(party=party, full_name=party.name, email=party.email)


def make_client(
    unit: Unit | None = None, scopes: Sequence[str] = ("dossier.read", "dossier.receive")
) -> tuple[ApiClient, str]:
    """A machine client of a unit (the province when not given) and its token."""
    token = f"token-{next(_numbers)}-{new_id()}"
    client = ApiClient.objects.create(
        name=f"Máy {token[-12:]}",
        token_hash=token_hash(token),
        scopes=list(scopes),
        unit=unit or make_units()["province"],
        created_at=clock.now(),
    )
    return client, token


def make_procedure(
    code: str = "",
    *,
    name: str = "Đăng ký khai sinh",
    field: str = "Hộ tịch",
    level: str = "COMMUNE",
    allow: tuple[str, str] | None = ("5", "WORKING_DAY"),
    fee: int = 8000,
    channels: Sequence[str] = ("DIRECT", "ONLINE", "POSTAL"),
    papers: Sequence[str] = ("Tờ khai", "Giấy chứng sinh"),
) -> ProcedureData:
    """A procedure with one published version. ``allow`` None: the time stands only in prose."""
    value, unit = (Decimal(allow[0]), allow[1]) if allow else (None, "OTHER")
    content = Content(
        name=name,
        levels=(level,),
        handled_level=level,
        field=field,
        issuer="Bộ Tư pháp",
        methods=tuple(
            Method(channel, value, unit, raw="theo quy định", fees=(Fee(fee, label="Lệ phí"),)) for channel in channels
        ),
        cases=(Case("", tuple(Paper(f"p{i}", paper, paper, originals=1) for i, paper in enumerate(papers, start=1))),),
        legal_basis=(Legal("Luật Hộ tịch", "60/2014/QH13"),),
        results="Giấy khai sinh",
    )
    code = code or f"1.{next(_numbers):06d}"
    with begin(SYSTEM) as work:
        procedure = Procedure(code=code, source_code=code, created_at=work.now)
        work.add(procedure)
        version = versions.add(
            work,
            procedure,
            content,
            number=1,
            source=ProcedureVersion.Source.IMPORT,
            effective=SINCE,
            fields=versions.Fields(),
        )
    Procedure.objects.filter(pk=procedure.pk).update(current=version)
    forget_all()
    return versions.read([version.id])[version.id]


@dataclass(frozen=True)
class Staff:
    """The officers of the commune who take a dossier through its life."""

    counter: Actor
    specialist: Actor
    head: Actor


def make_staff(commune: str = "commune") -> Staff:
    """One officer per role at a commune and its one-stop centre."""
    units = make_units()
    return Staff(
        counter=actor_of(make_officer("counter", units[f"{commune}_centre"])),
        specialist=actor_of(make_officer("specialist", units[commune])),
        head=actor_of(make_officer("head", units[commune])),
    )


def make_submission(
    citizen: User, procedure: ProcedureData, *, channel: str = "ONLINE", commune: str = "commune", **fields: Any
) -> actions.Submission:
    """What a citizen submits to a commune; ``fields`` replace parts of it."""
    units = make_units()
    party = citizen.party
    if party is None:
        raise ValueError("A citizen has a party.")
    given: dict[str, Any] = {
        "procedure": procedure,
        "channel": channel,
        "competent_id": units[commune].id,
        "received_at_id": units[f"{commune}_centre"].id,
        "applicant_id": party.id,
        "applicant_name": party.name,
        "submitted_by": citizen.id,
        "key": f"test-{new_id()}",
        "answers": {"child_name": "Trần An"},
        "contact": {"phone": party.phone, "email": party.email, "address": party.address_line},
        "components": [
            actions.ComponentIn(paper.key, paper.name, originals=paper.originals) for paper in procedure.papers
        ],
        "fee": 8000,
    }
    return actions.Submission(**{**given, **fields})


STAGES = ("new", "accepted", "supplement", "processing", "signing", "finished", "returned", "refused", "withdrawn")


def make_dossier(
    stage: str = "new",
    *,
    citizen: User | None = None,
    procedure: ProcedureData | None = None,
    staff: Staff | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> Dossier:
    """A dossier that has come to ``stage`` (one of ``STAGES``) through the real actions, all at the moment ``at``."""
    if stage not in STAGES:
        raise ValueError(f"Stages: {', '.join(STAGES)}")
    with clock.at(at or clock.now()):
        citizen = citizen or make_citizen()
        procedure = procedure or make_procedure()
        staff = staff or make_staff()
        dossier, _ = actions.submit_once(actor_of(citizen), make_submission(citizen, procedure, **fields))
        _advance(stage, dossier.pk, actor_of(citizen), staff)
    return Dossier.objects.select_related("case").get(pk=dossier.pk)


def _advance(stage: str, key: UUID, citizen: Actor, staff: Staff) -> None:
    if stage == "new":
        return
    if stage == "refused":
        actions.refuse.run(staff.counter, key, reason="not_competent", explanation="Thuộc thẩm quyền của phường khác.")
        return
    if stage == "withdrawn":
        actions.withdraw.run(citizen, key, reason="Nộp nhầm")
        return
    actions.accept.run(staff.counter, key)
    if stage == "accepted":
        return
    if stage == "supplement":
        wanted = {"component": "p2", "name": "Giấy chứng sinh", "reason": "Bản chụp mờ, không đọc được", "basis": ""}
        actions.request_supplement.run(staff.specialist, key, items=[wanted])
        return
    take_in_hand(key, staff)
    if stage == "processing":
        return
    while (task := open_task(key)).stage != "sign":
        actions.pass_on.run(staff.specialist, key, task_id=task.id, opinion="Đủ điều kiện")
    if stage == "signing":
        return
    actions.complete.run(staff.head, key, task_id=task.id, approved=True, name="Giấy khai sinh", number="12/2026")
    if stage == "finished":
        return
    actions.return_result.run(staff.counter, key, received_by="Trần Thị Bình")


def take_in_hand(key: UUID, staff: Staff) -> None:
    """The specialist takes the first step in hand, which makes the status “processing”."""
    task = open_task(key)
    if task.stage == "process":
        actions.claim.run(staff.specialist, key, task_id=task.id)


def open_task(key: UUID) -> Any:
    """The one open task of a dossier."""
    dossier = Dossier.objects.select_related("case").get(pk=key)
    (task,) = dossier.case.open_tasks
    return task


def unit(key: str) -> UUID:
    """The key of a unit of ``_UNITS``."""
    return directory().coded(_UNITS[key][0]).id
