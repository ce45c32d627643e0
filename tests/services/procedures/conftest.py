"""A catalogue that a whole module of tests reads: loaded once, gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from motcua.engines.ledger.actor import SYSTEM
from motcua.foundation.cache import forget_all
from motcua.services.procedures import queries
from motcua.services.procedures.importer import DEMO_CATALOGUE, Report, import_file


@pytest.fixture(scope="module")
def demo_catalogue(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Report]:
    """The catalogue that comes with the house, imported within a transaction around the module's tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield import_file(DEMO_CATALOGUE, SYSTEM)
        transaction.set_rollback(True)
    queries.version.cache_clear()
    forget_all()


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    forget_all()
    yield
    forget_all()
