"""Promise 5: bad input gets a clear message, nothing is half-written, never a 500. Here: broken files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.engines.files.models import Upload
from motcua.interfaces.api import auth
from tests.engines.files import samples
from tests.faults import world as worlds
from tests.faults.broken import BROKEN, LIMIT, stored
from tests.faults.crawling import file_field

pytestmark = [pytest.mark.faults, pytest.mark.django_db]


@pytest.fixture
def limit(settings: Any) -> None:
    """A small limit, so that nobody must make large files."""
    settings.FILE_MAX_BYTES = LIMIT


@pytest.fixture(autouse=True)
def _no_kept_tokens() -> Iterator[None]:
    auth._known.clear()
    yield
    auth._known.clear()


def test_broken_uploads_over_the_api(limit: None) -> None:
    world = worlds.build()
    door = Client(headers=world.machines["own"])
    before = stored()
    for case, (name, data) in BROKEN.items():
        answer = door.post(f"/api/v1/files?name={name}", data, content_type="application/octet-stream")
        assert answer.status_code == (413 if "limit" in case else 422), (case, answer.content)
        assert answer["Content-Type"] == "application/problem+json", case
        assert answer.json()["detail"], case
        assert stored() == before, case


def test_broken_uploads_over_the_portal(limit: None) -> None:
    world = worlds.build()
    door = world.doors["citizen"]
    address, field = file_field(door, f"/drafts/{world.values['draft']}/")
    before = stored()
    for case, (name, data) in BROKEN.items():
        answer = door.post(address, {field: SimpleUploadedFile(name, data, "application/pdf")})
        assert answer.status_code == 422, (case, answer.status_code)
        assert "govuk-error-message" in answer.content.decode(), case
        assert stored() == before, case


def test_broken_uploads_at_the_desk(limit: None) -> None:
    world = worlds.build()
    address = "/desk/dossiers/{new}/act/attach/".format(**world.values)
    before = stored()
    for case, (name, data) in BROKEN.items():
        answer = world.doors["counter"].post(address, {"files": SimpleUploadedFile(name, data)})
        assert answer.status_code in (413, 422), (case, answer.status_code)
        assert "error-summary" in answer.content.decode(), case
        assert stored() == before, case


def test_a_path_in_the_name_leads_nowhere() -> None:
    """The file is taken under the harmless part of its name; its bytes lie under their hash."""
    world = worlds.build()
    door = Client(headers=world.machines["own"])
    for name in ("../../../../etc/passwd.pdf", "/etc/cron.d/x.pdf", "..\\..\\windows\\x.pdf", "a\nb.pdf"):
        answer = door.post(
            "/api/v1/files", samples.pdf(name), content_type="application/octet-stream", query_params={"name": name}
        )
        assert answer.status_code == 201, (name, answer.content)
        kept = Upload.objects.get(pk=answer.json()["id"])
        assert not set(kept.name) & set("/\\\n")
        assert ".." not in kept.name
        lying = {path.name for path in Path(django_settings.FILES_DIR).rglob("*") if path.is_file()}
        assert kept.blob_id in lying
        assert all(re.fullmatch(r"[0-9a-f]{64}.*", each) for each in lying)
