"""Rows of lives in memory, and how an act that was refused is taken back."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from motcua.engines.ledger.bulk import BulkWork


class Rows(BulkWork):
    """Rows of many lives in memory. Rules that only bind who acts now bind here too."""

    retells: ClassVar[bool] = False

    def marked(self) -> dict[Any, int]:
        return {model: len(rows) for model, rows in self._rows.items()}

    def take_back(self, mark: dict[Any, int], stream: UUID, head: Any) -> None:
        for model, rows in self._rows.items():
            for row in rows[mark.get(model, 0) :]:
                self._known.discard(id(row))
            del rows[mark.get(model, 0) :]
        self._heads.pop(stream, None)
        if head is not None:
            self._heads[stream] = head

    def since(self, mark: dict[Any, int]) -> list[Any]:
        return [row for model, rows in self._rows.items() for row in rows[mark.get(model, 0) :]]

    def head(self, stream: UUID) -> Any:
        return self._heads.get(stream)


def copied(values: dict[str, Any]) -> dict[str, Any]:
    """A row's values; lists of parts are copied, since actions append to them."""
    found = dict(values)
    for name in ("_open_tasks", "_moves"):
        if name in found:
            found[name] = list(found[name])
    if "_parts" in found:
        found["_parts"] = {name: list(rows) for name, rows in found["_parts"].items()}
    if "_state" in found and hasattr(found["_state"], "fields_cache"):
        state = found["_state"]
        cache = dict(state.fields_cache)
        found["_state"] = type(state)()
        found["_state"].__dict__.update({**state.__dict__, "fields_cache": cache})
    return found
