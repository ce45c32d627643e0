"""Linked procedures and opinions over the API (ND118 Đ19, Đ20, Đ21): the same actions as at the desk and the portal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from motcua.engines.ledger.models import Event
from motcua.engines.notices.models import Message
from motcua.foundation import clock
from motcua.foundation.working_time import Allowance, Unit
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import Dossier, DossierGroup, Opinion
from motcua.services.dossiers.together import opinions
from tests import factories
from tests.interfaces.api.conftest import SCOPES, Api, group_body
from tests.services.dossiers.test_groups import BIRTH, define

pytestmark = pytest.mark.django_db


@pytest.fixture
def birth(db: None) -> Any:
    factories.make_units()
    return define(*BIRTH)


def submitted(api: Api, *parts: str, key: str = "kiosk-7-0001", **fields: Any) -> Any:
    body = group_body("birth", *(parts or ("birth", "residence"))) | fields
    return api.post("/linked-dossiers", body, key=key)


def of_unit(key: str) -> Api:
    return Api(factories.make_client(factories.make_units()[key], SCOPES)[1])


# -- linked procedures ------------------------------------------------------------------------------------------------


def test_anybody_learns_what_can_be_submitted_together(birth: Any) -> None:
    (offer,) = Api("").get("/linked-procedures").json()
    assert (offer["key"], offer["online"], offer["needs_ward"]) == ("birth", True, True)
    assert [(part["key"], part["optional"], part["needs"]) for part in offer["parts"]] == [
        ("birth", False, []),
        ("residence", False, ["birth"]),
        ("insurance", True, ["birth"]),
    ]


def test_a_group_is_submitted_once_and_each_part_has_its_agency(api: Api, birth: Any) -> None:
    """ND118 Đ20: one submission, a dossier per agency; a part that needs a result waits for it."""
    answer = submitted(api)
    assert answer.status_code == 201, answer.content
    shown = api.get(f"/linked-dossiers/{answer.json()['code']}").json()
    assert (shown["group"], shown["way"], shown["lead"]) == ("birth", "parallel", "H57.100")
    assert [(part["key"], part["state"]) for part in shown["parts"]] == [("birth", "running"), ("residence", "waiting")]
    lead, later = shown["parts"]
    assert lead["dossier"]["procedure"] == "1.100001"
    assert (later["dossier"], later["after"], later["needs"]) == (None, ["birth"], ["birth"])


def test_the_timeline_says_who_has_it_and_how_long(api: Api, birth: Any) -> None:
    code = submitted(api).json()["code"]
    lines = api.get(f"/linked-dossiers/{code}").json()["timeline"]
    assert [(line["unit"], line["state"]) for line in lines] == [("H57.100.1", "holds"), ("H57.100", "ahead")]
    assert lines[0]["allowed_minutes"] == 8 * 60
    assert datetime.fromisoformat(lines[0]["due_at"]) > clock.now()


def test_the_same_key_gives_the_same_group(api: Api, birth: Any) -> None:
    first, again = submitted(api), submitted(api)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["code"] == again.json()["code"]
    assert again.json()["replayed"] is True
    other = submitted(api, delivery="post")
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert DossierGroup.objects.count() == 1


def test_a_repetition_is_known_where_the_applicant_has_no_number(api: Api, birth: Any) -> None:
    nameless: dict[str, Any] = {"applicant": {"name": "Trần Thị Bình"}}
    assert submitted(api, **nameless).status_code == 201
    assert submitted(api, **nameless).json()["replayed"] is True


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"group": "khong-co"}, 404, ""),
        ({"parts": [{"key": "birth"}, {"key": "insurance"}]}, 422, "parts"),
        ({"parts": [{"key": "birth"}, {"key": "birth"}]}, 422, "parts"),
        ({"parts": [{"key": "birth"}, {"key": "residence"}, {"key": "la"}]}, 422, "parts"),
        (
            {"parts": [{"key": "birth", "components": [{"key": "p1"}, {"key": "p1"}]}, {"key": "residence"}]},
            422,
            "birth.components",
        ),
        (
            {
                "parts": [
                    {"key": "birth"},
                    {
                        "key": "residence",
                        "components": [{"key": "p1", "files": ["01a20214-ba69-738d-8430-8bdc18792b48"]}],
                    },
                ]
            },
            422,
            "residence.files",
        ),
        ({"unit": "H57.999"}, 404, ""),
        ({"channel": "NATIONAL"}, 403, ""),
    ],
)
def test_bad_groups_leave_nothing(api: Api, birth: Any, change: dict[str, Any], status: int, field: str) -> None:
    answer = submitted(api, **change)
    assert answer.status_code == status, answer.content
    if field:
        assert {each["field"] for each in answer.json()["errors"]} == {field}
    assert Dossier.objects.count() == DossierGroup.objects.count() == 0


def test_files_of_a_part_come_with_it(api: Api, birth: Any) -> None:
    upload = api.hand_in().json()["id"]
    parts = [{"key": "birth", "components": [{"key": "p1", "originals": 1, "files": [upload]}]}, {"key": "residence"}]
    assert submitted(api, parts=parts).status_code == 201
    assert [file.name for file in Dossier.objects.get().files.all()] == ["giay-chung-sinh.pdf"]


def test_who_submitted_takes_it_back_and_nobody_else(api: Api, birth: Any) -> None:
    """ND118 Đ21."""
    code = submitted(api).json()["code"]
    assert of_unit("other_commune").post(f"/linked-dossiers/{code}/withdraw", {}).status_code == 404
    assert of_unit("commune").post(f"/linked-dossiers/{code}/withdraw", {}).status_code == 403
    shown = api.post(f"/linked-dossiers/{code}/withdraw", {"reason": "Nộp nhầm"}).json()
    assert [part["state"] for part in shown["parts"]] == ["failed", "dropped"]
    assert api.post(f"/linked-dossiers/{code}/withdraw", {}).status_code == 422


def test_a_part_that_has_not_begun_is_dropped(api: Api, birth: Any) -> None:
    code = submitted(api, "birth", "residence", "insurance").json()["code"]
    shown = api.post(f"/linked-dossiers/{code}/parts/insurance/drop", {}).json()
    assert [part["state"] for part in shown["parts"]] == ["running", "waiting", "dropped"]
    assert api.post(f"/linked-dossiers/{code}/parts/birth/drop", {}).status_code == 409


# -- opinions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def dossier(db: None) -> Dossier:
    return factories.make_dossier("processing")


def ask(api: Api, dossier: Dossier, **fields: Any) -> Any:
    return api.post(f"/dossiers/{dossier.code}/opinions", {"units": ["H57.10"], "question": "Có tranh chấp?"} | fields)


def test_agencies_are_asked_with_a_deadline_and_answer(api: Api, dossier: Dossier) -> None:
    """ND118 Đ19."""
    (row,) = ask(api, dossier, working_days=1).json()
    assert (row["state"], row["unit"], row["agrees"]) == ("waiting", "H57.10", None)
    agency = of_unit("department")
    (waiting,) = agency.get("/opinions").json()["items"]
    assert (waiting["id"], waiting["due_at"], waiting["dossier"]) == (row["id"], row["due_at"], dossier.code)
    upload = agency.hand_in("cong-van.pdf").json()["id"]
    address = f"/dossiers/{dossier.code}/opinions/{row['id']}"
    answered = agency.post(f"{address}/answer", {"agrees": False, "answer": "Đang có tranh chấp", "uploads": [upload]})
    assert answered.status_code == 200, answered.content
    assert (answered.json()["state"], answered.json()["agrees"]) == ("answered", False)
    assert agency.get("/opinions").json() == {"items": [], "next": None}
    assert api.get(f"/dossiers/{dossier.code}/opinions").json()[0]["answer"] == "Đang có tranh chấp"
    assert api.post(f"{address}/answer", {"agrees": True, "answer": "Lại"}).status_code == 409
    assert dossier.files.filter(name="cong-van.pdf").exists()


def test_a_machine_that_asked_gets_no_message_and_stops_no_reader(api: Api, dossier: Dossier) -> None:
    (row,) = ask(api, dossier).json()
    address = f"/dossiers/{dossier.code}/opinions/{row['id']}/answer"
    assert of_unit("department").post(address, {"agrees": True, "answer": "Đồng ý"}).status_code == 200
    opinions.opinions(list(Event.objects.filter(stream=dossier.pk, kind__startswith="dossier.opinion")))
    assert not Message.objects.filter(kind="dossier.opinion_given").exists()


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"units": []}, 422, "units"),
        ({"units": ["H57.999"]}, 404, ""),
        ({"units": ["H57.100"]}, 422, "units"),
        ({"question": " "}, 422, "question"),
        ({"working_days": 5, "working_hours": 8}, 422, "working_hours"),
        ({"working_days": 61}, 422, "working_days"),
    ],
)
def test_bad_questions_are_refused(api: Api, dossier: Dossier, change: dict[str, Any], status: int, field: str) -> None:
    answer = ask(api, dossier, **change)
    assert answer.status_code == status, answer.content
    if field:
        assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert not Opinion.objects.exists()


def test_asking_again_before_the_answer_is_refused_and_taking_back_frees_it(api: Api, dossier: Dossier) -> None:
    (row,) = ask(api, dossier).json()
    assert ask(api, dossier).status_code == 422
    address = f"/dossiers/{dossier.code}/opinions/{row['id']}/withdraw"
    assert api.post(address, {}).status_code == 422
    assert api.post(address, {"reason": "Đã có hồ sơ giấy"}).json()["state"] == "dropped"
    assert ask(api, dossier).status_code == 201


def test_each_sees_only_its_own_questions(api: Api, dossier: Dossier) -> None:
    ask(api, dossier)
    other = of_unit("other_department")
    assert other.get("/opinions").json()["items"] == []
    assert other.get(f"/dossiers/{dossier.code}/opinions").status_code == 404


def test_what_waits_comes_page_by_page_soonest_first(
    api: Api, dossier: Dossier, django_assert_max_num_queries: Any
) -> None:
    staff = factories.make_staff()
    for days in (3, 1, 2):
        one = factories.make_dossier("processing", staff=staff)
        unit_ids = [factories.unit("department")]
        actions.ask_opinions.run(
            staff.specialist,
            one.pk,
            unit_ids=unit_ids,
            question=f"{days}",
            allow=Allowance(days, Unit.WORKING_DAY),
        )
    agency = of_unit("department")
    first = agency.get("/opinions?limit=2").json()
    with django_assert_max_num_queries(4):
        second = agency.get(f"/opinions?limit=2&after={first['next']}").json()
    assert [row["question"] for row in (*first["items"], *second["items"])] == ["1", "2", "3"]
    assert second["next"] is None
