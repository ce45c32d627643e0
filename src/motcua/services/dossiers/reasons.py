"""The reasons that officers and applicants choose from.

Those that ship with the house stand in ``data/reasons.csv``; a row of ``Reason`` with the same kind and code takes the
place of one, others are added. So a new installation has all of them, and an office words, adds and retires its own.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from motcua.engines.ledger.work import Work
from motcua.foundation.cache import Remembered
from motcua.foundation.errors import Conflict, Invalid, NotFound
from motcua.services.dossiers.models import Reason, ReasonKind

EDIT: Final = "catalogue.edit"
DATA: Final = Path(__file__).parent / "data" / "reasons.csv"
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class ReasonInfo:
    """One reason as screens and papers need it. ``own``: an office added or changed it."""

    kind: str
    code: str
    text: str
    text_en: str
    basis: str
    position: int
    active: bool = True
    own: bool = False

    def said(self, language: str) -> str:
        """The words in a language; Vietnamese where there are no others."""
        return self.text_en if language == "en" and self.text_en else self.text


def _shipped() -> list[ReasonInfo]:
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        ReasonInfo(row["kind"], row["code"], row["text"], row["text_en"], row["basis"], position)
        for position, row in enumerate(rows)
    ]


SHIPPED: Final = {(row.kind, row.code): row for row in _shipped()}


def _load() -> dict[str, dict[str, ReasonInfo]]:
    """All reasons by kind and code, in the order of showing."""
    merged = dict(SHIPPED)
    for row in Reason.objects.all():
        merged[row.kind, row.code] = ReasonInfo(
            row.kind, row.code, row.text, row.text_en, row.basis, row.position, row.active, own=True
        )
    found: dict[str, dict[str, ReasonInfo]] = {kind: {} for kind in ReasonKind.values}
    for info in sorted(merged.values(), key=lambda info: (info.code == "other", info.position, info.code)):
        found.setdefault(info.kind, {})[info.code] = info
    return found


_known = Remembered(_load)


def of(kind: str) -> list[ReasonInfo]:
    """What can be chosen for a decision, in order; “another reason” last."""
    return [row for row in _known()[kind].values() if row.active]


def all_of(kind: str) -> list[ReasonInfo]:
    """Also those that are retired."""
    return list(_known()[kind].values())


def find(kind: str, code: str) -> ReasonInfo | None:
    """A reason, retired or not: what was decided by it stays readable."""
    return _known().get(kind, {}).get(code)


def text(kind: str, code: str, language: str = "vi") -> str:
    """The words of a reason; the code itself where nobody knows it any more."""
    row = find(kind, code)
    return row.said(language) if row else code


def chosen(kind: str, code: str, field: str = "reason") -> ReasonInfo:
    """The active reason with this code. Raises ``Invalid`` under ``field``."""
    row = find(kind, code)
    if row is None or not row.active:
        raise Invalid(fields={field: ["Choose a reason from the list."]})
    return row


def stream_of(kind: str, code: str) -> UUID:
    """The ledger stream of a reason."""
    return uuid5(NAMESPACE_URL, f"motcua:reason:{kind}:{code}")


def add(
    work: Work, *, kind: str, code: str, text: str, text_en: str = "", basis: str = "", position: int | None = None
) -> ReasonInfo:
    """A new reason, after the others. Raises ``NotAllowed`` without catalogue.edit, ``Conflict``, ``Invalid``."""
    work.actor.require(EDIT)
    fields: dict[str, list[str]] = {}
    if kind not in ReasonKind.values:
        fields["kind"] = ["Choose what the reason is for."]
    if not _CODE.fullmatch(code):
        fields["code"] = ["Use small letters, digits, - and _."]
    if not text.strip():
        fields["text"] = ["Write the words that the applicant reads."]
    if fields:
        raise Invalid(fields=fields)
    if find(kind, code) is not None:
        raise Conflict("There is a reason with this code already.")
    after_all = 1 + max((row.position for row in all_of(kind)), default=0)
    made = ReasonInfo(
        kind, code, text.strip(), text_en.strip(), basis.strip(), after_all if position is None else position, own=True
    )
    return _write(work, "reason.added", None, made)


def change(work: Work, *, kind: str, code: str, **changes: Any) -> ReasonInfo:
    """Changes ``text``, ``text_en``, ``basis``, ``position``. Raises ``NotAllowed``, ``NotFound``, ``Invalid``."""
    work.actor.require(EDIT)
    before = _held(kind, code)
    unknown = set(changes) - {"text", "text_en", "basis", "position"}
    if unknown:
        raise Invalid(fields={key: ["This cannot be changed here."] for key in sorted(unknown)})
    said: dict[str, Any] = {key: each.strip() if isinstance(each, str) else each for key, each in changes.items()}
    after = replace(before, **said, own=True)
    if not after.text:
        raise Invalid(fields={"text": ["Write the words that the applicant reads."]})
    return after if after == before else _write(work, "reason.changed", before, after)


def retire(work: Work, *, kind: str, code: str) -> ReasonInfo:
    """Nobody can choose it any more; what was decided by it stays. Raises ``NotAllowed``, ``NotFound``, ``Conflict``
    for the last one of its kind."""
    work.actor.require(EDIT)
    before = _held(kind, code)
    if before.active and len(of(kind)) == 1:
        raise Conflict("One reason must remain.")
    return _write(work, "reason.retired", before, replace(before, active=False, own=True))


def restore(work: Work, *, kind: str, code: str) -> ReasonInfo:
    """It can be chosen again. Raises ``NotAllowed``, ``NotFound``."""
    work.actor.require(EDIT)
    before = _held(kind, code)
    return _write(work, "reason.restored", before, replace(before, active=True, own=True))


def _held(kind: str, code: str) -> ReasonInfo:
    _known.forget()
    row = find(kind, code)
    if row is None:
        raise NotFound("There is no such reason.")
    return row


def _write(work: Work, event: str, before: ReasonInfo | None, after: ReasonInfo) -> ReasonInfo:
    row = Reason.objects.select_for_update().filter(kind=after.kind, code=after.code).first()
    values = {
        "text": after.text[:300],
        "text_en": after.text_en[:300],
        "basis": after.basis[:120],
        "position": after.position,
        "active": after.active,
    }
    if row is None:
        work.add(Reason(kind=after.kind, code=after.code, **values))
    else:
        for name, each in values.items():
            setattr(row, name, each)
        work.change(row, *values)
    work.record(
        stream_of(after.kind, after.code),
        event,
        {"kind": after.kind, "code": after.code, "before": _recorded(before), "after": _recorded(after)},
    )
    # Now, for what this transaction asks next; and once committed, so that no other thread keeps the old.
    _known.forget()
    transaction.on_commit(_known.forget)
    return after


def _recorded(row: ReasonInfo | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "text": row.text,
        "text_en": row.text_en,
        "basis": row.basis,
        "position": row.position,
        "active": row.active,
    }
