"""Promise 5: bad input gets a clear message and a status 4xx, nothing is half-written, and never a 500.

Broken files at every door; every form of every page, found by walking the pages as each role, posted with rubbish;
the API attacked from its own description. CI tries some, ``make soak`` ten thousand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from motcua.config.wsgi import application
from motcua.engines.files.models import Blob, Upload
from motcua.engines.ledger import verify
from motcua.engines.ledger.models import Event
from motcua.foundation.cache import forget_all
from motcua.interfaces.api import auth
from motcua.services.dossiers.models import DossierFile
from tests.engines.files import samples
from tests.faults import world as worlds
from tests.interfaces.api.conftest import body

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

POSTS_IN_CI, POSTS_IN_SOAK = 400, 10_000
CALLS_IN_CI, CALLS_IN_SOAK = 15, 400  # for each operation of the API
LIMIT = 1_000_000

BROKEN = {
    "a program that calls itself a PDF": ("don.pdf", b"MZ\x90\0" + b"\0" * 200),
    "a web page that calls itself a picture": ("anh.png", b"<!DOCTYPE html><script>alert(1)</script>"),
    "a picture that calls itself a PDF": ("anh.pdf", samples.picture()),
    "a kind that nobody takes": ("a.exe", b"MZ\x90\0" + b"\0" * 200),
    "a name without an ending": ("don", samples.pdf()),
    "nothing": ("rong.pdf", b""),
    "a zip bomb": ("bom.docx", samples.docx({"word/media/a.bin": b"\0" * 30_000_000})),
    "too many members": ("bom.docx", samples.docx({f"word/{i}.xml": b"" for i in range(4000)})),
    "a path inside an archive": ("duong.docx", samples.docx({"../../etc/passwd": b"x"})),
    "macros": ("macro.docx", samples.docx({"word/vbaProject.bin": b"x"})),
    "cut off": ("nua.png", samples.picture()[:60]),
    "over the limit": ("lon.pdf", samples.pdf(padding=LIMIT)),
}
SOME = pytest.mark.parametrize("case", BROKEN)


@pytest.fixture
def limit(settings: Any) -> None:
    """A small limit, so that nobody must make large files."""
    settings.FILE_MAX_BYTES = LIMIT


@pytest.fixture(autouse=True)
def _no_kept_tokens() -> Iterator[None]:
    auth._known.clear()
    yield
    auth._known.clear()


def stored() -> tuple[int, int, int, int, int]:
    """Everything that taking a file in would leave: rows and bytes."""
    bytes_there = sum(1 for path in Path(django_settings.FILES_DIR).rglob("*") if path.is_file())
    return Blob.objects.count(), Upload.objects.count(), DossierFile.objects.count(), Event.objects.count(), bytes_there


@SOME
def test_broken_uploads_over_the_api(limit: None, case: str) -> None:
    world = worlds.build()
    name, data = BROKEN[case]
    before = stored()
    answer = Client(headers=world.machines["own"]).post(
        f"/api/v1/files?name={name}", data, content_type="application/octet-stream"
    )
    assert answer.status_code == (413 if "limit" in case else 422), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert stored() == before


@SOME
def test_broken_uploads_over_the_portal(limit: None, case: str) -> None:
    world = worlds.build()
    name, data = BROKEN[case]
    door = world.doors["citizen"]
    address, field = file_field(door, f"/drafts/{world.values['draft']}/")
    before = stored()
    answer = door.post(address, {field: SimpleUploadedFile(name, data, "application/pdf")})
    # A browser sends an empty file as it sends none; everything else is named beside its field.
    assert answer.status_code == 422 or not data, answer.status_code
    if data:
        assert "govuk-error-message" in answer.content.decode()
    assert stored() == before


@SOME
def test_broken_uploads_at_the_desk(limit: None, case: str) -> None:
    world = worlds.build()
    name, data = BROKEN[case]
    before = stored()
    answer = world.doors["counter"].post(
        "/desk/dossiers/{new}/act/attach/".format(**world.values), {"files": SimpleUploadedFile(name, data)}
    )
    assert answer.status_code in (413, 422)
    assert "error-summary" in answer.content.decode()
    assert stored() == before


@pytest.mark.parametrize(
    "name", ["../../../../etc/passwd.pdf", "/etc/cron.d/x.pdf", "..\\..\\windows\\x.pdf", "a\nb.pdf"]
)
def test_a_path_in_the_name_leads_nowhere(name: str) -> None:
    """The file is taken under the harmless part of its name; its bytes lie under their hash."""
    world = worlds.build()
    answer = Client(headers=world.machines["own"]).post(
        "/api/v1/files", samples.pdf(name), content_type="application/octet-stream", query_params={"name": name}
    )
    assert answer.status_code == 201, answer.content
    kept = Upload.objects.get(pk=answer.json()["id"])
    assert not set(kept.name) & set("/\\\n")
    assert ".." not in kept.name
    lying = {path.name for path in Path(django_settings.FILES_DIR).rglob("*") if path.is_file()}
    assert kept.blob_id in lying
    assert all(re.fullmatch(r"[0-9a-f]{64}.*", each) for each in lying)


def file_field(door: Client, start: str) -> tuple[str, str]:
    """The first page of a draft that takes a file: its address and the name of the field."""
    for part in sorted(set(re.findall(rf"{start}parts/[\w-]+/", door.get(start).content.decode()))):
        for form in forms_of(door.get(part).content.decode(), part):
            if form.files:
                return part, form.files[0]
    raise AssertionError("no page takes a file")


# Every form of every page


@dataclass(frozen=True)
class Form:
    """A form as it stands on a page: where it goes, what it sends by itself, where files may be put."""

    action: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.found: list[Form] = []
        self._open: tuple[str, list[tuple[str, str]], list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = (given.get("action") or self.page, [], [])
        name = given.get("name", "")
        if self._open is None or not name or name == "csrfmiddlewaretoken":
            return
        if tag == "input" and given.get("type") == "file":
            self._open[2].append(name)
        elif tag in ("input", "button", "select", "textarea"):
            self._open[1].append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            action, fields, files = self._open
            self.found.append(Form(action.split("#")[0], tuple(fields), tuple(files)))
            self._open = None


def forms_of(page: str, address: str) -> list[Form]:
    parser = _Forms(address)
    parser.feed(page)
    return parser.found


# Leaving and changing language or theme say nothing about a form; allauth's own pages are theirs.
LEFT_OUT = ("/sign-out/", "/language/", "/theme/")
MOST_PAGES = 60


def walk(door: Client, starts: list[str]) -> dict[tuple[str, tuple[str, ...]], Form]:
    """The forms on all pages that can be reached, a page of each kind being enough."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    waiting, seen = list(starts), set()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", address.split("?")[0])
        if kind in seen or not address.startswith("/") or address.startswith("/static"):
            continue
        seen.add(kind)
        answer = door.get(address)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        text = answer.content.decode()
        for form in forms_of(text, address):
            if not form.action.startswith(LEFT_OUT):
                shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "#", form.action)
                found.setdefault((shape, tuple(name for name, _ in form.fields)), form)
        waiting += re.findall(r'href="(/[^"#]*)', text)
    return found


