"""The papers that the law makes us hand out: forms 01, 02 and 03 (TT 03/2025/TT-VPCP), as PDF/A-2a with tags.

Each is made once per dossier, form and number, from what the ledger says happened; making it again gives the same.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError

from motcua.engines.files.actions import keep_own
from motcua.engines.ledger.actor import SYSTEM, signature_of
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Refused
from motcua.foundation.money import format_vnd
from motcua.foundation.working_time import Allowance, Unit
from motcua.services.dossiers.actions.common import lock
from motcua.services.dossiers.addresses import lookup_url
from motcua.services.dossiers.glyphs import printable
from motcua.services.dossiers.models import Delivery, Document, Dossier
from motcua.services.procedures.queries import version

TEMPLATES: Final = Path(__file__).parent / "forms"
STANDARDS: Final = ["a-2a", "ua-1"]

_UNIT_NAMES: Final = {
    Unit.HOUR: "giờ làm việc",
    Unit.WORKING_DAY: "ngày làm việc",
    Unit.DAY: "ngày",
    Unit.MONTH: "tháng",
}
_DELIVERY_NAMES: Final = {
    Delivery.COUNTER: "Trực tiếp tại Bộ phận Một cửa",
    Delivery.POST: "Qua dịch vụ bưu chính công ích, đến địa chỉ nêu trên",
    Delivery.ELECTRONIC: "Bản điện tử, trong tài khoản của người nộp",
}
_REFUSAL_NAMES: Final = {
    "wrong_procedure": "Hồ sơ không đúng thủ tục",
    "not_competent": "Không thuộc thẩm quyền giải quyết",
    "not_eligible": "Không đủ điều kiện giải quyết theo quy định",
    "false_papers": "Giấy tờ không hợp lệ",
    "duplicate": "Trùng với hồ sơ đã nộp",
    "other": "Lý do khác",
}


@dataclass(frozen=True, slots=True)
class Form:
    """One statutory form: the event that calls for it and what it says beyond the common head."""

    code: str
    template: str
    event: str
    content: Callable[[Dossier, Event], dict[str, Any]]


def _moment(moment: datetime) -> str:
    local = moment.astimezone(VIETNAM)
    return f"{local:%H} giờ {local:%M} phút, ngày {local:%d/%m/%Y}"


def _allowance(text: str) -> str:
    if not text:
        return "Theo quy định của pháp luật chuyên ngành"
    allowance = Allowance.parse(text)
    return f"{allowance.value:g} {_UNIT_NAMES[allowance.unit]}".replace(".", ",")


def _receipt(dossier: Dossier, event: Event) -> dict[str, Any]:
    due = event.data.get("due_at")
    counter = directory().unit(dossier.received_at_id)
    return {
        "counter_label": "Bộ phận Một cửa",
        "counter": counter.name,
        "components": [
            {"name": row.name, "originals": str(row.originals or "-"), "copies": str(row.copies or "-")}
            for row in dossier.components.order_by("position")
        ],
        "sets": "01 (bộ)",
        "allowance": _allowance(event.data.get("allowance", "")),
        "received": _moment(event.at),
        "due": _moment(datetime.fromisoformat(due)) if due else "Được thông báo khi có kết quả",
        "fee": format_vnd(dossier.fee) if dossier.fee else "Không",
        "delivery": _DELIVERY_NAMES[Delivery(dossier.delivery)],
        "return_place": counter.name if dossier.delivery == Delivery.COUNTER else "",
        "note": event.data.get("note", ""),
    }


def _supplement(dossier: Dossier, event: Event) -> dict[str, Any]:
    return {
        "items": [
            {"name": item["name"], "reason": item["reason"], "basis": item.get("basis", "")}
            for item in event.data["items"]
        ],
        "note": event.data.get("note", ""),
        "answer_by": f"{date.fromisoformat(event.data['answer_by']):%d/%m/%Y}",
        "basis": "Nghị định 118/2025/NĐ-CP, Điều 19 khoản 5",
    }


def _refusal(dossier: Dossier, event: Event) -> dict[str, Any]:
    return {
        "reason": _REFUSAL_NAMES.get(event.data["reason"], _REFUSAL_NAMES["other"]),
        "explanation": event.data["explanation"],
        "basis": event.data.get("basis", ""),
    }


FORMS: Final[dict[str, Form]] = {
    form.code: form
    for form in (
        Form("01", "form01.typ", "dossier.accepted", _receipt),
        Form("02", "form02.typ", "dossier.supplement_requested", _supplement),
        Form("03", "form03.typ", "dossier.refused", _refusal),
    )
}
FORM_OF_EVENT: Final = {form.event: form.code for form in FORMS.values()}


def qr_svg(text: str) -> str:
    """A QR code as SVG text, medium error correction: still read from a folded sheet."""
    import segno

    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=1, xmldecl=False)
    return out.getvalue().decode()


def _head(dossier: Dossier, form: Form, number: int, event: Event) -> dict[str, Any]:
    agency = directory().unit(dossier.received_at_id)
    above = directory().by_id.get(agency.parent_id) if agency.parent_id else None
    procedure = version(dossier.procedure_version_id)
    local = event.at.astimezone(VIETNAM)
    lookup = lookup_url(dossier.code)
    contact = {key: str(value) for key, value in dossier.contact.items() if value}
    return {
        "code": dossier.code,
        "number": f"{dossier.code.rpartition('-')[2]}/{form.code}" + (f".{number}" if number > 1 else ""),
        "agency": agency.name,
        "agency_phone": agency.phone,
        "above": above.name if above else "",
        "place_date": f"{_place(agency, above)}, ngày {local:%d} tháng {local:%m} năm {local:%Y}",
        "qr": qr_svg(lookup),
        "lookup_shown": lookup.partition("://")[2].partition("?")[0],
        "applicant": dossier.applicant_name,
        "address": contact.get("address", ""),
        "phone": contact.get("phone", ""),
        "email": contact.get("email", ""),
        "procedure": f"{procedure.name} (mã {dossier.procedure_code})",
        "officer": signature_of(event.actor),
        "form_note": f"Mẫu số {form.code} - TT 03/2025/TT-VPCP",
    }


def _place(agency: UnitInfo, above: UnitInfo | None) -> str:
    """The place named before the date: the commune of a commune's centre, else the province."""
    for unit in (agency, above):
        if unit is not None and unit.kind == "commune":
            name = unit.name.removeprefix("Ủy ban nhân dân ").removeprefix("UBND ")
            return name.partition(" ")[2] or name
    return str(settings.PROVINCE_NAME)


