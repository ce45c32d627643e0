"""The demo province, built once for these tests in a transaction that is rolled back after them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from motcua.interfaces.cli.demo import build, histories

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=VIETNAM)
SEED = 11
DOSSIERS = 400


@pytest.fixture(scope="module")
def province(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[build.Summary]:
    """What ``motcua demo`` says after building a small one at ``NOW``."""
    before = settings.FILES_DIR
    settings.FILES_DIR = Path(tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), transaction.atomic():
        forget_all()
        histories.forget_scene()
        with clock.at(NOW):
            yield build.build(dossiers=DOSSIERS, seed=SEED, now=NOW, processes=1)
        transaction.set_rollback(True)
    settings.FILES_DIR = before
    histories.forget_scene()
    forget_all()
