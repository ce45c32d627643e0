"""Every procedure has a usable form at once."""

from __future__ import annotations

import gzip
import json
from dataclasses import fields
from pathlib import Path
from random import Random
from typing import Any

import pytest

from motcua.engines.forms import Form, validate
from motcua.engines.forms.samples import sample_answers
from motcua.engines.forms.summary import applicant_of
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.work import begin
from motcua.foundation.keys import new_id
from motcua.services.procedures import records
from motcua.services.procedures.content import Case, Content, Paper, ProcedureData
from motcua.services.procedures.forms import chosen_form, form_for, kept_form, load_designed_forms
from motcua.services.procedures.forms.derived import derived_form, is_plainly_needed, kinds_of
from motcua.services.procedures.importer import DEMO_CATALOGUE
from tests.engines.forms.support import TODAY


def procedure(code: str = "9.000001", name: str = "Cấp giấy thử", **content: Any) -> ProcedureData:
    return ProcedureData(
        id=new_id(),
        procedure_id=new_id(),
        code=code,
        number=1,
        state="published",
        source="test",
        effective_from=None,
        effective_to=None,
        name=name,
        **content,
    )


def of_record(record: records.Record) -> ProcedureData:
    content = {one.name: getattr(record.content, one.name) for one in fields(Content)}
    return procedure(record.code, **content)


def papers(form: Form) -> dict[str, bool]:
    return {one.label.vi: one.required for one in form.fields.values() if one.component}


def test_a_procedure_without_anything_has_a_form() -> None:
    form = derived_form(procedure())
    assert [group.key for group in form.groups] == ["who", "contact", "request", "papers", "result"]
    assert form.fields["request"].required
    assert form.fields["applicant"].kinds == ("person", "organisation")
    assert "component_case" not in form.fields


@pytest.mark.parametrize(
    ("subjects", "kinds"),
    [
        ([], ["person", "organisation"]),
        (["Công dân Việt Nam"], ["person"]),
        (["Công dân Việt Nam", "Người nước ngoài"], ["person"]),
        (["Doanh nghiệp", "Hợp tác xã", "Tổ chức Đảng"], ["organisation"]),
        (["Cán bộ, công chức, viên chức", "Doanh nghiệp"], ["person", "organisation"]),
    ],
)
def test_who_may_ask(subjects: list[str], kinds: list[str]) -> None:
    assert kinds_of(subjects) == kinds


def test_foreigners_give_a_passport_instead() -> None:
    form = derived_form(procedure(subjects=("Công dân Việt Nam", "Người nước ngoài")))
    raw = sample_answers(form, Random(1), today=TODAY)
    raw["applicant"] = {"name": "Anna Berg", "birth_date": "1990-01-01", "nationality": "SE"}
    assert list(validate(form, raw, today=TODAY).errors) == ["applicant.identity_number"]
    raw["applicant"]["passport_number"] = "C1234567"
    assert validate(form, raw, today=TODAY).ok


@pytest.mark.parametrize(
    ("name", "originals", "needed"),
    [
        ("Đơn đề nghị theo mẫu số 01", 1, True),
        ("Đơn đề nghị theo mẫu số 01", 0, False),
        ("Văn bản ủy quyền (nếu có)", 1, False),
        ("Giấy chứng sinh; trường hợp không có thì nộp văn bản của người làm chứng", 1, False),
        ("Thẻ căn cước công dân", 1, False),
        ("+ Giấy phép xây dựng", 1, False),
        ("Bản chính giấy tờ xuất trình để đối chiếu", 1, False),
    ],
)
def test_only_what_is_plainly_needed_is_required(name: str, originals: int, needed: bool) -> None:
    assert is_plainly_needed(Paper("k", name, name, originals, 0)) is needed


def test_one_case_is_chosen_where_there_are_several() -> None:
    cases = (
        Case("Thành phần hồ sơ gồm", (Paper("a", "Đơn", "Đơn", 1, 0),)),
        Case("Đối với cá nhân", (Paper("b", "Giấy B", "Giấy B", 1, 0),)),
        Case("Đối với tổ chức", (Paper("c", "Giấy C", "Giấy C", 1, 2),)),
        Case("Trường hợp ủy quyền", (Paper("d", "Giấy D", "Giấy D", 1, 0),)),
        Case("* Lưu ý", (Paper("e", "Giải thích dài", "Giải thích", 0, 0, is_prose=True),)),
    )
    form = derived_form(procedure(cases=cases))
    assert [option.label.vi for option in form.fields["component_case"].options] == [
        "Đối với cá nhân",
        "Đối với tổ chức",
    ]
    assert papers(form) == {"Đơn": True, "Giấy B": True, "Giấy C": True, "Giấy D": False}
    first = form.fields["component_case"].options[0].value
    raw = sample_answers(form, Random(1), today=TODAY) | {"component_case": first, "paper_b": None, "paper_c": None}
    assert list(validate(form, raw, today=TODAY).errors) == ["paper_b"]
    hint = form.fields["paper_c"].hint
    assert hint is not None
    assert (hint.vi, hint.en) == ("1 bản chính, 2 bản sao", "1 original, 2 copies")


def test_the_same_version_gives_the_same_form() -> None:
    one = procedure(cases=(Case("", (Paper("a", "Đơn", "Đơn", 1, 0),)),))
    assert derived_form(one).content_hash == derived_form(one).content_hash
    assert kept_form(one, None) is kept_form(one, None)


@pytest.mark.django_db
def test_a_designed_form_goes_before_the_derived() -> None:
    with begin(SYSTEM) as work:
        versions = load_designed_forms(work)
    birth = procedure("1.001193", "Thủ tục đăng ký khai sinh")
    form, version_id = chosen_form(birth)
    assert form.key == "birth-registration"
    assert version_id in {version.pk for version in versions}
    assert kept_form(birth, version_id) is form
    assert kept_form(birth, None).key == "derived-1.001193"
    assert form_for(procedure()).key == "derived-9.000001"


def test_all_procedures_of_the_demo_catalogue_have_a_usable_form() -> None:
    random = Random(11)
    with gzip.open(DEMO_CATALOGUE, "rt", encoding="utf-8") as stream:
        lines = list(stream)
    assert len(lines) == 3789
    for number, line in enumerate(lines[::3]):
        form = derived_form(of_record(records.read(json.loads(line))))
        assert len(form.groups) == 5
        if number % 20 == 0:
            assert applicant_of(form, sample_answers(form, random, today=TODAY)).name, form.key


@pytest.mark.realdata
def test_all_real_procedures_have_a_usable_form(shared_data: Path) -> None:
    random = Random(7)
    with gzip.open(shared_data / "procedures" / "procedures.jsonl.gz", "rt", encoding="utf-8") as stream:
        lines = list(stream)
    assert len(lines) == 3789
    with_cases = 0
    for number, line in enumerate(lines):
        data = of_record(records.read(json.loads(line)))
        form = derived_form(data)
        with_cases += "component_case" in form.fields
        listed = {paper.key for case in data.cases for paper in case.papers if not paper.is_prose}
        assert {one.component for one in form.fields.values() if one.component} == listed, data.code
        assert not validate(form, {}, today=TODAY).ok
        if number % 10 == 0:
            values = sample_answers(form, random, today=TODAY)
            assert applicant_of(form, values).name, data.code
    assert with_cases > 400
