"""The forms designer: a form is begun, designed without code, tried, published, compared and taken back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.engines.forms import actions, queries
from motcua.engines.forms.models import FormVersion
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Conflict
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.forms import chosen_form
from tests.factories import make_officer, make_procedure, make_units
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    queries.in_force.forget()


@pytest.fixture
def designer() -> Client:
    return signed_in(make_officer("administrator", make_units()["province"], language="en"))


@pytest.fixture
def procedure() -> ProcedureData:
    return make_procedure()


def begun(designer: Client, procedure: ProcedureData) -> FormVersion:
    answer = designer.post(reverse("desk:form_new"), {"do": "derived", "code": procedure.code})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return FormVersion.objects.get()


def change(designer: Client, version: FormVersion, **given: str) -> Any:
    version.refresh_from_db()
    return designer.post(reverse("desk:form_change", args=[version.pk]), {"revision": version.revision, **given})


def part(designer: Client, version: FormVersion, place: str, **given: object) -> Any:
    """Sends a part's page as a browser without scripts would, with some answers changed."""
    address = reverse("desk:form_part", args=[version.pk, place])
    page = designer.get(address)
    data = page.context["blocks"][0].data
    form = data["form"]
    sent: dict[str, Any] = {
        field.html_name: field.value() for field in form if field.value() not in (None, False, "")
    } | {"revision": data["revision"]}
    if hasattr(form, "options") and form.options:
        sent["options"] = form.options
    for each in data["editors"]:
        lines = each["lines"]
        sent[f"{lines.prefix}-count"] = len(lines.rows)
        for row in lines.rows:
            sent |= {
                f"{lines.prefix}-{row.number}-field": row.name,
                f"{lines.prefix}-{row.number}-op": row.comparison,
                f"{lines.prefix}-{row.number}-value": row.given,
            }
    return designer.post(address, sent | given)


def fields(version: FormVersion) -> list[list[str]]:
    version.refresh_from_db()
    return [[field["key"] for field in group["fields"]] for group in version.schema["groups"]]


def test_a_form_is_designed_tried_and_published(designer: Client, procedure: ProcedureData) -> None:
    version = begun(designer, procedure)
    page = designer.get(reverse("desk:form", args=[version.pk]))
    assert page.status_code == 200
    assert "Nothing stands in the way" in page.content.decode()

    # a page, and two questions on it
    assert change(designer, version, label="Thú nuôi").status_code == 302
    last = len(fields(version)) - 1
    assert change(designer, version, question=str(last), label="Có nuôi thú?", type="yes_no").status_code == 302
    assert change(designer, version, question=str(last), label="Tên thú nuôi", type="text").status_code == 302
    assert fields(version)[last] == ["co_nuoi_thu", "ten_thu_nuoi"]

    # shown when: choosing the question gives a line, choosing the value keeps it
    more = part(designer, version, f"{last}.1", **{"show-new": "co_nuoi_thu", "_more": "show"})
    assert more.status_code == 200
    assert "show-0-value" in more.content.decode()
    kept = part(
        designer,
        version,
        f"{last}.1",
        **{"show-count": 1, "show-0-field": "co_nuoi_thu", "show-0-op": "is", "show-0-value": "yes", "max_length": 40},
    )
    assert kept.status_code == 302, kept.content.decode()[-2000:]
    version.refresh_from_db()
    question = version.schema["groups"][last]["fields"][1]
    assert question["visible_when"] == {"field": "co_nuoi_thu", "is": True}
    assert question["max_length"] == 40

    # moved before what it depends on: said in plain words, and not to be published so
    change(designer, version, up=f"{last}.1")
    assert fields(version)[last] == ["ten_thu_nuoi", "co_nuoi_thu"]
    said = designer.get(reverse("desk:form", args=[version.pk])).content.decode()
    assert "is asked only later" in said
    refused = designer.post(reverse("desk:form_publish", args=[version.pk]), {"effective_from": clock.today()})
    assert refused.status_code == 422
    change(designer, version, down=f"{last}.0")

    done = designer.post(reverse("desk:form_publish", args=[version.pk]), {"effective_from": clock.today()})
    assert done.status_code == 302
    form, version_id = chosen_form(procedure)
    assert version_id == version.pk
    assert "ten_thu_nuoi" in form.fields
    kinds = list(Event.objects.filter(stream=version.definition_id).order_by("seq").values_list("kind", flat=True))
    assert kinds[0] == "form.version_created"
    assert kinds[-1] == "form.published"
    assert set(kinds[1:-1]) == {"form.edited"}
    history = designer.get(reverse("desk:form", args=[version.pk])).content.decode()
    assert "Draft changed" in history
    assert "Shown when" in history


