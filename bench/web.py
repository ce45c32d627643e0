"""The platform over HTTP against the raw database on the same server.

python -m bench.web [--json] [--seconds 5] [--only submit,status,…]

The server runs as in production (granian, two workers); the load comes from the same machine, so both share it.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from bench import load, raw

PROJECT = Path(__file__).resolve().parents[1]
CONNECTIONS = 8
SCOPES = ["dossier.submit", "dossier.read", "dossier.receive", "dossier.process", "dossier.return"]


@dataclass
class Row:
    """One line of the table. ``share`` of ``raw`` per second; ``goal`` is the share, ``floor`` requests a second."""

    name: str
    per_second: float
    raw: float
    goal: float
    floor: float = 0.0
    p95_ms: float = 0.0
    refused: int = 0

    @property
    def share(self) -> float:
        return self.per_second / self.raw if self.raw else 0.0

    @property
    def ok(self) -> bool:
        return self.share >= self.goal and self.per_second >= self.floor and not self.refused

    def as_dict(self) -> dict[str, Any]:
        return {**self.__dict__, "share": round(self.share, 4), "ok": self.ok}


@contextmanager
def server(workers: int = 2) -> Iterator[tuple[str, int]]:
    """The web server as ``motcua web`` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "MOTCUA_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "-m", "motcua.interfaces.cli", "web", "--port", str(port), "--workers", str(workers)],
        env=environment,
    )
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1):
                    break
            except OSError:
                time.sleep(0.05)
        yield "127.0.0.1", port
    finally:
        process.terminate()
        process.wait(20)


class Setting:
    """What the requests need: a client's token, agencies, a procedure, uploads, codes."""

    def __init__(self) -> None:
        from django.conf import settings

        from motcua.engines.accounts.models import ApiClient
        from motcua.engines.accounts.queries import client_actor, token_hash
        from motcua.engines.files.actions import store
        from motcua.engines.organisations.queries import directory
        from motcua.foundation import clock
        from motcua.services.procedures import queries as procedures

        self.token = secrets.token_urlsafe(24)
        top = next(unit for unit in directory().all if unit.kind == "province")
        ApiClient.objects.update_or_create(
            name="bench",
            defaults={
                "token_hash": token_hash(self.token),
                "scopes": SCOPES,
                "unit_id": top.id,
                "created_at": clock.now(),
            },
        )
        actor = client_actor(self.token)
        if actor is None or actor.id is None:
            raise RuntimeError("The bench client was not made.")
        self.actor = actor
        self.owner = actor.id
        self.communes = [unit for unit in directory().all if unit.kind == "commune" and unit.ward_code]
        self.procedure = procedures.current("1.001193")
        settings.FILES_DIR.mkdir(parents=True, exist_ok=True)
        self.uploads = [str(store(pdf(number), f"giay-to-{number}.pdf", self.owner).id) for number in range(3)]
        self.headers = {"Authorization": f"Bearer {self.token}"}
        self.json = {**self.headers, "Content-Type": "application/json"}

    def submission(self) -> Any:
        """One submission as the raw script writes it."""
        from motcua.services.dossiers import actions, door, queries

        competent = self.communes[0]
        party = door.party_for(
            kind="citizen",
            name="Trần Thị Bình",
            identity_number="046190000123",
            phone="0905123456",
            email="",
            address="",
        )
        files = door.files_from(self.actor, [UUID(key) for key in self.uploads])
        papers = self.procedure.papers[:3]
        return actions.Submission(
            procedure=self.procedure,
            channel="ONLINE",
            competent_id=competent.id,
            received_at_id=queries.counter_of(competent).id,
            applicant_id=party,
            applicant_name="Trần Thị Bình",
            submitted_by=self.owner,
            key="raw",
            digest="0" * 64,
            contact={"phone": "0905123456", "email": "", "address": ""},
            components=[
                actions.ComponentIn(paper.key, paper.name[:200], 1, 0, (file,))
                for paper, file in zip(papers, files.values(), strict=True)
            ],
        )

    def body(self, number: int) -> bytes:
        """The same over the API."""
        papers = self.procedure.papers[:3]
        return json.dumps(
            {
                "procedure": self.procedure.code,
                "ward_code": self.communes[number % len(self.communes)].ward_code,
                "applicant": {
                    "name": "Trần Thị Bình",
                    "identity_number": "046190000123",
                    "phone": "0905123456",
                },
                "components": [
                    {"key": paper.key, "name": paper.name[:200], "originals": 1, "files": [upload]}
                    for paper, upload in zip(papers, self.uploads, strict=True)
                ],
            }
        ).encode()


