"""Limits on attempts hold for all workers together: each counts in the same table, not in its own memory."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import caches
from django.db import connection
from django.test import RequestFactory

pytestmark = pytest.mark.django_db
LIMIT = 6


class Worker:
    """A worker with a cache of its own, as each process has."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cache = caches.create_connection("default")
        self.monkeypatch = monkeypatch

    def may(self) -> bool:
        """Whether one more attempt is allowed here."""
        request: Any = RequestFactory().post("/sign-in/")
        with self.monkeypatch.context() as using:
            using.setattr(ratelimit, "cache", self.cache)
            found = ratelimit.consume(
                request, app="allauth.account", action="guessing", config={"guessing": f"{LIMIT}/m/key"}, key="name"
            )
        return bool(found)


def test_two_workers_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Worker(monkeypatch), Worker(monkeypatch)
    assert first.cache is not second.cache
    allowed = [worker.may() for _ in range(LIMIT) for worker in (first, second)]
    assert allowed == [True] * LIMIT + [False] * LIMIT


def test_the_count_stands_in_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    before = counts()
    Worker(monkeypatch).may()
    assert counts() == before + 1


def counts() -> int:
    """How many counts stand in the table; others may have left theirs there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shared_cache")
        return int((cursor.fetchone() or (0,))[0])
