"""The lines of a dossier's history."""

from __future__ import annotations

from datetime import UTC, datetime

from motcua.engines.ledger.models import Event
from motcua.engines.notices.queries import InboxItem
from motcua.foundation import clock
from motcua.foundation.keys import new_id
from motcua.interfaces.desk import history
from motcua.interfaces.desk.history import told


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
