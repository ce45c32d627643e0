"""The life of one dossier, lived through the real actions: each at its own moment, until the day the story ends."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from motcua.engines.cases.models import Stage, Task, TaskState
from motcua.engines.flows.rules import Definition, Step
from motcua.engines.ledger.actor import SYSTEM, Actor
from motcua.engines.ledger.work import Work
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation.clock import VIETNAM
from motcua.foundation.working_time import add_working_seconds, working_seconds_between
from motcua.interfaces.cli.demo.samples import Samples
from motcua.interfaces.cli.demo.staff import Staff
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.flow import definition_of
from motcua.services.dossiers.actions.supplement import pending
from motcua.services.dossiers.actions.transfer import close_sheet, new_sheet
from motcua.services.dossiers.models import Channel, Delivery, Dossier, Load
from motcua.services.dossiers.together import moving

HOUR = 3600
WORKING_DAY = 8 * HOUR


@dataclass(frozen=True, slots=True)
class Chances:
    """How often things go other ways; shares of dossiers."""

    refused: float = 0.022
    asked_at_counter: float = 0.02
    asked_later: float = 0.045
    never_answered: float = 0.12
    sent_back: float = 0.04
    withdrawn: float = 0.008
    rejected: float = 0.02
    slow_counter: float = 0.04
    uncollected: float = 0.01


class Turn(NamedTuple):
    """Something that is going to happen."""

    at: datetime
    number: int
    do: Callable[[datetime], None]


@dataclass(frozen=True, slots=True)
class World:
    """What lives share: the unit of work, the officers, the sample pages, and the end of the story."""

    work: Work
    staff: Staff
    samples: Samples
    until: datetime
    chances: Chances = Chances()


class Life:
    """One dossier from its submission on. ``late``: the chance that it overruns its due date."""

    def __init__(
        self, world: World, rng: Random, submission: actions.Submission, applicant: Actor, late: float
    ) -> None:
        self._world, self._rng = world, rng
        self._submission, self._applicant = submission, applicant
        self._is_late = rng.random() < late
        self._turns: list[Turn] = []
        self._number = 0
        self._asked = False
        self._holders: dict[UUID, Actor] = {}
        self._shares: dict[str, float] = {}
        self._total = 0
        self.dossier: Dossier | None = None

    def live(self, submitted_at: datetime, submitter: Actor | None = None) -> Dossier | None:
        """Lives it to its end or to the end of the story. None when it would begin after that."""
        if submitted_at > self._world.until:
            return None
        self.dossier = self._act(
            submitter or self._applicant, submitted_at, lambda work: actions.submit(work, self._submission)
        )
        self._intake(submitted_at)
        while self._turns:
            turn = heapq.heappop(self._turns)
            if turn.at > self._world.until:
                break
            turn.do(turn.at)
        return self.dossier

    @property
    def _the(self) -> Dossier:
        if self.dossier is None:
            raise RuntimeError("the dossier is not submitted yet")
        return self.dossier

    def _act(self, actor: Actor, at: datetime, action: Callable[[Work], Any]) -> Any:
        work = self._world.work
        work.actor, work.now = actor, at
        return action(work)

    def _later(self, at: datetime, do: Callable[[datetime], None]) -> None:
        self._number += 1
        heapq.heappush(self._turns, Turn(at, self._number, do))

    def _happens(self, chance: float) -> bool:
        return self._rng.random() < chance

    def _office(self, unit_id: Any, at: datetime, seconds: float) -> datetime:
        """The moment after so many working seconds of the unit, never outside its hours."""
        moment = add_working_seconds(calendar_for(unit_id), at, max(int(seconds), 60))
        return moment + timedelta(microseconds=self._rng.randrange(1_000_000))

    # -- at the counter -----------------------------------------------------------------------------------------------

    def _intake(self, at: datetime) -> None:
        counter = self._the.received_at_id
        if self._the.channel == Channel.DIRECT:
            ready = self._office(counter, at, self._rng.uniform(4 * 60, 25 * 60))
        elif self._happens(self._world.chances.slow_counter):
            ready = self._office(counter, at, self._rng.uniform(8.5 * HOUR, 20 * HOUR))
        else:
            ready = self._office(counter, at, self._rng.betavariate(1.4, 3.5) * 8 * HOUR)
        self._later(ready, self._decide_at_counter)

    def _decide_at_counter(self, at: datetime) -> None:
        chances, dossier = self._world.chances, self._the
        officer = self._world.staff.for_stage(self._rng, Stage.INTAKE, dossier.received_at_id)
        if not self._asked and self._happens(chances.refused):
            reason, explanation = self._rng.choice(_REFUSALS)
            self._act(officer, at, lambda work: actions.refuse(work, dossier, reason=reason, explanation=explanation))
        elif not self._asked and dossier.channel != Channel.DIRECT and self._happens(chances.asked_at_counter):
            self._ask(officer, at)
        else:
            self._act(officer, at, lambda work: actions.accept(work, dossier))
            self._pace(at)
            self._begin_steps(at)
            if self._happens(chances.withdrawn):
                self._later(at + timedelta(days=self._rng.uniform(0.3, 3)), self._withdraw)

    # -- through the flow ---------------------------------------------------------------------------------------------

    def _pace(self, at: datetime) -> None:
        """How much working time the whole takes: a share of what is allowed, or more when it is to be late."""
        case = self._the.case
        if case.due_at is None:
            self._total = int(self._rng.uniform(0.5, 6) * WORKING_DAY)
        else:
            allowed = working_seconds_between(calendar_for(case.clock_unit_id), at, case.due_at)
            share = (
                1.06 + self._rng.lognormvariate(-1.2, 0.9) if self._is_late else self._rng.betavariate(4, 2.6) * 0.97
            )
            self._total = max(int(allowed * share), 20 * 60)
        self._shares = _shares(definition_of(case))

    def _begin_steps(self, at: datetime) -> None:
        for task in self._the.case.open_tasks:
            self._begin(task, at)

    def _begin(self, task: Task, at: datetime) -> None:
        if task.stage == Stage.TRANSFER:
            ready = self._office(task.unit_id, at, self._rng.uniform(0.5, 3) * HOUR)
            self._later(ready, lambda moment: self._carry(task, moment))
            return
        if task.stage == Stage.RETURN:
            self._later(self._office(task.unit_id, at, self._until_return()), self._return)
            return
        officer = self._holders.get(task.id) or self._world.staff.for_stage(self._rng, task.stage, task.unit_id)
        takes = self._total * self._shares.get(task.step, 0.2) * self._rng.uniform(0.8, 1.15)
        if task.stage == Stage.PROCESS:
            taken = self._office(task.unit_id, at, takes * self._rng.uniform(0.1, 0.6))
            self._later(taken, lambda moment: self._claim(task, officer, moment))
        ends = self._office(task.unit_id, at, takes)
        finish = self._decide if task.stage == Stage.SIGN else self._pass_on
        self._later(ends, lambda moment: finish(task, officer, moment))

    def _carry(self, task: Task, at: datetime) -> None:
        """Papers, or a result, leave one office with a sheet and are taken in at the other (ND118 Đ18)."""
        if not self._is_open(task):
            return
        officer = self._world.staff.for_stage(self._rng, Stage.TRANSFER, task.unit_id)
        if task.step in (moving.SEND, moving.SEND_RESULT):
            self._act(officer, at, lambda work: self._hand_over(work, task))
        else:
            self._act(officer, at, self._take_in)
            if task.step == moving.ARRIVE:
                self._pace(at)
        self._begin_steps(at)

    def _take_in(self, work: Work) -> None:
        item = actions.take_in(work, self._the, whole=True)
        if item is not None:
            close_sheet(work, item.sheet)

    def _hand_over(self, work: Work, task: Task) -> None:
        load = Load.DOSSIERS if task.step == moving.SEND else Load.RESULTS
        receiver = moving.receiver_of(self._the, load)
        sheet = new_sheet(work, sender_id=task.unit_id, receiver_id=receiver, load=load)
        actions.hand_over(work, self._the, sheet=sheet)
        said = {"number": sheet.number, "to": str(receiver), "dossiers": [str(self._the.pk)]}
        work.record(sheet.id, "hand_over.made", said, first=True)

    def _is_open(self, task: Task) -> bool:
        return task.state == TaskState.OPEN and task in self._the.case.open_tasks

    def _claim(self, task: Task, officer: Actor, at: datetime) -> None:
        if not self._is_open(task) or task.id in self._holders:
            return
        self._act(officer, at, lambda work: actions.claim(work, self._the, task_id=task.id))
        self._holders[task.id] = officer
        if not self._asked and self._happens(self._world.chances.asked_later):
            self._ask(officer, at)

    def _pass_on(self, task: Task, officer: Actor, at: datetime) -> None:
        if not self._is_open(task):
            return
        opinion = self._rng.choice(_OPINIONS)
        opened = self._act(officer, at, lambda work: actions.pass_on(work, self._the, task_id=task.id, opinion=opinion))
        for each in opened:
            self._begin(each, at)

    def _decide(self, task: Task, officer: Actor, at: datetime) -> None:
        if not self._is_open(task):
            return
        flow = definition_of(self._the.case)
        if flow.step(flow.step(task.step).next[0]).stage != Stage.RETURN:
            self._pass_on(task, officer, at)
        elif self._happens(self._world.chances.sent_back):
            self._send_back(task, officer, at, flow)
        else:
            self._complete(task, officer, at)

    def _send_back(self, task: Task, officer: Actor, at: datetime, flow: Definition) -> None:
        to = next(step for step in flow.steps if task.step in step.next)
        opened = self._act(
            officer,
            at,
            lambda work: actions.send_back(
                work, self._the, task_id=task.id, to_step=to.key, reason="Đề nghị rà soát lại căn cứ pháp lý."
            ),
        )
        self._begin(opened, at)

    def _complete(self, task: Task, officer: Actor, at: datetime) -> None:
        approved = not self._happens(self._world.chances.rejected)
        procedure = self._submission.procedure
        kind = procedure.result_types[0] if procedure.result_types else None
        self._act(
            officer,
            at,
            lambda work: actions.complete(
                work,
                self._the,
                task_id=task.id,
                approved=approved,
                name=(kind.name if kind else f"Kết quả: {procedure.name}")[:300],
                number=f"{self._rng.randint(1, 4000)}/{at:%Y}/KQ",
                type_code=kind.code if kind else "",
                reason="" if approved else "Không đủ điều kiện theo quy định của pháp luật chuyên ngành.",
                files=[self._world.samples.result] if approved else [],
            ),
        )
        self._begin_steps(at)

    # -- the end ------------------------------------------------------------------------------------------------------

    def _until_return(self) -> float:
        """Working seconds until the result is with the person: at once on line, days where it is fetched."""
        if self._the.delivery == Delivery.ELECTRONIC:
            return self._rng.uniform(5 * 60, 2 * HOUR)
        if self._the.delivery == Delivery.POST:
            return self._rng.uniform(1, 3) * WORKING_DAY
        if self._happens(self._world.chances.uncollected):
            return self._rng.uniform(40, 90) * WORKING_DAY
        return self._rng.expovariate(1 / (1.2 * WORKING_DAY))

    def _return(self, at: datetime) -> None:
        officer = self._world.staff.for_stage(self._rng, Stage.RETURN, self._the.received_at_id)
        self._act(
            officer,
            at,
            lambda work: actions.return_result(
                work, self._the, received_by=self._the.applicant_name, delivery=self._the.delivery
            ),
        )

    def _withdraw(self, at: datetime) -> None:
        if self._the.finished_at is None and self._the.case.closed_at is None:
            self._act(self._applicant, at, lambda work: actions.withdraw(work, self._the, reason="Thay đổi nhu cầu"))
            self._turns.clear()

    # -- supplements --------------------------------------------------------------------------------------------------

    def _ask(self, officer: Actor, at: datetime) -> None:
        self._asked = True
        papers = self._submission.components
        paper = self._rng.choice(papers) if papers else None
        reason, note = self._rng.choice(_LACKS)
        item = {
            "component": paper.key if paper else "",
            "name": paper.name[:200] if paper else "Giấy tờ kèm theo",
            "reason": reason,
            "basis": "ND118 Đ19.5",
        }
        self._act(officer, at, lambda work: actions.request_supplement(work, self._the, items=[item], note=note))
        self._turns = [turn for turn in self._turns if turn.do == self._withdraw]
        heapq.heapify(self._turns)
        request = pending(self._the)
        if request is None:
            return
        if self._happens(self._world.chances.never_answered):
            night = datetime.combine(request.answer_by + timedelta(days=1), time(0, 30), VIETNAM)
            self._later(night, self._close)
        else:
            answer = at + timedelta(days=min(self._rng.gammavariate(1.6, 2.2), 12))
            self._later(max(answer, at + timedelta(hours=1)), self._supply)

    def _close(self, at: datetime) -> None:
        if pending(self._the) is not None:
            self._act(SYSTEM, at, lambda work: actions.close_unanswered(work, self._the))
            self._turns.clear()

    def _supply(self, at: datetime) -> None:
        request = pending(self._the)
        if request is None:
            return
        item = request.items[0]
        files = [(item["component"], self._world.samples.for_paper(item["name"]))]
        self._act(self._applicant, at, lambda work: actions.supply(work, self._the, files=files))
        if self._the.accepted_at is None:
            self._intake(at)
        else:
            self._pace(at)
            self._begin_steps(at)


def _shares(flow: Definition) -> dict[str, float]:
    """Which share of the whole each step takes, by its hours; steps side by side count once."""
    steps = [step for step in flow.steps if step.stage != Stage.RETURN]
    known = [step.hours for step in steps if step.hours]
    usual = max(known, default=8)
    depth: dict[str, int] = {}

    def deep(step: Step) -> int:
        if step.key not in depth:
            depth[step.key] = 1 + max((deep(before) for before in flow.leading_to(step.key)), default=0)
        return depth[step.key]

    widest: dict[int, float] = {}
    for step in steps:
        widest[deep(step)] = max(widest.get(deep(step), 0), float(step.hours or usual))
    whole = sum(widest.values())
    return {step.key: widest[deep(step)] / whole for step in steps}


_REFUSALS = (
    ("not_competent", "Thủ tục này thuộc thẩm quyền của cơ quan khác. Đề nghị nộp tại nơi có thẩm quyền."),
    ("not_eligible", "Chưa đủ điều kiện giải quyết theo quy định. Đề nghị nộp lại khi đủ điều kiện."),
    ("wrong_procedure", "Nội dung đề nghị thuộc thủ tục khác. Cán bộ đã hướng dẫn thủ tục phù hợp."),
    ("duplicate", "Hồ sơ trùng với hồ sơ đã nộp trước đó và đang được giải quyết."),
)
_OPINIONS = (
    "Hồ sơ đủ điều kiện, trình ký.",
    "Đã đối chiếu dữ liệu, thông tin trùng khớp.",
    "Đủ thành phần, đúng quy định.",
    "Đã kiểm tra, không có vướng mắc.",
)
_LACKS = (
    ("Bản chụp mờ, không đọc được số và ngày cấp.", "Đề nghị chụp lại đủ bốn góc, rõ nét."),
    ("Thiếu chữ ký của người đề nghị.", ""),
    ("Thông tin trong giấy tờ không khớp với dữ liệu dân cư.", "Có thể đến Bộ phận Một cửa để được hướng dẫn."),
    ("Giấy tờ đã hết thời hạn có hiệu lực.", ""),
)
