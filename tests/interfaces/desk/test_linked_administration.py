"""Administrators keep the groups of linked procedures as tables; the ledger holds what was before and after."""

from __future__ import annotations

import pytest

from motcua.engines.ledger.models import Event
from motcua.foundation.cache import forget_all
from motcua.services.dossiers.actions.group_definitions import stream_of
from motcua.services.dossiers.models import LinkedGroup
from motcua.services.dossiers.together import groups
from tests.factories import make_officer, make_procedure, make_units
from tests.interfaces.desk.support import signed_in
from tests.services.dossiers.test_groups import BIRTH, define

pytestmark = pytest.mark.django_db


def test_a_group_is_made_changed_and_switched_off() -> None:
    make_procedure("1.200001")
    make_procedure("1.200002")
    desk = signed_in(make_officer("administrator", make_units()["province"]))
    sent = {
        "rows": "2",
        "name": "Hai việc",
        "key": "hai-viec",
        "active": "on",
        "m0_key": "mot",
        "m0_procedure": "1.200001",
        "m0_title": "Việc một",
        "m1_key": "hai",
        "m1_procedure": "9.999999",
        "m1_needs": "mot",
        "m1_after": "-",
    }
    wrong = desk.post("/desk/administration/linked/new/", sent)
    assert wrong.status_code == 422, "no such procedure is in force"
    made = desk.post("/desk/administration/linked/new/", {**sent, "m1_procedure": "1.200002"})
    assert made["Location"] == "/desk/administration/linked/hai-viec/"
    row = LinkedGroup.objects.get()
    assert row.members[1] == {"key": "hai", "procedure": "1.200002", "needs": ["mot"], "after": []}
    assert [one.key for one in groups.offers()] == ["hai-viec"]
    assert desk.post("/desk/administration/linked/new/", {**sent, "m1_procedure": "1.200002"}).status_code == 422
    off = {key: value for key, value in sent.items() if key != "active"} | {"m1_procedure": "1.200002"}
    assert desk.post("/desk/administration/linked/hai-viec/", off).status_code == 302
    assert groups.offers() == ()
    first, second = Event.objects.filter(stream=stream_of("hai-viec")).order_by("seq")
    assert (first.data["before"], first.data["after"]["active"]) == (None, True)
    assert (second.data["before"]["active"], second.data["after"]["active"]) == (True, False)
    assert "hai-viec" in desk.get("/desk/administration/linked/").content.decode()


def test_what_the_table_does_not_show_stays() -> None:
    define(*BIRTH)
    LinkedGroup.objects.update(
        members=[{**BIRTH[0], "procedure": "1.100001", "preset": {"a": True}}, {**BIRTH[1], "procedure": "1.100002"}]
    )
    forget_all()
    desk = signed_in(make_officer("administrator", make_units()["province"]))
    page = desk.get("/desk/administration/linked/birth/")
    assert page.status_code == 200
    sent = {"rows": "2", "name": "Sinh con", "active": "on"}
    for at, member in enumerate(LinkedGroup.objects.get().members):
        sent |= {f"m{at}_key": member["key"], f"m{at}_procedure": member["procedure"]}
        sent |= {f"m{at}_needs": ", ".join(member.get("needs", []))}
    assert desk.post("/desk/administration/linked/birth/", sent).status_code == 302
    assert LinkedGroup.objects.get().members[0]["preset"] == {"a": True}


def test_only_who_edits_the_catalogue_gets_in() -> None:
    define(*BIRTH)
    for role in ("counter", "specialist", "leader"):
        desk = signed_in(make_officer(role))
        assert desk.get("/desk/administration/linked/").status_code == 403
        assert desk.post("/desk/administration/linked/birth/", {"name": "Khác"}).status_code == 403
