"""Deputies: exactly the post that was named, for exactly the days that were named, and the ledger says for whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from motcua.engines.accounts.models import User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import Actor, signature_of
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.verify import verify
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.deputies import depute, deputings, end_deputing, posts_to_depute
from motcua.engines.organisations.models import Appointment
from motcua.engines.organisations.queries import grants_of
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, MotcuaError, NotAllowed, Refused
from motcua.interfaces.desk.rows import rows_of
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import Result
from motcua.services.dossiers.office import worklists
from motcua.services.dossiers.office.worklists import Filter
from tests.factories import make_dossier, make_officer, make_staff, make_units, open_task
from tests.interfaces.desk.support import signed_in

pytestmark = pytest.mark.django_db


def post_of(actor: Actor) -> Appointment:
    return Appointment.objects.get(user=user(actor), acting_for__isnull=True)


def named(by: Actor, post: Appointment, deputy: User, *, first: int = 0, last: int = 3) -> Appointment:
    today = clock.today()
    with begin(by) as work:
        return depute(
            work,
            appointment_id=post.pk,
            deputy_id=deputy.pk,
            valid_from=today + timedelta(days=first),
            valid_to=today + timedelta(days=last),
        )


def again(actor: Actor) -> Actor:
    """The actor as they come tomorrow's morning: what they hold is asked anew."""
    return actor_of(user(actor))


def user(actor: Actor) -> User:
    assert actor.id is not None
    return User.objects.get(pk=actor.id)


def test_a_deputy_signs_for_the_head_and_every_paper_says_so() -> None:
    staff = make_staff()
    dossier = make_dossier("signing", staff=staff)
    named(staff.head, post_of(staff.head), user(staff.specialist))
    deputy = again(staff.specialist)
    task = open_task(dossier.pk)
    assert task.id in {each.id for each in worklists.page(deputy, Filter(stages=("sign",))).tasks}
    actions.complete.run(deputy, dossier.pk, task_id=task.id, approved=True, name="Giấy khai sinh")
    result = Result.objects.get(dossier=dossier)
    assert result.signer_name == f"TUQ. {staff.head.name}, {deputy.name}"
    event = Event.objects.get(stream=dossier.pk, kind="dossier.completed")
    assert event.actor["for"] == {"id": str(staff.head.id), "name": staff.head.name}
    assert signature_of(event.actor) == result.signer_name
    actions.ask_correction.run(staff.counter, dossier.pk, reason="typing", explanation="Sai tên đệm")  # ND118 Đ23
    right = actions.correct_result.run(deputy, dossier.pk, name="Giấy khai sinh")
    assert right.signer_name == result.signer_name
    assert verify(stream=dossier.pk).ok


def test_what_ones_own_post_allows_is_done_in_ones_own_name() -> None:
    staff = make_staff()
    dossier = make_dossier("accepted", staff=staff)
    named(staff.head, post_of(staff.head), user(staff.specialist))
    deputy = again(staff.specialist)
    actions.claim.run(deputy, dossier.pk, task_id=open_task(dossier.pk).id)
    assert "for" not in Event.objects.get(stream=dossier.pk, kind="dossier.claimed").actor


def test_what_lies_in_the_hands_of_who_is_away_is_the_deputys() -> None:
    staff = make_staff()
    dossier = make_dossier("processing", staff=staff)
    colleague = make_officer("specialist")
    task = open_task(dossier.pk)
    with pytest.raises(Conflict):
        actions.pass_on.run(actor_of(colleague), dossier.pk, task_id=task.id)
    named(staff.specialist, post_of(staff.specialist), colleague, first=1)
    with clock.at(clock.now() + timedelta(days=1)):
        deputy = actor_of(colleague)
        listed = worklists.page(deputy, Filter(mine=True)).tasks
        (row,) = [each for each in rows_of(deputy, listed) if each.task.id == task.id]
        assert any(staff.specialist.name in flag.label for flag in row.flags)
        actions.pass_on.run(deputy, dossier.pk, task_id=task.id)
    event = Event.objects.get(stream=dossier.pk, kind="dossier.passed_on")
    assert event.actor["for"]["id"] == str(staff.specialist.id)


