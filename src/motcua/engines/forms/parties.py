"""What may be asked of a person or an organisation: the parts of a ``party`` field.

In the data: ``{"type": "party", "kinds": ["person"], "parts": ["name", "birth_date", "phone?"]}``; a question
mark makes a part optional. The engine unfolds the parts into ordinary fields, so that everything else (visibility,
errors, prefill, schema) treats them like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KINDS = ("person", "organisation")

_PERSON_ONLY = {"field": "kind", "is": "person"}
_ORGANISATION_ONLY = {"field": "kind", "is": "organisation"}


def _label(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


# part → (kinds it belongs to, the field's data)
PARTS: Mapping[str, tuple[tuple[str, ...], Mapping[str, Any]]] = {
    "name": (KINDS, {"type": "text", "max_length": 200, "autocomplete": "name"}),
    "birth_date": (
        ("person",),
        {
            "type": "date",
            "label": _label("Ngày, tháng, năm sinh", "Date of birth"),
            "not_future": True,
            "partial": True,
            "autocomplete": "bday",
        },
    ),
    "sex": (
        ("person",),
        {"type": "choice", "label": _label("Giới tính", "Sex"), "options_from": "sexes", "autocomplete": "sex"},
    ),
    "identity_number": (
        ("person",),
        {
            "type": "identity_number",
            "label": _label("Số định danh cá nhân", "Personal identity number"),
            "hint": _label("12 chữ số trên thẻ căn cước", "The 12 digits on the identity card"),
        },
    ),
    "identity_issued_on": (
        ("person",),
        {
            "type": "date",
            "label": _label("Ngày cấp thẻ căn cước", "Date of issue of the identity card"),
            "not_future": True,
        },
    ),
    "passport_number": (
        ("person",),
        {
            "type": "text",
            "label": _label("Số hộ chiếu", "Passport number"),
            "max_length": 20,
            "pattern": "passport",
        },
    ),
    "nationality": (
        ("person",),
        {
            "type": "select",
            "label": _label("Quốc tịch", "Nationality"),
            "options_from": "countries",
            "default": "VN",
        },
    ),
    "ethnicity": (
        ("person",),
        {
            "type": "select",
            "label": _label("Dân tộc", "Ethnic group"),
            "options_from": "ethnicities",
            "personal": "sensitive",
        },
    ),
    "religion": (
        ("person",),
        {
            "type": "select",
            "label": _label("Tôn giáo", "Religion"),
            "options_from": "religions",
            "personal": "sensitive",
        },
    ),
    "occupation": (("person",), {"type": "text", "label": _label("Nghề nghiệp", "Occupation"), "max_length": 120}),
    "home_town": (("person",), {"type": "text", "label": _label("Quê quán", "Place of origin"), "max_length": 200}),
    "tax_code": (
        ("organisation",),
        {
            "type": "tax_code",
            "label": _label("Mã số thuế hoặc mã số doanh nghiệp", "Tax code or enterprise code"),
            "hint": _label("10 chữ số, hoặc 13 chữ số có dấu gạch ngang", "10 digits, or 13 digits with a hyphen"),
        },
    ),
    "founding_document": (
        ("organisation",),
        {
            "type": "text",
            "label": _label(
                "Số quyết định thành lập hoặc giấy chứng nhận đăng ký",
                "Number of the founding decision or registration certificate",
            ),
            "max_length": 100,
        },
    ),
    "representative": (
        ("organisation",),
        {
            "type": "text",
            "label": _label("Họ và tên người đại diện theo pháp luật", "Legal representative"),
            "max_length": 200,
            "personal": "basic",
        },
    ),
    "representative_position": (
        ("organisation",),
        {
            "type": "text",
            "label": _label("Chức vụ của người đại diện", "Position of the representative"),
            "max_length": 120,
            "autocomplete": "organization-title",
        },
    ),
    "representative_identity": (
        ("organisation",),
        {
            "type": "identity_number",
            "label": _label("Số định danh cá nhân của người đại diện", "Representative's identity number"),
        },
    ),
    "phone": (KINDS, {"type": "phone", "label": _label("Số điện thoại", "Telephone"), "autocomplete": "tel"}),
    "email": (KINDS, {"type": "email", "label": _label("Thư điện tử", "E-mail"), "autocomplete": "email"}),
    "address": (KINDS, {"type": "address", "label": _label("Nơi cư trú hoặc trụ sở", "Address")}),
}
_NAMES = {
    ("person",): _label("Họ, chữ đệm, tên", "Full name"),
    ("organisation",): _label("Tên cơ quan, tổ chức, doanh nghiệp", "Name of the organisation"),
    KINDS: _label("Họ và tên, hoặc tên tổ chức", "Full name, or name of the organisation"),
}


def unfold(kinds: tuple[str, ...], parts: list[str], prefill: str, personal: str) -> list[dict[str, Any]]:
    """The data of the fields that a party's parts stand for. Raises KeyError for a part that does not exist."""
    fields: list[dict[str, Any]] = []
    if len(kinds) > 1:
        fields.append(
            {
                "key": "kind",
                "type": "choice",
                # the one who asks is filled in beforehand; any other party is somebody else
                "label": _label("Ai đề nghị?", "Who is asking?")
                if prefill
                else _label("Là cá nhân hay tổ chức?", "A person or an organisation?"),
                "options": [
                    {"value": "person", "label": _label("Cá nhân", "A person")},
                    {"value": "organisation", "label": _label("Tổ chức, doanh nghiệp", "An organisation or business")},
                ],
                **({"prefill": f"{prefill}.kind"} if prefill else {}),
            }
        )
    for part in parts:
        name = part.removesuffix("?")
        belongs, data = PARTS[name]
        if not set(belongs) & set(kinds):
            continue
        made: dict[str, Any] = {"personal": personal, **data, "key": name}
        made.setdefault("label", _NAMES.get(kinds, _NAMES[KINDS]))
        if len(kinds) > 1 and len(belongs) == 1:
            made["visible_when"] = _PERSON_ONLY if belongs == ("person",) else _ORGANISATION_ONLY
        if part.endswith("?"):
            made["required"] = False
        if prefill:
            made["prefill"] = f"{prefill}.{name}"
        else:
            # another person's data: the browser must not offer the user's own
            made.pop("autocomplete", None)
        fields.append(made)
    return fields
