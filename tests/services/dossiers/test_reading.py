"""The hottest reads, as one connection does them all day."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from motcua.engines.ledger.prepared import fetch
from motcua.services.dossiers import reading
from tests.factories import make_dossier

pytestmark = pytest.mark.django_db(transaction=True)


def prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return int((cursor.fetchone() or (0,))[0])


def test_what_is_asked_all_day_is_planned_once() -> None:
    fetch("SELECT 1 AS one", ())
    before = prepared()
    assert fetch("SELECT 2 AS two", ()) == [{"two": 2}]
    assert prepared() == before + 1
    fetch("SELECT 2 AS two", ())
    assert prepared() == before + 1


def test_the_public_status_is_read_before_and_after_a_rollback() -> None:
    dossier = make_dossier("accepted")
    assert reading.status_of(dossier.code) == dossier.status
    with transaction.atomic():
        fetch("SELECT 1 AS one", ())
        assert reading.status_of(dossier.code) == dossier.status
        transaction.set_rollback(True)
    fetch("SELECT 1 AS one", ())  # what was prepared is gone by now
    assert reading.status_of(dossier.code) == dossier.status
    assert reading.status_of("none") is None
