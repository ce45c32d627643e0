"""What people try in their lives: every action with arguments that are right, wrong, or another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from motcua.engines.ledger.parts import parts
from motcua.engines.ledger.work import Work
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.proposing import decline, propose
from motcua.services.dossiers.actions.transfer import new_sheet
from motcua.services.dossiers.models import Dossier, Load
from motcua.services.dossiers.together import moving

if TYPE_CHECKING:
    from tests.support.lives import Life

Maker = Callable[..., Callable[[Work, Dossier], Any]]


def _verbs() -> Iterator[tuple[str, Maker]]:
    def verb(name: str, make: Callable[[Life, Any], dict[str, Any]], action: Any) -> tuple[str, Maker]:
        def maker(life: Life, task: Any = None) -> Callable[[Work, Dossier], Any]:
            given = make(life, task)
            return lambda work, dossier: action(work, dossier, **given)

        return name, maker

    def of_task(**more: Any) -> Callable[[Life, Any], dict[str, Any]]:
        return lambda life, task: {"task_id": life.task(task), **more}

    yield verb("accept", lambda life, task: {"same_day": life.rng.random() < 0.1}, actions.accept)
    yield verb(
        "refuse",
        lambda life, task: {
            "reason": life.rng.choice(("not_competent", "", "x")),
            "explanation": life.rng.choice(("Thuộc nơi khác.", "")),
        },
        actions.refuse,
    )
    yield verb("claim", of_task(), actions.claim)
    yield verb("release", of_task(), actions.release)
    yield verb(
        "assign",
        lambda life, task: {"task_id": life.task(task), "user_id": life.somebody(task)},
        actions.assign,
    )
    yield verb(
        "pass_on",
        lambda life, task: {
            "task_id": life.task(task),
            "to": ("visit",) if task is not None and task.step == "plan" and life.rng.random() < 0.5 else (),
        },
        actions.pass_on,
    )
    yield verb(
        "send_back",
        lambda life, task: {
            "task_id": life.task(task),
            "to_step": life.rng.choice(("verify", "plan", "draft", "approve", "x")),
            "reason": life.rng.choice(("Xem lại", "")),
        },
        actions.send_back,
    )
    yield verb(
        "complete",
        lambda life, task: {
            "task_id": life.task(task),
            "approved": life.rng.random() < 0.8,
            "name": "Kết quả",
            "reason": life.rng.choice(("Không đủ điều kiện", "")),
        },
        actions.complete,
    )
    yield verb("return_result", lambda life, task: {"received_by": "Bà Bình"}, actions.return_result)
    yield verb(
        "request_supplement",
        lambda life, task: {"items": [{"name": life.rng.choice(("Sổ cũ", "")), "reason": "Thiếu chữ ký"}]},
        actions.request_supplement,
    )
    yield verb(
        "supply",
        lambda life, task: {"files": [], "message": life.rng.choice(("Đây ạ", "Đây ạ", ""))},
        actions.supply,
    )
    yield verb("withdraw", lambda life, task: {"reason": "Thôi"}, actions.withdraw)
    yield verb(
        "stop",
        lambda life, task: {"reason": life.rng.choice(("dispute", "x")), "explanation": "Có tranh chấp."},
        actions.stop,
    )
    yield verb("reopen", lambda life, task: {"reason": "cause_gone", "explanation": "Hết tranh chấp."}, actions.reopen)
    yield verb(
        "extend",
        lambda life, task: {
            "allowance": f"{life.rng.choice((0, 2, 5))} working_day",
            "reason": "complex",
            "explanation": "Xin lỗi.",
        },
        actions.extend,
    )
    yield verb(
        "demand_payment",
        lambda life, task: {"name": "Lệ phí trước bạ", "amount": life.rng.choice((0, 150_000))},
        actions.demand_payment,
    )
    yield verb("note_payment", lambda life, task: {"receipt": life.rng.choice(("BL1", ""))}, actions.note_payment)
    yield verb("drop_payment", lambda life, task: {"explanation": "Được miễn."}, actions.drop_payment)
    yield verb(
        "ask_opinions",
        lambda life, task: {
            "unit_ids": [life.town.units[life.rng.choice(("other_department", "department", "commune"))].id],
            "question": "Có phù hợp quy hoạch không?",
        },
        actions.ask_opinions,
    )
    yield verb(
        "answer_opinion",
        lambda life, task: {"task_id": life.task(task), "agrees": life.rng.random() < 0.7, "answer": "Phù hợp."},
        actions.answer_opinion,
    )
    yield verb("withdraw_opinion", _opinion, actions.withdraw_opinion)
    yield verb("judge", _component, actions.judge_component)
    yield verb(
        "ask_correction", lambda life, task: {"reason": "typing", "explanation": "Sai tên."}, actions.ask_correction
    )
    yield verb("correct_result", lambda life, task: {"name": "Kết quả đúng"}, actions.correct_result)
    yield verb("decline_correction", lambda life, task: {"explanation": "Đúng rồi."}, actions.decline_correction)
    yield verb("close_unanswered", lambda life, task: {}, actions.close_unanswered)
    yield verb(
        "adjust",
        lambda life, task: {
            "answers": {"con": life.rng.choice(("An", "Bình", "Cúc"))},
            "delivery": life.rng.choice(("", "counter", "post", "fax")),
        },
        actions.adjust,
    )
    yield verb("note_adjustments", lambda life, task: {}, actions.note_adjustments)
    yield verb(
        "propose",
        lambda life, task: {
            "turn": life.rng.choice(("extend", "stop", "reopen", "sleep")),
            "reason": life.rng.choice(("Hồ sơ khó", "Hồ sơ khó", "")),
        },
        propose,
    )
    yield verb(
        "decline",
        lambda life, task: {"proposal_id": _proposal(life), "answer": life.rng.choice(("Chưa cần", "Chưa cần", ""))},
        decline,
    )
    yield verb("remark", lambda life, task: {"text": "Ghi chú"}, actions.remark)
    yield verb(
        "take_over",
        lambda life, task: {
            "to": lambda unit: _heirs(life).get(unit, unit),
            "keeps": lambda person, stage, unit: False,
            "why": {"basis": "Nghị quyết 1", "on": life.now.date().isoformat()},
        },
        actions.take_over,
    )
    yield (
        "take_in",
        lambda life, task=None: (
            lambda work, dossier: actions.take_in(work, dossier, whole=life.rng.random() < 0.85, remark="Thiếu một bản")
        ),
    )
    yield "hand_over", _hand_over


def _component(life: Life, task: Any) -> dict[str, Any]:
    rows = parts(life.dossier, "components")
    return {
        "component_id": str(life.rng.choice(rows).id),
        "verdict": life.rng.choice(("enough", "missing", "", "great")),
    }


def _opinion(life: Life, task: Any) -> dict[str, Any]:
    rows = parts(life.dossier, "opinions")
    return {"opinion_id": life.rng.choice(rows).id if rows else uuid4(), "reason": "Không cần nữa"}


def _hand_over(life: Life, task: Any = None) -> Callable[[Work, Dossier], Any]:
    def act(work: Work, dossier: Dossier) -> Any:
        waiting = [each for each in dossier.case.open_tasks if each.step in (moving.SEND, moving.SEND_RESULT)]
        load = Load.RESULTS if any(each.step == moving.SEND_RESULT for each in waiting) else Load.DOSSIERS
        sender = waiting[0].unit_id if waiting else dossier.received_at_id
        sheet = new_sheet(work, sender_id=sender, receiver_id=moving.receiver_of(dossier, load), load=load)
        if work.actor.id is not None:
            sheet.made_by_id = work.actor.id
        return actions.hand_over(work, dossier, sheet=sheet)

    return act


def _heirs(life: Life) -> dict[UUID, UUID]:
    """The ward becomes part of its neighbour: a reorganisation as one dossier meets it."""
    units = life.town.units
    return {
        units["commune"].id: units["other_commune"].id,
        units["commune_centre"].id: units["other_commune_centre"].id,
    }


def _proposal(life: Life) -> UUID:
    rows = parts(life.dossier, "proposals")
    return life.rng.choice(rows).id if rows else uuid4()


VERBS: dict[str, Maker] = dict(_verbs())