def test_the_ledger_keeps_each_setting_before_and_after(designer: Client, procedure: ProcedureData) -> None:
    version = begun(designer, procedure)
    assert part(designer, version, "0.0", label_vi="Người nộp", label_en="Applicant").status_code == 302
    event = Event.objects.filter(stream=version.definition_id).order_by("-seq").first()
    assert event is not None
    changes = {one["setting"]: (one["before"], one["after"]) for one in event.data["changes"]}
    assert changes["label.vi"] == ("Người hoặc tổ chức đề nghị", "Người nộp")
    assert set(changes) == {"label.vi", "label.en"}


def test_two_at_one_draft_notice_one_another(designer: Client, procedure: ProcedureData) -> None:
    version = begun(designer, procedure)
    old = version.revision
    change(designer, version, label="Một trang")
    answer = part(designer, version, "0", title_vi="Khác", revision=old)
    assert answer.status_code == 422
    assert "Somebody else has changed this form" in answer.content.decode()


def test_it_saves_itself_while_one_types(designer: Client, procedure: ProcedureData) -> None:
    version = begun(designer, procedure)
    address = reverse("desk:form_part", args=[version.pk, "0"])
    sent = {"title_vi": "Ai đề nghị", "title_en": "Who", "key": "who", "revision": version.revision, "show-count": "0"}
    answer = designer.post(address, sent, headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["revision"] == version.revision + 1
    stale = designer.post(address, sent, headers={"accept": "application/json"})
    assert stale.status_code == 409
    assert "Somebody else" in stale.json()["error"]


def test_choices_are_edited_as_rows(designer: Client, procedure: ProcedureData) -> None:
    version = begun(designer, procedure)
    change(designer, version, question="0", label="Màu sắc", type="choice")
    place = f"0.{len(fields(version)[0]) - 1}"
    assert "nothing to choose from" in designer.get(reverse("desk:form", args=[version.pk])).content.decode()
    answer = part(designer, version, place, o0_vi="Đỏ", o0_en="Red", o1_vi="Xanh lá", needed="no")
    assert answer.status_code == 302
    version.refresh_from_db()
    node = version.schema["groups"][0]["fields"][-1]
    assert node["options"] == [
        {"value": "do", "label": {"vi": "Đỏ", "en": "Red"}},
        {"value": "xanh_la", "label": {"vi": "Xanh lá", "en": "Xanh lá"}},
    ]
    assert node["required"] is False


@pytest.mark.parametrize("kind", ["table", "party", "file", "number", "money", "date", "multi_choice", "address",
                                  "declaration", "statement", "select", "long_text", "phone", "email", "tax_code",
                                  "identity_number"])  # fmt: skip
def test_every_type_can_be_added_edited_and_seen(designer: Client, procedure: ProcedureData, kind: str) -> None:
    version = begun(designer, procedure)
    change(designer, version, question="0", label="Câu hỏi", type=kind)
    place = f"0.{len(fields(version)[0]) - 1}"
    if kind == "table":
        change(designer, version, question=place, label="Tên", type="text")
    given = {"o0_vi": "Một"} if kind in ("multi_choice", "select") else {}
    answer = part(designer, version, place, **given)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    page = designer.get(reverse("desk:form", args=[version.pk])).content.decode()
    assert "Nothing stands in the way" in page
    group = version.schema["groups"][0]["key"]
    assert designer.get(reverse("desk:form_try", args=[version.pk]) + f"?page={group}").status_code == 200


def test_trying_out_checks_as_for_citizens_and_submits_nothing(designer: Client, procedure: ProcedureData) -> None:
    version = begun(designer, procedure)
    address = reverse("desk:form_try", args=[version.pk])
    first = designer.get(address + "?framed")
    assert "frame-ancestors 'self'" in first.headers["Content-Security-Policy"]
    assert first.headers["X-Frame-Options"] == "SAMEORIGIN"
    empty = designer.post(address + "?page=who", {})
    assert empty.status_code == 422
    assert "govuk-error-message" in empty.content.decode()
    designer.post(address, {"_example": "1"})
    everything = designer.get(address + "?page=_all").content.decode()
    assert "All answers are right" in everything


def test_versions_are_compared_withdrawn_and_old_dossiers_keep_theirs(
    designer: Client, procedure: ProcedureData
) -> None:
    first = begun(designer, procedure)
    designer.post(reverse("desk:form_publish", args=[first.pk]), {"effective_from": clock.today()})
    answer = designer.post(reverse("desk:form_version", args=[first.pk]))
    second = FormVersion.objects.get(number=2)
    assert answer.headers["Location"] == reverse("desk:form", args=[second.pk])
    part(designer, second, "1.0", label_vi="Điện thoại di động")
    compared = designer.get(reverse("desk:form_compare", args=[second.pk, first.pk])).content.decode()
    assert "Điện thoại di động" in compared
    later = clock.today() + timedelta(days=5)
    designer.post(reverse("desk:form_publish", args=[second.pk]), {"effective_from": later})
    assert chosen_form(procedure)[1] == first.pk
    with clock.at(clock.now() + timedelta(days=6)):
        queries.in_force.forget()
        assert chosen_form(procedure)[1] == second.pk
        # what was begun with the first version goes on with it
        assert queries.form_of(first.pk).fields["phone"].label.vi == "Số điện thoại"
        with begin(SYSTEM) as work, pytest.raises(Conflict, match="in force already"):
            actions.withdraw(work, second.pk)
    queries.in_force.forget()
    designer.post(reverse("desk:form_withdraw", args=[second.pk]))
    second.refresh_from_db()
    assert second.state == FormVersion.State.WITHDRAWN
    with clock.at(clock.now() + timedelta(days=6)):
        queries.in_force.forget()
        assert chosen_form(procedure)[1] == first.pk


def test_a_form_travels_as_a_file(designer: Client, procedure: ProcedureData) -> None:
    version = begun(designer, procedure)
    text = designer.get(reverse("desk:form_export", args=[version.pk])).content
    schema = designer.get(reverse("desk:form_schema", args=[version.pk])).json()
    assert schema["type"] == "object"
    designer.post(reverse("desk:form_discard", args=[version.pk]))
    assert not FormVersion.objects.exists()
    file = SimpleUploadedFile("form.json", text, "application/json")
    answer = designer.post(reverse("desk:form_new"), {"do": "file", "file": file})
    assert answer.status_code == 302
    assert FormVersion.objects.get().schema == json.loads(text)


@pytest.mark.parametrize("text", [b"\xff\xfe", b"[", b"[]", b"{}", b'{"key": "x", "groups": [{}], "title": 1}'])
def test_a_file_that_is_no_form_is_told_what_is_wrong(designer: Client, text: bytes) -> None:
    file = SimpleUploadedFile("form.json", text, "application/json")
    answer = designer.post(reverse("desk:form_new"), {"do": "file", "file": file})
    assert answer.status_code == 422
    assert not FormVersion.objects.exists()


def test_one_procedure_has_one_form(designer: Client, procedure: ProcedureData) -> None:
    version = begun(designer, procedure)
    designer.post(reverse("desk:form_publish", args=[version.pk]), {"effective_from": clock.today()})
    again = designer.post(reverse("desk:form_new"), {"do": "derived", "code": procedure.code})
    assert again.status_code == 422
    assert "already" in again.content.decode()


def test_settings_and_rules(designer: Client, procedure: ProcedureData) -> None:
    version = begun(designer, procedure)
    address = reverse("desk:form_settings", args=[version.pk])
    sent = {"do": "settings", "title_vi": "Tờ khai", "procedures": procedure.code, "basis": "Luật X", "revision": 0}
    assert designer.post(address, sent).status_code == 302
    rule = {
        "do": "rule",
        "revision": 1,
        "field": "phone",
        "kind": "at_least_one",
        "than": "email",
        "message_vi": "Hãy cho số điện thoại hoặc thư điện tử.",
    }
    assert designer.post(address, rule).status_code == 302
    version.refresh_from_db()
    assert version.schema["rules"][-1]["fields"] == ["phone", "email"]
    assert version.schema["basis"] == "Luật X"
    assert "Hãy cho số điện thoại" in designer.get(address).content.decode()
    count = len(version.schema["rules"])
    removed = reverse("desk:form_rule_remove", args=[version.pk])
    designer.post(removed, {"rule": str(count - 1), "revision": "2"})
    version.refresh_from_db()
    assert len(version.schema["rules"]) == count - 1
    wrong = designer.post(address, sent | {"procedures": "9.999999", "revision": 3})
    assert wrong.status_code == 422


def test_rubbish_gets_an_answer(designer: Client, procedure: ProcedureData) -> None:
    version = begun(designer, procedure)
    for place in ("9", "0.99", "0.0.0.0.0", "x", "0.1.0"):
        assert designer.get(reverse("desk:form_part", args=[version.pk, place])).status_code == 404, place
    for given in ({"up": "77"}, {"move": "0", "to": "x"}, {"question": "9", "label": "a", "type": "text"}):
        assert change(designer, version, **given).status_code == 404
    assert change(designer, version, label=" ").status_code == 302
    assert change(designer, version, question="0", label="a", type="nothing").status_code == 302
    nobody = UUID(int=1)
    for name in ("form", "form_try", "form_settings", "form_export", "form_schema"):
        assert designer.get(reverse(f"desk:{name}", args=[nobody])).status_code == 404
