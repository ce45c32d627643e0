"""The demo province, loaded once for these tests as ``make demo`` loads it, in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.interfaces.cli.demo import build, histories

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=VIETNAM)
SEED = 41
DOSSIERS = 300
HISTORY = timedelta(days=45)
PORTION = 50
PROCESSES = 2
"""So few portions, of so few days, that each process has several and that those of both meet: papers of one leave an
office on the day on which papers of the other do."""


@pytest.fixture(scope="module")
def province(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[build.Summary]:
    """What ``motcua demo`` says after building a small one at ``NOW``: everything is committed, by two processes."""
    before = settings.FILES_DIR
    settings.FILES_DIR = Path(tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), _database_of_its_own("demo"):
        forget_all()
        histories.forget_scene()
        with clock.at(NOW):
            yield build.build(
                dossiers=DOSSIERS, seed=SEED, now=NOW, processes=PROCESSES, history=HISTORY, portion=PORTION
            )
    settings.FILES_DIR = before
    histories.forget_scene()
    forget_all()


@contextmanager
def _database_of_its_own(suffix: str) -> Iterator[None]:
    """Within the block the connection leads to a copy of the test database, which processes that are forked see too."""
    original = connection.settings_dict["NAME"]
    own = f"{original}_{suffix}"
    connection.close()
    _administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(own)))
    # a connection that an earlier test has left open would stand in the way of the copy
    _administer(sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(original))
    _administer(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(own), sql.Identifier(original)))
    connection.settings_dict["NAME"] = own
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
        _administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(own)))


def _administer(statement: sql.Composed) -> None:
    """Runs a statement beside the databases it is about."""
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    for ours in ("cursor_factory", "context"):
        parameters.pop(ours, None)
    with psycopg.connect(**parameters, autocommit=True) as server:
        server.execute(statement)