NASTY = st.sampled_from(
    [
        "", " ", "\0", "a\0b", "\u202e\u200b", "🙂" * 40, "x" * 30_000, "-1", "0", "1e999", "NaN", "٣", "9" * 400,
        "2026-13-45", "0001-01-01", "9999-12-31", "99999-01-01", "31/02/2026", "00000000-0000-0000-0000-000000000000",
        "' OR 1=1 --", "{{7*7}}", "%s%n", "%00", "../../etc/passwd", "<script>alert(1)</script>", "\r\nX: y", "on",
        "__proto__", "[]", "{}", "null", "true", "\ud7ff\ufffe", "a@b", "084" * 4, "5 working_day", "http://x/",
    ]
)  # fmt: skip
VALUE = NASTY | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30) | st.integers().map(str)
FILE = st.sampled_from(sorted(BROKEN)) | st.just("good")


@st.composite
def posts(draw: st.DrawFn, doors: list[tuple[str, Form]]) -> tuple[str, str, dict[str, Any]]:
    """A form filled in: most of it as it stands, some of it nasty, some left out, some twice, some invented."""
    role, form = draw(st.sampled_from(doors))
    data: dict[str, Any] = {}
    for name, value in form.fields:
        what = draw(st.sampled_from(["as it stands", "as it stands", "nasty", "nasty", "missing", "twice"]))
        if what == "as it stands":
            data[name] = value
        elif what == "nasty":
            data[name] = draw(VALUE)
        elif what == "twice":
            data[name] = [draw(VALUE), draw(VALUE)]
    for name in form.files:
        if draw(st.booleans()):
            chosen = draw(FILE)
            given_name, content = BROKEN.get(chosen, ("don.pdf", samples.pdf()))
            data[name] = SimpleUploadedFile(given_name, content)
    if draw(st.integers(0, 9)) == 0:
        data[draw(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))] = draw(VALUE)
    return role, form.action, data


