"""Why a dossier is due when it is: the reckoning, told step by step with its articles."""

from __future__ import annotations

from motcua.engines.cases.models import Case
from motcua.engines.organisations.queries import calendar_for
from motcua.foundation.working_time import Allowance, Reckoning, reckon
from motcua.services.dossiers.actions.common import stops_of


def reckoning_of(case: Case) -> Reckoning | None:
    """The due moment with its steps; ``None`` before acceptance or where the law sets no time."""
    if not case.allowance or case.clock_start is None:
        return None
    return reckon(calendar_for(case.clock_unit_id), case.clock_start, Allowance.parse(case.allowance), stops_of(case))
