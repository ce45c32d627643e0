"""Why a dossier is due when it is: the reckoning, told step by step with its articles."""

from __future__ import annotations

from dataclasses import replace

from motcua.engines.cases.models import Case
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation.working_time import Allowance, Reckoning, reckon
from motcua.services.dossiers import moving
from motcua.services.dossiers.actions.common import stops_of


def reckoning_of(case: Case) -> Reckoning | None:
    """The due moment with its steps; ``None`` before acceptance or where the law sets no time."""
    if not case.allowance or case.clock_start is None:
        waiting = moving.expected(case.dossier) if case.allowance and case.closed_at is None else None
        return _told(case, waiting.reckoning) if waiting and waiting.reckoning else None
    allowance = Allowance.parse(case.allowance)
    return _told(case, reckon(calendar_for(case.clock_unit_id), case.clock_start, allowance, stops_of(case)))


def _told(case: Case, reckoning: Reckoning) -> Reckoning:
    """The reckoning with what came before its start: received elsewhere, on the way, arrived (ND309 Đ8.3)."""
    before = moving.arrival_steps(case.dossier)
    return replace(reckoning, steps=(*before, *reckoning.steps)) if before else reckoning