HALVES = """
SELECT count(*) FROM dossiers_dossier d
LEFT JOIN cases_case c ON c.id = d.case_id
WHERE c.id IS NULL
   OR NOT EXISTS (SELECT 1 FROM cases_task t WHERE t.case_id = d.case_id)
   OR 1 <> (SELECT count(*) FROM ledger_event e WHERE e.stream = d.case_id AND e.kind = 'dossier.submitted')
   OR (SELECT max(seq) <> count(*) FROM ledger_event e WHERE e.stream = d.case_id)
"""
LONE_CASES = "SELECT count(*) FROM cases_case c WHERE NOT EXISTS (SELECT 1 FROM dossiers_dossier WHERE case_id = c.id)"


def nothing_half_written() -> None:
    """Every dossier has case, task and event, and every case its dossier."""
    with connection.cursor() as cursor:
        for question in (HALVES, LONE_CASES):
            cursor.execute(question)
            assert cursor.fetchone() == (0,), question


def attack_forms(examples: int) -> None:
    world = worlds.build()
    v = world.values
    starts = {
        "anonymous": ["/", "/lookup/", "/sign-in/", "/account/signup/", "/account/password/reset/"],
        "citizen": [
            f"/drafts/{v['draft']}/", f"/dossiers/{v['waiting_code']}/answer/", "/account/", "/inbox/", "/",
            f"/dossiers/{v['new_code']}/withdraw/", f"/procedures/{v['procedure']}/start/", "/dossiers/",
        ],
        "counter": ["/desk/", f"/desk/dossiers/{v['new']}/", f"/desk/dossiers/{v['finished']}/", "/desk/intake/",
                    f"/desk/intake/{v['intake']}/person/", f"/desk/intake/{v['intake']}/procedure/"],
        "specialist": [f"/desk/dossiers/{v['accepted']}/", f"/desk/dossiers/{v['processing']}/", "/desk/"],
        "leader": [f"/desk/dossiers/{v['signing']}/", "/desk/administration/ledger/"],
        "administrator": [
            "/desk/administration/", f"/desk/administration/procedures/{v['procedure_key']}/edit/",
            f"/desk/administration/forms/{v['form']}/", f"/desk/administration/flows/{v['flow']}/",
        ],
    }  # fmt: skip
    doors = [(role, form) for role, start in starts.items() for form in walk(world.doors[role], start).values()]
    actions = {re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "#", form.action) for _, form in doors}
    assert len(actions) >= 50, sorted(actions)

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck), deadline=None, database=None)
    @given(posts(doors))
    def attack(post: tuple[str, str, dict[str, Any]]) -> None:
        role, action, data = post
        door = world.doors[role]
        cookies = {name: morsel.value for name, morsel in door.cookies.items()}
        before = transaction.savepoint()
        try:
            answer = door.post(action, data)
            assert answer.status_code < 500, (role, action, data)
            nothing_half_written()
        finally:
            transaction.savepoint_rollback(before)
            door.cookies.clear()
            door.cookies.load(cookies)
            forget_all()

    attack()
    assert verify.verify().ok


