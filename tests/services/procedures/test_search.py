"""Search as citizens use it, on the catalogue that comes with the house and on the full one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motcua.engines.ledger.actor import SYSTEM
from motcua.foundation import clock
from motcua.services.procedures import queries
from motcua.services.procedures.importer import Report, import_file
from motcua.services.procedures.models import Procedure, SearchEntry, SearchPosting, SearchTerm
from motcua.services.procedures.search import search
from motcua.services.procedures.search_index import refresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_catalogue")]

DATA = Path(__file__).parent / "data"
# What bench/search.py measured, less a small margin: a change that loses more than a question or two fails here.
PAIRS_RECALL, PAIRS_MRR = 0.97, 0.93
QUESTIONS_RECALL, QUESTIONS_MRR = 0.87, 0.79


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def relevance(asked: list[tuple[str, set[str]]]) -> tuple[float, float, list[str]]:
    """recall@5, mean reciprocal rank, and what was not found."""
    ranks = {
        text: next((place for place, hit in enumerate(search(text), start=1) if hit.code in wanted), 0)
        for text, wanted in asked
    }
    missed = [text for text, rank in ranks.items() if not 0 < rank <= 5]
    return 1 - len(missed) / len(ranks), sum(1 / rank for rank in ranks.values() if rank) / len(ranks), missed


def test_the_catalogue_of_the_house_is_whole(demo_catalogue: Report) -> None:
    assert (demo_catalogue.read, demo_catalogue.created, demo_catalogue.refused) == (3789, 3789, [])
    assert SearchEntry.objects.count() == 3789


def test_what_citizens_ask_is_found() -> None:
    pairs = table(DATA / "search_pairs.csv")
    assert len(pairs) >= 150
    recall, mrr, missed = relevance([(row["query"], set(row["codes"].split())) for row in pairs])
    assert recall >= PAIRS_RECALL, missed
    assert mrr >= PAIRS_MRR


@pytest.mark.realdata
def test_real_questions_of_citizens(shared_data: Path) -> None:
    questions = [row["question"] for row in table(shared_data / "search" / "citizen_questions_2021.csv")]
    labels = table(DATA / "citizen_labels.csv")
    recall, mrr, missed = relevance([(questions[int(row["question"])], set(row["codes"].split())) for row in labels])
    assert recall >= QUESTIONS_RECALL, missed
    assert mrr >= QUESTIONS_MRR


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("1.001193", "1.001193", "code"),
        ("1.000656.000.00.00.H54", "1.000656", "code"),
        ("đăng ký kết hôn", "1.000894", "name"),
        ("dang ki ket hon", "1.000894", "name"),
        ("gplx", "3.000348", "abbreviation"),
        ("sang tên sổ đỏ", "1.013831", "synonym"),
        ("khaisinh", "1.001193", "spelling"),
    ],
)
def test_the_first_hit_and_why(text: str, code: str, kind: str) -> None:
    first = search(text)[0]
    assert (first.code, first.why.kind) == (code, kind)
    assert first.why.label
    assert str(first.why).startswith(kind)


def test_a_hit_has_all_that_a_row_shows(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    search("x")
    with django_assert_max_num_queries(3):
        hits = search("cấp lại giấy phép lái xe")
    hit = hits[0]
    assert hit.summary["handled_level"] == "PROVINCE"
    assert {one["channel"] for one in hit.summary["channels"]} == {"ONLINE", "DIRECT"}
    assert hit.summary["channels"][0]["value"] == "5"
    assert "".join(text for text, _ in hit.name_parts()) == hit.name
    assert ("Cấp lại giấy phép lái xe", True) in hit.name_parts()


def test_filters() -> None:
    assert {hit.level for hit in search("giấy phép", level="COMMUNE")} == {"COMMUNE"}
    assert all(hit.online for hit in search("chứng thực", online_only=True))
    field = queries.field_named("hộ tịch")
    assert field is not None
    found = search("đăng ký", field=field.id)
    assert {hit.summary["field"] for hit in found} == {"Hộ tịch"}
    assert len(search("giấy", limit=3)) == 3
    assert search("1.001193", level="PROVINCE")[:1] != search("1.001193")[:1]


def test_procedures_of_other_provinces_come_later() -> None:
    # The same procedure stands in the catalogue once from the ministry and many times from provinces.
    assert search("cấp đổi giấy chứng nhận quyền sử dụng đất")[0].code == "1.012783"


@pytest.mark.parametrize("text", ["", " ", "%", "_", "\\", "'; drop table x;--", "\x00", "<%>", "🙂", "1.", "a" * 5000])
def test_odd_questions(text: str) -> None:
    assert isinstance(search(text), list)


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_question_is_answered(text: str) -> None:
    hits = search(text, limit=5)
    assert len(hits) <= 5
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_browsing_page_by_page() -> None:
    first = queries.browse(level="COMMUNE", limit=20)
    second = queries.browse(level="COMMUNE", limit=20, after=(first[-1].popularity, first[-1].code))
    assert len({row.code for row in [*first, *second]}) == 40
    assert first[0].popularity >= first[-1].popularity >= second[0].popularity
    assert queries.common(3)[0].code == "1.001193"


def test_fields_and_life_events() -> None:
    counted = queries.fields()
    assert sum(one.procedures for one in counted) == 3789
    assert counted[0].name == "Đất đai"
    events = queries.life_events()
    assert [event.key for event in events][:3] == ["birth", "marriage", "residence"]
    assert len(events) == 8
    event, procedures = queries.life_event("birth")
    assert event.name == "Sinh con"
    assert procedures[0].code == "1.001193"


def test_the_index_rebuilds_to_the_same() -> None:
    def image() -> tuple[int, int, float]:
        terms = SearchTerm.objects.filter(term__startswith="khai").order_by("term")
        return SearchEntry.objects.count(), SearchPosting.objects.count(), sum(one.worth for one in terms)

    before = image()
    some = list(Procedure.objects.order_by("code").values_list("id", flat=True)[:40])
    refresh(clock.today(), some)
    after = image()
    assert after[:2] == before[:2]
    assert after[2] == pytest.approx(before[2])


@pytest.mark.realdata
def test_the_full_catalogue_over_the_one_of_the_house(shared_data: Path) -> None:
    """Every shipped record is the same procedure as the full one: it becomes its next version, none is new."""
    report = import_file(shared_data / "procedures" / "procedures.jsonl.gz", SYSTEM)
    assert (report.created, report.updated, report.refused) == (0, 3789, [])
    assert SearchEntry.objects.count() == 3789
