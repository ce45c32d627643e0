"""Documents of a reorganisation: what is read, what is refused; and that nothing that names a unit is forgotten."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps

from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.organisations.models import Unit
from motcua.engines.organisations.reorganisation import parse, read
from motcua.foundation import clock
from motcua.foundation.errors import Invalid
from motcua.services.dossiers.reorganising import plans as reorganising
from tests import factories
from tests.services.dossiers.test_reorganising import ON, merger

pytestmark = pytest.mark.django_db

PROBLEMS = [
    ({"effective": "mai"}, "effective"),
    ({"basis": " "}, "basis"),
    ({"changes": []}, "changes"),
    ({"changes": [{"kind": "annex", "from": "H57.100", "to": "H57.101"}]}, "changes[0].kind"),
    ({"changes": [{"kind": "merge", "from": ["x"], "to": "H57.101"}]}, "changes[0].from"),
    ({"changes": [{"kind": "split", "from": "H57.100", "to": ["H57.101"]}]}, "changes[0].to"),
    ({"wards": {"abc": "1"}}, "wards"),
]


@pytest.mark.parametrize(("change", "place"), PROBLEMS)
def test_a_document_that_cannot_be_read_names_the_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(merger(**change))
    assert place in caught.value.fields


def test_a_document_that_does_not_fit_the_units_is_refused() -> None:
    factories.make_units()
    for change, words in (
        ({"kind": "merge", "from": ["H57.999"], "to": "H57.101"}, "no current unit"),
        ({"kind": "dissolve", "from": "H57.100", "to": "H57.998"}, "no current unit"),
        ({"kind": "merge", "from": ["H57.100"], "to": {"code": "H57.101", "name": "Trùng"}}, "Another unit"),
        ({"kind": "move", "unit": "H57.100", "under": "H57.100.1"}, "under itself"),
    ):
        with clock.at(ON):
            report = reorganising.dry_run(SYSTEM, merger(changes=[change], wards={}))
        assert any(words in message for _, message in report.problems), (change, report.problems)


def test_a_table_says_the_same_as_json() -> None:
    table = (
        "change,from,to,name,short_name,ward_code\n"
        "name,,Sắp xếp phường năm 2025,,,\n"
        "basis,,Nghị quyết 1675/NQ-UBTVQH15,,,\n"
        "effective,,2025-07-01,,,\n"
        "merge,H57.100|000.00.101.H57,H57.150,Ủy ban nhân dân phường Hương Giang,P. Hương Giang,19800\n"
        "ward,19777,19800,phường Hương Giang,,\n"
        "ward,19753,19800,,,\n"
    )
    # the older order of identifiers holds two digits at this level
    table = table.replace("000.00.101.H57", "H57.101")
    assert parse(read(table.encode(), "sap-xep.csv")) == parse(merger())
    assert parse(read(json.dumps(merger()).encode(), "sap-xep.json")) == parse(merger())


MOVED = {
    "accounts.ApiClient.unit",
    "cases.Case.clock_unit",
    "cases.Case.holder",
    "cases.Task.answerable",
    "cases.Task.unit",
    "dossiers.Dossier.competent",
    "dossiers.Dossier.lead",
    "dossiers.Dossier.received_at",
    "dossiers.DossierGroup.lead",
    "dossiers.DossierGroup.received_at",
    "dossiers.Draft.competent",
    "dossiers.GroupMember.unit",
    "dossiers.HandOver.receiver",
    "dossiers.HandOver.sender",
    "dossiers.Opinion.unit",
    "dossiers.Proposal.unit",
    "organisations.Appointment.unit",
}
OF_THE_PAST = {
    "cases.WorkCount.answerable",  # a reader keeps them from the moves
    "cases.WorkCount.unit",
    "desk.Intake.unit",  # submitting leads to the successor
    "dossiers.Access.unit",
    "dossiers.AnswerCount.unit",
    "dossiers.Assistance.unit",
    "dossiers.Experience.unit",  # computed anew each night
    "dossiers.Rating.counter",
    "dossiers.Rating.unit",
    "dossiers.RatingCount.unit",
    "dossiers.UsualLoad.unit",
    "organisations.Area.unit",
    "organisations.Unit.parent",
    "organisations.UnitSuccession.successor",
    "organisations.UnitSuccession.unit",
}


def test_whatever_names_a_unit_moves_or_is_of_the_past() -> None:
    """A new column that names a unit must be thought of here: does it go to the successor?"""
    found = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Unit
    }
    assert found - MOVED - OF_THE_PAST == set(), "does it move with a reorganisation?"
    assert (MOVED | OF_THE_PAST) - found == set(), "these are gone"
