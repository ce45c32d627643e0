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


class Written(dict[str, Any]):
    """A map with its canonical text, so that it is written once: for the hash and for the database."""

    __slots__ = ("text",)

    def __init__(self, value: dict[str, Any]) -> None:
        super().__init__(value)
        self.text = canonical(value)


def event_hash(
    prev_hash: bytes,
    stream: UUID,
    seq: int,
    at: datetime,
    kind: str,
    actor: dict[str, Any],
    data: dict[str, Any],
) -> bytes:
    """SHA-256 over the previous hash and everything the event says, as one canonical list."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    head = f'["{stream}",{seq},"{moment}",{json.dumps(kind, ensure_ascii=False)},'.encode()
    return hashlib.sha256(b"".join((prev_hash, head, _text(actor), b",", _text(data), b"]"))).digest()


def _text(value: dict[str, Any]) -> bytes:
    return value.text if isinstance(value, Written) else canonical(value)


_PLAIN = frozenset({str, int, bool, type(None)})


def _is_plain(value: Any) -> bool:
    """Quickly: whether the value is made of nothing but what a ledger holds. False: look closer."""
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind is dict:
        return all(type(key) is str and (type(item) in _PLAIN or _is_plain(item)) for key, item in value.items())
    return kind is list and all(type(item) in _PLAIN or _is_plain(item) for item in value)


def without_floats(value: Any, path: str = "data") -> None:
    """Raises ``TypeError`` where a value would not survive the database unchanged."""
    if _is_plain(value) or isinstance(value, (str, int)):
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
