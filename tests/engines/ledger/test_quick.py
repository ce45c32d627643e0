"""Rows built quickly are the rows that the framework would have built."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import models

from motcua.engines.accounts.models import Party
from motcua.engines.cases.models import Case, Stop, Task
from motcua.engines.ledger.quick import QuickRow
from motcua.foundation import clock
from motcua.foundation.keys import new_id
from motcua.services.dossiers.models import Dossier, DossierComponent, DossierFile, Result, SupplementRequest

QUICK = [Case, Stop, Task, Party, Dossier, DossierComponent, DossierFile, SupplementRequest, Result]


def held(row: models.Model) -> dict[str, Any]:
    """Everything of a row but the key it was given and the bookkeeping."""
    return {name: value for name, value in row.__dict__.items() if name not in ("_state", "id")}


def generally(model: type[models.Model], **named: Any) -> models.Model:
    """The same row by the framework's constructor."""
    row = model.__new__(model)
    models.Model.__init__(row, **named)
    return row


@pytest.mark.parametrize("model", QUICK)
def test_defaults_are_the_same(model: type[models.Model]) -> None:
    assert issubclass(model, QuickRow)
    quick, usual = model(), generally(model)
    assert held(quick) == held(usual)
    assert quick._state.adding
    assert quick._state.db is None
    if "id" in quick.__dict__:
        assert isinstance(quick.__dict__["id"], UUID)
        assert quick.pk != model().pk


def test_defaults_that_can_change_are_not_shared() -> None:
    one, other = Dossier(), Dossier()
    one.answers["a"] = 1
    assert other.answers == {}


def test_related_rows_are_known_on_both_sides() -> None:
    case = Case(service="dossier", opened_at=clock.now(), holder_id=new_id())
    dossier = Dossier(case=case, code="H57-260101-0001")
    result = Result(dossier=dossier, approved=True, name="x", signed_at=clock.now())
    assert dossier.pk == dossier.case_id == case.id
    assert dossier.case is case
    assert dossier.result is result
    assert Task(case=case).case_id == case.id
    assert held(Dossier(case=case, code="x")) == held(generally(Dossier, case=case, code="x"))


def test_a_name_that_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="colour"):
        Case(colour="red")


def test_the_key_can_be_given_as_pk() -> None:
    key = new_id()
    assert Task(pk=key).id == key


@pytest.mark.django_db
def test_rows_come_back_from_the_database_as_they_went(django_assert_num_queries: Any) -> None:
    party = Party(name="Lê Thị Hoa", created_at=clock.now())
    party.save()
    with django_assert_num_queries(1):
        again = Party.objects.get(pk=party.pk)
    assert (again.name, again.nationality, again._state.adding) == ("Lê Thị Hoa", "VN", False)
    assert Party.objects.only("name").get(pk=party.pk).email == ""
