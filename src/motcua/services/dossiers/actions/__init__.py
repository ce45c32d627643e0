"""What can happen to a dossier: one action per verb of the law."""

from motcua.services.dossiers.actions.common import Action, lock
from motcua.services.dossiers.actions.intake import accept, judge_component, refuse
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
from motcua.services.dossiers.actions.submit import ComponentIn, FileIn, Submission, submit, submit_once
from motcua.services.dossiers.actions.supplement import close_unanswered, request_supplement, supply, withdraw

__all__ = [
    "Action",
    "ComponentIn",
    "FileIn",
    "Submission",
    "accept",
    "assign",
    "attach",
    "claim",
    "close_unanswered",
    "complete",
    "judge_component",
    "lock",
    "pass_on",
    "refuse",
    "release",
    "remark",
    "request_supplement",
    "return_result",
    "send_back",
    "submit",
    "submit_once",
    "supply",
    "withdraw",
]
