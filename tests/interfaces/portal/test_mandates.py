"""Mandates in one's account, and submitting for somebody else with one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from motcua.engines.accounts.models import Mandate, Party
from motcua.services.dossiers.models import Dossier, Draft
from tests.factories import make_citizen, make_procedure, make_units
from tests.interfaces.portal import support as portal

pytestmark = pytest.mark.django_db


def test_one_authorises_somebody_and_ends_it() -> None:
    grantor, agent = make_citizen(), make_citizen()
    assert agent.party is not None
    client, address = portal.signed_in(grantor), reverse("portal:mandates")
    given = {"name": agent.party.name, "identity_number": agent.party.identity_number}
    assert client.post(address, given | {"name": "Ai Đó Khác"}).status_code == 422
    assert client.post(address, given | {"procedures": "0.000000"}).status_code == 422
    assert client.post(address, given | {"valid_to": "2020-01-01"}).status_code == 422
    assert client.post(address, given | {"identity_number": "12"}).status_code == 422
    assert not Mandate.objects.exists()
    procedure = make_procedure()
    assert client.post(address, given | {"procedures": procedure.code}).status_code == 302
    mandate = Mandate.objects.get()
    assert (mandate.grantor_id, mandate.agent_id, mandate.procedures) == (
        grantor.party_id,
        agent.party_id,
        [procedure.code],
    )
    assert agent.party.name in client.get(address).content.decode()
    end = reverse("portal:mandate_end", args=[mandate.pk])
    assert portal.signed_in(make_citizen()).post(end).status_code == 404
    assert client.post(end).status_code == 302
    assert client.post(end).status_code == 302, "pressed twice: it has ended, as was wished"
    assert client.get(address).status_code == 200
    newcomer = {"name": "Phạm Văn Mới", "identity_number": "046090000888"}
    assert client.post(address, newcomer).status_code == 302
    assert Party.objects.get(identity_number="046090000888").name == "Phạm Văn Mới"


def test_an_agent_submits_for_the_grantor_and_follows_it() -> None:
    make_units()
    grantor, agent, other = make_citizen(), make_citizen(), make_citizen()
    procedure = make_procedure()
    client = portal.signed_in(agent)
    assert grantor.party is not None
    assert agent.party is not None
    portal.signed_in(grantor).post(
        reverse("portal:mandates"), {"name": agent.party.name, "identity_number": agent.party.identity_number}
    )
    mandate = Mandate.objects.get()
    start = reverse("portal:start", args=[procedure.code])
    assert grantor.party.name in client.get(start).content.decode()
    client.post(start, {"ward": "19777", "for": str(mandate.pk)})
    draft = Draft.objects.get(owner=agent)
    assert draft.party_id == grantor.party_id
    assert grantor.party.name in str(draft.answers), "the form is filled for the one who applies"
    assert set(portal.fill_in(client, draft)) == {302}
    assert client.post(reverse("portal:submit", args=[draft.pk])).status_code == 302
    dossier = Dossier.objects.get()
    assert (dossier.applicant_id, dossier.agent_id) == (grantor.party_id, agent.party_id)
    page = reverse("portal:dossier", args=[dossier.code])
    assert client.get(page).status_code == 200
    assert portal.signed_in(grantor).get(page).status_code == 200
    assert portal.signed_in(other).get(page).status_code == 404
    portal.signed_in(grantor).post(reverse("portal:mandate_end", args=[mandate.pk]))
    assert client.get(page).status_code == 404, "the mandate has ended"
    client.post(start, {"ward": "19777", "for": str(mandate.pk)})
    assert not Draft.objects.filter(owner=agent, party=grantor.party, dossier__isnull=True).exists()


def test_a_mandate_that_ended_meanwhile_submits_nothing() -> None:
    make_units()
    grantor, agent = make_citizen(), make_citizen()
    procedure = make_procedure()
    assert agent.party is not None
    portal.signed_in(grantor).post(
        reverse("portal:mandates"), {"name": agent.party.name, "identity_number": agent.party.identity_number}
    )
    mandate = Mandate.objects.get()
    client = portal.signed_in(agent)
    client.post(reverse("portal:start", args=[procedure.code]), {"ward": "19777", "for": str(mandate.pk)})
    draft = Draft.objects.get(owner=agent)
    portal.fill_in(client, draft)
    portal.signed_in(grantor).post(reverse("portal:mandate_end", args=[mandate.pk]))
    assert client.post(reverse("portal:submit", args=[draft.pk])).status_code == 403
    assert not Dossier.objects.exists()


def test_a_mandate_that_ended_in_between_makes_nobody_the_applicant_in_silence() -> None:
    make_units()
    grantor, agent = make_citizen(), make_citizen()
    assert agent.party is not None
    procedure = make_procedure(name="Đăng ký tạm trú")
    given = {"name": agent.party.name, "identity_number": agent.party.identity_number, "procedures": procedure.code}
    portal.signed_in(grantor).post(reverse("portal:mandates"), given)
    mandate = Mandate.objects.get()
    client, start = portal.signed_in(agent), reverse("portal:start", args=[procedure.code])
    assert str(mandate.pk) in client.get(start).content.decode()
    assert "Đăng ký tạm trú" in client.get(reverse("portal:mandates")).content.decode(), "by its name, not its code"
    begun = client.post(start, {"ward": "19777", "for": str(mandate.pk)})["Location"]
    assert grantor.party is not None
    for address in (begun, f"{begun}check/", "/dossiers/"):
        assert grantor.party.name in client.get(address).content.decode(), "for whom it is stands on every page"
    Draft.objects.all().delete()
    portal.signed_in(grantor).post(reverse("portal:mandate_end", args=[mandate.pk]))
    for chosen in (str(mandate.pk), "garbage"):
        assert client.post(start, {"ward": "19777", "for": chosen}).status_code == 422
    assert not Draft.objects.exists()
