"""What all tests share: the database server, the real data, the running platform, the browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings

from motcua.foundation.cache import forget_all
from motcua.interfaces.cli.embedded.client import Membership
from tests.support.browser import browser, context_options, page, watch_outcome
from tests.support.running import server

__all__ = ["browser", "context_options", "page", "server"]

# Properties are tried on machines that are busy with other things: how long one example takes says nothing there.
hypothesis.settings.register_profile("house", deadline=None, print_blob=True)
hypothesis.settings.load_profile("house")

NO_DATA = "the full data files are not beside the project"
MEMBERSHIP = pytest.StashKey[Membership]()


def pytest_configure(config: pytest.Config) -> None:
    """Joins (the first process starts) the embedded server, unless a server is given."""
    if "DATABASE_URL" not in os.environ:
        config.stash[MEMBERSHIP] = Membership(Path(os.environ["MOTCUA_TEST_HOME"]))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leaves it; the process that made the home removes it."""
    first = os.environ.get("MOTCUA_TEST_CONTROLLER") == str(os.getpid())
    if MEMBERSHIP in config.stash:
        config.stash[MEMBERSHIP].leave(wait=20 if first else 0)
    if first:
        shutil.rmtree(os.environ["MOTCUA_TEST_HOME"], ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Keeps the outcome, so that a browser test that failed leaves a picture."""
    report = yield
    watch_outcome(item, report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says loudly when tests on the real data did not run."""
    missed = [report for report in terminalreporter.stats.get("skipped", []) if NO_DATA in str(report.longrepr)]
    if missed:
        terminalreporter.section("REAL DATA MISSING", sep="!", red=True)
        terminalreporter.line(f"{len(missed)} tests DID NOT RUN: {NO_DATA} ({settings.SHARED_DATA}).")
        terminalreporter.line("Set MOTCUA_SHARED_DATA to the folder that holds them.")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the full real files; the test is skipped, and the summary says so, where there is none."""
    folder = Path(settings.SHARED_DATA)
    if not folder.is_dir():
        pytest.skip(f"{NO_DATA}: {folder}")
    return folder


@pytest.fixture
def application_role(db: None) -> Iterator[None]:
    """Within the test the database sees the application's role, with the rights that ``motcua migrate`` grants."""
    from django.db import connection

    from motcua.interfaces.cli.rights import grant

    connection.ensure_connection()
    warning = grant(connection.connection)
    assert warning is None, warning
    with connection.cursor() as cursor:
        cursor.execute("set role motcua_app")
    yield
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("reset role")


@pytest.fixture(autouse=True)
def files_of_the_test(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A test that touches the database has a folder of its own for uploaded files, and remembers nothing of others."""
    asks = {"db", "transactional_db"} & set(request.fixturenames) or request.node.get_closest_marker("django_db")
    if not asks:
        yield
        return
    forget_all()
    before = settings.FILES_DIR
    settings.FILES_DIR = tmp_path_factory.mktemp("files")
    yield
    settings.FILES_DIR = before
    forget_all()


@pytest.fixture(autouse=True)
def _jobs_of_one_test(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Django empties its own tables after a test that committed; the queue's would be left to the next test."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if "transactional_db" in request.fixturenames or (marker is not None and marker.kwargs.get("transaction")):
        from django.db import connection

        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
