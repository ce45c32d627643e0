from __future__ import annotations

from motcua.engines.forms import validate
from motcua.engines.forms.summary import answers_summary, applicant_of, attached, display, group_of, subject_of
from tests.engines.forms.support import ANSWERS, TODAY, everything, field, form_with

VALUES = validate(everything(), ANSWERS, today=TODAY).values


def test_answers_as_people_read_them() -> None:
    groups = answers_summary(everything(), VALUES)
    assert [group.key for group in groups] == ["who", "details", "end"]
    shown = {answer.path: answer.display for group in groups for answer in group.answers}
    assert shown["who.kind"] == "Cá nhân"
    assert shown["who.birth_date"] == "02/03/1990"
    assert shown["home"] == "12 Lê Lợi, Phường Thuận Hóa, Thành phố Huế"
    assert shown["married"] == "Có"
    assert shown["since"] == "01/05/2020 (ngày một tháng năm năm hai nghìn không trăm hai mươi)"
    assert shown["papers"] == "a\nb"
    assert shown["price"] == "1.250.000 đồng (Một triệu hai trăm năm mươi nghìn đồng)"
    assert shown["area"] == "75,5 m²"
    assert shown["people.1.name"] == "Bé"
    assert shown["sure"] == "Đã xác nhận"
    assert "mail" not in shown


def test_in_english() -> None:
    groups = answers_summary(everything(), VALUES, "en")
    lines = {answer.path: answer for group in groups for answer in group.answers}
    assert lines["price"].display == "1,250,000 đồng"
    assert lines["price"].label == "PRICE"
    assert lines["people.1.name"].row == 2


def test_who_applies_and_for_what() -> None:
    applicant = applicant_of(everything(), VALUES)
    assert (applicant.name, applicant.kind, applicant.birth_date) == ("Trần Thị Bích", "person", "1990-03-02")
    assert applicant.address is not None
    assert applicant.address["province"] == "46"
    assert subject_of(everything(), VALUES) == "Hồ sơ của Trần Thị Bích"
    assert subject_of(everything(), {}, "en") == "Dossier of …"
    assert subject_of(form_with(field("x", "text")), {}) == "t"


def test_attached_files() -> None:
    assert attached(everything(), VALUES | {"seal": ["0193aaaa-bbbb"]}) == [("seal", "seal", ["0193aaaa-bbbb"])]


def test_values_of_an_older_version_are_shown_plainly() -> None:
    colour = everything().fields["colour"]
    assert display(colour, "mauve") == "mauve"
    assert display(everything().fields["price"], "một ít") == "một ít"
    assert answers_summary(everything(), {"people": ["rubbish"], "who": "rubbish"})[0].answers[0].display == "rubbish"


def test_page_of_an_answer() -> None:
    group = group_of(everything(), "people.0.name")
    assert group is not None
    assert group.key == "details"
    assert group_of(everything(), "nothing") is None
