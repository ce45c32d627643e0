"""Claim, pass on and complete through the full action, against pgbench writing the same rows on the same server.

    python -m bench.transitions [--json] [--dossiers 2000]

The actions run in two processes, as behind the web server; pgbench runs eight clients. Both take dossiers that are
open in the database (``make bench-data``), and where these are too few some that are submitted and accepted for it.
What pgbench wrote is taken out again, what the actions did stays.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import psycopg

GOAL: Final = 0.12
CLIENTS: Final = 8
PROCESSES: Final = 2
FIRST_SEQ: Final = 100_000_000
"""Events that pgbench writes are numbered from here, so that they can be found again."""

VERBS: Final = ("claim", "pass_on", "complete")
_STAGE: Final = {"claim": "process", "pass_on": "process", "complete": "sign"}

_KEYS: Final = """
SELECT t.case_id, t.id FROM cases_task t JOIN dossiers_dossier d ON d.case_id = t.case_id
WHERE t.state = 'open' AND t.stage = %s AND d.status IN (2, 4) AND (%s OR t.assignee_id IS NULL)
AND (SELECT count(*) FROM cases_task o WHERE o.case_id = t.case_id AND o.state IN ('open', 'waiting')) = 1
ORDER BY t.id LIMIT %s
"""


def officer() -> Any:
    """A head of the whole province: may do each of these acts everywhere."""
    from motcua.engines.accounts.models import User
    from motcua.engines.ledger.actor import Actor, Grant
    from motcua.engines.organisations.queries import directory

    top = next(unit for unit in directory().all if unit.kind == "province")
    held = frozenset({"dossier.read", "dossier.process", "dossier.sign", "dossier.assign", "dossier.return"})
    person = User.objects.filter(official=True, is_active=True).order_by("date_joined").first()
    if person is None:
        raise RuntimeError("There is no official: make bench-data first.")
    return Actor(kind="officer", id=person.pk, name=person.full_name, grants=(Grant("head", top.id, top.path, held),))


def keys(verb: str, limit: int) -> list[tuple[UUID, UUID]]:
    """(dossier, step) of dossiers on which the act can be done."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [_STAGE[verb], verb != "claim", limit])
        return list(cursor.fetchall())


def prepare(verb: str, wanted: int) -> list[tuple[UUID, UUID]]:
    """As many dossiers as wanted on which the act can be done: those there are, then new ones brought so far."""
    from bench.web import Setting
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.ledger.work import begin
    from motcua.foundation.errors import MotcuaError
    from motcua.services.dossiers import actions

    actor = officer()
    for _ in range(4):  # those already processed go on to who signs; a flow has at most so many steps before it
        if verb != "complete" or len(keys(verb, wanted)) >= wanted:
            break
        for dossier_id, task_id in keys("pass_on", wanted):
            try:
                do("pass_on", actor, dossier_id, task_id)
            except MotcuaError:
                continue
    missing = wanted - len(keys(verb, wanted))
    if missing > 0 and verb != "complete":
        setting, nonce = Setting(), secrets.token_hex(4)
        for number in range(missing):
            submission = replace(setting.submission(), key=f"transitions-{nonce}-{number}")
            with begin(setting.actor) as work:
                dossier = actions.submit(work, submission)
            actions.accept.run(SYSTEM, dossier.pk)
    return keys(verb, wanted)


def do(verb: str, actor: Any, dossier_id: UUID, task_id: UUID) -> None:
    """The full action, as the desk calls it."""
    from motcua.services.dossiers import actions

    if verb == "claim":
        actions.claim.run(actor, dossier_id, task_id=task_id)
    elif verb == "pass_on":
        actions.pass_on.run(actor, dossier_id, task_id=task_id, opinion="Đủ điều kiện")
    else:
        actions.complete.run(actor, dossier_id, task_id=task_id, approved=True, name="Kết quả", number="1/QĐ")


