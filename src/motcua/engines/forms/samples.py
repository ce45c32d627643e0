"""Answers that a person might give, for demo data, examples and tests: valid, and repeatable by seed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from motcua.engines.forms import conditions, places
from motcua.engines.forms.schema import Field, Form
from motcua.engines.forms.validation import Result, Scope, validate
from motcua.foundation import clock

FAMILY_NAMES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Phan",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Tôn Nữ",
    "Dương",
)
MALE = (
    "Văn An",
    "Quốc Bảo",
    "Minh Đức",
    "Hữu Hùng",
    "Thanh Long",
    "Đình Phúc",
    "Công Sơn",
    "Anh Tuấn",
    "Xuân Vinh",
    "Bảo",
)
FEMALE = (
    "Thị Bích",
    "Thu Cúc",
    "Thị Hoa",
    "Ngọc Lan",
    "Thị Mai",
    "Thùy Nga",
    "Kim Oanh",
    "Thị Thảo",
    "Bảo Trân",
    "Yến",
)
STREETS = ("Lê Lợi", "Nguyễn Huệ", "Trần Hưng Đạo", "Hùng Vương", "Bà Triệu", "Phan Đình Phùng", "Đống Đa", "Chi Lăng")
_PATTERNED = {"passport": "C{0:07d}", "licence_plate": "75A-{0:05d}", "land_plot": "{0}"}
TRIES = 400


class NoSample(Exception):
    """The form's rules left no answers in as many tries as we allow: a form nobody can fill in."""


def sample_answers(form: Form, random: Random, *, today: date | None = None, fullness: float = 0.5) -> dict[str, Any]:
    """Values that ``validate`` accepts. ``fullness``: how often optional questions are answered (0 to 1).

    File answers are made-up keys. Raises ``NoSample`` when the form can not be filled in.
    """
    return sampled(form, random, today=today, fullness=fullness).values


def sampled(form: Form, random: Random, *, today: date | None = None, fullness: float = 0.5) -> Result:
    """As ``sample_answers``, with the whole result of the validation."""
    today = today or clock.today()
    errors: Mapping[str, Any] = {}
    for number in range(TRIES):
        # rules such as "one of these" are met by answering more and more of what is optional
        maker = _Maker(random, today, max(fullness, number / TRIES))
        top = Scope({}, known=frozenset(form.fields))
        for group in form.groups:
            if conditions.holds(group.visible_when, top.lookup, today):
                maker.fields(group.fields, top)
        result = validate(form, top.values, today=today)
        if result.ok:
            return result
        errors = result.errors
    raise NoSample(f"{form.key}: {dict(errors)}")


@dataclass
class _Maker:
    random: Random
    today: date
    fullness: float
    sex: str = "male"

    def fields(self, fields: Iterable[Field], scope: Scope) -> None:
        for one in fields:
            if one.has_value and conditions.holds(one.visible_when, scope.lookup, self.today):
                required = one.required or (
                    one.required_when is not None and conditions.holds(one.required_when, scope.lookup, self.today)
                )
                if required or self.random.random() < self.fullness:
                    scope.values[one.key] = self.value(one, scope)

    def value(self, one: Field, scope: Scope) -> Any:
        match one.type:
            case "party":
                self.sex = self.random.choice(("male", "female"))
                inner = Scope({} if len(one.kinds) > 1 else {"kind": one.kinds[0]}, scope, frozenset(one.by_key))
                self.fields(one.fields, inner)
                return inner.values
            case "table":
                return self.rows(one, scope)
            case "address":
                return self.address()
            case "choice" | "select":
                if one.options_from == "sexes":
                    return self.sex
                if one.default is not None and self.random.random() < 0.7:
                    return one.default
                return self.random.choice(one.options).value
            case "multi_choice":
                count = self.random.randint(max(1, int(one.minimum or 1)), min(len(one.options), int(one.maximum or 3)))
                chosen = set(self.random.sample([option.value for option in one.options], count))
                return [option.value for option in one.options if option.value in chosen]
            case "yes_no":
                return self.random.random() < 0.5
            case "declaration":
                return True
            case "date":
                return self.date(one)
            case "number" | "money":
                return self.number(one)
            case "file":
                return [str(UUID(int=self.random.getrandbits(128))) for _ in range(min(one.max_files, 1))]
        return self.text(one, scope)

    def rows(self, one: Field, scope: Scope) -> list[dict[str, Any]]:
        made = []
        for _ in range(self.random.randint(max(1, one.min_rows), max(1, one.min_rows, min(3, one.max_rows)))):
            self.sex = self.random.choice(("male", "female"))
            inner = Scope({}, scope, frozenset(one.by_key))
            self.fields(one.fields, inner)
            made.append(inner.values)
        return made

    def address(self) -> dict[str, str]:
        province = places.provinces()[
            "46" if self.random.random() < 0.85 else self.random.choice(list(places.provinces()))
        ]
        ward = self.random.choice(list(province.wards))
        line = f"{self.random.randint(1, 300)} {self.random.choice(STREETS)}"
        name = province.wards[ward]
        text = places.address_text(line, name, province.code)
        return {"province": province.code, "ward": ward, "ward_name": name, "line": line, "text": text}

    def date(self, one: Field) -> str:
        if one.key == "birth_date":
            days = -self.random.randint(22 * 365, 60 * 365)
        elif one.not_future:
            days = -self.random.randint(1, 45 if "birth" in one.key else 400)
        else:
            days = self.random.randint(0 if one.not_past else -200, 500)
        return (self.today + timedelta(days=days)).isoformat()

    def number(self, one: Field) -> int | float:
        low = one.minimum if one.minimum is not None else 0
        high = one.maximum if one.maximum is not None else low + 1000
        if one.type == "money":
            return int(low + self.random.randint(1, 500) * 1_000_000 % (high - low + 1))
        value = min(high, low + self.random.random() ** 3 * (high - low))
        return round(value, one.decimals) if one.decimals else int(value)

    def text(self, one: Field, scope: Scope) -> str:
        random = self.random
        match one.type:
            case "identity_number":
                return self.identity(scope)
            case "tax_code":
                return random.choice(("0100109106", "0300588569", "0101243150"))
            case "phone":
                return f"09{random.choice('01346789')}{random.randint(0, 9_999_999):07d}"
            case "email":
                return f"nguoidan{random.randint(1, 9999)}@example.vn"
        if one.pattern in _PATTERNED:
            return _PATTERNED[one.pattern].format(random.randint(1, 9999))
        if one.pattern == "person_name" or "name" in one.key.split("_") or one.key in ("representative",):
            return self.name()
        words = f"{random.choice(STREETS)} {random.randint(1, 99999):05d}"
        return words[: one.max_length].strip() if one.min_length <= 14 else words.ljust(one.min_length, ".")

    def name(self) -> str:
        given = MALE if self.sex == "male" else FEMALE
        return f"{self.random.choice(FAMILY_NAMES)} {self.random.choice(given)}"

    def identity(self, scope: Scope) -> str:
        birth, sex = scope.values.get("birth_date"), scope.values.get("sex", self.sex)
        year = int(birth[:4]) if isinstance(birth, str) else self.random.randint(1950, 2000)
        female = sex == "female"
        code = self.random.choice(("046", "046", "046", "001", "048", "079", "038"))
        return f"{code}{(year - 1900) // 100 * 2 + female}{year % 100:02d}{self.random.randint(0, 999_999):06d}"