def test_no_form_can_be_broken() -> None:
    attack_forms(POSTS_IN_CI)


@pytest.mark.soak
def test_no_form_can_be_broken_by_ten_thousand_posts() -> None:
    attack_forms(POSTS_IN_SOAK)


# The API from its own description


@contextmanager
def one_connection() -> Iterator[None]:
    """A request does not give the test's own connection back, as with Django's test client (which ends this again)."""
    signals = (request_started, request_finished)
    for each in signals:
        each.disconnect(close_old_connections)
    try:
        yield
    finally:
        for each in signals:
            each.connect(close_old_connections)


def attack_api(examples: int) -> None:
    world = worlds.build()
    v = world.values
    codes = [v["new_code"], v["accepted_code"], v["procedure"], "H57.1-260101-0001"]
    with one_connection():
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 12
    machines = [headers for name, headers in world.machines.items() if name != "nobody"]
    for operation in operations:

        @settings(max_examples=examples, suppress_health_check=list(HealthCheck), deadline=None, database=None)
        @given(
            case=operation.as_strategy(),
            machine=st.sampled_from(machines),
            code=st.sampled_from(codes),
            true=st.booleans(),
        )
        def attack(case: Any, machine: dict[str, str], code: str, true: bool) -> None:
            if true and "code" in (case.path_parameters or {}):
                case.path_parameters["code"] = code
            if true and isinstance(case.body, dict) and "procedure" in case.body:
                case.body |= {"procedure": v["procedure"], "ward_code": "19777", "unit": ""}
            before = transaction.savepoint()
            try:
                answer = case.call(headers=machine)
                case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == ["application/problem+json"], answer.text
                nothing_half_written()
            finally:
                transaction.savepoint_rollback(before)
                forget_all()

        with one_connection():
            attack()
    assert verify.verify().ok


def test_the_api_answers_whatever_comes() -> None:
    attack_api(CALLS_IN_CI)


@pytest.mark.soak
def test_the_api_answers_whatever_comes_for_long() -> None:
    attack_api(CALLS_IN_SOAK)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"procedure":' + b"[" * 5000, b'{"a":1e999}', b"NaN"],
)
def test_bodies_that_are_no_json(raw: bytes) -> None:
    world = worlds.build()
    for path in ("/api/v1/dossiers", "/api/v1/dossiers/{new_code}/status", "/api/v1/dossiers/{new_code}/files"):
        answer = Client(headers=world.machines["own"]).post(
            path.format(**world.values),
            raw,
            content_type="application/json",
            headers={"Idempotency-Key": "rac-ruoi-1"},
        )
        assert 400 <= answer.status_code < 500, answer.content
        assert answer["Content-Type"] == "application/problem+json"
    nothing_half_written()


def test_a_submission_with_a_bad_part_leaves_nothing() -> None:
    """Each part that can be wrong, wrong: refused, and neither case nor code nor event is used up."""
    world = worlds.build()
    door = Client(headers=world.machines["own"])
    before = stored()
    right = body(procedure=world.values["procedure"])
    for number, wrong in enumerate(
        (
            {"procedure": "9.999999"},
            {"ward_code": "00000"},
            {"applicant": {"name": " "}},
            {"applicant": {"name": "A", "email": "khong phai"}},
            {"components": [{"key": "p1", "files": ["00000000-0000-0000-0000-000000000000"]}]},
            {"components": [{"key": "p1"}, {"key": "p1"}]},
            {"components": [{"key": "p1", "originals": 100}]},
            {"channel": "PIGEON"},
            {"surprise": 1},
        )
    ):
        answer = door.post(
            "/api/v1/dossiers",
            {**right, **wrong},
            content_type="application/json",
            headers={"Idempotency-Key": f"sai-mot-cho-{number}"},
        )
        assert 400 <= answer.status_code < 500, (wrong, answer.content)
        assert stored() == before, wrong
    nothing_half_written()
