"""Words, hints and life events that an administrator changes: search follows at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation.cache import forget_all
from motcua.foundation.errors import Invalid, NotAllowed, NotFound
from motcua.services.procedures import queries, wording
from motcua.services.procedures.importer import import_file
from motcua.services.procedures.models import SearchWord
from tests.services.procedures.samples import record, write
from tests.services.procedures.test_actions import EDITOR, STRANGER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(tmp_path: Path) -> None:
    names = {"1.000001": "Đăng ký thuyền rồng", "1.000002": "Cấp thẻ câu cá", "1.000003": "Nuôi voi"}
    import_file(write(tmp_path / "c.jsonl", *[record(code, name=name) for code, name in names.items()]), SYSTEM)


def codes(text: str) -> list[str]:
    return [hit.code for hit in queries.search(text)]


def test_a_new_word(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    assert codes("ttrg") == []
    with django_capture_on_commit_callbacks(execute=True), begin(EDITOR) as work:
        wording.set_word(work, "ABBREVIATION", "TTRG", "thuyền rồng")
    assert codes("ttrg") == ["1.000001"]
    with django_capture_on_commit_callbacks(execute=True), begin(EDITOR) as work:
        wording.set_word(work, "ABBREVIATION", "ttrg", "thuyền rồng", active=False)
    assert codes("ttrg") == []
    assert SearchWord.objects.filter(term="ttrg").count() == 1
    assert Event.objects.filter(kind="procedure_words.changed").count() == 2


def test_an_import_leaves_what_was_switched_off(tmp_path: Path) -> None:
    with begin(EDITOR) as work:
        wording.set_word(work, "ABBREVIATION", "gplx", "giấy phép lái xe", active=False)
    import_file(write(tmp_path / "d.jsonl", record("1.000009")), SYSTEM)
    assert not SearchWord.objects.get(term="gplx").active


def test_what_citizens_call_it(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True), begin(EDITOR) as work:
        wording.set_hint(work, "1.000003", 60, "tượng; quản tượng")
    assert codes("quan tuong") == ["1.000003"]
    assert queries.common(1)[0].code == "1.000003"


def test_a_life_event() -> None:
    with begin(EDITOR) as work:
        wording.set_life_event(work, "birth", "Sinh nở", "Birth", ["1.000002", "1.000001"])
    forget_all()
    event, listed = queries.life_event("birth")
    assert event.name == "Sinh nở"
    assert [one.code for one in listed] == ["1.000002", "1.000001"]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda work: wording.set_word(work, "RIDDLE", "a", "b"),
        lambda work: wording.set_word(work, "SYNONYM", "", "b"),
        lambda work: wording.set_word(work, "SYNONYM", "a", ""),
        lambda work: wording.set_hint(work, "1.000001", 101, ""),
        lambda work: wording.set_hint(work, "9.999999", 1, ""),
        lambda work: wording.set_life_event(work, "birth", "", "", []),
        lambda work: wording.set_life_event(work, "birth", "a", "b", ["9.999999"]),
        lambda work: wording.set_life_event(work, "unknown", "a", "b", []),
    ],
)
def test_what_cannot_be(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises((Invalid, NotFound)), begin(EDITOR) as work:
        wrong(work)
    with pytest.raises(NotAllowed), begin(STRANGER) as work:
        wrong(work)