def pdf(number: int, size: int = 0) -> bytes:
    """A small right PDF, different for each number, padded to ``size`` bytes."""
    head = (
        b"%%PDF-1.4\n%% %d\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        % number
    )
    tail = b"trailer<</Root 1 0 R>>\n%%EOF\n"
    padding = max(0, size - len(head) - len(tail) - 3)
    return head + b"% " + b"x" * padding + b"\n" + tail


def measure(seconds: float, only: set[str] | None = None) -> list[Row]:
    """All rows, in one run on one server."""
    from motcua.interfaces.cli import database

    reached = database.ensure()
    from bench.rows import submission_script

    setting = Setting()
    script, _ = submission_script(setting.actor, setting.submission())
    run = str(time.time_ns())
    rows: list[Row] = []
    raw_insert = raw.script_rate(reached.owner_url, script, seconds=seconds, clients=CONNECTIONS)
    raw_select = raw.select_rate(reached.owner_url, seconds=seconds, clients=CONNECTIONS)
    numbers = count()
    with server() as address:

        def timed(name: str, make: Callable[[], bytes | None], against: float, goal: float, floor: float = 0.0) -> None:
            if only and name.split(" ")[0] not in only:
                return
            load.run(address, make, connections=CONNECTIONS, seconds=1)
            outcome = load.run(address, make, connections=CONNECTIONS, seconds=seconds)
            refused = sum(n for status, n in outcome.statuses.items() if status >= 400)
            rows.append(Row(name, outcome.per_second, against, goal, floor, outcome.percentile(0.95), refused))

        def submit() -> bytes:
            number = next(numbers)
            headers = {**setting.json, "Idempotency-Key": f"bench-{run}-{number}"}
            return load.request("POST", "/api/v1/dossiers", headers=headers, body=setting.body(number))

        timed("submit over the API", submit, raw_insert, 0.15, 430)
        codes = _codes(20_000)
        pick = count()
        timed(
            "status look-up in public",
            lambda: load.request("GET", f"/api/v1/status/{quote(codes[next(pick) % len(codes)])}"),
            raw_select,
            0.10,
        )
        timed(
            "read one dossier",
            lambda: load.request(
                "GET", f"/api/v1/dossiers/{quote(codes[next(pick) % len(codes)])}", headers=setting.headers
            ),
            raw_select,
            0.01,
            500,
        )
        statuses = count()
        timed(
            "newest 20 by status",
            lambda: load.request(
                "GET", f"/api/v1/dossiers?limit=20&status={1 + next(statuses) % 10}", headers=setting.headers
            ),
            raw_select,
            0.005,
            240,
        )
        waiting = iter(_codes(100_000, status=1))

        def accept() -> bytes | None:
            code = next(waiting, None)
            if code is None:
                return None
            return load.request(
                "POST", f"/api/v1/dossiers/{quote(code)}/status", headers=setting.json, body=b'{"action":"accept"}'
            )

        timed("change of status (accept)", accept, raw_insert, 0.06, 290)
        files = count(time.time_ns() % 10**9)
        timed(
            "attach 100 kB",
            lambda: load.request(
                "POST",
                f"/api/v1/files?name=anh-{next(files)}.pdf",
                headers={**setting.headers, "Content-Type": "application/octet-stream"},
                body=pdf(next(files), 100_000),
            ),
            raw_insert,
            0.07,
            300,
        )
    return rows


def _codes(limit: int, status: int | None = None) -> list[str]:
    from motcua.services.dossiers.models import Dossier

    found = Dossier.objects.exclude(code__startswith="R").order_by("-submitted_at")
    if status is not None:
        found = found.filter(status=status)
    return list(found.values_list("code", flat=True)[:limit])


def main() -> None:
    """Prints the table; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    rows = measure(given.seconds, set(filter(None, given.only.split(","))) or None)
    if given.json:
        print(json.dumps([row.as_dict() for row in rows]))
    else:
        print(f"{'over HTTP':<28}{'per s':>9}{'raw':>9}{'share':>9}{'goal':>8}{'floor':>7}{'p95 ms':>8}  ok")
        for row in rows:
            print(
                f"{row.name:<28}{row.per_second:>9.0f}{row.raw:>9.0f}{row.share:>9.1%}{row.goal:>8.1%}"
                f"{row.floor:>7.0f}{row.p95_ms:>8.1f}  {'yes' if row.ok else f'NO ({row.refused} refused)'}"
            )
    sys.exit(0 if all(row.ok for row in rows) else 1)


if __name__ == "__main__":
    main()
