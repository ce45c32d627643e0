"""Promise 4: nobody sees or does what is not theirs. Every address is tried as every role against the table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from motcua.engines.ledger.models import Event
from motcua.foundation.cache import forget_all
from motcua.interfaces.api import auth
from motcua.interfaces.api.urls import api
from motcua.services.dossiers.models import Dossier
from tests import factories
from tests.engines.files.samples import pdf
from tests.faults import world as worlds
from tests.faults.doors import AT_KIOSK, CALLS, DOORS, MACHINES, ROLES, SECOND_FACTOR, SIGN_IN
from tests.faults.doors.words import Door
from tests.interfaces.api.conftest import body, group_body
from tests.interfaces.desk.support import signed_in

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

API = "api/v1/"


def patterns(of: Any, before: str = "") -> Iterator[str]:
    """Every address that the resolver knows, as it writes them."""
    for each in of:
        if isinstance(each, URLResolver):
            yield from patterns(each.url_patterns, before + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield before + str(each.pattern)


def test_every_address_is_in_the_table() -> None:
    known = {pattern for pattern in patterns(get_resolver().url_patterns) if not pattern.startswith(API)}
    tabled = {door.pattern for door in DOORS}
    assert known - tabled == set(), "New addresses: say in tests/faults/doors/ who may pass."
    assert tabled - known == set(), "These addresses are gone."


def test_every_operation_of_the_api_is_in_the_table() -> None:
    known = {
        (method.upper(), path.removeprefix("/" + API).replace("{", "<").replace("}", ">"))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    } | {("GET", "openapi.json")}
    assert known == {(call.method, call.pattern) for call in CALLS}
    addresses = {p.removeprefix(API) for p in patterns(get_resolver().url_patterns) if p.startswith(API)}
    # The root has a name for other addresses to be built on, and no page.
    assert addresses - {call.pattern for call in CALLS} == {""}


@contextmanager
def undone(door: Client) -> Iterator[None]:
    """Whatever the request does is taken back, in the database, in caches and in the browser's cookies."""
    cookies = {name: morsel.value for name, morsel in door.cookies.items()}
    before = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(before)
        door.cookies.clear()
        door.cookies.load(cookies)
        forget_all()


def outcome(answer: Any) -> int | str:
    if answer.status_code == 302 and answer["Location"].partition("?")[0] == "/sign-in/":
        return SIGN_IN
    if answer.status_code == 302 and answer["Location"] == "/account/second-factor/":
        return SECOND_FACTOR
    return int(answer.status_code)


def wrong_at(doors: Sequence[Door], world: worlds.World) -> list[str]:
    """Every address as every role, against its row in the table."""
    wrong = []
    for door in doors:
        address = door.address.format(**world.values)
        data = {name: value.format(**world.values) for name, value in door.data.items()}
        for method, row in (("get", door.get), ("post", door.post)):
            for role, expected in zip(ROLES, row, strict=True):
                client = world.doors[role]
                with undone(client):
                    events = Event.objects.count()
                    found = outcome(getattr(client, method)(address, data if method == "post" else {}))
                    if found != expected:
                        wrong.append(f"{method.upper()} {address} as {role}: {found}, not {expected}")
                    refused = found in (SIGN_IN, SECOND_FACTOR) or (isinstance(found, int) and found >= 400)
                    if (refused or method == "get") and Event.objects.count() != events:
                        wrong.append(f"{method.upper()} {address} as {role}: {found}, and yet something happened")
    return wrong


def test_every_address_as_every_role() -> None:
    wrong = wrong_at(DOORS, worlds.build())
    assert not wrong, "\n".join(wrong)


def test_a_kiosk_as_every_role(settings: Any) -> None:
    """Where the province has set up kiosks their pages are open to all; who has put in a card there gets no further
    than finding, filling in and submitting."""
    assert {door.pattern for door in AT_KIOSK} == {door.pattern for door in DOORS if door.pattern.startswith("kiosk/")}
    settings.KIOSK = True
    world = worlds.build()
    wrong = wrong_at(AT_KIOSK, world)
    assert not wrong, "\n".join(wrong)
    visitor = Client()
    card = "046190000123|191234567|Trần Thị Bình|17051990|Nữ|Huế|10052021"
    assert visitor.post("/kiosk/", {"card": card, "birth": "17051990"}).status_code == 302
    for address in ("/desk/", "/desk/search/", "/account/mandates/", "/dossiers/", "/dossiers/{new_code}/"):
        answer = visitor.get(address.format(**world.values))
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/kiosk/"), address


