"""Drafts, publication, undoing and comparing; many flows at once, a second time without effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from motcua.engines.flows import actions, queries
from motcua.engines.flows.importing import all_written, import_sheets
from motcua.engines.flows.models import Flow, FlowRule, FlowVersion
from motcua.engines.flows.rules import STANDARD, parse
from motcua.engines.flows.sheet_files import Written, to_xlsx
from motcua.engines.ledger.actor import ANONYMOUS, SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.verify import verify
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.engines.flows.test_sheets import ROWS, book
from tests.factories import make_units

pytestmark = pytest.mark.django_db
CODE = {"procedure_code": "1.000010", "field": "", "level": ""}


def steps(**first: Any) -> list[dict[str, Any]]:
    return [{**STANDARD[0], **first}, *(dict(step) for step in STANDARD[1:])]


def test_a_draft_holds_for_nobody_until_it_is_published() -> None:
    today = clock.today()
    with begin(SYSTEM) as work:
        one = actions.publish(work, "thu", "Thử", steps(), effective_from=today, rules=[CODE])
    with begin(SYSTEM) as work:
        draft = actions.save_draft(work, "thu", "Thử", steps(hours=16), rules=[CODE])
    assert (draft.number, queries.version_for("1.000010", "", "")) == (2, one.id)
    with begin(SYSTEM) as work:  # wrong steps may wait in a draft, but not be published
        actions.save_draft(work, "thu", "Thử", [{**STANDARD[0], "next": ["nowhere"]}], revision=2)
    with pytest.raises(Invalid), begin(SYSTEM) as work:
        actions.publish(work, "thu", "Thử", [{**STANDARD[0], "next": ["nowhere"]}], effective_from=today)
    with begin(SYSTEM) as work:
        two = actions.publish(work, "thu", "Thử", steps(hours=8), effective_from=today + timedelta(days=3))
    assert (two.id, two.number) == (draft.id, 2)
    assert queries.version_for("1.000010", "", "") == one.id
    with clock.at(clock.now() + timedelta(days=4)):
        queries.forget()
        assert queries.version_for("1.000010", "", "") == two.id
    queries.forget()
    difference = queries.compared(parse(one.steps), parse(two.steps))
    assert [(each.key, each.kind, each.cells) for each in difference] == [("verify", "changed", (("hours", None, 8),))]


def test_a_publication_is_taken_back_before_its_day_and_not_after() -> None:
    today = clock.today()
    with begin(SYSTEM) as work:
        actions.publish(work, "thu", "Thử", steps(), effective_from=today)
    with pytest.raises(Conflict), begin(SYSTEM) as work:
        actions.undo(work, "thu")
    with pytest.raises(Invalid), begin(SYSTEM) as work:  # it would never hold
        actions.publish(work, "thu", "Thử", steps(hours=8), effective_from=today - timedelta(days=1))
    with begin(SYSTEM) as work:
        actions.publish(work, "thu", "Thử", steps(hours=8), effective_from=today + timedelta(days=1))
    with begin(SYSTEM) as work:
        actions.undo(work, "thu")
    assert FlowVersion.objects.get(number=2).published_at is None
    with begin(SYSTEM) as work:
        actions.discard_draft(work, "thu")
    assert [version.number for version in FlowVersion.objects.all()] == [1]
    with pytest.raises(NotFound), begin(SYSTEM) as work:
        actions.discard_draft(work, "thu")
    events = Event.objects.filter(stream=Flow.objects.get().pk).order_by("-seq")
    kinds = list(events.values_list("kind", flat=True))
    assert kinds == ["flow.draft_discarded", "flow.undone", "flow.published", "flow.published"]


def test_of_two_writers_the_second_is_told_and_others_may_not() -> None:
    with begin(SYSTEM) as work:
        actions.save_draft(work, "thu", "Thử", steps())
    with begin(SYSTEM) as work:
        actions.publish(work, "thu", "Thử", steps(), effective_from=clock.today())
    with begin(SYSTEM) as work:
        actions.save_draft(work, "thu", "Thử", steps(hours=8), revision=2)
    for began in (2, 0):  # into the same draft; as a new flow under a key that is taken
        with pytest.raises(Conflict), begin(SYSTEM) as work:
            actions.save_draft(work, "thu", "Thử", steps(hours=9), revision=began)
        with pytest.raises(Conflict), begin(SYSTEM) as work:
            actions.publish(work, "thu", "Thử", steps(), effective_from=clock.today(), revision=began)
    with pytest.raises(NotAllowed), begin(ANONYMOUS) as work:
        actions.save_draft(work, "thu", "Thử", steps())


def test_a_spreadsheet_is_reported_written_once_and_found_unchanged() -> None:
    make_units()
    data = book([["Sở Tư pháp" if cell == "Phòng Tư pháp" else cell for cell in row] for row in ROWS])
    dry = import_sheets(data, SYSTEM, dry_run=True, known_codes={"1.000010"})
    assert (dry.created, dry.refused_flows, Flow.objects.count()) == (2, 1, 0)
    assert any("1.000656" in str(note.text) for note in dry.notes)  # the catalogue does not know it
    first = import_sheets(data, SYSTEM)
    assert (first.created, first.updated, first.refused_flows) == (2, 0, 1)
    assert FlowRule.objects.count() == 3
    version = queries.version_for("1.000010", "", "")
    assert version is not None
    assert [step.unit for step in queries.definition(version).steps][:2] == ["code:H57.10", "code:H57.10"]
    events = Event.objects.count()
    again = import_sheets(data, SYSTEM)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    assert Event.objects.count() == events
    assert verify().faults == []


def test_what_is_written_out_comes_back_unchanged_and_a_change_makes_a_version() -> None:
    make_units()
    with begin(SYSTEM) as work:
        actions.publish(work, "thu", "Thử", steps(), effective_from=clock.today(), rules=[CODE, {"field": "Hộ tịch"}])
    written = all_written()
    assert import_sheets(to_xlsx(written), SYSTEM).unchanged == 1
    changed = Written("thu", "Tên mới", written[0].rules, parse(steps(hours=8)))
    report = import_sheets(to_xlsx([changed]), SYSTEM)
    assert (report.updated, report.unchanged) == (1, 0)
    assert [version.number for version in FlowVersion.objects.order_by("number")] == [1, 2]
    assert Flow.objects.get().name == "Tên mới"
    assert verify().faults == []
    with begin(SYSTEM) as work:
        actions.save_draft(work, "thu", "Thử", steps(hours=9))
    assert import_sheets(to_xlsx([changed]), SYSTEM).refused_flows == 1  # a draft is nobody's to overwrite
