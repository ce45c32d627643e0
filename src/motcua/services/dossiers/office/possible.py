"""What an officer may do with a dossier now, main thing first: what screens offer. The actions decide themselves."""

from __future__ import annotations

from motcua.engines.cases.models import Stage, Task, TaskState
from motcua.engines.flows.rules import Step
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.parts import parts
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import STAGE_PERMISSION
from motcua.foundation import clock
from motcua.services.dossiers.actions.correcting import STEP as CORRECTION
from motcua.services.dossiers.actions.flow import definition_of
from motcua.services.dossiers.actions.supplement import asked_late
from motcua.services.dossiers.helping import of_office
from motcua.services.dossiers.models import Dossier
from motcua.services.dossiers.rules import MOVES, Status
from motcua.services.dossiers.steps import allows, chooses, holds_role, step_of
from motcua.services.dossiers.together import moving
from motcua.services.dossiers.turns import Possible, turns

__all__ = ["Possible", "chooses", "decides", "possible", "steps_after", "steps_before"]


def possible(actor: Actor, dossier: Dossier) -> list[Possible]:
    """The actions open to the actor, the main one of each step first; empty for who may only read."""
    found: list[Possible] = []
    for task in dossier.case.open_tasks:
        if task.state == TaskState.OPEN:
            found += _of_task(actor, dossier, task)
    found += _asking(actor, dossier)
    found += _consulting(actor, dossier)
    found += _proposing(actor, dossier)
    found += turns(actor, dossier)
    if dossier.case.closed_at is None and of_office(actor, dossier):
        found.append(Possible("attach"))
    if of_office(actor, dossier):
        found.append(Possible("remark"))
    return found


def steps_before(dossier: Dossier, task: Task) -> tuple[Step, ...]:
    """The steps that this one may be sent back to."""
    flow = definition_of(dossier.case)
    known = any(step.key == task.step for step in flow.steps)
    return flow.before(task.step) if known else ()


def steps_after(dossier: Dossier, task: Task) -> tuple[Step, ...]:
    """The steps that follow when this one is finished and nothing else is open."""
    flow = definition_of(dossier.case)
    known = next((step for step in flow.steps if step.key == task.step), None)
    return tuple(flow.step(key) for key in known.next) if known else ()


def decides(dossier: Dossier, task: Task) -> bool:
    """Whether finishing this step is the decision: it signs, and nobody signs after it."""
    return step_of(dossier, task) is not None and definition_of(dossier.case).decides(task.step)


def _of_task(actor: Actor, dossier: Dossier, task: Task) -> list[Possible]:
    path = directory().unit(task.unit_id).path
    leads = actor.may("dossier.assign", path)
    found: list[Possible] = []
    if actor.may(STAGE_PERMISSION[task.stage], path) and holds_role(actor, dossier, task):
        of_another = task.assignee_id is not None and not actor.stands_for(task.assignee_id)
        if not of_another or leads:
            found += [Possible(verb, task) for verb in _verbs(dossier, task)]
        if task.assignee_id is None:
            found.append(Possible("claim", task))
        elif not of_another or leads:
            found.append(Possible("release", task))
    if leads and allows(dossier, task, "assign"):
        found.append(Possible("assign", task))
    return found


def _verbs(dossier: Dossier, task: Task) -> list[str]:
    """What finishes or returns the step, whoever does it."""
    if task.stage == Stage.INTAKE:
        if dossier.accepted_at is not None:
            return []
        # what was supplied after a request is accepted, stopped or withdrawn, not refused any more (FACTS §2.4)
        return ["accept", "refuse"] if Status.REFUSED in MOVES[Status(dossier.status)] else ["accept"]
    if task.stage == Stage.RETURN:
        return ["return"]
    if task.stage == Stage.CONSULT:
        return ["answer_opinion"]
    if task.step == CORRECTION:
        return ["correct_result", "decline_correction"]
    if task.stage == Stage.TRANSFER:
        return ["hand_over" if task.step in (moving.SEND, moving.SEND_RESULT) else "take_in"]
    verbs = ["complete" if decides(dossier, task) else "pass_on"]
    taken = {other.step for other in dossier.case.open_tasks}
    may_go_back = dossier.finished_at is None and allows(dossier, task, "send_back")
    if may_go_back and any(step.key not in taken for step in steps_before(dossier, task)):
        verbs.append("send_back")
    return verbs


def _asking(actor: Actor, dossier: Dossier) -> list[Possible]:
    """A supplement may be asked for by who has an open step, once and in time (ND118 Đ19.5); else by a head."""
    if Status.SUPPLEMENT not in MOVES[Status(dossier.status)]:
        return []
    for task in dossier.case.open_tasks:
        if task.stage == Stage.CONSULT:
            continue
        path = directory().unit(task.unit_id).path
        permission = "dossier.receive" if task.stage == Stage.INTAKE else "dossier.process"
        if task.state == TaskState.OPEN and actor.may(permission, path) and allows(dossier, task, "supplement"):
            needs_head = bool(parts(dossier, "supplements")) or asked_late(dossier, task.unit_id, clock.now())
            return [] if needs_head and not actor.may("dossier.assign", path) else [Possible("supplement", task)]
    return []


def _consulting(actor: Actor, dossier: Dossier) -> list[Possible]:
    """Other agencies may be asked, and questions taken back, by who has the step in hand (ND118 Đ19)."""
    for task in dossier.case.open_tasks:
        asks = task.state == TaskState.OPEN and task.stage in (Stage.PROCESS, Stage.SIGN)
        asks = asks and allows(dossier, task, "consult")
        if asks and actor.may(STAGE_PERMISSION[task.stage], directory().unit(task.unit_id).path):
            asked = any(other.stage == Stage.CONSULT for other in dossier.case.open_tasks)
            return [Possible("ask_opinions", task), *([Possible("withdraw_opinion", task)] if asked else [])]
    return []


def _proposing(actor: Actor, dossier: Dossier) -> list[Possible]:
    """What only a leader may do is proposed by who handles the dossier; the leader may decline it."""
    path = directory().unit(dossier.competent_id).path
    if actor.may("dossier.assign", path):
        return [Possible("decline")] if any(row.answered_at is None for row in parts(dossier, "proposals")) else []
    returned = dossier.status in (Status.RETURNED, Status.REFUSED)
    handles = actor.may("dossier.process", path)
    return [Possible("propose")] if handles and dossier.accepted_at is not None and not returned else []
