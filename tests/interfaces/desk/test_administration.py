"""Administrators' screens: what they show, who may come, what a form does, and that rubbish gets an answer."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from motcua.engines.accounts.models import ApiClient, User
from motcua.engines.organisations.models import Appointment, CalendarDay, Role, Unit, WorkCalendar
from motcua.foundation import clock
from motcua.services.procedures import queries
from motcua.services.procedures.models import Procedure, ReviewItem
from tests.factories import make_citizen, make_dossier, make_officer, make_procedure, make_units
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db

LISTS = (
    "administration", "procedures", "procedure_new", "review", "flows", "flow_new", "forms", "notices", "units",
    "unit_new", "roles", "calendars", "calendar_new", "people", "person_new", "clients", "ledger",
)  # fmt: skip


@pytest.fixture
def administrator() -> Client:
    return signed_in(make_officer("administrator", make_units()["province"]))


def test_every_page_shows_and_is_closed_to_others(administrator: Client) -> None:
    specialist, citizen = signed_in(make_officer("specialist")), signed_in(make_citizen())
    for name in LISTS:
        address = reverse(f"desk:{name}")
        assert administrator.get(address).status_code == 200, name
        assert specialist.get(address).status_code == 403, name
        assert citizen.get(address).status_code == 403, name
        assert Client().get(address).status_code == 302, name


def test_one_who_keeps_only_part_sees_only_that() -> None:
    inspector = signed_in(make_officer("inspector", make_units()["province"]))
    assert inspector.get(reverse("desk:ledger")).status_code == 200
    assert inspector.get(reverse("desk:people")).status_code == 403
    assert reverse("desk:people") not in inspector.get(reverse("desk:administration")).content.decode()


def test_a_procedure_is_edited_and_published_from_a_day(administrator: Client) -> None:
    data = make_procedure()
    key = data.procedure_id
    page = administrator.get(reverse("desk:procedure_edit", args=[key]))
    form = page.context["blocks"][0].data["form"]
    typed = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    typed["m0_value"] = "3"
    typed["m1_fees"] = "5000 | Lệ phí trực tuyến"
    typed["p0_2_name"] = "Giấy tờ mới"
    typed["p0_2_originals"] = "1"
    wrong = administrator.post(reverse("desk:procedure_edit", args=[key]), {**typed, "m1_fees": "rẻ lắm"})
    assert wrong.status_code == 422
    assert administrator.post(reverse("desk:procedure_edit", args=[key]), typed).status_code == 302
    later = clock.today() + timedelta(days=10)
    past = administrator.post(reverse("desk:procedure_publish", args=[key]), {"effective_from": "2020-01-01"})
    assert past.status_code == 422
    done = administrator.post(reverse("desk:procedure_publish", args=[key]), {"effective_from": later.isoformat()})
    assert done.status_code == 302
    assert queries.by_code(data.code).number == 1
    new = queries.by_code(data.code, later)
    assert new.number == 2
    assert str(new.methods[0].value).startswith("3")
    assert new.methods[1].fees[0].amount == 5000
    assert [paper.name for paper in new.papers] == ["Tờ khai", "Giấy chứng sinh", "Giấy tờ mới"]
    assert new.papers[0].key == data.papers[0].key
    assert administrator.get(reverse("desk:procedure_version", args=[new.id])).status_code == 200
    assert administrator.post(reverse("desk:procedure_withdraw", args=[new.id])).status_code == 302
    assert queries.by_code(data.code, later).number == 1


def test_two_editors_do_not_overwrite_each_other(administrator: Client) -> None:
    key = make_procedure().procedure_id
    address = reverse("desk:procedure_edit", args=[key])
    form = administrator.get(address).context["blocks"][0].data["form"]
    typed = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    assert administrator.post(address, typed).status_code == 302
    stale = {**typed, "revision": "1", "name": "Một tên"}
    assert administrator.post(address, stale).status_code == 302
    assert administrator.post(address, {**stale, "name": "Tên khác"}).status_code == 422


def test_a_procedure_is_suspended_with_a_reason(administrator: Client) -> None:
    key = make_procedure().procedure_id
    address = reverse("desk:procedure_status", args=[key])
    assert administrator.post(address, {"status": "SUSPENDED", "reason": ""}).status_code == 422
    assert administrator.post(address, {"status": "SUSPENDED", "reason": "QĐ 1"}).status_code == 302
    assert Procedure.objects.get(pk=key).status == "SUSPENDED"


def test_a_doubt_of_the_import_is_settled(administrator: Client) -> None:
    data = make_procedure(fee=20)
    item = ReviewItem.objects.create(
        procedure_id=data.procedure_id,
        version_id=data.id,
        path="methods[0].fees[0].amount",
        reason=ReviewItem.Reason.FEE_BELOW_1000,
        raw="20 VND",
        suggestion="20000",
    )
    page = administrator.get(reverse("desk:review"), {"reason": item.reason}).content.decode()
    assert data.code in page
    address = reverse("desk:review_settle", args=[item.pk])
    assert administrator.post(address, {"decision": "correct", "value": "nhiều"}).status_code == 422
    assert (
        administrator.post(address, {"decision": "correct", "value": "20000", "reason": item.reason}).status_code == 302
    )
    item.refresh_from_db()
    assert item.state == ReviewItem.State.CORRECTED
    assert administrator.post(address, {"decision": "accept"}).status_code == 422
    for query in ("after=x", "reason=nonsense", "code=%F0%9F%98%80"):
        assert administrator.get(f"{reverse('desk:review')}?{query}").status_code == 200


def test_units_and_posts(administrator: Client) -> None:
    units = make_units()
    given = {
        "parent": str(units["department"].id), "code": "H57.10.9", "name": "Phòng Thử", "kind": "division",
        "valid_from": "2026-01-01", "fields_text": "Hộ tịch\nQuốc tịch",
    }  # fmt: skip
    assert administrator.post(reverse("desk:unit_new"), {**given, "code": "rubbish"}).status_code == 422
    assert administrator.post(reverse("desk:unit_new"), given).status_code == 302
    unit = Unit.objects.get(code="H57.10.9")
    assert unit.fields == ["Hộ tịch", "Quốc tịch"]
    edited = {"name": "Phòng Mới", "kind": "division", "fields_text": ""}
    assert administrator.post(reverse("desk:unit", args=[unit.pk]), edited).status_code == 302
    assert Unit.objects.get(pk=unit.pk).name == "Phòng Mới"
    assert administrator.get(reverse("desk:unit", args=[uuid4()])).status_code == 404

    person = {"username": "can-bo-moi", "full_name": "Lê Văn Mới", "email": "", "password": "mật khẩu thật dài 9"}
    assert administrator.post(reverse("desk:person_new"), {**person, "password": "1"}).status_code == 422
    assert administrator.post(reverse("desk:person_new"), person).status_code == 302
    user = User.objects.get(username="can-bo-moi")
    assert user.official
    page = reverse("desk:person", args=[user.pk])
    post = {"do": "appoint", "a-unit": str(unit.pk), "a-role": "specialist", "a-valid_from": "2026-01-01"}
    assert administrator.post(page, {**post, "a-role": "king"}).status_code == 422
    assert administrator.post(page, post).status_code == 302
    assert administrator.post(page, post).status_code == 422
    held = Appointment.objects.get(user=user)
    assert administrator.post(reverse("desk:appointment_end", args=[held.pk])).status_code == 302
    assert Appointment.objects.get(user=user).valid_to == clock.today()
    assert administrator.post(page, {"do": "shut", "s-reason": ""}).status_code == 422
    assert administrator.post(page, {"do": "shut", "s-reason": "Nghỉ hưu"}).status_code == 302
    assert not User.objects.get(pk=user.pk).is_active
    assert administrator.post(page, {"do": "open"}).status_code == 302
    assert administrator.post(page, {"do": "password", "p-password": "mật khẩu khác rất dài"}).status_code == 302


def test_roles_and_calendars(administrator: Client) -> None:
    role = {"code": "archivist", "name": "Văn thư", "permissions": ["dossier.read"]}
    assert administrator.post(reverse("desk:roles"), role).status_code == 302
    assert Role.objects.get(pk="archivist").permissions == ["dossier.read"]
    assert administrator.post(reverse("desk:roles"), {**role, "permissions": ["everything"]}).status_code == 422
    day = {"day": "2026-01-02", "worked": "", "basis": "Thông báo 9441/TB-BNV"}
    assert administrator.post(reverse("desk:calendars"), day).status_code == 302
    assert not CalendarDay.objects.get().worked
    assert administrator.post(reverse("desk:calendars"), {**day, "day": "mai"}).status_code == 422
    assert administrator.post(reverse("desk:common_day_remove"), {"day": "2026-01-02"}).status_code == 302
    assert not CalendarDay.objects.exists()
    week = {"name": "Sáng thứ Bảy", "public_holidays": "on", "due_moment": "closing", "hours_basis": "",
            "week_mon": "07:00-11:30, 13:30-17:00", "week_sat": "07:30-11:30"}  # fmt: skip
    assert administrator.post(reverse("desk:calendar_new"), {**week, "week_mon": "sáng"}).status_code == 422
    assert administrator.post(reverse("desk:calendar_new"), week).status_code == 302
    made = WorkCalendar.objects.get()
    address = reverse("desk:calendar", args=[made.pk])
    assert administrator.post(address, {**week, "name": "Tên mới"}).status_code == 302
    receiving = {key: value for key, value in week.items() if key != "week_sat"} | {"reception_sat": "07:30-11:00"}
    assert administrator.post(address, {**receiving, "name": "Tên mới"}).status_code == 302
    assert WorkCalendar.objects.get().data["reception"] == {"sat": ["07:30-11:00"]}
    page = administrator.get(address).content.decode()
    assert 'value="07:30-11:00"' in page
    assert "Chỉ tiếp nhận" in page
    assert administrator.post(address, {"day": "2026-12-31", "worked": "1", "basis": "QĐ 5"}).status_code == 302
    assert WorkCalendar.objects.get().name == "Tên mới"


def test_a_token_is_shown_once(administrator: Client) -> None:
    given = {"name": "Máy quét", "unit": str(make_units()["commune"].id), "scopes": ["dossier.read"]}
    answer = administrator.post(reverse("desk:clients"), given)
    assert answer.status_code == 200
    assert b"data-token" in answer.content
    assert answer.headers["Cache-Control"] == "no-store"
    again = administrator.get(reverse("desk:clients"))
    assert b"data-token" not in again.content
    assert administrator.post(reverse("desk:clients"), {**given, "scopes": ["accounts.edit"]}).status_code == 422
    client = ApiClient.objects.get()
    assert administrator.post(reverse("desk:client_revoke", args=[client.pk])).status_code == 302
    assert not ApiClient.objects.get().active


def test_wording_of_notices(administrator: Client) -> None:
    page = administrator.get(reverse("desk:notices"))
    rows = page.context["blocks"][0].rows
    assert rows
    address = rows[0][2].url
    said = administrator.get(address).context["blocks"][0].form.initial
    given = {
        "subject": said["subject"],
        "body": said["body"] + "\nCảm ơn.",
        "effective_from": clock.today().isoformat(),
    }
    assert administrator.post(address, {**given, "body": "{nonsense}"}).status_code == 422
    assert administrator.post(address, given).status_code == 302
    assert administrator.post(address, given).status_code == 422
    assert administrator.get(reverse("desk:notice", args=["no.such", "email", "vi"])).status_code == 404
    assert administrator.get(address.replace("/vi/", "/fr/").replace("/en/", "/fr/")).status_code == 404


def test_the_ledger_shows_a_stream_and_its_verdict() -> None:
    dossier = make_dossier("processing")
    leader = signed_in(make_officer("leader", make_units()["province"]))
    answer = leader.post(reverse("desk:ledger"), {"what": dossier.code.lower()}, follow=True)
    text = answer.content.decode()
    assert "dossier.accepted" in text  # small, with what is stored
    for words in (f"Hồ sơ {dossier.code}", "Được tiếp nhận", "Cơ quan có thẩm quyền", "Thẩm định", "Đang xử lý"):
        assert words in text
    assert "Competent" not in text
    inspector = signed_in(make_officer("inspector", make_units()["province"]))
    assert inspector.post(reverse("desk:ledger"), {"what": dossier.code}).status_code == 302
    for what in ("", "rubbish", str(uuid4())):
        assert leader.post(reverse("desk:ledger"), {"what": what}).status_code == 422
    assert leader.get(reverse("desk:stream", args=[uuid4()])).status_code == 200


def test_rubbish_gets_an_answer(administrator: Client) -> None:
    key = make_procedure().procedure_id
    unit = make_units()["commune"].id
    person = make_officer("specialist").pk
    forms = {
        reverse("desk:procedure_new"): ("code", "name"),
        reverse("desk:procedure_edit", args=[key]): (
            "name",
            "m0_value",
            "m0_unit",
            "m0_fees",
            "p0_0_originals",
            "revision",
        ),
        reverse("desk:procedure_publish", args=[key]): ("effective_from",),
        reverse("desk:procedure_discard", args=[key]): (),
        reverse("desk:procedure_status", args=[key]): ("status", "reason"),
        reverse("desk:unit_new"): ("parent", "code", "name", "kind", "valid_from", "calendar_id", "valid_to"),
        reverse("desk:unit", args=[unit]): ("name", "kind", "calendar_id", "valid_to", "ward_code"),
        reverse("desk:roles"): ("code", "name", "permissions"),
        reverse("desk:calendars"): ("day", "basis", "worked"),
        reverse("desk:calendar_new"): ("name", "week_mon", "due_moment"),
        reverse("desk:common_day_remove"): ("day",),
        reverse("desk:people"): ("q",),
        reverse("desk:person_new"): ("username", "full_name", "email", "password"),
        reverse("desk:person", args=[person]): ("do", "a-unit", "a-role", "a-valid_from", "p-password", "s-reason"),
        reverse("desk:clients"): ("name", "unit", "scopes", "last_day"),
        reverse("desk:flow_new"): ("name", "key", "s0_key", "s0_next", "s0_hours", "s0_unit", "effective_from", "rows"),
    }
    for address, names in forms.items():
        for text in ("", "\0", "9" * 5000, "-1", "🙂", str(uuid4()), "0001-01-01", "9999-12-31"):
            code = administrator.post(address, dict.fromkeys(names, text)).status_code
            assert code < 500, (address, text, code)
