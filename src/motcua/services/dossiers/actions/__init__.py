"""What can happen to a dossier: one action per verb of the law."""

from motcua.services.dossiers.actions.adjusting import adjust, note_adjustments
from motcua.services.dossiers.actions.collecting import remind_to_collect
from motcua.services.dossiers.actions.common import Action, lock
from motcua.services.dossiers.actions.correcting import ask_correction, correct_result, decline_correction
from motcua.services.dossiers.actions.extending import demand_payment, drop_payment, extend, note_payment
from motcua.services.dossiers.actions.intake import accept, give_at_once, judge_component, refuse
from motcua.services.dossiers.actions.opinions import (
    answer_opinion,
    ask_opinions,
    remind_opinion,
    report_late_opinion,
    withdraw_opinion,
)
from motcua.services.dossiers.actions.originals import hand_back
from motcua.services.dossiers.actions.processing import (
    assign,
    attach,
    claim,
    complete,
    pass_on,
    release,
    remark,
    return_result,
    send_back,
)
from motcua.services.dossiers.actions.reorganised import take_over
from motcua.services.dossiers.actions.stopping import reopen, stop, withdraw
from motcua.services.dossiers.actions.submit import ComponentIn, FileIn, Submission, submit, submit_once
from motcua.services.dossiers.actions.supplement import close_unanswered, request_supplement, supply
from motcua.services.dossiers.actions.transfer import confirm_sheet, hand_over, make_sheet, take_in, take_in_one

__all__ = [
    "Action",
    "ComponentIn",
    "FileIn",
    "Submission",
    "accept",
    "adjust",
    "answer_opinion",
    "ask_correction",
    "ask_opinions",
    "assign",
    "attach",
    "claim",
    "close_unanswered",
    "complete",
    "confirm_sheet",
    "correct_result",
    "decline_correction",
    "demand_payment",
    "drop_payment",
    "extend",
    "give_at_once",
    "hand_back",
    "hand_over",
    "judge_component",
    "lock",
    "make_sheet",
    "note_adjustments",
    "note_payment",
    "pass_on",
    "refuse",
    "release",
    "remark",
    "remind_opinion",
    "remind_to_collect",
    "reopen",
    "report_late_opinion",
    "request_supplement",
    "return_result",
    "send_back",
    "stop",
    "submit",
    "submit_once",
    "supply",
    "take_in",
    "take_in_one",
    "take_over",
    "withdraw",
    "withdraw_opinion",
]
