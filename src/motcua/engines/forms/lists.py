"""Lists of options that many forms share, by name: ``"options_from": "countries"`` in the data of a field."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from motcua.engines.forms.places import provinces
from motcua.engines.forms.schema import Option
from motcua.engines.forms.text import Text


def _options(*rows: tuple[str, str, str]) -> tuple[Option, ...]:
    return tuple(Option(value, Text(vi, en)) for value, vi, en in rows)


@cache
def option_lists() -> Mapping[str, tuple[Option, ...]]:
    """Name of the list → its options."""
    text = (files("motcua.engines.forms.data") / "lists.json").read_text(encoding="utf-8")
    data = json.loads(text)
    return {
        "ethnicities": _options(*(tuple(row) for row in data["ethnicities"])),
        "countries": _options(*(tuple(row) for row in data["countries"])),
        "provinces": tuple(Option(one.code, Text(one.name, one.name)) for one in provinces().values()),
        "sexes": _options(("male", "Nam", "Male"), ("female", "Nữ", "Female")),
        "religions": _options(
            ("none", "Không", "None"),
            ("buddhism", "Phật giáo", "Buddhism"),
            ("catholicism", "Công giáo", "Catholicism"),
            ("protestantism", "Tin lành", "Protestantism"),
            ("caodaism", "Cao Đài", "Caodaism"),
            ("hoa_hao", "Phật giáo Hòa Hảo", "Hòa Hảo Buddhism"),
            ("islam", "Hồi giáo", "Islam"),
            ("other", "Tôn giáo khác", "Another religion"),
        ),
        "household_relations": _options(
            ("head", "Chủ hộ", "Head of household"),
            ("spouse", "Vợ hoặc chồng", "Wife or husband"),
            ("parent", "Cha hoặc mẹ", "Father or mother"),
            ("child", "Con", "Child"),
            ("grandparent", "Ông hoặc bà", "Grandparent"),
            ("grandchild", "Cháu ruột", "Grandchild"),
            ("sibling", "Anh, chị, em ruột", "Brother or sister"),
            ("ward", "Người được giám hộ", "Person under guardianship"),
            ("lodger", "Người ở nhờ, ở thuê", "Lodger"),
            ("other", "Quan hệ khác", "Another relation"),
        ),
        "result_delivery": _options(
            ("electronic", "Bản điện tử, trong tài khoản của tôi", "Electronic, in my account"),
            ("counter", "Nhận bản giấy tại Bộ phận Một cửa", "On paper at the one-stop counter"),
            ("post", "Nhận bản giấy qua bưu chính công ích", "On paper by public post"),
        ),
    }
