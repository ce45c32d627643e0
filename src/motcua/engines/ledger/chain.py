"""The hash chain: what an event's hash covers, computed alike when writing and when verifying."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

GENESIS = b""


def canonical(value: Any) -> bytes:
    """One spelling for each JSON value: sorted keys, no spaces, UTF-8. Floats are refused: they do not round-trip."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def event_hash(
    prev_hash: bytes,
    stream: UUID,
    seq: int,
    at: datetime,
    kind: str,
    actor: dict[str, Any],
    data: dict[str, Any],
) -> bytes:
    """SHA-256 over the previous hash and everything the event says."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    body = canonical([str(stream), seq, moment, kind, actor, data])
    return hashlib.sha256(prev_hash + body).digest()


def without_floats(value: Any, path: str = "data") -> None:
    """Raises ``TypeError`` where a value would not survive the database unchanged."""
    if value is None or isinstance(value, (str, bool, int)):
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{path}: keys are text, not {type(key).__name__}")
            without_floats(item, f"{path}.{key}")
        return
    if isinstance(value, list):
        for position, item in enumerate(value):
            without_floats(item, f"{path}[{position}]")
        return
    raise TypeError(
        f"{path}: a ledger holds text, whole numbers, truth values, lists and maps, not {type(value).__name__}"
    )
