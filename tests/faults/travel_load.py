"""Papers between a counter and the agency while things die: received where it is not handled, handed over with a sheet,
confirmed on the other side, decided, sent back, returned, found wrong and corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from motcua.foundation.keys import new_id
from tests.faults.desk_load import LONG, WARD, Desk, Officer

CENTRE = "H57.30"
THEIRS = "clerk"
"""Who sits at the ward's own counter: another person than the one who receives at the centre."""

_VERSION = (
    "SELECT v.id FROM procedures_procedureversion v JOIN procedures_procedure p ON p.id = v.procedure_id "
    "WHERE p.code = %s AND v.state = 'PUBLISHED' AND v.effective_to IS NULL ORDER BY v.number DESC"
)
_SHEET = (
    "SELECT s.id, i.id FROM dossiers_handover s JOIN dossiers_handoveritem i ON i.sheet_id = s.id "
    "WHERE i.dossier_id = %s ORDER BY s.made_at DESC"
)


@dataclass
class Travels(Desk):
    """Round after round one dossier goes all the way; every second time its papers come incomplete at first."""

    personas: ClassVar[tuple[str, ...]] = ("counter", "specialist", "head", THEIRS)

    def _round(self, officers: dict[str, Officer]) -> None:
        if not self.runs:
            self._settle_in()
        counter, theirs = officers["counter"], officers[THEIRS]
        specialist, head = officers["specialist"], officers["head"]
        key = self._received(counter)
        if self.runs % 2:
            self._hand_over(counter, key)
            self._confirm(theirs, key, whole=False)
        self._hand_over(counter, key)
        self._confirm(theirs, key)
        self._act(specialist, key, "claim", "dossier.claimed")
        self._consult(specialist, key)
        while self._stage(key) == "process":
            self._act(specialist, key, "pass_on", "dossier.passed_on", opinion="Đủ điều kiện")
        self._act(head, key, "complete", "dossier.completed", decision="approve", name="Giấy xác nhận", number="1/GXN")
        self._hand_over(theirs, key)
        self._confirm(counter, key)
        self._return(counter, key)
        self._act(counter, key, "ask_correction", "dossier.correction_asked", reason="typing", explanation="Sai tên.")
        self._act(head, key, "correct_result", "dossier.corrected", name="Giấy xác nhận đúng")
        self._hand_over(theirs, key)
        self._confirm(counter, key)
        self._return(counter, key)
        self.runs += 1

    def _settle_in(self) -> None:
        """Somebody of the ward keeps its counter; put in beside the platform, as an administrator would."""
        self.look(
            "INSERT INTO organisations_appointment (id, user_id, unit_id, role_id, title, valid_from) "
            "SELECT %s, u.id, o.id, 'counter', '', current_date - 30 FROM accounts_user u, organisations_unit o "
            "WHERE u.username = 'demo-clerk' AND o.one_stop AND o.kind = 'centre' AND o.parent_id = "
            "(SELECT id FROM organisations_unit WHERE ward_code = %s AND kind = 'commune' LIMIT 1) LIMIT 1 "
            "RETURNING id",
            [new_id(), WARD],
        )

    def _received(self, counter: Officer) -> str:
        """A walk-in at the province's centre for what the ward handles, step by step as on the screen."""
        centre = self._value("SELECT id FROM organisations_unit WHERE code = %s", [CENTRE])
        ward = self._value("SELECT id FROM organisations_unit WHERE ward_code = %s AND kind = 'commune'", [WARD])
        counter.post("/desk/intake/begin/", {"unit": str(centre)})
        intake = counter.at.split("/")[3]
        for name, given in (
            ("person", {"kind": "citizen", "name": "Trần Thị Bình", "identity_number": "046190000123"}),
            ("procedure", {"version": str(self._value(_VERSION, [LONG]))}),
            ("form", {"paper_form": "1"}),
            ("papers", {"as_listed": "1", "competent": str(ward), "delivery": "counter"}),
            ("check", {}),
        ):
            counter.post(f"/desk/intake/{intake}/{name}/", given)
        key = str(self._value("SELECT dossier_id FROM desk_intake WHERE id = %s", [intake]))
        assert key != "None", f"the walk-in {intake} was acknowledged and there is no dossier"
        self._note([key], "dossier.submitted")
        self._note([key], "dossier.accepted")
        return key

    def _hand_over(self, sender: Officer, key: str) -> None:
        sender.post("/desk/handover/make/", {"dossier": key})
        sheet, _item = self._sheet(key)
        self._note([key], "dossier.handed_over")
        self._note([sheet], "hand_over.made")

    def _confirm(self, receiver: Officer, key: str, *, whole: bool = True) -> None:
        sheet, item = self._sheet(key)
        said: dict[str, Any] = {f"whole_{item}": "yes" if whole else "no", f"remark_{item}": "" if whole else "Thiếu"}
        receiver.post(f"/desk/handover/{sheet}/", said)
        self._note([key], "dossier.papers_arrived" if whole else "dossier.papers_incomplete")
        self._note([sheet], "hand_over.confirmed")

    def _sheet(self, key: str) -> tuple[str, str]:
        rows = self.look(_SHEET, [key])
        assert rows, f"the papers of {key} were handed over and there is no sheet"
        return str(rows[0][0]), str(rows[0][1])

    def _consult(self, specialist: Officer, key: str) -> None:
        """The department in which the same persona sits is asked, and answers."""
        department = self._value("SELECT id FROM organisations_unit WHERE code = %s", ["H57.08"])
        self._act(specialist, key, "ask_opinions", "dossier.opinions_asked", question="Có phù hợp quy hoạch không?",
                  agencies=str(department), count=2, per="working_day")  # fmt: skip
        self._act(
            specialist, key, "answer_opinion", "dossier.opinion_given", beside=True, agrees="yes", answer="Phù hợp."
        )

    def _return(self, counter: Officer, key: str) -> None:
        self._act(counter, key, "return", "dossier.returned", received_by="Trần Thị Bình", delivery="counter",
                  identity_checked="on")  # fmt: skip

    def _stage(self, key: str) -> str:
        question = "SELECT stage FROM cases_task WHERE case_id = %s AND state = 'open' AND stage <> 'consult'"
        return str(self._value(question, [key]))
