"""The lines of a dossier's history."""

from __future__ import annotations

from motcua.engines.ledger.models import Event
from motcua.foundation import clock
from motcua.interfaces.desk.history import told


def reminded(**data: str) -> str:
    event = Event(kind="dossier.reminded", at=clock.now(), actor={"kind": "system"}, data={"step": "verify", **data})
    return told([event], {"verify": "Thẩm định"}, {})[0].detail


def test_a_reminder_says_by_which_rule() -> None:
    assert reminded(rule="Quá hạn 24 giờ: báo cấp trên") == "Thẩm định: Quá hạn 24 giờ: báo cấp trên"
    assert reminded() == "Thẩm định"
