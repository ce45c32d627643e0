"""Filling in: start, one part a page, files, saving by itself, checking, submitting once; all without JavaScript."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.engines.accounts.models import User
from motcua.engines.files.models import Upload
from motcua.engines.forms.samples import sample_answers
from motcua.services.dossiers.actions import drafts
from motcua.services.dossiers.models import Dossier, DossierFile, Draft
from motcua.services.procedures.content import ProcedureData
from tests.engines.files.samples import pdf, picture
from tests.factories import make_citizen, make_officer, make_procedure, make_units
from tests.interfaces.portal.support import begin, fill_in, posted, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def procedure() -> ProcedureData:
    make_units()
    return make_procedure("1.001193", name="Thủ tục đăng ký khai sinh")


@pytest.fixture
def citizen() -> User:
    return make_citizen()


@pytest.fixture
def browser_of(citizen: User) -> Client:
    return signed_in(citizen)


def part_with(draft: Draft, type_: str) -> tuple[str, str]:
    """(group, field) of the first field of a type."""
    form = drafts.form_of(draft)
    return next((group.key, one.key) for group in form.groups for one in group.fields if one.type == type_)


def test_a_visitor_signs_in_first_and_comes_back(procedure: ProcedureData, client: Client) -> None:
    answer = client.get("/procedures/1.001193/start/")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=%2Fprocedures%2F1.001193%2Fstart%2F"


def test_an_officer_is_told_to_use_their_own_account(procedure: ProcedureData) -> None:
    officer = signed_in(make_officer("counter"))
    for url in ("/procedures/1.001193/start/", "/dossiers/", "/inbox/", "/account/"):
        assert officer.get(url).status_code in (302, 403)


def test_the_ward_of_the_persons_address_is_chosen_already(procedure: ProcedureData, browser_of: Client) -> None:
    page = browser_of.get("/procedures/1.001193/start/").content.decode()
    assert '<option value="19777" selected>' in page
    assert Draft.objects.count() == 0, "looking at the page begins nothing"


def test_starting_without_a_ward_says_so(procedure: ProcedureData, browser_of: Client) -> None:
    for ward in ("", "00000", "x' OR 1"):
        answer = browser_of.post("/procedures/1.001193/start/", {"ward": ward})
        assert answer.status_code == 422
        assert "govuk-error-summary" in answer.content.decode()


def test_what_was_begun_is_offered_again(procedure: ProcedureData, browser_of: Client) -> None:
    draft = begin(browser_of, "1.001193")
    page = browser_of.get("/procedures/1.001193/start/").content.decode()
    assert f"/drafts/{draft.id}/" in page
    again = browser_of.post("/procedures/1.001193/start/", {"ward": "19777", "again": "1"})
    assert again["Location"] != f"/drafts/{draft.id}/"
    assert not Draft.objects.filter(pk=draft.id).exists()


def test_known_answers_are_text_with_their_source(procedure: ProcedureData, browser_of: Client, citizen: User) -> None:
    draft = begin(browser_of, "1.001193")
    group, _ = part_with(draft, "party")
    page = browser_of.get(f"/drafts/{draft.id}/parts/{group}/").content.decode()
    assert "mc-prefilled" in page
    assert citizen.full_name in page
    assert 'name="_edit"' in page


def test_a_known_answer_opens_for_editing(procedure: ProcedureData, browser_of: Client) -> None:
    draft = begin(browser_of, "1.001193")
    group, key = part_with(draft, "party")
    answers = {**draft.answers}
    data = posted(draft, group, answers) | {"_edit": f"{key}-name"}
    page = browser_of.post(f"/drafts/{draft.id}/parts/{group}/", data).content.decode()
    assert f'id="f-{key}-name"' in page
    assert 'type="text"' in page
    assert f'<input type="hidden" name="_editing" value="{key}-name">' in page


def test_an_empty_page_is_kept_and_told_what_is_missing(procedure: ProcedureData, browser_of: Client) -> None:
    draft = begin(browser_of, "1.001193")
    group, _ = part_with(draft, "party")
    answer = browser_of.post(f"/drafts/{draft.id}/parts/{group}/", {})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "govuk-error-summary" in page
    assert "govuk-error-message" in page
    assert "<title>Lỗi: " in page


def test_a_file_is_stored_shown_and_taken_away(procedure: ProcedureData, browser_of: Client) -> None:
    draft = begin(browser_of, "1.001193")
    group, key = part_with(draft, "file")
    url = f"/drafts/{draft.id}/parts/{group}/"
    data: dict[str, Any] = {key: SimpleUploadedFile("Giấy chứng sinh.pdf", pdf(), "application/pdf")}
    browser_of.post(url, data | {"_leave": "1"})
    draft.refresh_from_db()
    (upload,) = draft.answers[key]
    page = browser_of.get(url).content.decode()
    assert "Giấy chứng sinh.pdf" in page
    file_url = f"/drafts/{draft.id}/files/{upload}/"
    assert file_url in page
    shown = browser_of.get(file_url)
    assert shown.status_code == 200
    assert b"".join(shown.streaming_content) == pdf()  # type: ignore[attr-defined]
    assert signed_in(make_citizen()).get(file_url).status_code == 404
    browser_of.post(url, {key: [upload], "_drop": f"{key}-{upload}"})
    draft.refresh_from_db()
    assert draft.answers[key] == []
    assert browser_of.get(file_url).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.exe", b"MZ\x90\x00" + b"\0" * 200),
        ("page.html", b"<html><script>alert(1)</script></html>"),
        ("empty.pdf", b""),
        ("fake.pdf", picture()),
        ("../../etc/passwd.pdf", b"not a pdf"),
    ],
)
def test_a_wrong_file_is_refused_beside_its_field(
    procedure: ProcedureData, browser_of: Client, name: str, content: bytes
) -> None:
    draft = begin(browser_of, "1.001193")
    group, key = part_with(draft, "file")
    answer = browser_of.post(f"/drafts/{draft.id}/parts/{group}/", {key: SimpleUploadedFile(name, content)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="f-{key}-error"' in page
    assert not Upload.objects.exists()


def test_saving_by_itself_answers_the_time_and_leaves_files_alone(procedure: ProcedureData, browser_of: Client) -> None:
    draft = begin(browser_of, "1.001193")
    group, key = part_with(draft, "file")
    url = f"/drafts/{draft.id}/parts/{group}/"
    browser_of.post(url, {key: SimpleUploadedFile("a.pdf", pdf()), "_leave": "1"})
    before = Draft.objects.get(pk=draft.id).answers[key]
    answer = browser_of.post(f"{url}save/", {})
    assert answer.status_code == 200
    assert set(answer.json()) == {"saved_at"}
    assert Draft.objects.get(pk=draft.id).answers[key] == before
    assert before


def test_saving_by_itself_of_a_visitor_is_refused(procedure: ProcedureData, browser_of: Client, client: Client) -> None:
    draft = begin(browser_of, "1.001193")
    group, _ = part_with(draft, "party")
    answer = client.post(f"/drafts/{draft.id}/parts/{group}/save/", {}, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 401


def test_the_whole_form_without_javascript(procedure: ProcedureData, browser_of: Client, citizen: User) -> None:
    draft = begin(browser_of, "1.001193")
    assert set(fill_in(browser_of, draft)) == {302}
    page = browser_of.get(f"/drafts/{draft.id}/check/").content.decode()
    assert "govuk-error-summary" not in page
    assert "?then=check#f-" in page
    first = browser_of.post(f"/drafts/{draft.id}/submit/")
    second = browser_of.post(f"/drafts/{draft.id}/submit/")
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    dossier = Dossier.objects.get()
    assert first["Location"] == f"/dossiers/{dossier.code}/submitted/"
    assert dossier.applicant_id == citizen.party_id
    assert DossierFile.objects.filter(dossier=dossier).exists()
    confirmation = browser_of.get(first["Location"]).content.decode()
    assert dossier.code in confirmation
    assert "mc-qr" in confirmation
    # the draft leads on to the dossier from now on
    for url in ("", "check/", "delete/", "place/"):
        assert browser_of.get(f"/drafts/{draft.id}/{url}")["Location"] == first["Location"]


def test_changing_an_answer_leads_back_to_checking(procedure: ProcedureData, browser_of: Client) -> None:
    draft = begin(browser_of, "1.001193")
    fill_in(browser_of, draft)
    form = drafts.form_of(draft)
    answers = sample_answers(form, Random(1), fullness=1.0)
    group = form.groups[0].key
    answer = browser_of.post(f"/drafts/{draft.id}/parts/{group}/?then=check", posted(draft, group, answers))
    assert answer["Location"] == f"/drafts/{draft.id}/check/"


def test_submitting_too_early_shows_what_is_missing(procedure: ProcedureData, browser_of: Client) -> None:
    draft = begin(browser_of, "1.001193")
    answer = browser_of.post(f"/drafts/{draft.id}/submit/")
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.content.decode()
    assert not Dossier.objects.exists()


def test_another_ward_can_be_chosen(procedure: ProcedureData, browser_of: Client) -> None:
    draft = begin(browser_of, "1.001193")
    assert browser_of.post(f"/drafts/{draft.id}/place/", {"ward": "x"}).status_code == 422
    assert browser_of.post(f"/drafts/{draft.id}/place/", {"ward": "19753"}).status_code == 302
    draft.refresh_from_db()
    assert draft.competent is not None
    assert draft.competent.ward_code == "19753"


def test_a_draft_is_deleted_after_asking(procedure: ProcedureData, browser_of: Client) -> None:
    draft = begin(browser_of, "1.001193")
    assert browser_of.get(f"/drafts/{draft.id}/delete/").status_code == 200
    assert Draft.objects.exists()
    browser_of.post(f"/drafts/{draft.id}/delete/")
    assert not Draft.objects.exists()


def test_the_draft_of_another_is_not_there(procedure: ProcedureData, browser_of: Client) -> None:
    draft = begin(browser_of, "1.001193")
    group, _ = part_with(draft, "party")
    other = signed_in(make_citizen())
    for url in ("", "check/", "place/", "delete/", f"parts/{group}/"):
        assert other.get(f"/drafts/{draft.id}/{url}").status_code == 404
        assert other.post(f"/drafts/{draft.id}/{url}").status_code in (404, 405)
    assert other.post(f"/drafts/{draft.id}/submit/").status_code == 404
    assert other.post(f"/drafts/{draft.id}/parts/{group}/save/").status_code == 404
    assert browser_of.get(f"/drafts/{draft.id}/parts/nothing/").status_code == 404
