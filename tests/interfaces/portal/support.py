"""A citizen with a browser: the test client, signed in, and forms filled in as a person would."""

from __future__ import annotations

from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.engines.accounts.models import User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.forms.posting import input_name, to_post
from motcua.engines.forms.samples import sample_answers
from motcua.services.dossiers.actions import drafts
from motcua.services.dossiers.models import Draft
from tests.engines.files.samples import pdf


def signed_in(user: User) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(user)
    return client


def begin(client: Client, code: str, ward: str = "19777") -> Draft:
    """Begins a draft as the start page does."""
    answer = client.post(f"/procedures/{code}/start/", {"ward": ward})
    assert answer.status_code == 302, answer.content
    return Draft.objects.get(pk=answer["Location"].split("/")[2])


def posted(draft: Draft, group: str, answers: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends for one page: inputs, and files where the page asks for them."""
    form = drafts.form_of(draft)
    data: dict[str, Any] = {}
    for name, value in to_post(form, answers, [group]):
        data.setdefault(name, []).append(value)
    for one in form.group(group).fields:
        if one.type == "file":
            data.pop(input_name(one.key), None)
            if answers.get(one.key):
                data[input_name(one.key)] = SimpleUploadedFile("giấy tờ.pdf", pdf(), "application/pdf")
    return data


def fill_in(client: Client, draft: Draft, seed: int = 1) -> list[int]:
    """Sends every page of the form with answers that are right. Returns the statuses."""
    form = drafts.form_of(draft)
    answers = sample_answers(form, Random(seed), fullness=1.0)
    return [
        client.post(f"/drafts/{draft.id}/parts/{group.key}/", posted(draft, group.key, answers)).status_code
        for group in form.groups
    ]


def submit(user: User, code: str) -> str:
    """Submits a dossier through the pages; its code."""
    client = signed_in(user)
    draft = begin(client, code)
    assert set(fill_in(client, draft)) == {302}
    answer = client.post(f"/drafts/{draft.id}/submit/")
    assert answer.status_code == 302, answer.content
    draft.refresh_from_db()
    assert draft.dossier is not None
    assert actor_of(user).party_id == draft.dossier.applicant_id
    return draft.dossier.code
