"""Promise 5: bad input gets a clear message and a status 4xx, nothing is half-written, and never a 500.

Here: every form of every page, found by walking the pages as each role, posted with rubbish. CI tries some,
``make soak`` ten thousand.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.engines.ledger import verify
from motcua.foundation.cache import forget_all
from tests.engines.files import samples
from tests.faults import world as worlds
from tests.faults.broken import BROKEN, nothing_half_written
from tests.faults.crawling import Form, shape_of, walk

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

POSTS_IN_CI, POSTS_IN_SOAK = 400, 10_000

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
    names = sorted({name for name, _ in form.fields})
    # Where everything is nasty the first check refuses it; few wrong fields come further.
    few = draw(st.sets(st.sampled_from(names), max_size=3)) if names and draw(st.integers(0, 3)) else set(names)
    data: dict[str, Any] = {}
    for name, value in form.fields:
        what = draw(st.sampled_from(["nasty", "nasty", "missing", "twice", "as it stands"])) if name in few else ""
        if what in ("", "as it stands"):
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
    actions = {shape_of(form.action) for _, form in doors}
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
            if role == "administrator":  # nobody else changes what processes remember
                forget_all()

    attack()
    assert verify.verify().ok


def test_no_form_can_be_broken() -> None:
    attack_forms(POSTS_IN_CI)


@pytest.mark.soak
def test_no_form_can_be_broken_by_ten_thousand_posts() -> None:
    attack_forms(POSTS_IN_SOAK)