def test_the_api_as_every_client() -> None:
    world = worlds.build()
    bodies: dict[str, Any] = {
        "": None,
        "pdf": pdf("tệp mới"),
        "dossier": body(procedure=world.values["procedure"]),
        "attach": {"uploads": [world.values["machine_file"]]},
        "accept": {"action": "accept"},
        "obligation": {"name": "Lệ phí trước bạ", "amount": 1_500_000, "notice_number": "12/TB"},
        "payment": {"receipt": "BL01"},
        "group": group_body("doi", "mot", "hai"),
        "reason": {"reason": "Không cần nữa"},
        "question": {"units": ["H57.11"], "question": "Có quy hoạch không?"},
        "opinion": {"agrees": True, "answer": "Đồng ý"},
    }
    wrong = []
    browsers = {f"{role} in a browser": (world.doors[role], {}) for role in ("citizen", "counter", "administrator")}
    for call in CALLS:
        address = call.address.format(**world.values)
        given = bodies[call.body]
        who = {name: (Client(), world.machines[name]) for name in MACHINES} | browsers
        expected = dict(zip(MACHINES, call.expected, strict=True)) | dict.fromkeys(browsers, call.expected[0])
        for name, (client, headers) in who.items():
            kind = "application/octet-stream" if isinstance(given, bytes) else "application/json"
            data = given if isinstance(given, bytes) else json.dumps(given) if given else ""
            auth._known.clear()
            with undone(client):
                events = Event.objects.count()
                answer = client.generic(
                    call.method, address, data, kind, headers={**headers, "Idempotency-Key": f"chiec-cua-{name}"}
                )
                if answer.status_code != expected[name]:
                    wrong.append(f"{call.method} {address} as {name}: {answer.status_code}, not {expected[name]}")
                if answer.status_code >= 400 and Event.objects.count() != events:
                    wrong.append(f"{call.method} {address} as {name}: {answer.status_code}, and yet something happened")
    assert not wrong, "\n".join(wrong)


def test_a_list_of_dossiers_does_to_each_only_what_one_may() -> None:
    """Acting on many at once refuses nobody at the door: what it does is asked of every dossier."""
    world = worlds.build()
    before = Dossier.objects.get(pk=world.values["new"]).status
    for role in ("specialist", "elsewhere", "leader", "administrator"):
        world.doors[role].post("/desk/bulk/", {"verb": "accept", "dossier": world.values["new"]})
        world.doors[role].post("/desk/bulk/", {"verb": "claim", "dossier": world.values["signing"]})
        assert Dossier.objects.get(pk=world.values["new"]).status == before, role


def test_the_ledger_of_a_dossier_is_for_its_own_agency() -> None:
    world = worlds.build()
    stranger = signed_in(factories.make_officer("leader", factories.make_units()["other_commune"]))
    address = "/desk/administration/ledger/{new}/".format(**world.values)
    assert world.doors["leader"].get(address).status_code == 200
    assert stranger.get(address).status_code == 404


def test_keys_of_another_dossier_open_nothing() -> None:
    """A file, document, component or step is looked for within the dossier of the address alone."""
    world = worlds.build()
    values = world.values
    for address in (
        "/desk/dossiers/{accepted}/files/{file}/",
        "/desk/dossiers/{new}/documents/{document}/",
        "/dossiers/{accepted_code}/files/{file}/",
        "/dossiers/{new_code}/documents/{document}/",
    ):
        door = world.doors["counter" if address.startswith("/desk") else "citizen"]
        assert door.get(address.format(**values)).status_code == 404, address
    component = "/desk/dossiers/{accepted}/components/{component}/".format(**values)
    assert world.doors["specialist"].post(component, {"verdict": "missing"}).status_code == 422
    step = "/desk/dossiers/{accepted}/act/claim/".format(**values)
    assert world.doors["specialist"].post(step, {"task": values["processing_task"]}).status_code in (409, 422)
