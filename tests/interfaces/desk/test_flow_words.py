"""Flows and linked groups in words: what is written by choosing words is kept as selectors, and shown as words."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from motcua.engines.flows.models import FlowVersion
from motcua.foundation import clock
from motcua.interfaces.desk.administration.flow_form import moved
from motcua.interfaces.desk.administration.flow_words import UnitWords, level_code, level_words, role_words
from motcua.interfaces.desk.administration.places import choice_words, place_words
from tests.factories import make_officer, make_units
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db


def test_every_choice_comes_back_as_its_selector_and_selectors_are_understood_too() -> None:
    make_units()
    with translation.override("vi"):
        units = UnitWords()
        assert len(set(units.choices.values())) == len(units.choices), "no two choices are called alike"
        for selector, words in units.choices.items():
            assert units.selector(f"  {words} ") == selector
            assert units.selector(selector) == selector
            assert ":" not in words
            assert "_" not in words
        assert units.words("within:99") == "phòng 99 của cơ quan có thẩm quyền"
        for unknown in ("within:99", "field:Lạ", "code:H99.9"):
            assert units.selector(units.typed(unknown)) == unknown
        assert units.selector("Không có ở đây") == "Không có ở đây"


def test_a_flow_is_written_and_shown_in_words() -> None:
    desk = signed_in(make_officer("administrator", make_units()["province"]))
    sent = {"rows": "2", "name": "Thử", "key": "thu", "effective_from": clock.today().isoformat(), "do": "draft"}
    rows = {
        "s0_name": "Thẩm định", "s0_unit": "cơ quan có thẩm quyền", "s0_role": "specialist", "s0_hours": "8",
        "s1_name": "Trả", "s1_stage": "return", "s1_unit": "quầy tiếp nhận",
    }  # fmt: skip
    assert desk.post(reverse("desk:flow_new"), sent | rows).status_code == 302
    assert [step["unit"] for step in FlowVersion.objects.get().steps] == ["competent", "received_at"]
    page = desk.get(reverse("desk:flow", args=["thu"])).content.decode()
    assert 'value="quầy tiếp nhận"' in page
    assert 'value="received_at"' not in page
    picture = page[page.index('<svg class="mc-flow"') :]
    picture = picture[: picture.index("</svg>")]
    assert "8 giờ · Chuyên viên" in picture
    assert "specialist" not in picture


def test_rows_named_by_number_are_named_still_when_they_move() -> None:
    cells = {"rows": "3", "s0_name": "a", "s0_next": "2, 3", "s1_name": "b", "s2_name": "c"}
    from django.http import QueryDict

    def after(do: str) -> str:
        data = QueryDict(mutable=True)
        data.update({**cells, "do": do})
        new, _place = moved(data)
        at = next(at for at in range(4) if new.get(f"s{at}_name") == "a")
        return str(new[f"s{at}_next"])

    assert after("up-2") == "3, 2"
    assert after("add-1") == "2, 4"
    assert after("remove-1") == "2"


def test_codes_of_the_catalogue_are_said_in_words() -> None:
    make_units()
    with translation.override("vi"):
        assert place_words("methods[0].fees[1].amount") == "Cách nộp 1, khoản thu 2, số tiền"
        assert place_words("methods.ONLINE") == "Cách nộp, Trực tuyến"
        assert choice_words("methods[2].unit", "WORKING_DAY") == "ngày làm việc"
        assert choice_words("name", None) == ""
        assert level_words("COMMUNE") == "Cấp xã"
        assert level_code("cấp xã") == level_code("commune") == "COMMUNE"
        assert role_words("specialist") == "Chuyên viên thụ lý"
        assert role_words("dossier.sign") == "Phê duyệt và ký"
        assert role_words("nobody") == "nobody"
