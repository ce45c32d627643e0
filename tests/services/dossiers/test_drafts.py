"""Drafts: begun with what is known, kept while typed, submitted once, nobody else's to see."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection

from motcua.engines.accounts.queries import actor_of
from motcua.engines.files.actions import store
from motcua.engines.files.models import Upload
from motcua.engines.forms import Form
from motcua.engines.forms.samples import sample_answers
from motcua.engines.ledger.actor import ANONYMOUS, Actor
from motcua.engines.ledger.models import Event
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from motcua.services.dossiers.actions import drafts
from motcua.services.dossiers.models import Channel, Dossier, DossierFile, Draft
from motcua.services.procedures.content import ProcedureData
from tests.engines.files.samples import pdf
from tests.factories import make_citizen, make_officer, make_procedure, make_units, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def citizen() -> Actor:
    make_units()
    return actor_of(make_citizen(ward_name="Phường Thuận Hóa"))


@pytest.fixture
def procedure() -> ProcedureData:
    return make_procedure()


def filled(actor: Actor, form: Form, seed: int = 1) -> dict[str, Any]:
    """Answers that are right, with real files of the actor in the place of made-up ones."""
    answers = sample_answers(form, Random(seed), fullness=1.0)
    for key, one in form.fields.items():
        if one.type == "file" and answers.get(key):
            assert actor.id is not None
            answers[key] = [str(store(pdf(), "giay.pdf", actor.id).id)]
    return answers


def test_a_draft_begins_with_what_the_state_knows(citizen: Actor, procedure: ProcedureData) -> None:
    draft = drafts.begin_draft(citizen, procedure, ward_code="19777")
    form = drafts.form_of(draft)
    known = drafts.known_for(citizen, form)
    assert known, "the form asks for things that are known of the person"
    assert any(citizen.name in str(one.value) for one in known.values())
    assert citizen.name in str(draft.answers)


def test_beginning_again_finds_the_same_draft_and_may_move_it(citizen: Actor, procedure: ProcedureData) -> None:
    first = drafts.begin_draft(citizen, procedure, ward_code="19777")
    second = drafts.begin_draft(citizen, procedure, ward_code="19753")
    assert first.id == second.id
    assert second.competent_id != first.competent_id
    assert [one.id for one in drafts.own_drafts(citizen)] == [first.id]


def test_only_citizens_begin_drafts(procedure: ProcedureData) -> None:
    make_units()
    for actor in (ANONYMOUS, actor_of(make_officer("counter"))):
        with pytest.raises(NotAllowed):
            drafts.begin_draft(actor, procedure, ward_code="19777")


def test_an_account_without_a_person_begins_nothing(procedure: ProcedureData) -> None:
    make_units()
    with pytest.raises(Refused):
        drafts.begin_draft(actor_of(make_user()), procedure, ward_code="19777")


def test_saving_keeps_other_answers_and_prolongs(citizen: Actor, procedure: ProcedureData) -> None:
    draft = drafts.begin_draft(citizen, procedure, ward_code="19777")
    text = next(key for key, one in drafts.form_of(draft).fields.items() if one.type in ("text", "long_text", "phone"))
    before = dict(draft.answers)
    later = clock.now() + timedelta(days=3)
    with clock.at(later):
        saved = drafts.save(citizen, draft.id, {text: "0905 222 333", "unknown": "x"})
    assert saved.answers == {**before, text: "0905 222 333"}
    assert saved.expires_at == later + timedelta(days=drafts.KEPT_DAYS)


def test_a_draft_is_nobody_elses(citizen: Actor, procedure: ProcedureData) -> None:
    draft = drafts.begin_draft(citizen, procedure, ward_code="19777")
    other = actor_of(make_citizen())
    for attempt in (
        lambda: drafts.own_draft(other, draft.id),
        lambda: drafts.save(other, draft.id, {}),
        lambda: drafts.submit_draft(other, draft.id),
        lambda: drafts.discard(other, draft.id),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert drafts.own_drafts(other) == []


def test_an_expired_draft_is_gone(citizen: Actor, procedure: ProcedureData) -> None:
    draft = drafts.begin_draft(citizen, procedure, ward_code="19777")
    with clock.at(draft.expires_at + timedelta(minutes=1)):
        with pytest.raises(NotFound):
            drafts.own_draft(citizen, draft.id)
        assert drafts.forget_expired(clock.now()) == 1
    assert not Draft.objects.exists()


def test_an_incomplete_draft_is_not_submitted(citizen: Actor, procedure: ProcedureData) -> None:
    draft = drafts.begin_draft(citizen, procedure, ward_code="19777")
    with pytest.raises(Invalid) as caught:
        drafts.submit_draft(citizen, draft.id)
    assert caught.value.fields
    assert not Dossier.objects.exists()
    assert not Event.objects.filter(kind="dossier.submitted").exists()


def test_submitting_makes_the_whole_dossier_once(citizen: Actor, procedure: ProcedureData) -> None:
    draft = drafts.begin_draft(citizen, procedure, ward_code="19777")
    drafts.save(citizen, draft.id, filled(citizen, drafts.form_of(draft)))
    dossier, new = drafts.submit_draft(citizen, draft.id)
    again, new_again = drafts.submit_draft(citizen, draft.id)
    assert new
    assert not new_again
    assert again.pk == dossier.pk
    assert Dossier.objects.count() == 1
    assert dossier.channel == Channel.ONLINE
    assert dossier.applicant_id == citizen.party_id
    assert dossier.code.startswith("H57.100-")
    assert Event.objects.filter(stream=dossier.pk, kind="dossier.submitted").count() == 1
    sent = [key for one in drafts.form_of(draft).fields.values() if one.type == "file" for key in [one.key]]
    if sent:
        assert DossierFile.objects.filter(dossier=dossier).exists()
    with pytest.raises(Conflict):
        drafts.save(citizen, draft.id, {})
    assert drafts.own_drafts(citizen) == []


def test_files_live_as_long_as_the_draft(citizen: Actor, procedure: ProcedureData) -> None:
    draft = drafts.begin_draft(citizen, procedure, ward_code="19777")
    place = next(key for key, one in drafts.form_of(draft).fields.items() if one.type == "file")
    assert citizen.id is not None
    upload = store(pdf(), "giay.pdf", citizen.id)
    saved = drafts.save(citizen, draft.id, {place: [str(upload.id)]})
    assert Upload.objects.get(pk=upload.id).expires_at == saved.expires_at


def test_files_of_others_do_not_count(citizen: Actor, procedure: ProcedureData) -> None:
    other = actor_of(make_citizen())
    assert other.id is not None
    foreign = store(pdf(), "giay.pdf", other.id)
    draft = drafts.begin_draft(citizen, procedure, ward_code="19777")
    form = drafts.form_of(draft)
    answers = filled(citizen, form)
    place = next(key for key, one in form.fields.items() if one.type == "file")
    answers[place] = [str(foreign.id)]
    drafts.save(citizen, draft.id, answers)
    with pytest.raises(Invalid):
        drafts.submit_draft(citizen, draft.id)
    assert not Dossier.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_clicks_at_once_submit_one_dossier() -> None:
    make_units()
    procedure = make_procedure()
    citizen = actor_of(make_citizen(ward_name="Phường Thuận Hóa"))
    draft = drafts.begin_draft(citizen, procedure, ward_code="19777")
    drafts.save(citizen, draft.id, filled(citizen, drafts.form_of(draft)))

    def click(_: int) -> tuple[str, bool]:
        try:
            dossier, new = drafts.submit_draft(citizen, draft.id)
            return dossier.code, new
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(click, range(8)))
    assert len({code for code, _ in answers}) == 1
    assert sum(new for _, new in answers) == 1
    assert Dossier.objects.count() == 1
