"""The hottest reads of the API as one statement each: a dossier with its files, and a page of the newest.

The same scope as ``queries.visible_to``, said for a row that has been read: ``actions.common.concerns``.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import OperationalError, connection
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus

from motcua.engines.ledger.actor import Actor
from motcua.engines.ledger.prepared import fetch
from motcua.engines.organisations.queries import directory
from motcua.foundation.errors import NotFound

_COLUMNS: Final = """
    d.case_id AS id, d.code, d.status, d.procedure_code, d.procedure_version_id, d.channel, d.received_at_id,
    d.competent_id, d.applicant_name, d.submitted_by, d.submitted_at, d.accepted_at, d.finished_at, d.returned_at,
    d.delivery, d.fee, c.due_at, c.holder_id"""

_ONE: Final = f"""
SELECT {_COLUMNS},
    (SELECT coalesce(array_agg(DISTINCT t.unit_id), '{{}}') FROM cases_task t WHERE t.case_id = d.case_id) AS units,
    (SELECT coalesce(json_agg(json_build_object(
        'id', f.id, 'name', f.name, 'kind', f.kind, 'component', p.key, 'sha256', b.sha256, 'size', b.size,
        'media_type', b.media_type, 'added_at', f.added_at) ORDER BY f.added_at, f.id), '[]')
     FROM dossiers_dossierfile f JOIN files_blob b ON b.sha256 = f.blob_id
     LEFT JOIN dossiers_dossiercomponent p ON p.id = f.component_id WHERE f.dossier_id = d.case_id) AS files
FROM dossiers_dossier d JOIN cases_case c ON c.id = d.case_id WHERE d.code = %s"""  # noqa: S608 - constants only


_NEWEST: Final = f"SELECT {_COLUMNS} FROM dossiers_dossier d JOIN cases_case c ON c.id = d.case_id"  # noqa: S608
_ORDER: Final = "ORDER BY d.submitted_at DESC, d.case_id DESC LIMIT %s"
_BEFORE: Final = "(d.submitted_at, d.case_id) < (%s, %s)"
_PAGES: Final = {
    (False, False): f"{_NEWEST} {_ORDER}",
    (True, False): f"{_NEWEST} WHERE d.status = %s {_ORDER}",
    (False, True): f"{_NEWEST} WHERE {_BEFORE} {_ORDER}",
    (True, True): f"{_NEWEST} WHERE d.status = %s AND {_BEFORE} {_ORDER}",
}
"""Statement by (of one status?, behind a position?)."""


def one(actor: Actor, code: str) -> dict[str, Any]:
    """One dossier with its files, in one statement. Raises ``NotFound`` also where the asker may not see it."""
    rows = fetch(_ONE, (code[:60],))
    if not rows or not _may_see(actor, rows[0]):
        raise NotFound("There is no such dossier, or it is not yours to see.")
    return rows[0]


def _may_see(actor: Actor, row: dict[str, Any]) -> bool:
    if actor.kind == "client" and row["submitted_by"] == actor.id:
        return True
    units = directory().by_id
    return any(
        actor.may("dossier.read", units[key].path)
        for key in {row["received_at_id"], row["competent_id"], *row["units"]}
        if key in units
    )


def newest_of_all(
    actor: Actor, *, status: int | None, after: tuple[Any, UUID] | None, limit: int
) -> list[dict[str, Any]] | None:
    """A page of the newest, for one who reaches every unit; ``None`` for all others, who take ``queries.newest``."""
    if len(directory().under(*actor.reach("dossier.read"))) != len(directory().all):
        return None
    values = [*(() if status is None else (status,)), *(after or ()), limit]
    return fetch(_PAGES[status is not None, after is not None], values)


_NAME: Final = b"motcua_public_status"
_SELECT: Final = b"SELECT status FROM dossiers_dossier WHERE code = $1"
_NOT_KNOWN: Final = b"26000"
"""SQLSTATE of a prepared statement that is not there."""


def status_of(code: str) -> int | None:
    """All that the public may learn of a dossier (TT 01/2018 Đ16); ``None`` where there is none.

    One prepared statement, straight through libpq: a cursor would cost more than the database's own work. The driver
    forgets all prepared statements after a rollback, ours too: it is prepared again when the server does not know it.
    Raises ``OperationalError`` and psycopg's errors when the connection is gone.
    """
    connection.ensure_connection()
    raw = connection.connection
    given = [code.encode()]
    if raw.pgconn.transaction_status != TransactionStatus.IDLE:  # a statement that is not known would end it
        result = raw.pgconn.exec_params(_SELECT, given)
    else:
        result = raw.pgconn.exec_prepared(_NAME, given)
        if result.error_field(DiagnosticField.SQLSTATE) == _NOT_KNOWN:
            raw.pgconn.prepare(_NAME, _SELECT)
            result = raw.pgconn.exec_prepared(_NAME, given)
    if result.status != ExecStatus.TUPLES_OK:
        raise OperationalError("The status could not be read.")
    value = result.get_value(0, 0) if result.ntuples else None
    return int(value) if value is not None else None
