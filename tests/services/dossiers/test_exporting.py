"""Process data for others: the tools they use open it, it is complete, and it names nobody."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import defusedxml.ElementTree as ET
import pytest
from django.db.models import Count

from motcua.engines.accounts.models import Party, User
from motcua.engines.ledger.models import Event
from motcua.foundation import clock
from motcua.foundation.errors import Invalid
from motcua.services.dossiers import exporting
from motcua.services.dossiers.exporting import Wanted
from motcua.services.dossiers.models import Access, Dossier
from tests.factories import STAGES, make_dossier, make_procedure, make_staff, unit

pytestmark = pytest.mark.django_db
NS = "{http://www.xes-standard.org/}"


@pytest.fixture
def province() -> None:
    """A dossier at every stage, and one of another commune."""
    staff, procedure = make_staff(), make_procedure("1.001193")
    for stage in STAGES:
        make_dossier(stage, staff=staff, procedure=procedure)
    make_dossier("new", staff=make_staff("other_commune"), commune="other_commune")


def counted() -> tuple[int, int]:
    dossiers = Dossier.objects.values_list("pk", flat=True)
    return len(dossiers), Event.objects.filter(stream__in=dossiers).count()


def as_xes(wanted: Wanted) -> str:
    out = io.StringIO()
    exporting.write_xes(exporting.cases(wanted), out)
    return out.getvalue()


def as_csv(wanted: Wanted) -> str:
    out = io.StringIO()
    exporting.write_csv(exporting.cases(wanted), out)
    return out.getvalue()


def test_pm4py_finds_the_same_cases_and_events(province: None, tmp_path: Path) -> None:
    pm4py = pytest.importorskip("pm4py")
    path = tmp_path / "log.xes"
    with path.open("w", encoding="utf-8") as file:
        counts = exporting.write_xes(exporting.cases(Wanted()), file)
    log = pm4py.read_xes(str(path), variant="iterparse")
    assert (log["case:concept:name"].nunique(), len(log)) == (counts.cases, counts.events) == counted()
    assert set(log["lifecycle:transition"]) >= {"start", "complete", "suspend", "pi_abort"}
    assert log["time:timestamp"].notna().all()
    start, _ends = pm4py.get_start_activities(log), pm4py.get_end_activities(log)
    assert set(start) == {"submitted"}


def test_the_log_is_the_standards(province: None) -> None:
    """IEEE 1849-2016: version, the four extensions, globals for traces and events, typed attributes."""
    root = ET.fromstring(as_xes(Wanted()))
    assert root.tag == f"{NS}log"
    assert root.get("xes.version") == "1849-2016"
    assert [each.get("prefix") for each in root.iter(f"{NS}extension")] == ["concept", "time", "lifecycle", "org"]
    assert {each.get("scope") for each in root.iter(f"{NS}global")} == {"trace", "event"}
    for event in root.iter(f"{NS}event"):
        keys = [each.get("key") for each in event]
        assert keys[:5] == ["concept:name", "time:timestamp", "lifecycle:transition", "org:resource", "org:group"]
        assert len(keys) == len(set(keys))
    for trace in root.iter(f"{NS}trace"):
        seqs = [int(each.get("value", "")) for each in trace.iter() if each.get("key") == "motcua:seq"]
        assert seqs == list(range(1, len(seqs) + 1))


def test_nobody_is_named_unless_asked_for(province: None, tmp_path: Path) -> None:
    everybody = list(Party.objects.all())
    secrets = {
        value
        for party in everybody
        for value in (party.name, party.identity_number, party.phone, party.email, party.address_line)
        if value
    }
    secrets |= set(User.objects.values_list("full_name", flat=True)) | {"Trần An", "Bản chụp mờ", "Nộp nhầm"}
    secrets |= set(Dossier.objects.values_list("code", flat=True))
    keys = {
        str(key) for key in [*Dossier.objects.values_list("pk", flat=True), *User.objects.values_list("pk", flat=True)]
    }
    path = tmp_path / "log.parquet"
    exporting.write_parquet(exporting.cases(Wanted()), path)
    for text in (as_xes(Wanted()), as_csv(Wanted()), path.read_bytes().decode("utf-8", "ignore")):
        assert [secret for secret in secrets | keys if secret in text] == []
    assert Access.objects.count() == 0
    named = as_xes(Wanted(personal=True))
    assert everybody[0].name in named
    assert Access.objects.filter(why="export", officer=None).count() == Dossier.objects.count()


def test_an_export_with_names_is_in_the_ledger() -> None:
    make_dossier("new")
    wanted = Wanted(unit_id=unit("commune"), personal=True)
    counts = exporting.write_csv(exporting.cases(wanted), io.StringIO())
    exporting.record_export("csv", wanted, counts, "vận hành")
    event = Event.objects.get(kind="process_data.exported")
    assert event.stream == unit("commune")
    assert (event.data["cases"], event.data["events"], event.data["by"]) == (1, 1, "vận hành")


def test_csv_and_parquet_hold_the_same_events(province: None, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "log.parquet"
    exporting.write_parquet(exporting.cases(Wanted()), path)
    table = parquet.read_table(path)
    lines = list(csv.DictReader(io.StringIO(as_csv(Wanted()))))
    assert len(lines) == table.num_rows == counted()[1]
    assert list(lines[0]) == table.column_names
    assert [line["concept:name"] for line in lines] == table.column("concept:name").to_pylist()
    assert {line["case:concept:name"] for line in lines} == set(table.column("case:concept:name").to_pylist())


def test_options_choose_unit_procedure_and_days(province: None) -> None:
    def cases(**asked: object) -> int:
        return sum(1 for _ in exporting.cases(Wanted(**asked)))  # type: ignore[arg-type]

    whole = Dossier.objects.count()
    here = Dossier.objects.values("procedure_code").annotate(n=Count("pk")).get(procedure_code="1.001193")["n"]
    today = clock.today()
    assert cases(unit_id=unit("other_commune")) == 1
    assert cases(unit_id=unit("province")) == whole
    assert cases(procedure_code="1.001193") == here == len(STAGES)
    assert cases(first=today, last=today) == whole
    assert cases(last=today - timedelta(days=1)) == 0
    assert cases(first=today + timedelta(days=1)) == 0
    with pytest.raises(Invalid):
        cases(first=today, last=today - timedelta(days=1))
