"""Flows at the desk: written as a table without scripts, drawn, checked in words, published, compared, taken back;
files in and out; a change tried on the past."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.engines.flows.bpmn import to_bpmn
from motcua.engines.flows.models import Flow, FlowRule, FlowVersion
from motcua.engines.flows.rules import STANDARD, parse
from motcua.engines.flows.sheet_files import sheets_in
from motcua.foundation import clock
from tests.engines.flows.test_sheets import book
from tests.factories import make_officer, make_procedure, make_units
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db
NEW = "desk:flow_new"


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_officer("administrator", make_units()["province"]))


def typed(client: Client, address: str = "", **more: str) -> dict[str, Any]:
    """What the browser would send of the form as it stands."""
    form = client.get(address or reverse(NEW)).context["blocks"][0].data["form"]
    given = {field.html_name: field.value() for field in form if field.value() not in (None, False, [])}
    day = clock.today().isoformat()
    return given | {"rows": str(form.count), "name": "Quy trình thử", "key": "thu", "effective_from": day} | more


def test_a_flow_is_checked_in_words_and_published(administrator: Client) -> None:
    wrong = administrator.post(reverse(NEW), {**typed(administrator), "s0_next": "nowhere", "do": "publish"})
    assert wrong.status_code == 422
    assert Flow.objects.count() == 0
    checked = administrator.post(reverse(NEW), {**typed(administrator), "s0_next": "nowhere", "do": "check"})
    assert checked.status_code == 200
    assert "mc-flow__step--wrong" in checked.content.decode()
    for row in ("0", "x", "99999", ""):
        given = {**typed(administrator), "rows": row, "do": "check"}
        assert administrator.post(reverse(NEW), given).status_code == 200
    code = make_procedure().code
    given = typed(administrator, codes=code, subjects="Hộ tịch | commune", do="publish")
    assert administrator.post(reverse(NEW), given).status_code == 302
    version = FlowVersion.objects.get()
    assert parse(version.steps) == parse(STANDARD)
    assert set(FlowRule.objects.values_list("procedure_code", "field", "level")) == {
        (code, "", ""), ("", "Hộ tịch", "COMMUNE")
    }  # fmt: skip
    address = reverse("desk:flow", args=["thu"])
    later = (clock.today() + timedelta(days=9)).isoformat()
    again = typed(administrator, address, s0_hours="16", do="publish", effective_from=later, subjects="")
    assert administrator.post(address, again).status_code == 302
    assert FlowVersion.objects.count() == 2
    assert FlowRule.objects.count() == 1  # the field was taken out
    page = administrator.get(address).content.decode()
    assert reverse("desk:flow_compare", args=["thu"]) in page
    compared = administrator.get(reverse("desk:flow_compare", args=["thu"]), {"a": "1", "b": "2"}).content.decode()
    assert ">16<" in re.sub(r"\s", "", compared)
    assert administrator.get(reverse("desk:flow_compare", args=["thu"]), {"a": "1", "b": "x"}).status_code == 404
    assert administrator.post(reverse("desk:flow_undo", args=["thu"])).status_code == 302
    assert FlowVersion.objects.get(number=2).published_at is None
    assert administrator.post(reverse("desk:flow_undo", args=["thu"]), {"what": "draft"}).status_code == 302
    assert FlowVersion.objects.count() == 1
    assert administrator.get(reverse("desk:flow", args=["nowhere"])).status_code == 404


def test_the_history_says_who_changed_which_step_before_and_after(administrator: Client) -> None:
    given = typed(administrator, subjects="Hộ tịch | commune", do="publish")
    assert administrator.post(reverse(NEW), given).status_code == 302
    address = reverse("desk:flow", args=["thu"])
    renamed = typed(administrator, address, s0_hours="16", s1_name="Ký số", subjects="", do="draft")
    assert administrator.post(address, renamed).status_code == 302
    entries = administrator.get(address).context["blocks"][-1].data["entries"]
    drafted, published = entries
    assert "Nguyễn Văn Thử" in drafted.who
    late = administrator.post(address, {**renamed, "s0_hours": "40"})  # another one, who began from what was published
    assert late.status_code == 422
    assert "40" in late.content.decode(), "what was typed stays"
    told = {change.label: (change.before, change.after) for change in drafted.changes}
    assert ("–", "16") in told.values()
    assert (STANDARD[1]["name"], "Ký số") in told.values()
    assert ("Hộ tịch COMMUNE", "–") in told.values(), "what takes it, too"
    assert {change.label for change in published.changes} >= {str(step["name"]) for step in STANDARD}


def names(page: Any) -> list[str]:
    form = page.context["blocks"][0].data["form"]
    return [form[f"s{at}_name"].value() or "" for at in range(form.count)]


def test_rows_move_come_and_go_by_buttons_and_nothing_typed_is_lost(administrator: Client) -> None:
    given = typed(administrator, s0_name="Một", s1_name="Hai", s2_name="Ba", s1_hours="7", s0_actions="supplement")
    for do, wanted in (
        ("down-0", ["Hai", "Một", "Ba"]),
        ("up-2", ["Một", "Ba", "Hai"]),
        ("up-0", ["Một", "Hai", "Ba"]),
        ("add-0", ["Một", "", "Hai", "Ba"]),
        ("remove-1", ["Một", "Ba"]),
        ("down-9", ["Một", "Hai", "Ba"]),
    ):
        page = administrator.post(reverse(NEW), {**given, "do": do})
        assert page.status_code == 200
        assert names(page) == wanted, do
    moved = administrator.post(reverse(NEW), {**given, "do": "down-0"})
    form = moved.context["blocks"][0].data["form"]
    assert (form["s0_hours"].value(), form["s1_actions"].value()) == ("7", ["supplement"])
    assert b"autofocus" in moved.content  # the focus stays with the row
    assert Flow.objects.count() == 0


def test_what_is_left_empty_goes_on_to_the_next_row(administrator: Client) -> None:
    given = {"rows": "3", "name": "Thử", "key": "thu", "effective_from": clock.today().isoformat(), "do": "draft"}
    rows = {"s0_name": "Thẩm định", "s1_name": "Ký", "s1_stage": "sign", "s2_name": "Trả", "s2_stage": "return"}
    assert administrator.post(reverse(NEW), {**given, **rows}).status_code == 302
    steps = parse(FlowVersion.objects.get().steps)
    assert [(step.key, step.next) for step in steps.steps] == [
        ("tham-dinh", ("ky",)), ("ky", ("tra",)), ("tra", ())
    ]  # fmt: skip
    assert steps.problems() == []
    form = administrator.get(reverse("desk:flow", args=["thu"])).context["blocks"][0].data["form"]
    assert form["s0_next"].value() == ""
    fork = {**given, **rows, "key": "nhanh", "s0_next": "2, 3", "s0_choice": "on", "s1_next": "3"}
    assert administrator.post(reverse(NEW), fork).status_code == 302
    assert parse(FlowVersion.objects.get(flow__key="nhanh").steps).steps[0].next == ("ky", "tra")
    assert administrator.post(reverse(NEW), {**given, **rows, "key": "import"}).status_code == 422


def test_the_picture_follows_the_table_and_says_what_it_shows(administrator: Client) -> None:
    given = typed(administrator, s0_name='<script>"&', s0_hours="500", codes=make_procedure().code)
    text = administrator.post(reverse("desk:flow_picture"), given).content.decode()
    assert 'role="img"' in text
    assert "<desc" in text
    assert "<script" not in text
    assert "style=" not in text
    assert "500" in text  # the law's limit is passed
    for cell in ("", "\0", "🙂", "9" * 500):
        given = dict.fromkeys(("name", "key", "rows", "s0_name", "s0_key", "s0_next", "s0_unit", "s0_hours"), cell)
        assert administrator.post(reverse("desk:flow_picture"), given).status_code < 500


def test_a_spreadsheet_is_read_and_reported_then_written(administrator: Client) -> None:
    address = reverse("desk:flow_import")
    data = book([["Mã TTHC", "Bước", "Đơn vị"], ["1.000123", "Ký", "Sở Tư pháp"], ["1.000124", "Ký", "Sở Lạ"]])
    day = clock.today().isoformat()

    def send(**more: str) -> str:
        file = SimpleUploadedFile("quy-trinh.xlsx", data)
        answer = administrator.post(address, {"file": file, "effective_from": day, **more})
        assert answer.status_code == 200
        return answer.content.decode()

    assert "Sở Lạ" in send()
    assert Flow.objects.count() == 0
    send(write="on")
    assert Flow.objects.count() == 1
    rubbish = {"file": SimpleUploadedFile("x.xlsx", b"rubbish"), "effective_from": day}
    assert administrator.post(address, rubbish).status_code == 422
    file = administrator.get(reverse("desk:flow_export"))
    assert [row[0] for row in sheets_in(file.content)[0].rows] == ["Mã TTHC", "1.000123", "1.000123"]
    flow = Flow.objects.get()
    assert administrator.get(reverse("desk:flow_diagram", args=[flow.key])).status_code == 200
    assert flow.name in administrator.get(reverse("desk:flows"), {"q": "1.000123"}).content.decode()


def test_a_bpmn_file_becomes_a_draft(administrator: Client) -> None:
    text = to_bpmn(parse(STANDARD), "Từ ngoài")
    file = SimpleUploadedFile("tu-ngoai.bpmn", text.encode())
    day = clock.today().isoformat()
    answer = administrator.post(reverse("desk:flow_import"), {"file": file, "effective_from": day, "write": "on"})
    assert answer.status_code == 200
    draft = FlowVersion.objects.get(flow__key="tu-ngoai")
    assert draft.published_at is None
    assert parse(draft.steps) == parse(STANDARD)


def test_what_if_says_when_there_is_too_little_to_say(administrator: Client) -> None:
    code = make_procedure().code
    administrator.post(reverse(NEW), typed(administrator, codes=code, do="publish"))
    address = reverse("desk:flow_what_if", args=["thu"])
    form = administrator.get(address).context["blocks"][0].form
    given = {"procedure": form.initial["procedure"], "since": "2026-01-01", "until": "2026-06-01", "p_verify": "+1"}
    assert given["procedure"] == code
    assert administrator.post(address, given).status_code == 422  # no dossiers yet
    for wrong in ({"p_verify": "viele"}, {"until": "2025-01-01"}, {"procedure": "9.999999"}, {"since": "x"}):
        assert administrator.post(address, given | wrong).status_code == 422
    assert administrator.get(reverse("desk:flow_what_if", args=["nowhere"])).status_code == 404
