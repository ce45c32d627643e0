"""Phiếu bàn giao: papers that go from one unit to another, with room for both signatures (ND118 Đ18)."""

from __future__ import annotations

from typing import Any

from motcua.services.dossiers.models import HandOver, Load
from motcua.services.dossiers.papers import words
from motcua.services.dossiers.papers.head import agency_head
from motcua.services.dossiers.papers.rendering import qr_svg, render
from motcua.services.dossiers.together import moving

_ARRIVED = {True: "Đủ", False: "Thiếu", None: ""}


def hand_over_content(sheet: HandOver) -> dict[str, Any]:
    """Everything that the sheet says, as plain data. The QR holds the sheet's number, for scanning it at the other
    counter."""
    said = moving.sheet_content(sheet)
    made_at, confirmed_at = said.pop("made_at"), said.pop("confirmed_at")
    due_at = said.pop("due_at")
    results = sheet.load == Load.RESULTS
    return {
        **agency_head(sheet.sender_id, made_at),
        **said,
        "title": "Phiếu bàn giao kết quả" if results else "Phiếu bàn giao hồ sơ",
        "code": sheet.number,
        "qr": qr_svg(sheet.number),
        "form_note": "Nghị định 118/2025/NĐ-CP, Điều 18",
        "load_name": "Kết quả giải quyết thủ tục hành chính" if results else "Hồ sơ giấy",
        "made": words.moment(made_at),
        "due": words.moment(due_at) if due_at else "",
        "confirmed": words.moment(confirmed_at) if confirmed_at else "",
        "rows": [
            {
                **{key: str(row[key]) for key in ("position", "code", "applicant", "procedure", "originals", "copies")},
                "arrived": _ARRIVED[row["arrived"]],
                "remark": row["remark"],
            }
            for row in said["rows"]
        ],
        "originals": str(said["originals"]),
        "copies": str(said["copies"]),
    }


def hand_over_sheet(sheet: HandOver) -> bytes:
    """The sheet as PDF, as it stands: made anew whenever it is asked for, so that it shows what was confirmed."""
    return render("hand_over", hand_over_content(sheet), sheet.confirmed_at or sheet.made_at)
