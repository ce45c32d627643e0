"""What can be asked about procedures."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from motcua.foundation.errors import NotFound
from motcua.services.procedures import versions
from motcua.services.procedures.content import ProcedureData


@lru_cache(maxsize=512)
def version(version_id: UUID) -> ProcedureData:
    """A version, which never changes once published: kept per process. Raises ``NotFound``."""
    found = versions.read([version_id]).get(version_id)
    if found is None:
        raise NotFound("There is no such procedure.")
    return found
