"""Submitting and following dossiers over the API."""

from __future__ import annotations

from typing import Any

import pytest

from motcua.engines.accounts.models import Party
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation.cache import forget_all
from motcua.services.dossiers.models import Dossier, DossierFile
from motcua.services.procedures import actions as catalogue
from motcua.services.procedures.models import Procedure
from tests import factories
from tests.interfaces.api.conftest import SCOPES, Api, body

pytestmark = pytest.mark.django_db


def submitted(api: Api, **fields: Any) -> str:
    answer = api.post("/dossiers", body(**fields), key=f"key-{factories.new_id()}")
    assert answer.status_code == 201, answer.content
    return str(answer.json()["code"])


def test_a_submission_makes_a_whole_dossier(api: Api, procedure: Any) -> None:
    upload = api.hand_in().json()["id"]
    code = submitted(api, components=[{"key": "p1", "originals": 1, "files": [upload]}])
    dossier = Dossier.objects.get(code=code)
    assert dossier.status == 1
    assert dossier.applicant.identity_number == "046190000123"
    assert dossier.fee == 8000
    assert [file.name for file in dossier.files.all()] == ["giay-chung-sinh.pdf"]
    assert Event.objects.filter(stream=dossier.pk, kind="dossier.submitted").count() == 1


def test_the_same_key_gives_the_same_dossier(api: Api, procedure: Any) -> None:
    first = api.post("/dossiers", body(), key="the-same-key")
    again = api.post("/dossiers", body(), key="the-same-key")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["code"] == again.json()["code"]
    assert again.json()["replayed"] is True
    assert Dossier.objects.count() == 1


def test_the_same_key_for_something_else_is_refused(api: Api, procedure: Any) -> None:
    api.post("/dossiers", body(), key="the-same-key")
    other = api.post("/dossiers", body(delivery="post"), key="the-same-key")
    assert other.status_code == 409
    assert other.json()["code"] == "key_reused"
    assert Dossier.objects.count() == 1


def test_one_person_is_one_party(api: Api, procedure: Any) -> None:
    submitted(api)
    submitted(api)
    assert Party.objects.filter(identity_number="046190000123").count() == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"procedure": "9.999999"}, 404),
        ({"ward_code": "00000"}, 422),
        ({"channel": "PIGEON"}, 422),
        ({"applicant": {"name": "   "}}, 422),
        ({"unknown": 1}, 422),
        ({"components": [{"key": "p1", "originals": -1}]}, 422),
        ({"components": [{"key": "p1", "files": ["01a20214-ba69-738d-8430-8bdc18792b48"]}]}, 422),
        ({"components": [{"key": "p1"}, {"key": "p1"}]}, 422),
        ({"applicant": {"name": "A\u0000B"}}, 422),
    ],
)
def test_bad_submissions_leave_nothing(api: Api, procedure: Any, change: dict[str, Any], status: int) -> None:
    answer = api.post("/dossiers", body(**change), key="a-good-key")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert Dossier.objects.count() == 0
    assert Event.objects.filter(kind="dossier.submitted").count() == 0


def test_a_submission_needs_a_key(api: Api, procedure: Any) -> None:
    assert api.post("/dossiers", body()).status_code == 422


def test_without_a_token_nothing(procedure: Any) -> None:
    anonymous = Api("")
    for answer in (anonymous.get("/dossiers"), anonymous.post("/dossiers", body(), key="a-good-key")):
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_scope_that_is_missing_is_named(procedure: Any) -> None:
    reader = Api(factories.make_client(scopes=("dossier.read",))[1])
    answer = reader.post("/dossiers", body(), key="a-good-key")
    assert answer.status_code == 403
    assert "dossier.submit" in answer.json()["detail"]


def test_a_client_of_another_unit_sees_nothing(api: Api, procedure: Any) -> None:
    code = submitted(api)
    units = factories.make_units()
    other = Api(factories.make_client(units["other_commune"], SCOPES)[1])
    assert other.get(f"/dossiers/{code}").status_code == 404
    assert other.get("/dossiers").json()["items"] == []
    assert other.post(f"/dossiers/{code}/status", {"action": "accept"}).status_code == 404
    own = Api(factories.make_client(units["commune"], SCOPES)[1])
    assert own.get(f"/dossiers/{code}").status_code == 200


