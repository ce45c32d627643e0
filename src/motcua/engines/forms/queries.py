"""Which version of a form is in force, and a version as a ``Form``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from motcua.engines.forms.models import FormVersion
from motcua.engines.forms.parsing import parse_form
from motcua.engines.forms.schema import Form
from motcua.foundation import clock
from motcua.foundation.cache import Remembered
from motcua.foundation.errors import NotFound


def form_of(version_id: UUID) -> Form:
    """The form of a version. Published versions never change and are kept per process. Raises ``NotFound``."""
    found = _kept.get(version_id)
    if found is None:
        row = FormVersion.objects.filter(pk=version_id).values_list("schema", "state").first()
        if row is None:
            raise NotFound("There is no such form.")
        schema, state = row
        found = parse_form(schema, origin=f"version:{version_id}")
        if state == FormVersion.State.PUBLISHED:
            _kept[version_id] = found
    return found


_kept: dict[UUID, Form] = {}
"""Parsed published versions: as many as administrators publish, a few dozen."""


def _load() -> dict[str, UUID]:
    in_force: dict[UUID, tuple[UUID, list[str]]] = {}
    published = FormVersion.objects.filter(
        state=FormVersion.State.PUBLISHED, effective_from__lte=clock.today()
    ).order_by("effective_from", "number")
    for version_id, definition_id, codes in published.values_list("id", "definition_id", "schema__procedures"):
        in_force[definition_id] = (version_id, codes or [])
    return {code: version_id for version_id, codes in in_force.values() for code in codes}


in_force = Remembered(_load)
"""Code of a procedure → the version of its designed form that is in force today."""


def version_for(procedure_code: str) -> UUID | None:
    """The designed form in force for a procedure; None when it has none."""
    return in_force().get(procedure_code)


def published_before(definition_id: UUID, day: date) -> int | None:
    """The number of the version that a new one from ``day`` takes over from; None when it is the first."""
    return (
        FormVersion.objects.filter(
            definition_id=definition_id, state=FormVersion.State.PUBLISHED, effective_from__lte=day
        )
        .order_by("-effective_from", "-number")
        .values_list("number", flat=True)
        .first()
    )


def serving(codes: Iterable[str], *, beside: UUID) -> dict[str, str]:
    """Which of these procedures another form than ``beside`` serves, today or by a version to come: code → its name."""
    wanted = set(codes)
    newest: dict[UUID, tuple[str, list[str]]] = {}
    to_come: list[tuple[str, list[str]]] = []
    rows = (
        FormVersion.objects.filter(state=FormVersion.State.PUBLISHED)
        .exclude(definition_id=beside)
        .order_by("effective_from", "number")
        .values_list("definition_id", "definition__name", "schema__procedures", "effective_from")
    )
    for definition_id, name, served, since in rows:
        if since is not None and since <= clock.today():
            newest[definition_id] = (name, served or [])
        else:
            to_come.append((name, served or []))
    return {code: name for name, served in [*newest.values(), *to_come] for code in served if code in wanted}
