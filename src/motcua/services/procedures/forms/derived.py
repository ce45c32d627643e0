"""A usable form for every procedure, derived from what the catalogue says of it: who, contact, request, papers, result.

The catalogue is prose cut into lists, so nothing is asked for with certainty that the text makes conditional: a paper
is required only where it is plainly one, to be handed in by everybody.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from motcua.engines.forms import Form, parse_form
from motcua.foundation.text import fold
from motcua.services.procedures import rules
from motcua.services.procedures.content import Case, Paper, ProcedureData

Data = dict[str, Any]

_PEOPLE = ("cong dan", "nguoi ", "can bo", "dang vien")
_FOREIGN = ("nguoi nuoc ngoai", "nguoi viet nam dinh cu")
_TOGETHER = re.compile(
    r"^\W*([a-z0-9]{1,2}[).]\s*)?(thanh phan|giay to (phai|can)|ho so (gom|bao gom|phai)|so luong|0?1 bo|bao gom"
    r"|cach thuc|hinh thuc|tai lieu (gom|kem)|giay to kem|ho so$|khong)"
)
_BESIDE = re.compile(
    r"^\W*(luu y|ghi chu|ngoai ra|giay to phai xuat trinh"
    r"|.*(uy quyen|xuat trinh|truc tiep|buu chinh|moi truong dien tu|khai thac, su dung))"
)
_IDENTITY = re.compile(r"can cuoc|chung minh (thu|nhan dan)|giay to tuy than|ho khau|dinh danh")
_OFFLINE_OR_ELECTRONIC_FORM = re.compile(r"mau .*dien tu tuong tac|bieu mau dien tu")
MOST_RADIOS = 7


def derived_form(procedure: ProcedureData) -> Form:
    """The form of a version of a procedure; the same version always gives the same form."""
    return parse_form(derived_data(procedure), origin=f"derived:{procedure.id}")


def derived_data(procedure: ProcedureData) -> Data:
    """The derived form as data, as ``parse_form`` reads it."""
    cases = [case for case in procedure.cases if any(not paper.is_prose for paper in case.papers)]
    chosen = _alternatives(cases)
    return {
        "key": f"derived-{procedure.code}"[:80],
        "title": _both(procedure.name),
        "subject": {"vi": f"{procedure.name}: {{applicant.name}}", "en": f"{procedure.name}: {{applicant.name}}"},
        "procedures": [procedure.code],
        "groups": [
            _who(procedure.subjects),
            _contact(),
            _request(chosen, has_papers=bool(cases)),
            _papers(cases, chosen),
            result_group(),
        ],
        "rules": _identity_rules(procedure.subjects),
    }


def _say(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


def _both(words: str) -> dict[str, str]:
    """Words of the catalogue, which are Vietnamese in both languages."""
    return {"vi": words, "en": words}


# -- who ----------------------------------------------------------------------------------------------------------


def kinds_of(subjects: Iterable[str]) -> list[str]:
    """Which kinds of party the procedure is for; both when the catalogue does not say."""
    folded = [fold(subject) for subject in subjects]
    people = [subject.startswith(_PEOPLE) for subject in folded]
    if not folded or (any(people) and not all(people)):
        return ["person", "organisation"]
    return ["person"] if all(people) else ["organisation"]


def _foreigners(subjects: Iterable[str]) -> bool:
    return any(fold(subject).startswith(_FOREIGN) for subject in subjects)


def _who(subjects: Sequence[str]) -> Data:
    kinds = kinds_of(subjects)
    foreigners = "person" in kinds and _foreigners(subjects)
    parts = ["name", "birth_date", "sex?", "identity_number?" if foreigners else "identity_number"]
    if foreigners:
        parts += ["passport_number?", "nationality"]
    parts += ["tax_code", "representative", "representative_position?"]
    return {
        "key": "who",
        "title": _say("Người đề nghị", "Who is asking"),
        "fields": [
            {
                "key": "applicant",
                "type": "party",
                "kinds": kinds,
                "parts": parts,
                "label": _say("Người hoặc tổ chức đề nghị", "The person or organisation asking"),
                "prefill": "party",
                "personal": "basic",
                "role": "applicant",
            },
            {
                "key": "on_behalf",
                "type": "yes_no",
                "label": _say("Bạn nộp thay theo ủy quyền?", "Are you authorised to submit for them?"),
                "default": False,
            },
            {
                "key": "agent",
                "type": "party",
                "kinds": ["person"],
                "parts": ["name", "identity_number", "phone"],
                "label": _say("Người được ủy quyền", "The authorised person"),
                "personal": "basic",
                "visible_when": {"field": "on_behalf", "is": True},
            },
            {
                "key": "authorisation",
                "type": "file",
                "label": _say("Văn bản ủy quyền", "Authorisation"),
                "max_files": 3,
                "personal": "basic",
                "visible_when": {"field": "on_behalf", "is": True},
            },
        ],
    }


def _identity_rules(subjects: Sequence[str]) -> list[Data]:
    if "person" not in kinds_of(subjects) or not _foreigners(subjects):
        return []
    return [
        {
            "kind": "at_least_one",
            "field": "applicant.identity_number",
            "fields": ["applicant.identity_number", "applicant.passport_number"],
            **({"when": {"field": "applicant.kind", "is": "person"}} if len(kinds_of(subjects)) > 1 else {}),
            "message": _say(
                "Hãy ghi số định danh cá nhân hoặc số hộ chiếu.", "Give the identity number or the passport number."
            ),
        }
    ]


def _contact() -> Data:
    return {
        "key": "contact",
        "title": _say("Liên hệ và địa chỉ", "Contact and address"),
        "fields": [
            {
                "key": "phone",
                "type": "phone",
                "label": _say("Số điện thoại", "Telephone"),
                "hint": _say(
                    "Chúng tôi báo tin về hồ sơ qua số này", "We tell you about your dossier through this number"
                ),
                "autocomplete": "tel",
                "prefill": "party.phone",
                "personal": "basic",
                "role": "applicant.phone",
            },
            {
                "key": "email",
                "type": "email",
                "label": _say("Thư điện tử", "E-mail"),
                "required": False,
                "autocomplete": "email",
                "prefill": "party.email",
                "personal": "basic",
                "role": "applicant.email",
            },
            {
                "key": "address",
                "type": "address",
                "label": _say("Nơi cư trú hoặc trụ sở", "Address"),
                "autocomplete": "street-address",
                "prefill": "party.address",
                "personal": "basic",
                "role": "applicant.address",
            },
        ],
    }


# -- what ---------------------------------------------------------------------------------------------------------


def _alternatives(cases: Sequence[Case]) -> list[Case]:
    """The cases among which one is chosen: those that are neither part of every set nor only an addition."""
    found = [case for case in cases if case.label and not _is_together(case) and not _is_beside(case)]
    return found if len({_case_value(case) for case in found}) > 1 else []


def _is_together(case: Case) -> bool:
    return bool(_TOGETHER.match(fold(case.label)))


def _is_beside(case: Case) -> bool:
    return bool(_BESIDE.match(fold(case.label)))


def _case_value(case: Case) -> str:
    return "case_" + hashlib.sha256(fold(case.label).encode()).hexdigest()[:10]


def _request(chosen: Sequence[Case], *, has_papers: bool) -> Data:
    fields: list[Data] = []
    if chosen:
        options = {_case_value(case): _both(_clipped(case.label, 300)) for case in chosen}
        fields.append(
            {
                "key": "component_case",
                "type": "choice" if len(options) <= MOST_RADIOS else "select",
                "label": _say("Trường hợp của bạn", "Your case"),
                "hint": _say("Giấy tờ cần nộp tùy theo trường hợp", "The papers needed depend on the case"),
                "options": [{"value": value, "label": label} for value, label in options.items()],
                "role": "case",
            }
        )
    fields.append(
        {
            "key": "request",
            "type": "long_text",
            "label": _say("Nội dung đề nghị", "What you are asking for"),
            "required": not has_papers,
            "max_length": 4000,
            **(
                {
                    "hint": _say(
                        "Có thể để trống nếu giấy tờ kèm theo đã nói đủ",
                        "You may leave this empty if the attached papers say it all",
                    )
                }
                if has_papers
                else {}
            ),
        }
    )
    return {"key": "request", "title": _say("Nội dung đề nghị", "Your request"), "fields": fields}


# -- papers -------------------------------------------------------------------------------------------------------


def _papers(cases: Sequence[Case], chosen: Sequence[Case]) -> Data:
    fields: list[Data] = []
    for case in cases:
        when = {"field": "component_case", "is": _case_value(case)} if case in chosen else None
        needed = case in chosen or _is_together(case) or (not _is_beside(case) and (len(cases) == 1 or not case.label))
        fields += [_paper(paper, when, needed=needed) for paper in case.papers if not paper.is_prose]
    fields.append(
        {
            "key": "other_papers",
            "type": "file",
            "label": _say("Giấy tờ khác", "Other papers"),
            "required": False,
            "max_files": 10,
            "personal": "basic",
        }
    )
    return {"key": "papers", "title": _say("Giấy tờ kèm theo", "Papers"), "fields": fields}


def _paper(paper: Paper, when: Data | None, *, needed: bool) -> Data:
    field: Data = {
        "key": f"paper_{paper.key}",
        "type": "file",
        "label": _both(paper.label or _clipped(paper.name, 200)),
        "required": needed and is_plainly_needed(paper),
        "max_files": 10,
        "component": paper.key,
        "originals": min(paper.originals, 1000),
        "copies": min(paper.copies, 1000),
        "personal": "basic",
    }
    hint = _paper_hint(paper)
    if hint:
        field["hint"] = hint
    if when is not None:
        field["visible_when"] = when
    return field


def is_plainly_needed(paper: Paper) -> bool:
    """Whether everybody must hand in this paper: counted, not conditional, not one that the State holds itself.

    Identity papers are not asked for: what stands in a database need not be handed in again (ND309 Đ2).
    """
    folded = fold(paper.name)
    if paper.is_prose or not (paper.originals or paper.copies) or rules.is_conditional(paper.name):
        return False
    return not (_IDENTITY.search(folded) or _OFFLINE_OR_ELECTRONIC_FORM.search(folded))


def _paper_hint(paper: Paper) -> dict[str, str] | None:
    vi: list[str] = []
    en: list[str] = []
    if paper.originals:
        vi.append(f"{paper.originals} bản chính")
        en.append(f"{paper.originals} original" + ("s" if paper.originals > 1 else ""))
    if paper.copies:
        vi.append(f"{paper.copies} bản sao")
        en.append(f"{paper.copies} " + ("copies" if paper.copies > 1 else "copy"))
    counted = _say(", ".join(vi), ", ".join(en))
    if len(paper.name) > len(paper.label) + 15:
        full = _clipped(" ".join(paper.name.split()), 400)
        return {lang: f"{full} ({words})" if words else full for lang, words in counted.items()}
    return counted if vi else None


def _clipped(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0] + "…"


# -- result -------------------------------------------------------------------------------------------------------


def result_group() -> Data:
    """How the result comes, and the word of the one who asks. Designed forms end with the same page."""
    return {
        "key": "result",
        "title": _say("Nhận kết quả", "Getting the result"),
        "fields": [
            {
                "key": "result_delivery",
                "type": "choice",
                "label": _say("Bạn muốn nhận kết quả thế nào?", "How do you want the result?"),
                "options_from": "result_delivery",
                "default": "electronic",
                "role": "result.delivery",
            },
            {
                "key": "result_address",
                "type": "address",
                "label": _say("Địa chỉ nhận qua bưu chính", "Address for the post"),
                "visible_when": {"field": "result_delivery", "is": "post"},
                "personal": "basic",
                "prefill": "party.address",
                "role": "result.address",
            },
            {
                "key": "truthful",
                "type": "declaration",
                "label": _say("Cam đoan", "Declaration"),
                "body": _say(
                    "Tôi cam đoan những điều khai trên là đúng sự thật và chịu trách nhiệm trước pháp luật.",
                    "I declare that what I have stated is true, and answer for it before the law.",
                ),
            },
        ],
    }