def _worker(verb: str, mine: list[tuple[UUID, UUID]]) -> tuple[float, float, int]:
    """Does the act on each of these. Returns when it began and ended, and how many were done."""
    from motcua.interfaces.cli import database

    database.ensure()
    from motcua.foundation.errors import MotcuaError

    actor = officer()
    done, began = 0, 0.0
    for place, (dossier_id, task_id) in enumerate(mine):
        if place == 20:  # forms, procedures, calendars and plans are read once per process
            done, began = 0, time.time()
        try:
            do(verb, actor, dossier_id, task_id)
            done += 1
        except MotcuaError:
            continue  # another way through the flow than this bench takes
    return began, time.time(), done


def by_actions(verb: str, found: list[tuple[UUID, UUID]]) -> float:
    """Acts a second over all processes, while all of them were at work."""
    with ProcessPoolExecutor(PROCESSES) as pool:
        parts = [found[number::PROCESSES] for number in range(PROCESSES)]
        ran = list(pool.map(_worker, [verb] * PROCESSES, parts))
    return sum(done / max(ended - began, 1e-9) for began, ended, done in ran)


def recorded(verb: str, found: list[tuple[UUID, UUID]]) -> tuple[Any, UUID, UUID]:
    """The rows of one real act, which is then rolled back, with the keys it was about."""
    from django.db import transaction

    from motcua.engines.ledger.work import DatabaseWork
    from motcua.foundation.errors import MotcuaError
    from motcua.services.dossiers import actions
    from motcua.services.dossiers.actions.common import lock

    actor = officer()
    for dossier_id, task_id in found[:50]:
        with transaction.atomic():
            work = DatabaseWork(actor)
            try:
                dossier = lock(actor, dossier_id)
                if verb == "claim":
                    actions.claim(work, dossier, task_id=task_id)
                elif verb == "pass_on":
                    actions.pass_on(work, dossier, task_id=task_id, opinion="Đủ điều kiện")
                else:
                    actions.complete(work, dossier, task_id=task_id, approved=True, name="Kết quả", number="1/QĐ")
            except MotcuaError:
                continue
            finally:
                transaction.set_rollback(True)
        return work, dossier_id, task_id
    raise RuntimeError(f"No dossier on which {verb} can be done: make bench-data first.")


def script_of(work: Any, dossier_id: UUID, task_id: UUID, nonce: str) -> str:
    """The same rows as a pgbench script: one statement a row, keys taken from ``bench_keys`` in turn."""
    from bench.rows import _literal
    from motcua.engines.ledger.models import Event
    from motcua.engines.ledger.work import _column, columns_of

    own = {row.pk for rows in work._added.values() for row in rows if isinstance(row.pk, UUID)} - {dossier_id, task_id}
    places = {key: number for number, key in enumerate(sorted(own))}
    given = {dossier_id: ":dossier::uuid", task_id: ":task::uuid"}

    def text(value: Any) -> str:
        return given[value] if isinstance(value, UUID) and value in given else _literal(value, places, nonce)

    lines = [
        r"\set n :n + 1",
        rf"\set place (:n - 1) * {CLIENTS} + :client_id",
        r"SELECT dossier, task FROM bench_keys WHERE place = :place \gset",
        "BEGIN;",
    ]
    for (model, key), (row, names) in work._changed.items():
        sets = ", ".join(
            f'"{_column(model, name).name}" = {text(getattr(row, _column(model, name).attname))}' for name in names
        )
        lines.append(f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "{_column(model, "pk").name}" = {text(key)};')
    for model, rows in work._added.items():
        columns = columns_of(model)
        names = ", ".join(f'"{column.name}"' for column in columns)
        for row in rows:
            cells = [text(getattr(row, column.attname)) for column in columns]
            if model is Event:
                place = [column.attname for column in columns].index("seq")
                cells[place] = f"{FIRST_SEQ} + :place"
            lines.append(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join(cells)});')
    lines.append("COMMIT;")
    return "\n".join(lines) + "\n"


def by_pgbench(verb: str, found: list[tuple[UUID, UUID]]) -> float:
    """Transactions a second of the same rows written raw. What they wrote is taken out again."""
    from bench import raw
    from motcua.interfaces.cli import database

    url = database.reach().owner_url
    nonce = secrets.token_hex(3)
    work, dossier_id, task_id = recorded(verb, found)
    script = script_of(work, dossier_id, task_id, nonce)
    each = len(found) // CLIENTS
    with psycopg.connect(url, autocommit=True) as connection:
        _keep(connection, found)
        try:
            with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
                file.write(script)
                file.flush()
                arguments = ["-f", file.name, "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-t", str(each), "-n"]
                return raw._tps(raw._pgbench(url, [*arguments, "-D", "n=0"]))
        finally:
            _put_back(connection, nonce)


