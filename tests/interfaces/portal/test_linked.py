"""Linked procedures on the portal: found, filled in once, submitted once, followed on one page, taken back."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from django.test import Client

from motcua.engines.accounts.models import User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.forms.samples import sample_answers
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.work import begin as begin_work
from motcua.foundation.cache import forget_all
from motcua.services.dossiers.actions import drafts, group_drafts
from motcua.services.dossiers.actions.groups import advance
from motcua.services.dossiers.models import Dossier, DossierGroup, Draft, GroupDraft, GroupMember, LinkedGroup
from motcua.services.dossiers.together import groups
from motcua.services.procedures.forms import load_designed_forms
from motcua.services.procedures.models import LifeEvent
from tests.factories import make_citizen, make_procedure, make_staff, make_units
from tests.interfaces.portal.support import posted, signed_in
from tests.services.dossiers.test_groups import BIRTH, define, finish

pytestmark = pytest.mark.django_db


def begin(client: Client, *parts: str) -> GroupDraft:
    answer = client.post("/linked/birth/start/", {"ward": "19777", "part": list(parts)})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return GroupDraft.objects.get(pk=answer["Location"].split("/")[3])


def fill_in(client: Client, user: User, found: GroupDraft) -> int:
    """Every page that is asked, with answers that are right. Returns how many pages there were."""
    pages = 0
    for one in group_drafts.filled(actor_of(user), found):
        draft = Draft.objects.get(pk=one.draft.pk)
        answers = sample_answers(drafts.form_of(draft), Random(3), fullness=1.0)
        for page in one.pages:
            sent = client.post(f"/drafts/{draft.pk}/parts/{page.key}/", posted(draft, page.key, answers))
            assert sent.status_code == 302, sent.content.decode()[-2000:]
            assert sent["Location"] == f"/drafts/linked/{found.pk}/"
            pages += 1
    return pages


@pytest.fixture
def citizen() -> User:
    make_units()
    return make_citizen()


def test_an_offer_is_found_by_words_by_a_part_and_by_the_life_event() -> None:
    define(*BIRTH)
    LifeEvent.objects.create(key="birth", name="Sinh con", name_en="Birth", position=1)
    LinkedGroup.objects.update(life_event="birth")
    forget_all()
    visitor = Client()
    for address in ("/search/?q=sinh con", "/life/birth/", "/procedures/1.100002/"):
        assert "/linked/birth/" in visitor.get(address).content.decode(), address
    text = visitor.get("/linked/birth/").content.decode()
    assert text.count('class="mc-parts__item"') == 3
    assert visitor.get("/linked/nothing/").status_code == 404
    assert visitor.get("/linked/birth/start/")["Location"].startswith("/sign-in/")


def test_three_procedures_are_filled_in_once_and_submitted_once(citizen: User) -> None:
    define(*BIRTH)
    client = signed_in(citizen)
    found = begin(client, "insurance")
    text = client.get(f"/drafts/linked/{found.pk}/").content.decode()
    assert "Việc residence" in text
    assert client.post(f"/drafts/linked/{found.pk}/submit/").status_code == 422
    pages = fill_in(client, citizen, found)
    whole = sum(len(one.form.groups) for one in group_drafts.filled(actor_of(citizen), found))
    assert pages < whole, "who applies and how the result comes is asked once"
    check = client.get(f"/drafts/linked/{found.pk}/check/").content.decode()
    assert "disabled" not in check.split("<main")[1].split("</form>")[0]
    answer = client.post(f"/drafts/linked/{found.pk}/submit/")
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    group = DossierGroup.objects.get()
    assert answer["Location"] == f"/dossiers/linked/{group.code}/"
    assert client.post(f"/drafts/linked/{found.pk}/submit/")["Location"] == answer["Location"], "twice submits once"
    assert DossierGroup.objects.count() == 1
    birth = Dossier.objects.get()
    waiting = GroupMember.objects.get(key="insurance")
    assert waiting.dossier is None
    assert waiting.submission["applicant_name"] == birth.applicant_name
    assert waiting.submission["answers"]["applicant"] == birth.answers["applicant"]
    page = client.get(answer["Location"]).content.decode()
    assert group.code in page
    assert page.count('class="mc-parts__item"') == 3
    assert group.code in client.get("/dossiers/").content.decode()
    assert group.code in client.get(f"/dossiers/{birth.code}/").content.decode()
    looked_up = Client().get(f"/lookup/?code={group.code}")
    assert looked_up.status_code == 200


def test_what_is_left_out_is_not_asked_and_a_new_start_replaces_the_old(citizen: User) -> None:
    define(*BIRTH)
    client = signed_in(citizen)
    first = begin(client, "insurance")
    second = begin(client)
    assert not GroupDraft.objects.filter(pk=first.pk).exists()
    assert Draft.objects.count() == 2
    assert [row.key for row in second.parts.order_by("position")] == ["birth", "residence"]
    assert client.post(f"/drafts/linked/{second.pk}/delete/").status_code == 302
    assert Draft.objects.count() == 0


def test_a_part_is_never_submitted_alone(citizen: User) -> None:
    define(*BIRTH)
    client = signed_in(citizen)
    found = begin(client)
    draft = found.parts.order_by("position")[0].draft
    leads = f"/drafts/linked/{found.pk}/"
    assert client.get(f"/drafts/{draft.pk}/")["Location"] == leads
    assert client.get(f"/drafts/{draft.pk}/check/")["Location"] == leads
    assert client.post(f"/drafts/{draft.pk}/submit/").status_code == 422
    assert Dossier.objects.count() == 0
    assert str(draft.pk) not in client.get("/dossiers/").content.decode()


def test_nobody_else_sees_or_touches_it(citizen: User) -> None:
    define(*BIRTH)
    client, other = signed_in(citizen), signed_in(make_citizen())
    found = begin(client)
    for address in ("", "check/", "delete/"):
        assert other.get(f"/drafts/linked/{found.pk}/{address}").status_code == 404
    assert other.post(f"/drafts/linked/{found.pk}/submit/").status_code == 404
    fill_in(client, citizen, found)
    client.post(f"/drafts/linked/{found.pk}/submit/")
    code = DossierGroup.objects.get().code
    assert other.get(f"/dossiers/linked/{code}/").status_code == 404
    assert other.post(f"/dossiers/linked/{code}/withdraw/").status_code == 404
    assert other.post(f"/dossiers/linked/{code}/parts/residence/drop/").status_code == 404


def test_parts_begin_are_dropped_and_the_rest_is_withdrawn(citizen: User) -> None:
    staff = make_staff()
    define(*BIRTH)
    client = signed_in(citizen)
    found = begin(client, "insurance")
    fill_in(client, citizen, found)
    client.post(f"/drafts/linked/{found.pk}/submit/")
    group = DossierGroup.objects.get()
    assert client.post(f"/dossiers/linked/{group.code}/parts/insurance/drop/").status_code == 302
    finish(Dossier.objects.get(), staff)
    advance(group.pk)
    assert Dossier.objects.count() == 2
    page: Any = client.get(f"/dossiers/linked/{group.code}/").content.decode()
    assert "Ủy ban nhân dân phường Thuận Hóa" in page
    assert client.get(f"/dossiers/linked/{group.code}/withdraw/").status_code == 200
    assert client.post(f"/dossiers/linked/{group.code}/withdraw/", {"reason": "Chuyển đi"}).status_code == 302
    assert sorted(Dossier.objects.values_list("status", flat=True)) == [7, 9]
    assert client.get(f"/dossiers/linked/{group.code}/withdraw/").status_code == 422


def test_the_group_of_a_birth_can_be_filled_in_whatever_the_first_form_leaves_out(citizen: User) -> None:
    """The form of a birth does not ask for the sex of who applies; that of a residence does, and keeps what is said."""
    shipped = next(one for one in groups.shipped() if one["key"] == "birth")
    for member in shipped["members"]:
        make_procedure(member["procedure"], name=member["title"])
    LinkedGroup.objects.create(key="birth", name=shipped["name"], members=shipped["members"])
    with begin_work(SYSTEM) as work:
        load_designed_forms(work)
    forget_all()
    client = signed_in(citizen)
    found = begin(client, "residence", "insurance")
    fill_in(client, citizen, found)
    client.get(f"/drafts/linked/{found.pk}/")
    fill_in(client, citizen, found)  # what is asked after all, once the first part is whole
    assert [one.result.fields() for one in group_drafts.filled(actor_of(citizen), found)] == [{}, {}, {}]
    answer = client.post(f"/drafts/linked/{found.pk}/submit/")
    assert answer.status_code == 302, answer.content.decode()[:3000]
