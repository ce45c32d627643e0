"""What the flow of a dossier says of a step in hand: who must hold which role, and which actions it leaves open."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from motcua.engines.cases.models import Task
from motcua.engines.flows.rules import Step
from motcua.engines.ledger.actor import Actor, Grant
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import Invalid, NotAllowed, Refused
from motcua.services.dossiers.actions.flow import definition_of
from motcua.services.dossiers.models import Dossier


def step_of(dossier: Dossier, task: Task) -> Step | None:
    """The step of the flow that a task is; ``None`` for what no flow draws (intake, hand-over, opinions)."""
    return definition_of(dossier.case).find(task.step)


def fits(grants: Iterable[Grant], role: str, unit_path: str) -> bool:
    """Whether one of the grants is the role, or carries the permission of that name, for the unit."""
    return any(
        unit_path.startswith(grant.unit_path) and (grant.role == role or role in grant.permissions) for grant in grants
    )


def holds_role(actor: Actor, dossier: Dossier, task: Task) -> bool:
    """Whether the actor holds what the step asks for beside the permission of its kind of work."""
    step = step_of(dossier, task)
    if step is None or not step.role or actor.kind == "system":
        return True
    return fits(actor.grants, step.role, directory().unit(task.unit_id).path)


def require_role(actor: Actor, dossier: Dossier, task: Task) -> None:
    """Raises ``NotAllowed`` for a step that the flow gives to another role."""
    if not holds_role(actor, dossier, task):
        raise NotAllowed("The flow gives this step to another role of the unit.")


def allows(dossier: Dossier, task: Task, action: str) -> bool:
    """Whether the flow leaves this action (``flows.rules.ACTIONS``) open at the step."""
    step = step_of(dossier, task)
    return step is None or step.allows(action)


def require_allowed(dossier: Dossier, task: Task, action: str) -> None:
    """Raises ``Refused`` for an action that the flow closes at this step."""
    if not allows(dossier, task, action):
        raise Refused("The flow does not allow this at this step.")


def chooses(dossier: Dossier, task: Task) -> bool:
    """Whether the flow leaves a choice between the steps that follow."""
    step = step_of(dossier, task)
    return step is not None and step.choice


def require_way(dossier: Dossier, task: Task | None, to: Collection[str] = ()) -> None:
    """Raises ``Invalid`` where the flow leaves a choice and none was made: a person or a machine that finishes such a
    step says how it goes on. (The actions themselves take the first way, as histories are told.)"""
    if task is not None and not to and chooses(dossier, task):
        raise Invalid(fields={"to": ["The flow leaves a choice here. Open the dossier and choose the way on."]})