_KEPT: Final = (("cases_task", "id"), ("cases_case", "id"), ("dossiers_dossier", "case_id"))


def _keep(connection: psycopg.Connection[Any], found: list[tuple[UUID, UUID]]) -> None:
    """The keys in turn, and the rows as they are."""
    connection.execute("DROP TABLE IF EXISTS bench_keys")
    connection.execute("CREATE UNLOGGED TABLE bench_keys (place int PRIMARY KEY, dossier uuid, task uuid)")
    with connection.cursor() as cursor, cursor.copy("COPY bench_keys FROM STDIN") as copy:
        for place, (dossier_id, task_id) in enumerate(found):
            copy.write_row((place, dossier_id, task_id))
    connection.execute("ANALYZE bench_keys")
    for table, key in _KEPT:
        column = "task" if table == "cases_task" else "dossier"
        connection.execute(f"DROP TABLE IF EXISTS bench_{table}")
        connection.execute(
            f"CREATE UNLOGGED TABLE bench_{table} AS "
            f"SELECT t.* FROM {table} t JOIN bench_keys k ON k.{column} = t.{key}"
        )


def _put_back(connection: psycopg.Connection[Any], nonce: str) -> None:
    connection.execute("DELETE FROM ledger_event WHERE seq >= %s", (FIRST_SEQ,))
    connection.execute("DELETE FROM cases_task WHERE id::text LIKE %s", (f"%{nonce}",))
    connection.execute(
        "DELETE FROM dossiers_result r USING bench_keys k JOIN bench_dossiers_dossier d ON d.case_id = k.dossier "
        "WHERE r.dossier_id = k.dossier AND d.finished_at IS NULL"
    )
    for table, key in _KEPT:
        row = connection.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum), "
            "string_agg('b.' || quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            (table,),
        ).fetchone()
        names, values = row or ("", "")
        connection.execute(
            f"UPDATE {table} t SET ({names}) = ({values}) FROM bench_{table} b WHERE b.{key} = t.{key}".encode()
        )
        connection.execute(f"DROP TABLE bench_{table}".encode())
    connection.execute("DROP TABLE bench_keys")


def measure(dossiers: int) -> list[dict[str, Any]]:
    """A row per act: acts a second, the raw rate, the share."""
    from motcua.interfaces.cli import database

    database.ensure()
    from django.db import connections

    rows: list[dict[str, Any]] = []
    for verb in VERBS:
        found = prepare(verb, dossiers)
        if len(found) < 100:
            rows.append({"verb": verb, "dossiers": len(found), "ok": False, "why": "fewer than 100 dossiers to act on"})
            continue
        raw_rate = by_pgbench(verb, found)
        connections.close_all()
        rate = by_actions(verb, found)
        share = rate / raw_rate
        rows.append(
            {
                "verb": verb,
                "dossiers": len(found),
                "per_second": round(rate, 1),
                "raw": round(raw_rate, 1),
                "share": round(share, 4),
                "ok": share >= GOAL,
            }
        )
    return rows


def main() -> None:
    """Prints the table; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--dossiers", type=int, default=2000)
    given = parser.parse_args()
    rows = measure(given.dossiers)
    if given.json:
        print(json.dumps(rows))
    else:
        print(f"{'transition':<12}{'dossiers':>9}{'per s':>9}{'raw':>9}{'share':>8}{'goal':>7}  ok")
        for row in rows:
            if "why" in row:
                print(f"{row['verb']:<12}{row['dossiers']:>9}  NO: {row['why']}")
            else:
                print(
                    f"{row['verb']:<12}{row['dossiers']:>9}{row['per_second']:>9.0f}{row['raw']:>9.0f}"
                    f"{row['share']:>8.1%}{GOAL:>7.0%}  {'yes' if row['ok'] else 'NO'}"
                )
    sys.exit(0 if all(row["ok"] for row in rows) else 1)


if __name__ == "__main__":
    main()
