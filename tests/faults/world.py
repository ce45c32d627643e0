"""A small world in which every address leads somewhere, and the people who knock at every door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client

from motcua.engines.accounts.models import Mandate
from motcua.engines.accounts.queries import client_actor
from motcua.engines.cases.models import ReminderRule
from motcua.engines.files.actions import store
from motcua.engines.flows.actions import publish as publish_flow
from motcua.engines.flows.rules import STANDARD
from motcua.engines.forms.actions import create_version
from motcua.engines.forms.summary import attached
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.work import begin
from motcua.engines.notices.models import Message
from motcua.engines.organisations.deputies import depute
from motcua.engines.organisations.models import Appointment, WorkCalendar
from motcua.foundation import clock
from motcua.interfaces.desk.models import Intake
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions import drafts
from motcua.services.dossiers.models import Dossier, Draft
from motcua.services.dossiers.office.bulk import begin_run
from motcua.services.dossiers.papers import issue
from motcua.services.dossiers.rating.ratings import asked
from motcua.services.dossiers.reorganising import plans as reorganising
from motcua.services.procedures import actions as catalogue
from motcua.services.procedures.forms.loading import designed_data
from motcua.services.procedures.models import LifeEvent, Procedure, ReviewItem, SearchWord
from motcua.services.procedures.versions import content_of
from tests import factories
from tests.engines.files.samples import pdf
from tests.faults.linked_world import linked_values, opinion_values
from tests.interfaces.api.conftest import SCOPES
from tests.interfaces.desk.support import signed_in as official
from tests.interfaces.portal import support as portal

REORGANISATION = {
    "name": "Đổi tên phường",
    "basis": "Nghị quyết 1",
    "effective": "2099-01-01",
    "changes": [{"kind": "rename", "unit": "H57.100", "name": "Ủy ban nhân dân phường Mới"}],
}


@dataclass
class World:
    """``doors``: who knocks, by role. ``values``: what stands for a placeholder of an address, by its name."""

    doors: dict[str, Client]
    machines: dict[str, dict[str, str]]
    values: dict[str, str]


def build() -> World:
    """The world, all through real actions. The tests' database is expected to be empty."""
    units = factories.make_units()
    staff = factories.make_staff()
    citizen, stranger, agent = factories.make_citizen(), factories.make_citizen(), factories.make_citizen()
    Mandate.objects.create(
        grantor=citizen.party,
        agent=agent.party,
        number="15/2026/UQ",
        valid_from=clock.today(),
        recorded_at=clock.now(),
        recorded_by=staff.counter.id,
    )
    procedure = factories.make_procedure("1.999999")
    owner = portal.signed_in(citizen)
    new = _dossier("new", citizen, procedure, staff)
    accepted = _dossier("accepted", citizen, procedure, staff)
    waiting = _dossier("supplement", citizen, procedure, staff)
    processing = _dossier("processing", citizen, procedure, staff)
    signing = _dossier("signing", citizen, procedure, staff)
    finished = _dossier("finished", citizen, procedure, staff)
    document = issue(accepted, "01")
    draft = portal.begin(owner, procedure.code)
    assert set(portal.fill_in(owner, draft)) == {302}
    draft = Draft.objects.get(pk=draft.pk)
    upload = next(keys[0] for _, _, keys in attached(drafts.form_of(draft), draft.answers) if keys)
    counter = official(staff.counter)
    counter.post("/desk/intake/begin/")
    message = Message.objects.create(
        party=citizen.party,
        user=citizen,
        kind="dossier.accepted",
        stream=accepted.pk,
        params={"code": accepted.code},
        at=clock.now(),
        dedupe="routes",
    )
    administrator = factories.make_officer("administrator", units["province"])
    away = factories.make_dossier(
        "accepted",
        citizen=citizen,
        procedure=procedure,
        staff=staff,
        channel="DIRECT",
        competent_id=units["department"].pk,
    )
    sheet = actions.make_sheet(
        staff.counter, [away.pk], sender_id=units["commune_centre"].pk, receiver_id=units["centre"].pk
    )
    values = (
        {
            "sheet": str(sheet.pk),
            "mandate": str(Mandate.objects.get().pk),
            "rating": asked(finished, clock.now()).token,
            "new": str(new.pk),
            "accepted": str(accepted.pk),
            "waiting": str(waiting.pk),
            "processing": str(processing.pk),
            "signing": str(signing.pk),
            "finished": str(finished.pk),
            "new_code": new.code,
            "accepted_code": accepted.code,
            "waiting_code": waiting.code,
            "finished_code": finished.code,
            "component": str(new.components.order_by("position")[0].pk),
            "file": str(new.files.get().pk),
            "document": str(document.pk),
            "draft": str(draft.pk),
            "group": drafts.form_of(draft).groups[0].key,
            "upload": str(upload),
            "message": str(message.pk),
            "intake": str(Intake.objects.get().pk),
            "procedure": procedure.code,
            "procedure_key": str(procedure.procedure_id),
            "version": str(procedure.id),
            "unit": str(units["commune"].pk),
            "person": str(staff.specialist.id),
            "appointment": str(Appointment.objects.get(user_id=staff.specialist.id).pk),
            "calendar": str(WorkCalendar.objects.create(name="Cả tuần", data={}).pk),
            "life": LifeEvent.objects.create(key="birth", name="Sinh con", name_en="Birth", position=1).key,
            "client": str(factories.make_client()[0].pk),
            "reorganisation": str(reorganising.prepare(SYSTEM, REORGANISATION).pk),
        }
        | _catalogue(procedure)
        | _at_work(staff, new)
    )
    for dossier, name in ((new, "new"), (accepted, "accepted"), (processing, "processing"), (signing, "signing"),
                          (finished, "finished")):  # fmt: skip
        values[f"{name}_task"] = str(factories.open_task(dossier.pk).pk)
    values |= linked_values(citizen) | opinion_values(citizen, procedure, staff)
    doors = {
        "anonymous": Client(),
        "citizen": owner,
        "other_citizen": portal.signed_in(stranger),
        "counter": counter,
        "specialist": official(staff.specialist),
        "elsewhere": official(factories.make_staff("other_commune").counter),
        "leader": official(factories.make_officer("leader", units["commune"])),
        "administrator": official(administrator),
        "unproven": official(factories.make_officer("counter"), second_factor=False),
        "agent": portal.signed_in(agent),
        "helper": official(factories.make_officer("helper", units["commune_centre"])),
        "clerk": official(factories.make_officer("clerk", units["commune"])),
        "agency": official(factories.make_officer("specialist", units["other_department"])),
    }
    for number, door in enumerate(doors.values(), start=1):
        # everybody at a computer of their own: who tries too often from one address is told to wait
        door.defaults["REMOTE_ADDR"] = f"192.0.2.{number}"
    machines = {
        "nobody": {},
        "rubbish": {"Authorization": "Bearer rubbish"},
        "province": _token(units["province"], SCOPES),
        "own": _token(units["commune"], SCOPES),
        "other": _token(units["other_commune"], SCOPES),
        "scopeless": _token(units["province"], ()),
    }
    values["machine_file"] = str(store(pdf("may"), "may.pdf", _client_of(machines["own"])).pk)
    return World(doors, machines, values)


