"""Cases: everything handled to a deadline. Services add their own data beside it."""

from __future__ import annotations

from typing import LiteralString

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motcua.engines.ledger.parts import begin_parts
from motcua.engines.ledger.prepared import load
from motcua.engines.ledger.quick import QuickRow
from motcua.foundation.keys import new_id


class CaseState(models.TextChoices):
    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting")
    CLOSED = "closed", _("Closed")


class Stage(models.TextChoices):
    """What kind of work a task is; decides the permission it needs and the list it stands in."""

    INTAKE = "intake", _("Receive")
    PROCESS = "process", _("Process")
    SIGN = "sign", _("Sign")
    RETURN = "return", _("Return")
    CONSULT = "consult", _("Give an opinion")
    TRANSFER = "transfer", _("Hand over")


class TaskState(models.TextChoices):
    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Case(QuickRow):
    """Identity, clock and state. ``holder`` is the unit whose turn it is now."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    service = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=CaseState.choices, default=CaseState.OPEN)
    opened_at = models.DateTimeField()
    clock_start = models.DateTimeField(null=True)
    allowance = models.CharField(max_length=30, blank=True, help_text=_("As in “5 working_day”; empty: no deadline"))
    clock_unit = models.ForeignKey(
        "organisations.Unit",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Whose calendar counts"),
    )
    due_at = models.DateTimeField(null=True)
    extended_to = models.DateTimeField(null=True)
    holder = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    flow_version = models.ForeignKey("flows.FlowVersion", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def open_tasks(self) -> list[Task]:
        """Tasks open or waiting: read once, then kept true by ``cases.actions``."""
        if "_open_tasks" not in self.__dict__:
            rest: LiteralString = "WHERE case_id = %s AND state IN ('open', 'waiting') ORDER BY opened_at, id"
            self.__dict__["_open_tasks"] = load(Task, rest, (self.pk,))
        tasks: list[Task] = self.__dict__["_open_tasks"]
        return tasks

    @property
    def moves(self) -> list[list[str | int | None]]:
        """What the running action did to worklists: [unit, stage, state, due day, +1 or -1, person, unit that answers,
        role asked for], the last three only where there are such; goes into its event."""
        moves: list[list[str | int | None]] = self.__dict__.setdefault("_moves", [])
        return moves

    def begin_empty(self) -> None:
        """Says that a new case has no tasks yet, so that nobody asks the database."""
        self.__dict__["_open_tasks"] = []
        begin_parts(self)


class Stop(QuickRow):
    """A time in which the clock stands. ``effect``: RESTART counts from zero afterwards, RESUME goes on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="stops")
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    effect = models.CharField(max_length=10, choices=[("restart", "restart"), ("resume", "resume")])
    reason = models.CharField(max_length=40)
    basis = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(until__isnull=True), name="case_one_open_stop")
        ]
        indexes = [models.Index(fields=["case", "at"], name="stop_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.reason}"


class Task(QuickRow):
    """One step of a case at one unit. Open tasks are what worklists show."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="tasks")
    step = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    stage = models.CharField(max_length=10, choices=Stage.choices)
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, related_name="+")
    answerable = models.ForeignKey(
        "organisations.Unit",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("The unit that answers for the deadline, where another does the step"),
    )
    role = models.CharField(
        max_length=60,
        blank=True,
        default="",
        help_text=_("Role or permission that the step asks for beside that of its kind of work; empty: none"),
    )
    assignee = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=TaskState.choices, default=TaskState.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            # the desk's lists: only open work, however many closed cases there are
            models.Index(fields=["unit", "stage", "due_at", "id"], name="task_open_by_unit", condition=Q(state="open")),
            # the same for who takes the work: what asks for a role stands only in the lists of those who hold it
            models.Index(
                fields=["unit", "stage", "role", "due_at", "id"], name="task_open_by_role", condition=Q(state="open")
            ),
            models.Index(fields=["assignee", "due_at", "id"], name="task_open_by_person", condition=Q(state="open")),
            models.Index(
                fields=["unit", "stage", "due_at", "id"],
                name="task_waiting_by_unit",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["unit", "stage", "role", "due_at", "id"],
                name="task_waiting_by_role",
                condition=Q(state="waiting"),
            ),
            # who leads everything goes through all open work as it is due
            models.Index(fields=["due_at", "id"], name="task_open_by_due", condition=Q(state="open")),
            models.Index(
                fields=["answerable", "due_at", "id"],
                name="task_open_elsewhere",
                condition=Q(state="open", answerable__isnull=False),
            ),
            models.Index(fields=["case", "opened_at"], name="task_of_case"),
            # results that nobody has collected, the oldest first
            models.Index(
                fields=["unit", "opened_at", "id"],
                name="task_return_since",
                condition=Q(state="open", stage="return"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "step"],
                condition=Q(state__in=["open", "waiting"]),
                name="task_step_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.case_id}"


class Link(models.Model):
    """Two cases that belong together (linked procedures, a petition about a dossier)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, models.PROTECT, related_name="linked_from")
    kind = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "other", "kind"], name="link_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.case_id} → {self.other_id}"


class Remark(models.Model):
    """An internal remark; officers who may see the case see it, the citizen never does."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="remarks")
    author = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(max_length=4000)

    class Meta:
        indexes = [models.Index(fields=["case", "at"], name="remark_of_case")]

    def __str__(self) -> str:
        return self.text[:40]


class WorkCount(models.Model):
    """How many open tasks there are by unit, stage, state, due day, person, the unit that answers for the deadline
    where that is another, and the role asked for: kept by a reader, so that no screen counts."""

    unit = models.ForeignKey("organisations.Unit", models.CASCADE, related_name="+")
    stage = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    due_on = models.DateField(null=True)
    assignee = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="+")
    answerable = models.ForeignKey("organisations.Unit", models.CASCADE, null=True, related_name="+")
    role = models.CharField(max_length=60, blank=True, default="")
    tasks = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "stage", "state", "due_on", "assignee", "answerable", "role"],
                name="work_count_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["answerable"], name="work_count_elsewhere", condition=Q(answerable__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.stage} {self.due_on}: {self.tasks}"


class Recipient(models.TextChoices):
    """Whom a reminder goes to."""

    ASSIGNEE = "assignee", _("Who has the step in hand, else the unit's people")
    HEAD = "head", _("The head of the unit")
    SUPERIOR = "superior", _("The superior of the head")


class ReminderRule(models.Model):
    """When whom is reminded of a step. ``hours`` are working hours from the due moment: −4 four hours before, 0 at the
    moment, 8 a day after. Dated: a rule reminds of moments within its days only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    hours = models.SmallIntegerField()
    recipient = models.CharField(max_length=10, choices=Recipient.choices)
    stage = models.CharField(max_length=10, blank=True, choices=Stage.choices, help_text=_("Empty: every step"))
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["hours", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="reminder_rule_validity",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Reminder(QuickRow):
    """A rule has reminded of a task: once, whatever happens."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.ForeignKey(ReminderRule, models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "rule"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.task_id}"
