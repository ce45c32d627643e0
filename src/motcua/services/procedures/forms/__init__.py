"""The form of a procedure: designed where one is published, else derived from the catalogue.

form = form_for(procedure)                        # a Form; its origin says which
form, version_id = chosen_form(procedure)         # what a draft keeps beside the procedure's version
form = kept_form(procedure, version_id)           # the form a draft or dossier was begun with
"""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from motcua.engines.forms import Form
from motcua.engines.forms import queries as stored
from motcua.services.procedures.content import Paper, ProcedureData
from motcua.services.procedures.forms.derived import derived_form
from motcua.services.procedures.forms.loading import designed, load_designed_forms

__all__ = ["chosen_form", "derived_form", "designed", "form_for", "kept_form", "load_designed_forms", "papers_of"]


class _Kept:
    """A procedure's version as a cache key: versions never change, so the id says all."""

    __slots__ = ("procedure",)

    def __init__(self, procedure: ProcedureData) -> None:
        self.procedure = procedure

    def __hash__(self) -> int:
        return hash(self.procedure.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and other.procedure.id == self.procedure.id


@lru_cache(maxsize=512)
def _derived(kept: _Kept) -> Form:
    return derived_form(kept.procedure)


def chosen_form(procedure: ProcedureData) -> tuple[Form, UUID | None]:
    """The form for a new submission, and the version of the designed form (None for a derived one)."""
    version_id = stored.version_for(procedure.code)
    return kept_form(procedure, version_id), version_id


def kept_form(procedure: ProcedureData, version_id: UUID | None) -> Form:
    """The form that something was begun with: the designed version, or derived from the procedure's version."""
    return stored.form_of(version_id) if version_id is not None else _derived(_Kept(procedure))


def form_for(procedure: ProcedureData) -> Form:
    """The form for a new submission."""
    return chosen_form(procedure)[0]


def papers_of(form: Form) -> dict[str, Paper]:
    """The papers that a form's file fields stand for, by component key."""
    return {
        one.component: Paper(one.component, one.label.vi, one.label.vi, one.originals, one.copies)
        for one in form.fields.values()
        if one.component
    }
