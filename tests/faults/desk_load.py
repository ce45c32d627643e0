"""Officers at the desk while things die: what got no answer is sent again; what was answered must be there, once."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from motcua.foundation.keys import new_id
from tests.support.running import Platform

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
AT_LEAST = 2
"""Rounds: one before anything is killed, so that all are signed in, and one while it happens."""

WARD = "19753"  # where the demonstration's officers sit
LONG = "1.001699"  # 25 working days: long enough to be extended


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was acknowledged: the dossier or sheet, and the one event that it must have left."""

    dossier: str
    kind: str


class Officer:
    """A persona in a browser without pictures. ``patience``: seconds until a request that gets no answer is a fault."""

    def __init__(self, platform: Platform, persona: str, *, patience: float = 240.0) -> None:
        self._platform, self._persona, self._patience = platform, persona, patience
        self._cookies = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        self._token, self._home = "", "/sign-in/"
        self.unavailable = 0
        self.at = ""
        """The address of the page that was answered last, redirects followed."""

    def sign_in(self) -> None:
        self.ask("/sign-in/")
        self.post("/sign-in/demo/", {"persona": self._persona})
        self._home = "/desk/"
        self.ask(self._home)

    def ask(self, path: str) -> int:
        return self._until_answered(path, None)

    def post(self, path: str, data: dict[str, Any]) -> int:
        """200 once the redirect was followed; 409 or 422 where a repetition finds it done."""
        return self._until_answered(path, data)

    def _until_answered(self, path: str, data: dict[str, Any] | None) -> int:
        end, tries = time.monotonic() + self._patience, 0
        while time.monotonic() < end:
            tries += 1
            if tries > 1 and data is not None:
                # signing in changes the cookie; whether that has come to us before the answer broke off, nobody knows
                self._until_answered(self._home, None)
            sent = None if data is None else {**data, "csrfmiddlewaretoken": self._token}
            body = None if sent is None else urllib.parse.urlencode(sent, doseq=True).encode()
            request = urllib.request.Request(self._platform.url + path, body)  # noqa: S310 -- our own address
            try:
                with self._browser.open(request, timeout=30) as answer:
                    page = answer.read().decode(errors="replace")
                    if found := TOKEN.search(page):
                        self._token = found[1]
                    self.at = urllib.parse.urlsplit(answer.url).path
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                if error.code in (502, 503):
                    self.unavailable += 1
                elif error.code == 403 and tries == 1 and data is not None:
                    continue  # the token of the page before belongs to another cookie
                elif error.code in (409, 422) and tries > 1:
                    return error.code
                else:
                    raise AssertionError(f"{path}: {error.code} {error.read()[:300]!r}") from error
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.2)
        raise AssertionError(f"{path}: no answer in {self._patience:.0f} s")


@dataclass
class Desk:
    """Round after round: three dossiers come in; the counter accepts them in one act, the specialist takes each in hand
    and passes on, asks for papers, and the head extends, stops and takes up again; a payment is demanded and noted."""

    personas: ClassVar[tuple[str, ...]] = ("counter", "specialist", "head")

    platform: Platform
    submit: Callable[[dict[str, Any], str], Any]
    look: Callable[[str, list[Any]], list[tuple[Any, ...]]]
    done: list[Done] = field(default_factory=list)
    runs: int = 0

    def live(self, stopped: Callable[[], bool]) -> None:
        officers = {name: Officer(self.platform, name) for name in self.personas}
        for officer in officers.values():
            officer.sign_in()
        while self.runs < AT_LEAST or not stopped():
            self._round(officers)

    def _round(self, officers: dict[str, Officer]) -> None:
        """One round of acts, each noted once it was acknowledged."""
        made = [self.submit(_body(), f"desk-{new_id()}")["code"] for _ in range(3)]
        keys = [str(self._value("SELECT case_id FROM dossiers_dossier WHERE code = %s", [code])) for code in made]
        officers["counter"].post("/desk/bulk/", {"verb": "accept", "dossier": keys, "token": new_id().hex})
        self.runs += 1
        self._wait_for(keys)
        self._note(keys, "dossier.accepted")
        for key in keys:
            self._act(officers["specialist"], key, "claim", "dossier.claimed")
        self._act(officers["head"], keys[0], "extend", "dossier.extended", count=2, per="working_day", reason="complex",
                  explanation="Xin lỗi ông bà.")  # fmt: skip
        self._act(officers["specialist"], keys[1], "pass_on", "dossier.passed_on", opinion="Đủ điều kiện")
        self._act(officers["specialist"], keys[2], "supplement", "dossier.supplement_requested", name_other="Sổ cũ",
                  reason_other="Bản chụp mờ")  # fmt: skip
        head = officers["head"]
        self._act(head, keys[0], "stop", "dossier.stopped", reason="dispute", explanation="Có tranh chấp.")
        self._act(head, keys[0], "reopen", "dossier.reopened", reason="cause_gone", explanation="Hết tranh chấp.")
        self._act(officers["specialist"], keys[0], "demand_payment", "dossier.payment_demanded", name="Lệ phí trước bạ",
                  amount=150_000)  # fmt: skip
        self._act(officers["counter"], keys[0], "note_payment", "dossier.paid", receipt="BL01", amount=150_000)

    def _wait_for(self, keys: list[str]) -> None:
        """An act on many that was broken off is carried on by the worker; it comes to its end."""
        end = time.monotonic() + 120
        question = "SELECT count(*) FROM dossiers_dossier WHERE case_id = ANY(%s::uuid[]) AND accepted_at IS NULL"
        while self._value(question, [keys]):
            assert time.monotonic() < end, f"an act on many does not come to its end: {keys}"
            time.sleep(0.2)

    def _act(self, officer: Officer, key: str, verb: str, kind: str, *, beside: bool = False, **data: Any) -> None:
        """An act of the dossier's page on its open step; ``beside``: on the question that another agency was asked."""
        rows = self.look(
            "SELECT id FROM cases_task WHERE case_id = %s AND state IN ('open', 'waiting') "
            "ORDER BY (stage = 'consult') = %s DESC",
            [key, beside],
        )
        task = rows[0][0] if rows else ""
        officer.post(f"/desk/dossiers/{key}/act/{verb}/", {"task": str(task), **data})
        self._note([key], kind)

    def _note(self, keys: list[str], kind: str) -> None:
        self.done += [Done(key, kind) for key in keys]

    def _value(self, question: str, values: list[Any]) -> Any:
        return self.look(question, values)[0][0]


def _body() -> dict[str, Any]:
    """A dossier of the ward where the officers sit."""
    return {
        "procedure": LONG,
        "ward_code": WARD,
        "applicant": {"name": "Trần Thị Bình", "phone": "0905123456"},
        "components": [{"key": "giay-to", "originals": 1}],
    }


def missing(done: list[Done], look: Callable[[str, list[Any]], list[tuple[Any, ...]]]) -> list[str]:
    """What was acknowledged and is not there as often as it was, or is there more often."""
    rows = look(
        "SELECT stream::text, kind, count(*) FROM ledger_event WHERE stream = ANY(%s::uuid[]) GROUP BY 1, 2",
        [[each.dossier for each in done]],
    )
    counts = {(stream, kind): count for stream, kind, count in rows}
    return [
        json.dumps([stream, kind, counts.get((stream, kind), 0), times])
        for (stream, kind), times in Counter((each.dossier, each.kind) for each in done).items()
        if counts.get((stream, kind), 0) != times
    ]
