"""Imports: whole or not at all, a second run changes nothing, a changed record is a new version with a date."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.verify import verify
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, NotFound
from motcua.services.procedures import actions, queries, versions
from motcua.services.procedures.importer import Report, import_file
from motcua.services.procedures.models import (
    Field,
    Procedure,
    ProcedureResult,
    ProcedureVersion,
    ResultType,
    ReviewItem,
    SearchEntry,
)
from motcua.services.procedures.results import import_results
from tests.services.procedures.samples import method, record, write

pytestmark = pytest.mark.django_db

FIRST, SECOND = date(2025, 7, 1), date(2026, 3, 1)


def load(folder: Path, *records: Any, effective: date | None = None, name: str = "catalogue.jsonl.gz") -> Report:
    return import_file(write(folder / name, *records), SYSTEM, effective)


def test_a_first_import_and_a_second_that_changes_nothing(tmp_path: Path) -> None:
    records = [record(), record("2.000815", name="Chứng thực bản sao", field="Chứng thực")]
    first = load(tmp_path, *records, effective=FIRST)
    assert first.as_json() == {
        "read": 2, "created": 2, "updated": 0, "unchanged": 0, "refused": [], "review": [],
    }  # fmt: skip
    before = list(ProcedureVersion.objects.values_list("id", "content_hash", "effective_to"))
    events = Event.objects.count()
    second = load(tmp_path, *records, name="again.jsonl")
    assert (second.read, second.unchanged, second.created, second.updated) == (2, 2, 0, 0)
    assert list(ProcedureVersion.objects.values_list("id", "content_hash", "effective_to")) == before
    assert Event.objects.count() == events
    assert set(Field.objects.values_list("name", flat=True)) == {"Hộ tịch", "Chứng thực"}


def test_what_was_read_is_what_was_written(tmp_path: Path) -> None:
    load(tmp_path, record(extra_key="kept"))
    stored = queries.current("1.001193")
    assert [one.channel for one in stored.methods] == ["ONLINE", "DIRECT"]
    assert [fee.amount for one in stored.methods for fee in one.fees] == [8000, 8000]
    assert stored.steps == ("Nộp hồ sơ.", "Nhận kết quả.")
    assert stored.legal_basis[0].number == "60/2014/QH13"
    assert stored.extra == {"extra_key": "kept"}
    version = ProcedureVersion.objects.get(pk=stored.id)
    assert stored.digest() == version.content_hash
    assert Procedure.objects.get().current_id == stored.id


def test_a_changed_record_is_a_new_version_from_a_day(tmp_path: Path) -> None:
    load(tmp_path, record(), record("2.000815"), effective=FIRST)
    report = load(tmp_path, record(methods=[method(time_value=2)]), record("2.000815"), effective=SECOND)
    assert (report.updated, report.unchanged) == (1, 1)
    old, new = queries.by_code("1.001193", SECOND - timedelta(days=1)), queries.by_code("1.001193", SECOND)
    assert (old.number, old.effective_to, new.number, new.effective_to) == (1, SECOND, 2, None)
    assert [str(one.allowance) for one in new.methods] == ["2 working_day"]
    assert Procedure.objects.get(code="1.001193").current_id == new.id
    assert SearchEntry.objects.get(code="1.001193").version_id == new.id
    with pytest.raises(NotFound):
        queries.by_code("1.001193", FIRST - timedelta(days=1))


def test_a_version_for_later_is_scheduled(tmp_path: Path) -> None:
    today = clock.today()
    load(tmp_path, record(), effective=FIRST)
    load(tmp_path, record(name="Đăng ký khai sinh mới"), effective=today + timedelta(days=10))
    assert queries.current("1.001193").number == 1
    assert SearchEntry.objects.get().name == "Thủ tục đăng ký khai sinh"
    assert actions.turn_versions(today + timedelta(days=9)) == 0
    assert actions.turn_versions(today + timedelta(days=10)) == 1
    assert SearchEntry.objects.get().name == "Đăng ký khai sinh mới"
    assert Procedure.objects.get().current is not None


def test_nothing_takes_effect_before_what_is_there(tmp_path: Path) -> None:
    load(tmp_path, record(), effective=SECOND)
    report = load(tmp_path, record(name="Anders"), effective=FIRST)
    assert report.refused == [{"code": "1.001193", "reason": "effective_before_current_version"}]
    assert queries.current("1.001193").number == 1


def test_twice_on_one_day(tmp_path: Path) -> None:
    load(tmp_path, record(), effective=FIRST)
    load(tmp_path, record(name="Anders"), effective=FIRST)
    assert queries.by_code("1.001193", FIRST).name == "Anders"
    assert load(tmp_path, record(name="Anders")).unchanged == 1


def test_refused_records_leave_the_others_alone(tmp_path: Path) -> None:
    deep = "[" * 100_000 + "\n"
    report = load(
        tmp_path, record(), "not json\n", deep, "[]\n", record(code=""), record("1.000002", name=""), record(), "\n"
    )
    assert report.created == 1
    assert [one["reason"] for one in report.refused] == [
        "not_json", "not_json", "not_an_object", "no_code", "no_name", "duplicate_code",
    ]  # fmt: skip
    assert report.refused[0]["code"] == "line 2"
    assert report.read == 7
    assert Procedure.objects.count() == 1


@pytest.mark.parametrize("content", [b"\x1f\x8bnonsense", b"\x1f\x8b"])
def test_a_broken_file_changes_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(Invalid):
        import_file(path, SYSTEM)
    whole = write(tmp_path / "whole.jsonl.gz", *[record(f"1.{number:06d}") for number in range(2000)])
    path.write_bytes(whole.read_bytes()[:-500])
    with pytest.raises(Invalid):
        import_file(path, SYSTEM)
    with pytest.raises(Invalid):
        import_file(tmp_path / "absent.jsonl", SYSTEM)
    assert not Procedure.objects.exists()
    assert not Event.objects.exists()


def test_the_review_list_is_made_once(tmp_path: Path) -> None:
    odd = record(methods=[method(fees=[{"amount": 20, "note": "20.000 đồng", "currency": "VND"}], time_unit="OTHER")])
    report = load(tmp_path, odd)
    assert {(one["field"], one["reason"]) for one in report.review} == {
        ("methods[0].time", "time_in_prose"),
        ("methods[0].fees[0].amount", "fee_below_1000"),
    }
    assert load(tmp_path, odd).review == []
    assert ReviewItem.objects.count() == 2
    load(tmp_path, record())
    assert set(ReviewItem.objects.values_list("state", flat=True)) == {"SUPERSEDED"}


def test_each_version_is_an_event_and_the_chain_holds(tmp_path: Path) -> None:
    load(tmp_path, record(), effective=FIRST)
    load(tmp_path, record(name="Anders"), effective=SECOND)
    procedure = Procedure.objects.get()
    events = list(Event.objects.filter(stream=procedure.id).order_by("seq"))
    assert [event.kind for event in events] == ["procedure.created", "procedure.version_published"]
    assert events[1].data["content_hash"] == queries.by_code("1.001193", SECOND).digest()
    assert verify().ok


def test_an_import_over_an_edit_goes_to_review(tmp_path: Path) -> None:
    load(tmp_path, record(), effective=FIRST)
    procedure = Procedure.objects.get()
    with begin(SYSTEM) as work:
        actions.edit(work, procedure, versions.content_of(queries.current("1.001193")))
    with begin(SYSTEM) as work:
        actions.publish(work, procedure, SECOND)
    report = load(tmp_path, record(name="Anders"))
    assert {one["reason"] for one in report.review} == {"replaces_edit"}


def test_a_corrected_code_is_still_known_to_the_source(tmp_path: Path) -> None:
    load(tmp_path, record("1.014955-Xoa"))
    item = ReviewItem.objects.get(reason="malformed_code")
    with begin(SYSTEM) as work:
        actions.resolve_review_item(work, item, "correct", "1.014955")
    assert queries.current("1.014955").name
    assert load(tmp_path, record("1.014955-Xoa")).unchanged == 1
    clash = load(tmp_path, record("1.014955"))
    assert clash.refused == [{"code": "1.014955", "reason": "code_taken_by_another"}]


def insert_and_check(version: ProcedureVersion) -> None:
    """Inserts and has the deferred constraints looked at, as a commit would."""
    version.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_itself_refuses_versions_that_overlap(tmp_path: Path) -> None:
    load(tmp_path, record(), effective=FIRST)
    version = ProcedureVersion.objects.get()
    version.pk, version.number, version.effective_from = Field().pk, 2, SECOND
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_and_check(version)


def test_result_types(tmp_path: Path) -> None:
    load(tmp_path, record())
    path = tmp_path / "results.csv"
    path.write_text(
        "procedure_code,result_code,result_name\n"
        "1.001193,KQ.G15.000001,Giấy khai sinh\n"
        "9.999999,KQ.G15.000002,Giấy khác\n"
        "1.001193,,Thiếu mã\n",
        encoding="utf-8",
    )
    first = import_results(path, SYSTEM)
    assert (first.read, first.created, first.elsewhere, len(first.refused)) == (3, 1, 1, 1)
    assert [one.code for one in queries.current("1.001193").result_types] == ["KQ.G15.000001"]
    second = import_results(path, SYSTEM)
    assert (second.created, second.unchanged) == (0, 1)
    assert (ResultType.objects.count(), ProcedureResult.objects.count()) == (2, 1)
    for bad in (tmp_path / "absent.csv", write(tmp_path / "x.csv", "a,b\n1,2\n")):
        with pytest.raises(Invalid):
            import_results(bad, SYSTEM)


@pytest.mark.realdata
def test_the_whole_national_catalogue(shared_data: Path) -> None:
    path = shared_data / "procedures" / "procedures.jsonl.gz"
    first = import_file(path, SYSTEM, FIRST)
    assert (first.read, first.created, first.refused) == (3789, 3789, [])
    found: dict[str, int] = {}
    for one in first.review:
        found[one["reason"]] = found.get(one["reason"], 0) + 1
    # What SOURCES.md says is wrong in it.
    assert found["malformed_code"] == 3
    assert found["foreign_currency"] == 20
    assert found["fee_below_1000"] == 176
    assert found["time_in_prose"] == 1216
    again = import_file(path, SYSTEM)
    assert (again.unchanged, again.created, again.updated, again.review) == (3789, 0, 0, [])
    online = queries.by_code("1.012790").method("ONLINE")
    direct = queries.by_code("1.012790").method("DIRECT")
    assert online is not None
    assert direct is not None
    assert (str(online.allowance), str(direct.allowance)) == ("8 working_day", "18 working_day")
    results = import_results(shared_data / "procedures" / "result_codes.csv", SYSTEM)
    assert results.created == 2119
