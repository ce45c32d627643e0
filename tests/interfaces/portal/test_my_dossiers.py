"""My dossiers: the list, every step, what is asked of me, papers, withdrawing; inbox and account."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from motcua.engines.accounts.models import Party, User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.cases.models import Remark
from motcua.engines.files.actions import store
from motcua.engines.notices.actions import preferences_of
from motcua.engines.notices.models import Message
from motcua.foundation.clock import VIETNAM
from motcua.foundation.keys import new_id
from motcua.services.dossiers import actions
from motcua.services.dossiers.models import Dossier, DossierFile, FileKind
from motcua.services.dossiers.rules import Status
from tests.engines.files.samples import pdf
from tests.factories import STAGES, Staff, make_citizen, make_dossier, make_procedure, make_staff, open_task
from tests.interfaces.portal.support import begin, signed_in

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)


@pytest.fixture
def citizen() -> User:
    return make_citizen()


@pytest.fixture
def mine(citizen: User) -> Client:
    return signed_in(citizen)


@pytest.fixture
def staff() -> Staff:
    return make_staff()


def page_of(client: Client, dossier: Dossier, status: int = 200) -> str:
    answer = client.get(f"/dossiers/{dossier.code}/")
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_has_a_page_with_its_story(citizen: User, mine: Client, stage: str) -> None:
    dossier = make_dossier(stage, citizen=citizen, at=FRIDAY)
    page = page_of(mine, dossier)
    assert dossier.code in page
    assert "Bạn đã nộp hồ sơ trực tuyến" in page
    told = {
        "accepted": "Trung tâm Phục vụ hành chính công phường Thuận Hóa đã tiếp nhận hồ sơ",
        "processing": "Ủy ban nhân dân phường Thuận Hóa đang xử lý: Thẩm định hồ sơ",
        "signing": "Ủy ban nhân dân phường Thuận Hóa đã xong bước: Thẩm định hồ sơ",
        "supplement": "đề nghị bạn bổ sung giấy tờ",
        "finished": "đã ký kết quả",
        "returned": "Bạn đã nhận kết quả tại quầy",
        "refused": "không tiếp nhận hồ sơ",
        "withdrawn": "Bạn đã rút hồ sơ",
    }
    assert told.get(stage, "") in page


def test_the_english_page_is_english(citizen: User, mine: Client) -> None:
    dossier = make_dossier("signing", citizen=citizen, at=FRIDAY)
    page = mine.get(f"/dossiers/{dossier.code}/", headers={"Accept-Language": "en"}, HTTP_COOKIE="").content.decode()
    mine.cookies["django_language"] = "en"
    page = page_of(mine, dossier)
    assert "You submitted the dossier online" in page
    assert "has finished: Verify" in page
    assert "Approve and sign" in page


def test_the_due_date_explains_itself(citizen: User, mine: Client) -> None:
    dossier = make_dossier("processing", citizen=citizen, at=FRIDAY)
    page = page_of(mine, dossier)
    assert "30/11/2026" in page
    assert "mc-reckoning" in page
    assert "khoản 3 Điều 17 Nghị định 118/2025/NĐ-CP" in page


def test_others_may_not_know_of_it(citizen: User, mine: Client, staff: Staff) -> None:
    dossier = make_dossier("supplement", citizen=citizen, staff=staff)
    other = signed_in(make_citizen())
    stranger = Client()
    row = dossier.files.first()
    paths = [
        "",
        "submitted/",
        "calendar.ics",
        "withdraw/",
        f"files/{row.pk if row else uuid4()}/",
        f"documents/{uuid4()}/",
    ]
    for path in paths:
        assert other.get(f"/dossiers/{dossier.code}/{path}").status_code == 404
        assert stranger.get(f"/dossiers/{dossier.code}/{path}").status_code == 302
    assert other.post(f"/dossiers/{dossier.code}/answer/", {"message": "x"}).status_code == 404
    assert other.post(f"/dossiers/{dossier.code}/withdraw/").status_code == 404


def test_the_list_has_drafts_on_top_and_asks_what_is_asked(citizen: User, mine: Client, staff: Staff) -> None:
    procedure = make_procedure("1.001193", name="Thủ tục đăng ký khai sinh")
    make_dossier("supplement", citizen=citizen, procedure=procedure, staff=staff, at=FRIDAY)
    draft = begin(mine, "1.001193")
    page = mine.get("/dossiers/").content.decode()
    assert page.index(f"/drafts/{draft.id}/") < page.index("/dossiers/H57")
    assert "Vui lòng bổ sung trước hết" in page
    assert "Đăng ký khai sinh" in page


def test_the_list_goes_on_page_by_page(citizen: User, mine: Client, staff: Staff) -> None:
    procedure = make_procedure()
    codes = [
        make_dossier(citizen=citizen, procedure=procedure, staff=staff, at=FRIDAY - timedelta(hours=hour)).code
        for hour in range(23)
    ]
    first = mine.get("/dossiers/").content.decode()
    older = first.split('rel="next" class="mc-pages__older" href="')[1].split('"')[0]
    second = mine.get(f"/dossiers/{older}").content.decode()
    shown = [code for code in codes if f"/dossiers/{code}/" in first]
    rest = [code for code in codes if f"/dossiers/{code}/" in second]
    assert len(shown) == 20
    assert sorted(shown + rest) == sorted(codes)
    assert mine.get("/dossiers/?after=rubbish").status_code == 200


def test_the_list_asks_at_most_eight_questions(
    citizen: User, mine: Client, staff: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    procedures = [make_procedure(name=f"Thủ tục {number}") for number in range(4)]
    for number in range(8):
        stage = ("new", "accepted", "supplement", "returned")[number % 4]
        make_dossier(stage, citizen=citizen, procedure=procedures[number % 4], staff=staff)
    begin(mine, procedures[0].code)
    mine.get("/dossiers/")
    with django_assert_max_num_queries(8):
        assert mine.get("/dossiers/").status_code == 200


def test_a_dossier_asks_few_questions(
    citizen: User, mine: Client, staff: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    dossier = make_dossier("signing", citizen=citizen, staff=staff)
    page_of(mine, dossier)
    with django_assert_max_num_queries(12):
        page_of(mine, dossier)


def test_answering_what_was_asked(citizen: User, mine: Client, staff: Staff) -> None:
    dossier = make_dossier("supplement", citizen=citizen, staff=staff)
    page = page_of(mine, dossier)
    assert page.index('id="asked"') < page.index("<h1")
    assert "Bản chụp mờ, không đọc được" in page
    empty = mine.post(f"/dossiers/{dossier.code}/answer/", {})
    assert empty.status_code == 422
    assert "govuk-error-summary" in empty.content.decode()
    wrong = mine.post(f"/dossiers/{dossier.code}/answer/", {"item-0": SimpleUploadedFile("a.exe", b"MZ" + b"\0" * 99)})
    assert wrong.status_code == 422
    paper = SimpleUploadedFile("chứng sinh.pdf", pdf())
    sent = mine.post(f"/dossiers/{dossier.code}/answer/", {"item-0": paper, "message": "Xin nhận giúp"})
    assert sent.status_code == 302
    file = DossierFile.objects.get(dossier=dossier, kind=FileKind.SUPPLEMENT)
    assert file.component is not None
    assert file.component.key == "p2"
    dossier.refresh_from_db()
    assert dossier.status == Status.PROCESSING
    page = page_of(mine, dossier)
    assert 'id="asked"' not in page
    assert "thời hạn được tính lại từ đầu" in page
    shown = mine.get(f"/dossiers/{dossier.code}/files/{file.pk}/")
    assert b"".join(shown.streaming_content) == pdf()  # type: ignore[attr-defined]
    assert Remark.objects.get(case=dossier.case).text == "Xin nhận giúp"
    again = mine.post(f"/dossiers/{dossier.code}/answer/", {"message": "x"})
    assert (again.status_code, again["Location"]) == (302, f"/dossiers/{dossier.code}/"), "sent twice"


def test_withdrawing_asks_first_and_ends_when_decided(citizen: User, mine: Client, staff: Staff) -> None:
    dossier = make_dossier("accepted", citizen=citizen, staff=staff)
    assert mine.get(f"/dossiers/{dossier.code}/withdraw/").status_code == 200
    dossier.refresh_from_db()
    assert dossier.status == Status.ACCEPTED
    mine.post(f"/dossiers/{dossier.code}/withdraw/", {"reason": "Nộp nhầm"})
    dossier.refresh_from_db()
    assert dossier.status == Status.WITHDRAWN
    decided = make_dossier("finished", citizen=citizen, staff=staff)
    assert mine.get(f"/dossiers/{decided.code}/withdraw/").status_code == 422
    assert mine.post(f"/dossiers/{decided.code}/withdraw/").status_code == 409


def test_the_result_is_handed_out_when_it_is_due_to_the_person(citizen: User, mine: Client, staff: Staff) -> None:
    dossier = make_dossier("signing", citizen=citizen, staff=staff)
    assert staff.head.id is not None
    upload = store(pdf("Ket qua"), "ket-qua.pdf", staff.head.id)
    file = actions.FileIn(upload.blob_id, upload.name)
    task = open_task(dossier.pk)
    actions.complete.run(staff.head, dossier.pk, task_id=task.id, approved=True, name="Giấy khai sinh", files=[file])
    row = DossierFile.objects.get(dossier=dossier, kind=FileKind.RESULT)
    url = f"/dossiers/{dossier.code}/files/{row.pk}/"
    assert mine.get(url).status_code == 404, "to be collected at the counter"
    assert "Mời bạn nhận tại" in page_of(mine, dossier)
    actions.return_result.run(staff.counter, dossier.pk, received_by="Trần Thị Bình")
    assert mine.get(url).status_code == 200
    assert url in page_of(mine, dossier)


def test_working_papers_stay_inside(citizen: User, mine: Client, staff: Staff) -> None:
    dossier = make_dossier("processing", citizen=citizen, staff=staff)
    assert staff.specialist.id is not None
    upload = store(pdf("Noi bo"), "noi-bo.pdf", staff.specialist.id)
    actions.attach.run(staff.specialist, dossier.pk, files=[actions.FileIn(upload.blob_id, upload.name)])
    actions.remark.run(staff.specialist, dossier.pk, text="Cần hỏi thêm công an phường")
    row = DossierFile.objects.get(dossier=dossier, kind=FileKind.WORKING)
    page = page_of(mine, dossier)
    assert "noi-bo.pdf" not in page
    assert "công an phường" not in page
    assert mine.get(f"/dossiers/{dossier.code}/files/{row.pk}/").status_code == 404


def test_the_due_date_goes_into_a_calendar(citizen: User, mine: Client, staff: Staff) -> None:
    dossier = make_dossier("accepted", citizen=citizen, staff=staff, at=FRIDAY)
    answer = mine.get(f"/dossiers/{dossier.code}/calendar.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    lines = answer.content.decode().split("\r\n")
    assert "DTEND:20261130T100000Z" in lines  # 17:00 in Viet Nam
    assert all(len(line.encode()) <= 75 for line in lines)
    assert dossier.applicant_name not in answer.content.decode()
    fresh = make_dossier("new", citizen=citizen, staff=staff)
    assert mine.get(f"/dossiers/{fresh.code}/calendar.ics").status_code == 404


def message_to(user: User, **fields: object) -> Message:
    params = {"code": "H57.100-261120-0001", "procedure": "Đăng ký khai sinh"}
    given = {"party": user.party, "kind": "dossier.submitted", "params": params, "at": FRIDAY, "dedupe": str(new_id())}
    return Message.objects.create(**{**given, **fields})


def test_the_inbox_counts_and_opening_is_reading(citizen: User, mine: Client) -> None:
    first, second = message_to(citizen), message_to(citizen, at=FRIDAY + timedelta(hours=1))
    page = mine.get("/inbox/").content.decode()
    assert page.count("mc-inbox__item--new") == 2
    assert '<span class="mc-count">2' in page
    opened = mine.get(f"/inbox/{first.pk}/").content.decode()
    assert "H57.100-261120-0001" in opened
    assert "/dossiers/H57.100-261120-0001/" in opened
    assert mine.get("/inbox/").content.decode().count("mc-inbox__item--new") == 1
    mine.post("/inbox/read/")
    second.refresh_from_db()
    assert second.read_at is not None


def test_messages_of_others_are_not_there(citizen: User, mine: Client) -> None:
    message = message_to(make_citizen())
    assert mine.get(f"/inbox/{message.pk}/").status_code == 404
    assert "H57.100" not in mine.get("/inbox/").content.decode()
    mine.post("/inbox/read/")
    message.refresh_from_db()
    assert message.read_at is None


def test_contact_details_are_changed_identity_is_not(citizen: User, mine: Client, staff: Staff) -> None:
    sent = {
        "phone": "0905 000 111",
        "email": "moi@example.vn",
        "ward_code": "19753",
        "address_line": "5 Lê Lợi",
        "name": "Kẻ Gian",
        "identity_number": "1",
    }
    assert mine.post("/account/contact/", sent).status_code == 302
    assert citizen.party is not None
    party = Party.objects.get(pk=citizen.party.pk)
    assert (party.phone, party.email, party.ward_code) == ("0905 000 111", "moi@example.vn", "19753")
    assert party.ward_name == "phường Phú Xuân"
    assert party.name == citizen.party.name
    assert party.identity_number == citizen.party.identity_number
    wrong = mine.post("/account/contact/", {**sent, "phone": "abc"})
    assert wrong.status_code == 422
    assert 'id="id_phone-error"' in wrong.content.decode()


def test_the_account_covers_the_identity_number(citizen: User, mine: Client) -> None:
    page = mine.get("/account/").content.decode()
    assert citizen.party is not None
    assert citizen.party.identity_number not in page
    assert citizen.party.identity_number[-4:] in page


def test_wishes_and_language_are_kept(citizen: User, mine: Client) -> None:
    mine.post("/account/wishes/", {"quiet_from": "22:00", "quiet_to": "06:00", "next": "//evil.example/"})
    wishes = preferences_of(actor_of(citizen))
    assert not wishes.email
    assert str(wishes.quiet_from) == "22:00:00"
    answer = mine.post("/account/wishes/", {"email": "1", "next": "https://evil.example/"})
    assert answer["Location"] == "/account/"
    mine.post("/account/language/", {"language": "en"})
    citizen.refresh_from_db()
    assert citizen.language == "en"
    assert 'lang="en"' in mine.get("/account/").content.decode()
    mine.post("/account/language/", {"language": "xx"})
    citizen.refresh_from_db()
    assert citizen.language == "en"
