"""Processes that die: given up while they have never worked, kept for ever once they have."""

from __future__ import annotations

import time

import pytest

from motcua.foundation.errors import MotcuaError
from motcua.interfaces.cli.commands.start import DEATHS, Service


def dying(*, proven: bool) -> Service:
    """A service whose program is not there: it ends at once, each time."""
    service = Service("test", [], module="motcua.there_is_no_such_module", proven=proven)
    service.start()
    return service


def keep(service: Service, deaths: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while len(service.deaths) < deaths and time.monotonic() < end:
        service.keep_alive()
        time.sleep(0.02)


def test_one_that_never_worked_is_given_up() -> None:
    service = dying(proven=False)
    with pytest.raises(MotcuaError, match="keeps dying"):
        keep(service, DEATHS + 1, 60)
    assert len(service.deaths) == DEATHS


def test_one_that_has_worked_is_started_again_and_again() -> None:
    service = dying(proven=True)
    keep(service, DEATHS + 1, 60)
    assert len(service.deaths) > DEATHS
