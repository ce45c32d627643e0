"""A machine client of the province with every scope, and a procedure to submit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from motcua.engines.files.models import Blob
from motcua.interfaces.api import auth
from tests import factories

SCOPES = ("dossier.submit", "dossier.read", "dossier.receive", "dossier.process", "dossier.return")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
PDF += b"trailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _no_kept_tokens() -> Iterator[None]:
    auth._known.clear()
    yield
    auth._known.clear()


class Api:
    """Calls as a client would make them."""

    def __init__(self, token: str) -> None:
        self._client = Client(headers={"Authorization": f"Bearer {token}"} if token else {})

    def get(self, path: str) -> Any:
        return self._client.get(f"/api/v1{path}")

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self._client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)

    def hand_in(self, name: str = "giay-chung-sinh.pdf", data: bytes = PDF) -> Any:
        return self._client.post(f"/api/v1/files?name={name}", data, content_type="application/octet-stream")


@pytest.fixture
def api(db: None) -> Api:
    factories.make_units()
    return Api(factories.make_client(scopes=SCOPES)[1])


@pytest.fixture
def procedure(db: None) -> Any:
    return factories.make_procedure("1.001193")


def body(**fields: Any) -> dict[str, Any]:
    """A submission that is right; ``fields`` replace parts of it."""
    return {
        "procedure": "1.001193",
        "ward_code": "19777",
        "applicant": {"name": "Trần Thị Bình", "identity_number": "046190000123", "phone": "0905123456"},
        "components": [{"key": "p1", "originals": 1}],
        **fields,
    }


def group_body(group: str, *parts: str, **fields: Any) -> dict[str, Any]:
    """Linked procedures to submit, each part empty; ``fields`` replace parts of it."""
    alone = body()
    return {
        "group": group,
        "ward_code": alone["ward_code"],
        "applicant": alone["applicant"],
        "parts": [{"key": part} for part in parts],
        **fields,
    }


def blobs() -> int:
    return Blob.objects.count()
