"""The examples of docs/developers/api.md, run in their order against the real API."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from motcua.foundation import clock
from motcua.services.dossiers.models import LinkedGroup
from motcua.services.procedures.search_index import refresh
from tests import factories
from tests.interfaces.api.conftest import PDF, SCOPES

PAGE = Path(__file__).parents[3] / "docs" / "developers" / "api.md"
EXAMPLES = re.findall(r"```http\n(.*?)```\s+```json (\d+)\n(.*?)```", PAGE.read_text(), re.S)


def carries(answer: Any, shown: Any, where: str = "$") -> None:
    """Everything shown has its place in the answer, with the same kind of value."""
    if isinstance(shown, dict):
        for key, value in shown.items():
            assert key in answer, f"{where}.{key}"
            carries(answer[key], value, f"{where}.{key}")
    elif isinstance(shown, list) and shown:
        assert answer, where
        carries(answer[0], shown[0], f"{where}[0]")
    elif isinstance(shown, int) and not isinstance(shown, bool):
        assert isinstance(answer, int | float), where


@pytest.mark.django_db
def test_the_examples_work() -> None:
    assert len(EXAMPLES) >= 12
    factories.make_units()
    factories.make_procedure("1.001193")
    factories.make_procedure("1.004222")
    parts = [
        {"key": "birth", "procedure": "1.001193"},
        {"key": "residence", "procedure": "1.004222", "needs": ["birth"]},
    ]
    LinkedGroup.objects.create(key="birth", name="Sinh con", members=parts)
    refresh(clock.today())
    known = {"token": factories.make_client(scopes=SCOPES)[1]}
    client = Client()
    for request, status, shown in EXAMPLES:
        head, _, text = request.partition("\n\n")
        first, *lines = head.strip().splitlines()
        method, path = first.split(" ")
        for name, value in known.items():
            path, text = path.replace(f"{{{name}}}", value), text.replace(f"{{{name}}}", value)
            lines = [line.replace(f"{{{name}}}", value) for line in lines]
        headers = dict(line.split(": ", 1) for line in lines)
        data: Any = PDF if text.strip() == "{pdf}" else text.strip()
        kind = headers.pop("Content-Type", "application/json")
        answer = client.generic(method, path, data, content_type=kind, headers=headers)
        assert answer.status_code == int(status), (first, answer.content)
        carries(answer.json(), json.loads(shown))
        if path.startswith("/api/v1/files"):
            known["upload"] = answer.json()["id"]
        if method == "POST" and path == "/api/v1/dossiers":
            known["code"] = answer.json()["code"]
        if path == "/api/v1/linked-dossiers":
            known["group_code"] = answer.json()["code"]
        if method == "POST" and path.endswith("/opinions"):
            known["opinion"] = answer.json()[0]["id"]
