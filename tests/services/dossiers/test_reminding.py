"""Reminders by dated rules: when, to whom, once; and by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Recipient, Reminder, ReminderRule
from motcua.engines.cases.readers import recount
from motcua.engines.cases.reminding import define_rule, due_now, end_rule
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.engines.notices.models import Message
from motcua.engines.organisations.models import Appointment
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotAllowed
from motcua.services.dossiers.actions.reminding import remind
from motcua.services.dossiers.office import reminding
from motcua.services.dossiers.office.people import recipients_of
from tests.factories import make_dossier, make_officer, make_staff, make_units, open_task

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=VIETNAM)
SINCE = MONDAY.date() - timedelta(days=30)


@pytest.fixture(autouse=True)
def _no_rules() -> None:
    ReminderRule.objects.all().delete()


def rule(hours: int, recipient: str) -> ReminderRule:
    return ReminderRule.objects.create(name=f"{hours} giờ", hours=hours, recipient=recipient, valid_from=SINCE)


def reminded(moment: datetime) -> int:
    recount()
    with clock.at(moment):
        return reminding.carry_out(clock.now())


def tell() -> None:
    """The reader, over all there is."""
    reminding.reminders(list(Event.objects.filter(kind="dossier.reminded").order_by("id")))


def test_before_at_and_after_each_once_and_to_whom_it_belongs() -> None:
    staff, units = make_staff(), make_units()
    leader = make_officer("leader", units["commune"])
    dossier = make_dossier("processing", staff=staff, at=MONDAY)
    task = open_task(dossier.pk)
    assert task.due_at is not None
    before, at = rule(-4, Recipient.ASSIGNEE), rule(0, Recipient.ASSIGNEE)
    after, far = rule(8, Recipient.HEAD), rule(24, Recipient.SUPERIOR)

    def fired(moment: datetime) -> list[ReminderRule]:
        reminded(moment)
        return [
            row.rule for row in Reminder.objects.filter(task=task).select_related("rule").order_by("at", "rule__hours")
        ]

    due = task.due_at
    assert fired(MONDAY + timedelta(minutes=10)) == []
    assert fired(due - timedelta(hours=1)) == [before]
    assert fired(due - timedelta(minutes=30)) == [before]
    assert fired(due + timedelta(minutes=1)) == [before, at]
    assert fired(due + timedelta(days=1, hours=2)) == [before, at, after]
    assert fired(due + timedelta(days=6)) == [before, at, after, far]
    assert fired(due + timedelta(days=9)) == [before, at, after, far]
    to = [
        event.data["to"] for event in Event.objects.filter(stream=dossier.pk, kind="dossier.reminded").order_by("seq")
    ]
    me, head = str(staff.specialist.id), str(staff.head.id)
    assert to == [[me], [me], [head], [str(leader.pk)]]
    tell()
    tell()  # a batch that is read again tells nobody twice
    kinds = (
        Message.objects.filter(stream=dossier.pk, kind__startswith="work.").order_by("at").values_list("kind", "user")
    )
    assert list(kinds) == [
        ("work.due_soon", staff.specialist.id),
        ("work.overdue", staff.specialist.id),
        ("work.late_reported", staff.head.id),
        ("work.late_reported", leader.pk),
    ]


def test_working_hours_count_and_nights_are_quiet() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff, at=MONDAY)
    task = open_task(dossier.pk)
    assert task.due_at is not None
    rule(8, Recipient.HEAD)
    # eight working hours behind the end of a day lie at the end of the next working day, not in its early morning
    assert reminded(task.due_at + timedelta(hours=16)) == 0
    assert reminded((task.due_at + timedelta(days=1)).replace(hour=23)) == 0
    assert reminded(task.due_at + timedelta(days=4)) == 1


def test_what_was_due_before_the_rule_began_is_left_alone() -> None:
    staff = make_staff()
    make_dossier("processing", staff=staff, at=MONDAY)
    late = rule(0, Recipient.ASSIGNEE)
    ReminderRule.objects.filter(pk=late.pk).update(valid_from=SINCE + timedelta(days=90))
    assert reminded(MONDAY + timedelta(days=80)) == 0


def test_who_takes_nobody_else_reminds_the_unit_and_who_is_away_with_their_deputy() -> None:
    staff, units = make_staff(), make_units()
    free = open_task(make_dossier("accepted", staff=staff).pk)
    assert set(recipients_of(free, Recipient.ASSIGNEE)) == {staff.specialist.id, staff.head.id}
    held = open_task(make_dossier("processing", staff=staff).pk)
    deputy = make_officer("counter", units["commune_centre"])
    post = Appointment.objects.get(user__full_name=staff.specialist.name)
    today = clock.today()
    post.deputies.create(user=deputy, unit=post.unit, role=post.role, valid_from=today, valid_to=today)
    assert set(recipients_of(held, Recipient.ASSIGNEE)) == {staff.specialist.id, deputy.pk}


def test_a_head_reminds_by_hand_but_not_twice_an_hour() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    task = open_task(dossier.pk)
    with pytest.raises(NotAllowed):
        remind.run(staff.counter, dossier.pk, task_id=task.id)
    assert remind.run(staff.head, dossier.pk, task_id=task.id) == [staff.specialist.id]
    with pytest.raises(Conflict):
        remind.run(staff.head, dossier.pk, task_id=task.id)
    tell()
    message = Message.objects.get(kind="work.reminded_by_hand")
    assert (message.user_id, message.params["who"]) == (staff.specialist.id, staff.head.name)


def test_rules_are_dated_and_kept_in_the_ledger() -> None:
    administrator = actor_of(make_officer("administrator", make_units()["province"]))
    today = clock.today()
    with begin(administrator) as work:
        made = define_rule(work, name="Trước 2 giờ", hours=-2, recipient="assignee", valid_from=today)
    with begin(administrator) as work:
        end_rule(work, made.pk, last_day=today)
    with pytest.raises(Conflict), begin(administrator) as work:
        end_rule(work, made.pk, last_day=today)
    with pytest.raises(Invalid), begin(administrator) as work:
        define_rule(work, name="", hours=999, recipient="x", valid_from=today - timedelta(days=1))
    with pytest.raises(NotAllowed), begin(make_staff().head) as work:
        define_rule(work, name="a", hours=1, recipient="head", valid_from=today)
    kinds = list(Event.objects.filter(stream=made.pk).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["reminder_rule.defined", "reminder_rule.ended"]
    assert list(due_now(clock.now())) == []
