"""The province of the tests stands, and dossiers come to each stage by the real actions."""

from __future__ import annotations

import pytest

from motcua.services.dossiers.rules import Status
from tests.factories import STAGES, make_client, make_dossier

EXPECTED = {
    "new": Status.NEW,
    "accepted": Status.ACCEPTED,
    "supplement": Status.SUPPLEMENT,
    "processing": Status.PROCESSING,
    "signing": Status.PROCESSING,
    "finished": Status.FINISHED,
    "returned": Status.RETURNED,
    "refused": Status.REFUSED,
    "withdrawn": Status.WITHDRAWN,
}


@pytest.mark.django_db
@pytest.mark.parametrize("stage", STAGES)
def test_a_dossier_comes_to_each_stage(stage: str) -> None:
    assert make_dossier(stage).status == EXPECTED[stage]


@pytest.mark.django_db
def test_a_machine_client_has_a_token() -> None:
    client, token = make_client()
    assert client.active
    assert token