def test_it_begins_and_ends_by_itself_and_with_the_post_it_stands_for() -> None:
    staff = make_staff()
    post = post_of(staff.head)
    named(staff.head, post, user(staff.specialist), first=1, last=2)

    def roles(days: int) -> set[str]:
        with clock.at(clock.now() + timedelta(days=days)):
            return {grant.role for grant in grants_of(staff.specialist.id or post.pk)}

    assert [roles(day) for day in (0, 1, 2, 3)] == [
        {"specialist"}, {"specialist", "head"}, {"specialist", "head"}, {"specialist"},
    ]  # fmt: skip
    Appointment.objects.filter(pk=post.pk).update(valid_to=clock.today())
    assert roles(1) == {"specialist"}


def test_no_chains_nothing_one_does_not_hold_nobody_from_elsewhere() -> None:
    staff, units = make_staff(), make_units()
    held = named(staff.head, post_of(staff.head), user(staff.specialist))
    deputy = again(staff.specialist)
    third = make_officer("specialist")
    with pytest.raises(Refused):
        named(deputy, held, third)  # no chains
    with pytest.raises(NotAllowed):
        named(deputy, post_of(staff.head), third)  # a deputy disposes of nobody's post
    with pytest.raises(NotAllowed):
        named(staff.counter, post_of(staff.specialist), third)  # not theirs, and they lead nobody
    leader = make_officer("leader", units["commune"])
    with pytest.raises(NotAllowed):
        named(staff.head, post_of(actor_of(leader)), third)  # more than work on dossiers goes with that post
    with pytest.raises(Invalid):
        named(staff.specialist, post_of(staff.specialist), make_officer("specialist", units["department"]))
    with pytest.raises(Invalid):
        named(staff.specialist, post_of(staff.specialist), user(staff.specialist))
    with pytest.raises(Invalid):
        named(staff.specialist, post_of(staff.specialist), third, first=-1)
    with pytest.raises(Invalid):
        named(staff.specialist, post_of(staff.specialist), third, first=3, last=2)
    with pytest.raises(Invalid):
        named(staff.specialist, post_of(staff.specialist), third, last=500)
    named(staff.specialist, post_of(staff.specialist), third, first=5, last=9)
    with pytest.raises(Invalid):
        named(staff.specialist, post_of(staff.specialist), make_officer("specialist"), first=9, last=12)


def test_a_head_names_deputies_for_the_people_and_either_side_ends_it() -> None:
    staff = make_staff()
    third = make_officer("specialist")
    assert post_of(staff.specialist).pk in {post.pk for post in posts_to_depute(staff.head)}
    made = named(staff.head, post_of(staff.specialist), third, first=2, last=4)
    assert made.pk in {row.pk for row in deputings(actor_of(third))}
    with pytest.raises(NotAllowed), begin(staff.counter) as work:
        end_deputing(work, made.pk)
    with begin(actor_of(third)) as work:
        end_deputing(work, made.pk)
    assert not Appointment.objects.filter(pk=made.pk).exists()
    assert Event.objects.filter(stream=made.pk).count() == 2
    with pytest.raises(MotcuaError), begin(actor_of(third)) as work:
        end_deputing(work, made.pk)


def test_the_page_names_a_deputy_and_the_lists_say_for_whom() -> None:
    staff = make_staff()
    colleague = make_officer("specialist")
    client = signed_in(staff.head)
    today = clock.today()
    form = {
        "post": str(post_of(staff.head).pk),
        "deputy": str(colleague.pk),
        "valid_from": today.isoformat(),
        "valid_to": (today + timedelta(days=2)).isoformat(),
    }
    assert client.post("/desk/absence/", form | {"deputy": ""}).status_code == 422
    assert client.post("/desk/absence/", form).status_code == 302
    assert colleague.full_name in client.get("/desk/absence/").content.decode()
    text = signed_in(colleague).get("/desk/").content.decode()
    assert staff.head.name in text
    assert "mc-acting" in text
