"""People who submit while things die: they repeat what got no answer, as the API's page tells them to."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg

from motcua.engines.accounts.queries import token_hash
from motcua.foundation.keys import new_id
from tests.faults.desk_load import Desk
from tests.faults.travel_load import Travels
from tests.support.running import Platform

SCOPES = ["dossier.submit", "dossier.read", "dossier.receive", "dossier.process", "dossier.return"]


@dataclass
class Acknowledged:
    """What the platform said it has: code, key, and the hash of the file that went with it."""

    code: str
    key: str
    sha256: str
    accepted: bool = False


@dataclass
class Load:
    """A few clients at once until ``stop``. ``faults``: answers that must never come (5xx but 503, wrong shapes)."""

    platform: Platform
    token: str
    acknowledged: list[Acknowledged] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unavailable: int = 0
    desk: Desk = field(init=False)
    travels: Travels = field(init=False)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        def look(question: str, values: list[Any]) -> list[tuple[Any, ...]]:
            return ask(self.platform, question, values)

        self.desk = Desk(self.platform, self._submitted, look)
        self.travels = Travels(self.platform, self._submitted, look)

    def start(self, clients: int = 4) -> None:
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(clients)]
        self._threads += [threading.Thread(target=self._at_the_desk, args=(desk,)) for desk in self.desks]
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """No new work; what was begun is brought to its answer."""
        self._stop.set()
        for thread in self._threads:
            thread.join(300)

    def _work(self, number: int) -> None:
        chance = random.Random(number)
        wards = ward_codes(self.platform)
        turn = 0
        while not self._stop.is_set():
            turn += 1
            data = pdf(f"{number}-{turn}-{new_id()}")
            upload = self._until_answered(
                "POST", "/api/v1/files?name=giay-to.pdf", data, kind="application/octet-stream"
            )
            key = f"fault-{number}-{turn}-{new_id()}"
            body = {
                "procedure": "1.001193",
                "ward_code": chance.choice(wards),
                "applicant": {"name": "Trần Thị Bình", "phone": "0905123456"},
                "components": [{"key": "giay-to", "originals": 1, "files": [upload["id"]]}],
            }
            made = self._until_answered("POST", "/api/v1/dossiers", json.dumps(body).encode(), key=key)
            entry = Acknowledged(made["code"], key, hashlib.sha256(data).hexdigest())
            with self._lock:
                self.acknowledged.append(entry)
            if chance.random() < 0.5:
                self._until_answered(
                    "POST", f"/api/v1/dossiers/{made['code']}/status", b'{"action": "accept"}', also=(409,)
                )
                entry.accepted = True

    def _submitted(self, body: dict[str, Any], key: str) -> Any:
        return self._until_answered("POST", "/api/v1/dossiers", json.dumps(body).encode(), key=key)

    @property
    def desks(self) -> tuple[Desk, ...]:
        """Those who work at the desk, each with sessions of their own."""
        return self.desk, self.travels

    def _at_the_desk(self, desk: Desk) -> None:
        try:
            desk.live(self._stop.is_set)
        except AssertionError as error:
            self.faults.append(f"at the desk: {error}")
            raise

    def _until_answered(
        self,
        method: str,
        path: str,
        body: bytes,
        *,
        key: str = "",
        kind: str = "application/json",
        also: tuple[int, ...] = (),
    ) -> Any:
        """Repeats until an answer comes that is final. A repeated accept may say 409: it had been done."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        if key:
            headers["Idempotency-Key"] = key
        end = time.monotonic() + 240
        while time.monotonic() < end:
            try:
                connection = http.client.HTTPConnection("localhost", self.platform.port, timeout=15)
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                data = answer.read()
                connection.close()
            except (OSError, http.client.HTTPException):
                time.sleep(0.1)
                continue
            if answer.status in (200, 201, *also):
                return json.loads(data)
            if answer.status in (502, 503):
                self.unavailable += 1
                time.sleep(0.2)
                continue
            self.faults.append(f"{method} {path}: {answer.status} {data[:300]!r}")
            raise AssertionError(self.faults[-1])
        self.faults.append(f"{method} {path}: no answer in four minutes")
        raise AssertionError(self.faults[-1])


def pdf(mark: str) -> bytes:
    """A small right PDF that no other is like."""
    return (
        f"%PDF-1.4\n% {mark}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    ).encode()


def ward_codes(platform: Platform) -> list[str]:
    """Wards of the demo province."""
    with platform.connect() as connection:
        rows = connection.execute(
            "SELECT ward_code FROM organisations_unit WHERE kind = 'commune' AND ward_code <> '' ORDER BY code LIMIT 5"
        ).fetchall()
    return [str(row[0]) for row in rows]


def make_token(platform: Platform) -> str:
    """A client of the whole province, put in beside the platform."""
    token = f"fault-{new_id()}"
    with platform.connect() as connection:
        connection.execute(
            "INSERT INTO accounts_apiclient (id, name, token_hash, scopes, unit_id, active, created_at) "
            "SELECT %s, %s, %s, %s::jsonb, id, true, now() FROM organisations_unit WHERE kind = 'province' "
            "ORDER BY code LIMIT 1",
            [new_id(), token, token_hash(token), json.dumps(SCOPES)],
        )
    return token


def ask(platform: Platform, question: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """A look into the database, patient while it comes back."""
    return patiently(lambda: platform.connect().execute(question, values).fetchall())


def patiently(look: Callable[[], Any], limit: float = 60.0) -> Any:
    """Tries until the database answers."""
    end = time.monotonic() + limit
    while True:
        try:
            return look()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