def test_newest_first_page_by_page(api: Api, procedure: Any) -> None:
    codes = [submitted(api) for _ in range(5)]
    first = api.get("/dossiers?limit=2").json()
    second = api.get(f"/dossiers?limit=2&after={first['next']}").json()
    third = api.get(f"/dossiers?limit=2&after={second['next']}").json()
    seen = [each["code"] for page in (first, second, third) for each in page["items"]]
    assert seen == codes[::-1]
    assert third["next"] is None
    assert api.get("/dossiers?after=rubbish").status_code == 422


def test_one_dossier_takes_few_queries(api: Api, procedure: Any, django_assert_max_num_queries: Any) -> None:
    code = submitted(api)
    api.get(f"/dossiers/{code}")
    with django_assert_max_num_queries(4):
        assert api.get(f"/dossiers/{code}").status_code == 200
    with django_assert_max_num_queries(2):
        assert api.get("/dossiers?status=1").status_code == 200


def test_accept_twice_has_one_effect(api: Api, procedure: Any) -> None:
    code = submitted(api)
    assert api.post(f"/dossiers/{code}/status", {"action": "accept"}).json()["status"] == 2
    assert api.post(f"/dossiers/{code}/status", {"action": "accept"}).status_code == 409
    assert Event.objects.filter(kind="dossier.accepted").count() == 1


def test_refusing_needs_a_reason_from_the_list(api: Api, procedure: Any) -> None:
    code = submitted(api)
    answer = api.post(f"/dossiers/{code}/status", {"action": "refuse", "reason": "mood"})
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} == {"reason", "explanation"}


def test_files_are_added_and_come_back(api: Api, procedure: Any) -> None:
    code = submitted(api)
    upload = api.hand_in().json()["id"]
    (added,) = api.post(f"/dossiers/{code}/files", {"uploads": [upload], "component": "p1"}).json()
    assert added["component"] == "p1"
    answer = api.get(f"/dossiers/{code}/files/{added['id']}")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content if answer.streaming else [answer.content]).startswith(b"%PDF")


def test_a_file_of_another_client_is_not_theirs(api: Api, procedure: Any) -> None:
    upload = api.hand_in().json()["id"]
    other = Api(factories.make_client(scopes=SCOPES)[1])
    answer = other.post("/dossiers", body(components=[{"key": "p1", "files": [upload]}]), key="a-good-key")
    assert answer.status_code == 422
    assert DossierFile.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "data"), [("virus.exe", b"MZ" + b"\0" * 100), ("leer.pdf", b""), ("x.pdf", b"<svg/>")]
)
def test_bad_files_are_refused(api: Api, name: str, data: bytes) -> None:
    answer = api.hand_in(name, data)
    assert answer.status_code == 422
    assert answer.json()["code"].startswith("file_")


def test_public_status_says_no_more_than_the_law_allows(api: Api, procedure: Any) -> None:
    code = submitted(api)
    answer = Api("").get(f"/status/{code}")
    assert answer.json() == {"code": code, "status": 1, "completion": 10}
    assert Api("").get("/status/H57.1-260101-9999").status_code == 404


def test_a_suspended_procedure_takes_nothing_new(api: Api, procedure: Any) -> None:
    running = submitted(api)
    catalogued = Procedure.objects.get(code="1.001193")
    with begin(SYSTEM) as work:
        catalogue.set_status(work, catalogued, "SUSPENDED", "1/QĐ-UBND")
    forget_all()
    answer = api.post("/dossiers", body(), key="a-good-key")
    assert answer.status_code == 422
    assert answer.json()["code"] == "refused"
    assert api.post(f"/dossiers/{running}/status", {"action": "accept"}).status_code == 200


def test_the_national_portal_hands_over_by_its_own_scope(procedure: Any) -> None:
    """Times and fees of submitting online hold; nobody else may say that a dossier came from there."""
    plain = Api(factories.make_client(scopes=SCOPES)[1])
    assert plain.post("/dossiers", body(channel="NATIONAL"), key="khong-duoc-phep").status_code == 403
    portal = Api(factories.make_client(scopes=(*SCOPES, "national_portal"))[1])
    answer = portal.post("/dossiers", body(channel="NATIONAL"), key="cong-quoc-gia")
    assert answer.status_code == 201, answer.content
    assert Dossier.objects.get().channel == "NATIONAL"
    assert portal.post("/dossiers", body(channel="KIOSK"), key="ki-ot-qua-api").status_code == 422
