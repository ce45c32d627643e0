"""Agents with a mandate and helpers with consent: what they may do and see, and what others may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from motcua.engines.accounts import mandates
from motcua.engines.accounts.models import Mandate, User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger import readers
from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import catch_up
from motcua.engines.ledger.work import begin
from motcua.engines.notices.models import Message
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from motcua.services.dossiers import actions, helping, queries
from motcua.services.dossiers.actions.assisted import ConsentGiven, submit_assisted
from motcua.services.dossiers.models import Consent, Dossier
from tests.factories import make_citizen, make_officer, make_procedure, make_staff, make_submission, make_units, unit
from tests.support.jobs import run_jobs

pytestmark = pytest.mark.django_db


def authorised(grantor: User, agent: User, **fields: Any) -> Mandate:
    with begin(actor_of(grantor)) as work:
        assert grantor.party_id is not None
        assert agent.party_id is not None
        return mandates.give(work, grantor_id=grantor.party_id, agent_id=agent.party_id, **fields)


def by_agent(grantor: User, agent: User, code: str = "") -> Dossier:
    submission = make_submission(grantor, make_procedure(code), agent_id=agent.party_id, submitted_by=agent.id)
    dossier, _ = actions.submit_once(actor_of(agent), submission)
    return dossier


def sees(actor: Actor, dossier: Dossier) -> bool:
    """By the query and by the lock of an action alike."""
    listed = queries.visible_to(actor).filter(pk=dossier.pk).exists()
    try:
        with begin(actor):
            actions.lock(actor, dossier.pk)
    except NotFound:
        assert not listed
        return False
    assert listed
    return True


def test_a_mandate_is_given_by_the_grantor_or_recorded_from_paper() -> None:
    grantor, agent = make_citizen(), make_citizen()
    assert grantor.party_id is not None
    assert agent.party_id is not None
    mandate = authorised(grantor, agent, procedures=["1.001193"])
    assert Event.objects.get(stream=mandate.pk).data["how"] == "account"
    both = {"grantor_id": grantor.party_id, "agent_id": agent.party_id}
    with pytest.raises(NotAllowed), begin(actor_of(agent)) as work:
        mandates.give(work, **both)
    counter = actor_of(make_officer("counter"))
    with pytest.raises(Invalid), begin(counter) as work:
        mandates.give(work, **both)
    with begin(counter) as work:
        mandates.give(work, **both, number="15/UQ")
    with pytest.raises(NotAllowed), begin(actor_of(make_officer("specialist"))) as work:
        mandates.give(work, **both, number="15/UQ")
    with pytest.raises(Invalid):
        authorised(grantor, agent, valid_to=clock.today() - timedelta(days=1))
    with pytest.raises(Invalid):
        authorised(grantor, grantor)


def test_a_mandate_covers_its_procedures_and_days() -> None:
    grantor, agent = make_citizen(), make_citizen()
    last = clock.today() + timedelta(days=10)
    authorised(grantor, agent, procedures=["1.001193"], valid_to=last)
    key = (agent.party_id, grantor.party_id)
    assert mandates.holds(*key, "1.001193")  # type: ignore[arg-type]
    assert mandates.holds(*key, "1.001193", last)  # type: ignore[arg-type]
    assert not mandates.holds(*key, "1.001193", last + timedelta(days=1))  # type: ignore[arg-type]
    assert not mandates.holds(*key, "2.000815")  # type: ignore[arg-type]
    assert not mandates.holds(*reversed(key), "1.001193")  # type: ignore[arg-type]


def test_an_agent_sees_and_acts_on_what_they_submitted_alone() -> None:
    grantor, agent, other = make_citizen(), make_citizen(), make_citizen()
    mandate = authorised(grantor, agent)
    authorised(grantor, other)
    dossier = by_agent(grantor, agent)
    own, _ = actions.submit_once(actor_of(grantor), make_submission(grantor, make_procedure()))
    assert sees(actor_of(agent), dossier)
    assert sees(actor_of(grantor), dossier)
    assert not sees(actor_of(other), dossier), "another agent of the same person"
    assert not sees(actor_of(agent), own), "what the grantor submitted themselves"
    actions.withdraw.run(actor_of(agent), dossier.pk)
    with begin(actor_of(grantor)) as work:
        mandates.revoke(work, mandate.pk)
    assert not sees(actor_of(agent), dossier), "the mandate has ended"
    with pytest.raises(Conflict), begin(actor_of(grantor)) as work:
        mandates.revoke(work, mandate.pk)
    with pytest.raises(NotFound), begin(actor_of(make_citizen())) as work:
        mandates.revoke(work, mandate.pk)


def test_a_mandate_for_another_procedure_opens_nothing() -> None:
    grantor, agent = make_citizen(), make_citizen()
    authorised(grantor, agent, procedures=["9.999999"])
    assert not sees(actor_of(agent), by_agent(grantor, agent, "1.001193"))


def follow() -> None:
    """What the worker does: reads the ledger, then runs what was queued."""
    for name in ("notices", "helpers_notices", "turns_notices"):
        catch_up(readers.get(name))
    run_jobs()


@pytest.mark.django_db(transaction=True)
def test_both_are_told() -> None:
    grantor, agent = make_citizen(), make_citizen()
    mandate = authorised(grantor, agent)
    dossier, other = by_agent(grantor, agent), by_agent(grantor, agent)
    follow()
    kinds = {
        who: set(Message.objects.filter(party=who.party).values_list("kind", flat=True)) for who in (grantor, agent)
    }
    assert kinds[grantor] >= {"mandate.given_grantor", "dossier.submitted"}
    assert kinds[agent] >= {"mandate.given_agent", "dossier.submitted"}
    with begin(actor_of(agent)) as work:
        mandates.revoke(work, mandate.pk)
    follow()
    assert Message.objects.filter(party=grantor.party, kind="mandate.revoked_grantor").exists()
    actions.withdraw.run(actor_of(grantor), dossier.pk)
    actions.accept.run(make_staff().counter, other.pk)
    actions.stop.run(actor_of(grantor), other.pk, reason="applicant")
    follow()
    told = Message.objects.filter(kind__in=("dossier.withdrawn", "dossier.accepted", "dossier.stopped_own"))
    assert {row.party_id for row in told} == {grantor.party_id}, "whose mandate has ended hears nothing more"
    assert told.count() == 3


# -- helpers ------------------------------------------------------------------------------------------------


def spoken() -> ConsentGiven:
    return ConsentGiven(kind=Consent.SPOKEN, at=clock.now(), witness="Lê Văn Chứng")


def helped(helper: Actor, citizen: User, consent: ConsentGiven | None = None) -> Dossier:
    submission = make_submission(citizen, make_procedure(), submitted_by=helper.id)
    dossier, _ = submit_assisted(helper, submission, consent or spoken(), unit_id=unit("commune_centre"))
    return dossier


def test_nobody_is_helped_without_proof_of_consent() -> None:
    helper, citizen = actor_of(make_officer("helper", make_units()["commune_centre"])), make_citizen()
    for consent in (
        ConsentGiven(kind="", at=clock.now()),
        ConsentGiven(kind=Consent.SPOKEN, at=clock.now()),
        ConsentGiven(kind=Consent.SIGNED, at=clock.now()),
    ):
        with pytest.raises(Invalid):
            helped(helper, citizen, consent)
    for other in (make_officer("specialist"), make_officer("helper", make_units()["other_commune"])):
        with pytest.raises(NotAllowed):
            helped(actor_of(other), citizen)
    assert not Dossier.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_helper_sees_what_they_submitted_for_a_time_and_does_nothing_more() -> None:
    units = make_units()
    helper = actor_of(make_officer("helper", units["commune_centre"]))
    colleague = actor_of(make_officer("helper", units["commune_centre"]))
    citizen, staff = make_citizen(), make_staff()
    dossier = helped(helper, citizen)
    assert sees(helper, dossier)
    assert not sees(colleague, dossier), "another helper of the same service point"
    assert sees(actor_of(citizen), dossier)
    assert helping.only_helps(helper, dossier)
    for attempt in (
        lambda: actions.accept.run(helper, dossier.pk),
        lambda: actions.withdraw.run(helper, dossier.pk),
        lambda: actions.remark.run(helper, dossier.pk, text="Ghi chú"),
        lambda: actions.attach.run(helper, dossier.pk, files=[actions.FileIn("ab" * 32, "thêm.pdf")]),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    actions.accept.run(staff.counter, dossier.pk)
    with clock.at(clock.now() + timedelta(days=31)):
        assert not sees(helper, dossier), "the time is over"
        assert helping.assisted(helper) == []
    event = Event.objects.get(stream=dossier.pk, kind="dossier.submitted")
    assert event.data["assisted"] == {
        "helper": str(helper.id),
        "unit": str(unit("commune_centre")),
        "consent": "spoken",
    }
    follow()
    assert Message.objects.filter(party=citizen.party, kind="dossier.assisted").exists()