def _dossier(stage: str, citizen: Any, procedure: Any, staff: factories.Staff) -> Dossier:
    """A dossier with one submitted file."""
    upload = store(pdf(stage), "giay-to.pdf", citizen.id)
    component = actions.ComponentIn("p1", "Tờ khai", originals=1, files=(actions.FileIn(upload.blob_id, upload.name),))
    other = actions.ComponentIn("p2", "Giấy chứng sinh", originals=1)
    return factories.make_dossier(
        stage, citizen=citizen, procedure=procedure, staff=staff, components=[component, other]
    )


def _at_work(staff: factories.Staff, dossier: Dossier) -> dict[str, str]:
    """An act on many by the counter, a deputy from tomorrow on for the specialist, a rule of reminders."""
    run = begin_run(staff.counter, "remind", [dossier.pk])
    tomorrow = clock.today() + timedelta(days=1)
    with begin(staff.specialist) as work:
        deputing = depute(
            work,
            appointment_id=Appointment.objects.get(user_id=staff.specialist.id).pk,
            deputy_id=factories.make_officer("specialist").pk,
            valid_from=tomorrow,
            valid_to=tomorrow,
        )
    rule = ReminderRule.objects.create(name="Thử", hours=300, recipient="head", valid_from=clock.today())
    return {"run": str(run.pk), "deputing": str(deputing.pk), "reminder_rule": str(rule.pk)}


def _catalogue(procedure: Any) -> dict[str, str]:
    """A draft, a scheduled version, a doubt, a flow and a draft of a form."""
    scheduled = factories.make_procedure("1.888888")
    row = Procedure.objects.get(pk=scheduled.procedure_id)
    with begin(SYSTEM) as work:
        catalogue.edit(work, row, content_of(scheduled))
    with begin(SYSTEM) as work:
        later = catalogue.publish(work, row, clock.today().replace(year=clock.today().year + 1, day=1))
    with begin(SYSTEM) as work:
        catalogue.edit(work, Procedure.objects.get(pk=procedure.procedure_id), content_of(procedure))
    item = ReviewItem.objects.create(
        procedure_id=procedure.procedure_id,
        version_id=procedure.id,
        path="methods[0].fees[0].amount",
        reason=ReviewItem.Reason.FEE_BELOW_1000,
        raw="20 VND",
        suggestion="20000",
    )
    with begin(SYSTEM) as work:
        publish_flow(work, "thu", "Quy trình thử", [dict(step) for step in STANDARD], effective_from=clock.today())
    with begin(SYSTEM) as work:
        form = create_version(work, next(iter(designed_data().values())))
    word = SearchWord.objects.create(kind="SYNONYM", term="giay de", expansion="khai sinh", shown="giấy đẻ")
    return {
        "scheduled": str(later.pk),
        "item": str(item.pk),
        "flow": "thu",
        "form": str(form.pk),
        "word": str(word.pk),
    }


def _token(unit: Any, scopes: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {factories.make_client(unit, scopes)[1]}"}


def _client_of(headers: dict[str, str]) -> Any:
    actor = client_actor(headers["Authorization"].removeprefix("Bearer "))
    assert actor is not None
    assert actor.id is not None
    return actor.id
