"""Figures and reasons that an office sets: dated, kept within limits, told in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from motcua.services.dossiers import policies, reasons
from motcua.services.dossiers.models import ReasonKind
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("key", "value", "basis"),
    [
        ("supplement_days", 3, "ND118 Đ19.5"),
        ("supplement_closes_days", 15, "ND118 Đ19.5"),
        ("supplement_effect", "restart", "ND118 Đ19.5"),
        ("intake_hours", 8, "ND118 Đ17.2"),
        ("alert_hours", 2, "ND118 Đ17.2"),
        ("transfer_cutoff", "15:00", "ND118 Đ18"),
        ("extension_count", 1, "ND118 Đ19.6"),
        ("extension_lead_days", 1, "ND118 Đ19.6"),
        ("correction_days", 3, "ND118 Đ23"),
    ],
)
def test_the_law_is_the_default(key: str, value: object, basis: str) -> None:
    assert policies.value(key) == value
    assert policies.FIGURES[key].basis == basis


def test_a_decision_holds_from_its_day() -> None:
    today = clock.today()
    with begin(SYSTEM) as work:
        policies.set_figure(
            work, key="correction_days", value="2", valid_from=today + timedelta(days=10), basis="QĐ 12/2026"
        )
    assert policies.number("correction_days", today) == 3
    assert policies.number("correction_days", today + timedelta(days=10)) == 2
    event = Event.objects.get(stream=policies.stream_of("correction_days"))
    assert event.data["before"] == {"value": 3}
    assert event.data["after"]["value"] == 2
    with begin(SYSTEM) as work:
        policies.take_back(work, policies.history("correction_days")[0].pk)
    assert policies.number("correction_days", today + timedelta(days=10)) == 3


@pytest.mark.parametrize(
    ("key", "value"), [("correction_days", "0"), ("correction_days", "x"), ("transfer_cutoff", "25:00")]
)
def test_a_figure_outside_its_limits_is_refused(key: str, value: str) -> None:
    with pytest.raises(Invalid) as raised, begin(SYSTEM) as work:
        policies.set_figure(work, key=key, value=value, valid_from=clock.today(), basis="QĐ 1")
    assert "value" in raised.value.fields


def test_what_has_passed_is_not_rewritten() -> None:
    with pytest.raises(Invalid), begin(SYSTEM) as work:
        policies.set_figure(
            work, key="correction_days", value="2", valid_from=clock.today() - timedelta(days=1), basis="QĐ 1"
        )
    with begin(SYSTEM) as work:
        row = policies.set_figure(work, key="correction_days", value="2", valid_from=clock.today(), basis="QĐ 1")
    with pytest.raises(Conflict), begin(SYSTEM) as work:
        policies.take_back(work, row.pk)


def test_only_who_edits_the_catalogue_sets_figures_and_reasons() -> None:
    head = actor_of(factories.make_officer("head"))
    with pytest.raises(NotAllowed), begin(head) as work:
        policies.set_figure(work, key="correction_days", value="2", valid_from=clock.today(), basis="QĐ 1")
    with pytest.raises(NotAllowed), begin(head) as work:
        reasons.add(work, kind="stop", code="mine", text="Lý do của tôi")


@pytest.mark.parametrize("kind", ReasonKind.values)
def test_each_kind_of_decision_has_reasons_in_both_languages(kind: str) -> None:
    shown = reasons.of(kind)
    assert shown
    assert all(row.text and row.text_en for row in shown)
    assert shown[-1].code == "other"


def test_a_reason_is_added_worded_and_retired() -> None:
    with begin(SYSTEM) as work:
        reasons.add(work, kind="stop", code="flood", text="Ngập lụt", text_en="Flood")
    with begin(SYSTEM) as work:
        reasons.change(work, kind="stop", code="flood", text="Ngập lụt kéo dài")
        reasons.change(work, kind="stop", code="dispute", text="Đang có tranh chấp")
        reasons.retire(work, kind="stop", code="court")
    codes = [row.code for row in reasons.of("stop")]
    assert "flood" in codes
    assert "court" not in codes
    assert codes[-1] == "other"
    assert reasons.text("stop", "dispute") == "Đang có tranh chấp"
    assert reasons.text("stop", "court").startswith("Theo quyết định"), "what was decided by it stays readable"
    with pytest.raises(Invalid):
        reasons.chosen("stop", "court")
    with pytest.raises(Conflict), begin(SYSTEM) as work:
        reasons.add(work, kind="stop", code="flood", text="Lần nữa")
    with pytest.raises(NotFound), begin(SYSTEM) as work:
        reasons.retire(work, kind="stop", code="no-such")
    event = Event.objects.filter(stream=reasons.stream_of("stop", "flood")).order_by("seq").last()
    assert event is not None
    assert event.data["before"]["text"] == "Ngập lụt"
    assert event.data["after"]["text"] == "Ngập lụt kéo dài"
