"""What form 01 says: the receipt with the due date; and the receipt of a result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motcua.engines.ledger.models import Event
from motcua.engines.organisations.queries import directory
from motcua.foundation.money import format_vnd
from motcua.services.dossiers.models import Delivery, Dossier, Result
from motcua.services.dossiers.papers import words
from motcua.services.dossiers.papers.rendering import qr_svg
from motcua.services.dossiers.rating import ratings


def receipt(dossier: Dossier, event: Event) -> dict[str, Any]:
    """Form 01 (ND118 Đ17.1): what was handed in, how many of each, when, until when, where it comes back."""
    due = event.data.get("due_at")
    expected = event.data.get("expected_due_at")
    counter = directory().unit(dossier.received_at_id)
    promised = "Được thông báo khi có kết quả"
    if due:
        promised = words.moment(datetime.fromisoformat(due))
    elif expected:
        promised = f"Dự kiến {words.moment(datetime.fromisoformat(expected))}"
    return {
        "counter_label": "Bộ phận Một cửa",
        "counter": counter.name,
        "components": [
            {
                "name": row.name,
                "originals": str(row.originals or "-"),
                "certified": str(row.certified or "-"),
                "copies": str(row.copies or "-"),
            }
            for row in dossier.components.order_by("position")
        ],
        "sets": f"{dossier.sets:02d} (bộ)",
        "competent": directory().unit(dossier.competent_id).name,
        "allowance": words.allowance(event.data.get("allowance", "")),
        "received": words.moment(event.at),
        "due": promised,
        "clock_note": (
            "Thời hạn tính từ khi cơ quan có thẩm quyền nhận được hồ sơ (Nghị định 309/2026/NĐ-CP, Điều 8 khoản 3)."
            if expected
            else ""
        ),
        "fee": format_vnd(dossier.fee) if dossier.fee else "Không",
        "delivery": words.DELIVERY_NAMES[Delivery(dossier.delivery)],
        "return_place": f"{counter.name}, {counter.address}".rstrip(", ")
        if dossier.delivery == Delivery.COUNTER
        else "",
        "note": event.data.get("note", ""),
    }


def result_receipt(dossier: Dossier, event: Event) -> dict[str, Any]:
    """Biên nhận kết quả (ND118 Đ22): what was handed over, originals handed back, and the way to say how it was."""
    result: Result = dossier.result
    address = ratings.page_address(ratings.asked(dossier, event.at).token, "qr")
    return {
        "result": result.name,
        "result_number": result.number,
        "approved": result.approved,
        "reason": result.reason,
        "signer": result.signer_name,
        "signed": words.day(result.signed_at),
        "returned": words.moment(event.at),
        "returned_to": result.returned_to,
        "delivery": words.DELIVERY_NAMES[Delivery(result.delivery or dossier.delivery)],
        "originals": [
            {"name": row.name, "count": str(row.handed_back)}
            for row in dossier.components.order_by("position")
            if row.handed_back
        ],
        "rating_qr": qr_svg(address),
        "rating_shown": address.partition("://")[2].partition("?")[0],
    }
