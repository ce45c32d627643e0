"""The lines of a dossier's history."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

import motcua
from motcua.engines.ledger import readers
from motcua.engines.ledger.models import Event
from motcua.engines.notices.queries import InboxItem
from motcua.foundation import clock
from motcua.foundation.keys import new_id
from motcua.interfaces.desk import history
from motcua.interfaces.desk.administration.designer.saying import setting_value
from motcua.interfaces.desk.administration.event_values import Names, value_words
from motcua.interfaces.desk.administration.event_words import KINDS, READERS
from motcua.interfaces.desk.history import WORDS, told


def reminded(**data: str) -> str:
    event = Event(kind="dossier.reminded", at=clock.now(), actor={"kind": "system"}, data={"step": "verify", **data})
    return told([event], {"verify": "Thẩm định"}, {})[0].detail


def test_a_reminder_says_by_which_rule() -> None:
    assert reminded(rule="Quá hạn 24 giờ: báo cấp trên") == "Thẩm định: Quá hạn 24 giờ: báo cấp trên"
    assert reminded() == "Thẩm định"


def test_what_a_unit_is_told_stands_there_once() -> None:
    def said(subject: str, second: int, *, read: bool = False) -> InboxItem:
        at = datetime(2026, 3, 2, 8, 0, second, tzinfo=UTC)
        return InboxItem(new_id(), "dossier.adjusted_officer", at, read, subject, "", "", None)

    found = history.notices([said("new", 40), said("same", 9, read=True), said("same", 8), said("same", 7)])
    assert [(each.subject, each.sent, each.read) for each in found] == [("new", 1, 0), ("same", 3, 1)]
    assert found[1].at.second == 9


def recorded() -> set[str]:
    """All kinds of events that the code records, as far as they stand there in letters."""
    found = set()
    for file in Path(motcua.__file__).parent.rglob("*.py"):
        text = file.read_text()
        if "record" not in text:
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in ("record", "_record"):
                strings = [one.value for one in call.args if isinstance(one, ast.Constant)]
                found |= {one for one in strings if isinstance(one, str) and "." in one}
    return found


def test_every_kind_of_event_and_every_reader_has_words() -> None:
    kinds = recorded()
    assert len(kinds) > 100
    assert kinds - {*KINDS, *WORDS} == set()
    assert set(readers.registry) - set(READERS) == set()


@pytest.mark.django_db
def test_values_of_events_are_said_in_words() -> None:
    names = Names([], {"verify": "Thẩm định"}, {"paper-1": "Giấy chứng sinh"})
    assert names.words("status", [1, 2]) == "Mới đăng ký, Được tiếp nhận"
    assert names.words("to", ["verify"]) == "Thẩm định"
    assert names.words("component", "paper-1") == "Giấy chứng sinh"
    assert names.words("files", ["a", "b"]) == "2"
    assert names.words("competent", str(new_id())) == ""
    assert names.words("allowance", "3 working_day") == "3 ngày làm việc"
    assert names.words("items", [{"name": "Tờ khai", "reason": "thiếu"}, {"name": "Ảnh"}]) == "Tờ khai: thiếu, Ảnh"
    form = {
        "groups": [{"key": "who", "fields": [{"key": "kind", "type": "choice", "label": {"vi": "Quan hệ"}, "options": [
            {"value": "mother", "label": {"vi": "Mẹ", "en": "Mother"}}]}]}]
    }  # fmt: skip
    assert setting_value("type", "phone") == "Điện thoại"
    assert setting_value("visible_when", {"field": "kind", "is": "mother"}, form) == "“Quan hệ” là “Mẹ”"
    assert setting_value("", "Số máy (phone)") == "Số máy (Điện thoại)"
    assert value_words("2026-11-25T17:00:00+07:00") == "17:00 25/11/2026"
    assert value_words({"late": False}) == "Quá hạn: không"