def content_of(dossier: Dossier, form_code: str, number: int, event: Event) -> dict[str, Any]:
    """Everything that a form says, as plain data."""
    form = FORMS[form_code]
    return {**_head(dossier, form, number, event), **form.content(dossier, event)}


@cache
def _compiler() -> Any:
    """typst with our templates and our typeface alone; made when the first paper is."""
    import fontpkg_be_vietnam_pro
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(fontpkg_be_vietnam_pro.ROOT) / "files")],
    )
    return typst.Compiler(root=str(TEMPLATES), font_paths=fonts, ignore_system_fonts=True)


_compiling = threading.Lock()


def render(form_code: str, content: dict[str, Any], at: datetime) -> bytes:
    """The PDF (PDF/A-2a, PDF/UA-1). The same content and moment give the same bytes.

    What people typed travels as data: nothing in it is ever read as markup.
    """
    with _compiling:
        made = _compiler().compile(
            input=str(TEMPLATES / FORMS[form_code].template),
            format="pdf",
            sys_inputs={"data": json.dumps(printable(content), ensure_ascii=False)},
            pdf_standards=STANDARDS,
            timestamp=int(at.astimezone(UTC).timestamp()),
        )
    if not isinstance(made, bytes):
        raise TypeError("typst gives one PDF as bytes")
    return made


def issue(dossier: Dossier, form_code: str, number: int = 1) -> Document:
    """Makes and keeps a paper, or finds the one made before: never two, however many ask at once.

    ``number`` counts the papers of this form in the dossier. Raises ``Refused`` when nothing calls for it.
    """
    made_before = Document.objects.filter(dossier=dossier, form=form_code, number=number)
    if found := made_before.first():
        return found
    form = FORMS.get(form_code)
    events = Event.objects.filter(stream=dossier.pk, kind=form.event).order_by("seq") if form else Event.objects.none()
    event = events[number - 1 : number].first() if number >= 1 else None
    if event is None:
        raise Refused("There is nothing in this dossier that this paper could say.")
    pdf = render(form_code, content_of(dossier, form_code, number, event), event.at)
    try:
        with begin(SYSTEM) as work:
            locked = lock(SYSTEM, dossier.pk)
            if found := made_before.first():
                return found
            blob = keep_own(work, pdf, "application/pdf")
            document = Document(dossier=locked, form=form_code, number=number, blob=blob, issued_at=work.now)
            work.add(document)
            data = {"form": form_code, "number": number, "sha256": blob.sha256}
            work.record(dossier.pk, "dossier.document_issued", data)
    except IntegrityError:
        # Only one paper may be there: somebody else was faster.
        return made_before.get()
    return document
