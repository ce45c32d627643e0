"""Changing the catalogue: drafts, publishing with a date, the review list; who may, and what the ledger keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from motcua.engines.ledger.actor import SYSTEM, Actor, Grant
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import catch_up, registry
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from motcua.foundation.keys import new_id
from motcua.services.procedures import actions, queries, search_index, versions
from motcua.services.procedures.content import Content, Method
from motcua.services.procedures.importer import import_file
from motcua.services.procedures.models import Procedure, ProcedureDraft, ProcedureVersion, ReviewItem, SearchEntry
from tests.services.procedures.samples import method, record, write

pytestmark = pytest.mark.django_db

FIRST = date(2025, 7, 1)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=clock.VIETNAM)
TODAY = NOW.date()


def officer(name: str, permission: str) -> Actor:
    grant = Grant("role", new_id(), "/", frozenset({permission}))
    return Actor(kind="officer", id=new_id(), name=name, grants=(grant,))


EDITOR = officer("Quản trị", "catalogue.edit")
STRANGER = officer("Khác", "dossier.receive")


@pytest.fixture(autouse=True)
def at_nine():
    with clock.at(NOW):
        yield


@pytest.fixture
def procedure(tmp_path: Path) -> Procedure:
    odd = [
        method("ONLINE", time_unit="OTHER", time_raw="1 OTHER"),
        method("DIRECT", fees=[{"amount": 20, "note": "20.000 đồng", "currency": "VND"}]),
    ]
    import_file(write(tmp_path / "one.jsonl", record(methods=odd)), SYSTEM, FIRST)
    return Procedure.objects.get()


def stored(procedure: Procedure) -> Content:
    return versions.content_of(queries.current(procedure.code))


def item(reason: str) -> ReviewItem:
    return ReviewItem.objects.get(reason=reason)


def edit(procedure: Procedure, **changes: object) -> ProcedureDraft:
    with begin(EDITOR) as work:
        return actions.edit(work, procedure, replace(stored(procedure), **changes))  # type: ignore[arg-type]


def publish(procedure: Procedure, day: date = TODAY) -> ProcedureVersion:
    with begin(EDITOR) as work:
        version = actions.publish(work, procedure, day)
    forget_all()  # as the commit does, which a test never comes to
    return version


def test_an_edit_takes_effect_when_it_is_published(procedure: Procedure) -> None:
    draft = edit(procedure, name="Đăng ký khai sinh")
    assert queries.current(procedure.code).name == "Thủ tục đăng ký khai sinh"
    assert queries.draft_content(draft).name == "Đăng ký khai sinh"
    version = publish(procedure)
    assert (version.number, version.source) == (2, "EDIT")
    assert queries.current(procedure.code).name == "Đăng ký khai sinh"
    assert queries.by_code(procedure.code, TODAY - timedelta(days=1)).name == "Thủ tục đăng ký khai sinh"
    assert [one.number for one in queries.history(procedure.code)] == [2, 1]
    assert queries.open_draft(procedure) is None
    published = Event.objects.get(kind="procedure.version_published")
    assert published.data["changes"] == [
        {"path": "name", "before": "Thủ tục đăng ký khai sinh", "after": "Đăng ký khai sinh"}
    ]
    assert published.actor["name"] == "Quản trị"


def test_search_shows_a_published_version_at_once(
    procedure: Procedure, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    edit(procedure, name="Ghi nhận trẻ sơ sinh")
    with django_capture_on_commit_callbacks(execute=True):
        publish(procedure)
    assert SearchEntry.objects.get().name == "Ghi nhận trẻ sơ sinh"
    assert [hit.code for hit in queries.search("tre so sinh")] == [procedure.code]


def test_the_reader_brings_search_up_when_the_process_died(procedure: Procedure) -> None:
    edit(procedure, name="Ghi nhận trẻ sơ sinh")
    publish(procedure)
    assert SearchEntry.objects.get().name == "Thủ tục đăng ký khai sinh"
    # The reader sees only what is committed: here it is handed the events of this transaction.
    registry["procedures.search"].handle(list(Event.objects.filter(kind__startswith="procedure.")))
    assert SearchEntry.objects.get().name == "Ghi nhận trẻ sơ sinh"
    assert catch_up(registry["procedures.search"]) == 0


def test_a_version_for_later_can_be_withdrawn(procedure: Procedure) -> None:
    edit(procedure, name="Ngày mai")
    version = publish(procedure, TODAY + timedelta(days=1))
    assert queries.current(procedure.code).number == 1
    with begin(EDITOR) as work:
        actions.withdraw(work, version)
    assert queries.by_code(procedure.code, TODAY + timedelta(days=5)).number == 1
    with pytest.raises(Refused), begin(EDITOR) as work:
        actions.withdraw(work, version)
    with pytest.raises(Refused), begin(EDITOR) as work:
        actions.withdraw(work, ProcedureVersion.objects.get(number=1))


def test_days_on_which_nothing_can_be_published(procedure: Procedure) -> None:
    edit(procedure, name="Gestern")
    with pytest.raises(Refused):
        publish(procedure, TODAY - timedelta(days=1))
    publish(procedure, TODAY + timedelta(days=9))
    edit(procedure, name="Dazwischen")
    with pytest.raises(Conflict):
        publish(procedure, TODAY + timedelta(days=3))


def test_two_editors(procedure: Procedure) -> None:
    draft = edit(procedure, name="Eins")
    seen = draft.revision
    edit(procedure, name="Zwei")
    with pytest.raises(Conflict), begin(EDITOR) as work:
        actions.edit(work, procedure, replace(stored(procedure), name="Drei"), revision=seen)
    current = queries.open_draft(procedure)
    assert current is not None
    assert queries.draft_content(current).name == "Zwei"


def test_a_draft_does_not_undo_what_an_import_brought(procedure: Procedure, tmp_path: Path) -> None:
    edit(procedure, name="Eins")
    import_file(write(tmp_path / "new.jsonl", record(name="Von oben")), SYSTEM)
    with pytest.raises(Conflict):
        publish(procedure)
    assert queries.by_code(procedure.code).name == "Von oben"


def test_a_draft_given_up(procedure: Procedure) -> None:
    edit(procedure, name="Weg")
    with begin(EDITOR) as work:
        actions.discard(work, procedure)
    assert queries.open_draft(procedure) is None
    for action in (actions.discard, lambda work, one: actions.publish(work, one, TODAY)):
        with pytest.raises(NotFound), begin(EDITOR) as work:
            action(work, procedure)
    edit(procedure, name="Neu")
    assert publish(procedure).number == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"methods": ()},
        {"methods": (Method("DIRECT", Decimal("0"), "DAY"),)},
        {"methods": (Method("DIRECT", Decimal("5"), "OTHER"),)},
    ],
)
def test_what_no_version_may_say(procedure: Procedure, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        edit(procedure, **wrong)
    assert not ProcedureDraft.objects.exists()


def test_a_doubtful_fee_put_right(procedure: Procedure) -> None:
    with begin(EDITOR) as work:
        actions.resolve_review_item(work, item("fee_below_1000"), "correct", "20.000")
    with begin(EDITOR) as work:
        actions.resolve_review_item(work, item("time_in_prose"), "correct", "1 working_day")
    assert ProcedureDraft.objects.count() == 1
    publish(procedure)
    online, direct = queries.current(procedure.code).methods
    assert (direct.fees[0].amount, direct.fees[0].certain) == (20000, True)
    assert str(online.allowance) == "1 working_day"
    assert set(ReviewItem.objects.values_list("state", "decided_by")) == {("CORRECTED", "Quản trị")}
    settled = Event.objects.filter(kind="procedure.review_settled").first()
    assert settled is not None
    assert settled.data["after"] == "20.000"


def test_a_doubt_that_was_none(procedure: Procedure) -> None:
    with begin(EDITOR) as work:
        assert actions.resolve_review_item(work, item("time_in_prose"), "accept") is None
    with begin(EDITOR) as work:
        actions.resolve_review_item(work, item("fee_below_1000"), "accept")
    publish(procedure)
    fee = queries.current(procedure.code).methods[1].fees[0]
    assert (fee.amount, fee.certain) == (20, True)


def test_a_doubt_is_settled_once(procedure: Procedure) -> None:
    doubt = item("fee_below_1000")
    for value in ("viel", ""):
        with pytest.raises(Invalid), begin(EDITOR) as work:
            actions.resolve_review_item(work, doubt, "correct", value)
    with pytest.raises(Invalid), begin(EDITOR) as work:
        actions.resolve_review_item(work, doubt, "perhaps")
    with begin(EDITOR) as work:
        actions.resolve_review_item(work, doubt, "accept")
    with pytest.raises(Conflict), begin(EDITOR) as work:
        actions.resolve_review_item(work, doubt, "accept")


def test_open_doubts_go_with_the_new_version(procedure: Procedure) -> None:
    edit(procedure, name="Anders")
    version = publish(procedure)
    assert set(ReviewItem.objects.values_list("state", "version_id")) == {("OPEN", version.id)}
    edit(procedure, methods=(Method("DIRECT", Decimal(2), "DAY"),))
    publish(procedure)
    assert set(ReviewItem.objects.values_list("state", flat=True)) == {"SUPERSEDED"}


@pytest.mark.parametrize("code", ["1.00119", "", "1.001193 "])
def test_codes_that_a_correction_may_not_give(procedure: Procedure, tmp_path: Path, code: str) -> None:
    import_file(write(tmp_path / "two.jsonl", record("1.0133611")), SYSTEM)
    with pytest.raises((Invalid, Conflict)), begin(EDITOR) as work:
        actions.resolve_review_item(work, item("malformed_code"), "correct", code)


def test_status(procedure: Procedure) -> None:
    with pytest.raises(Invalid), begin(EDITOR) as work:
        actions.set_status(work, procedure, "SUSPENDED", " ")
    with pytest.raises(Invalid), begin(EDITOR) as work:
        actions.set_status(work, procedure, "GONE", "QĐ 1")
    with begin(EDITOR) as work:
        actions.set_status(work, procedure, "SUSPENDED", "QĐ 1/QĐ-UBND")
    search_index.bring_up(TODAY, [procedure.id])
    assert queries.search("khai sinh") == []
    with pytest.raises(NotFound):
        queries.by_code("x")
    assert Event.objects.get(kind="procedure.status_changed").data["after"] == "SUSPENDED"


def test_a_procedure_of_our_own() -> None:
    content = Content(
        name="Mượn sách", levels=("COMMUNE",), handled_level="COMMUNE", methods=(Method("DIRECT", Decimal(1), "DAY"),)
    )
    with begin(EDITOR) as work:
        actions.create(work, "9.000001", content)
    procedure = Procedure.objects.get(code="9.000001")
    with pytest.raises(NotFound):
        queries.current("9.000001")
    publish(procedure)
    assert queries.current("9.000001").name == "Mượn sách"
    for code, error in (("9.000001", Conflict), ("a b", Invalid)):
        with pytest.raises(error), begin(EDITOR) as work:
            actions.create(work, code, content)


def test_who_may(procedure: Procedure) -> None:
    attempts = [
        lambda work: actions.edit(work, procedure, stored(procedure)),
        lambda work: actions.publish(work, procedure, TODAY),
        lambda work: actions.discard(work, procedure),
        lambda work: actions.set_status(work, procedure, "ABOLISHED", "QĐ"),
        lambda work: actions.resolve_review_item(work, item("fee_below_1000"), "accept"),
        lambda work: actions.create(work, "9.000001", stored(procedure)),
        lambda work: actions.withdraw(work, ProcedureVersion.objects.get()),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed), begin(STRANGER) as work:
            attempt(work)
    assert {event.actor["kind"] for event in Event.objects.all()} == {"system"}


def test_versions_stay_in_the_process(procedure: Procedure, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    queries.version.cache_clear()
    with django_assert_num_queries(1 + 7):
        first = queries.current(procedure.code)
    with django_assert_num_queries(0):
        assert queries.version(first.id) is first
    with django_assert_num_queries(0):
        assert queries.current(procedure.code) is first
    with django_assert_num_queries(1):
        assert queries.by_code(procedure.code) is first
    with pytest.raises(NotFound):
        queries.version(UUID(int=1))
