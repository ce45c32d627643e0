"""What forms 02 to 05 say: supplement, refusal, extension with its apology, stop."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from motcua.engines.ledger.models import Event
from motcua.services.dossiers import reasons
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.papers import words

EXTENSION_BASIS: Final = "Nghị định 118/2025/NĐ-CP, Điều 19 khoản 6"
STOP_BASIS: Final = "Nghị định 118/2025/NĐ-CP, Điều 21"
REJECTION_BASIS: Final = "Nghị định 118/2025/NĐ-CP, Điều 19"
CLOSING_BASIS: Final = "Nghị định 118/2025/NĐ-CP, Điều 19 khoản 5"


def supplement(dossier: Dossier, event: Event) -> dict[str, Any]:
    """Form 02 (ND118 Đ19.5): what exactly is missing, why, by which article, until when."""
    return {
        "items": [
            {"name": item["name"], "reason": item["reason"], "basis": item.get("basis", "")}
            for item in event.data["items"]
        ],
        "note": event.data.get("note", ""),
        "answer_by": f"{date.fromisoformat(event.data['answer_by']):%d/%m/%Y}",
        "basis": CLOSING_BASIS,
    }


def refusal(dossier: Dossier, event: Event) -> dict[str, Any]:
    """Form 03: the reason from the list, in words, with the article; of the counter, or of the agency that decided."""
    if event.kind == "dossier.completed":
        return {"reason": event.data["reason"], "explanation": "", "basis": REJECTION_BASIS}
    return {
        "reason": _reason("refuse", event),
        "explanation": event.data["explanation"],
        "basis": event.data.get("basis", ""),
    }


def extension(dossier: Dossier, event: Event) -> dict[str, Any]:
    """Form 04 (ND118 Đ19.6): the apology, why it takes longer, the old and the new day."""
    return {
        "reason": _reason("extend", event),
        "explanation": event.data.get("explanation", ""),
        "basis": event.data.get("basis", "") or EXTENSION_BASIS,
        "received": words.moment(dossier.accepted_at) if dossier.accepted_at else "",
        "old_due": words.moment_of(event.data.get("old_due")),
        "new_due": words.moment_of(event.data.get("new_due") or event.data.get("due_at")),
    }


def stop(dossier: Dossier, event: Event) -> dict[str, Any]:
    """Form 05 (ND118 Đ21): why the dossier is no longer handled. Also sent when a supplement never came (Đ19.5)."""
    if event.kind == "dossier.closed_unanswered":
        return {
            "reason": "Quá thời hạn bổ sung, hoàn thiện hồ sơ mà không nhận được giấy tờ",
            "explanation": "Ông/bà có thể nộp lại hồ sơ khi đã đủ giấy tờ theo hướng dẫn.",
            "basis": CLOSING_BASIS,
            "since": words.moment(event.at),
            "own_wish": False,
        }
    own = event.data.get("by") == "applicant"
    return {
        "reason": "Theo đề nghị của người nộp hồ sơ" if own else _reason("stop", event),
        "explanation": event.data.get("explanation", ""),
        "basis": event.data.get("basis", "") or STOP_BASIS,
        "since": words.moment(event.at),
        "own_wish": own,
    }


def _reason(kind: str, event: Event) -> str:
    """The words as they were when it was decided, else those of the list now."""
    return str(event.data.get("reason_text") or reasons.text(kind, str(event.data.get("reason", "other"))))
