"""What decides where a matter goes whose unit is divided: the applicant's ward and the field of the procedure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from uuid import UUID

from django.db import connection

from motcua.engines.accounts.models import Party
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.succession import Facts
from motcua.services.dossiers.models import Dossier, Draft, GroupMember
from motcua.services.procedures.queries import version


class FactsOf:
    """Facts of dossiers, read for many at once and only where a rule asks for them. ``wards``: what a reorganisation
    makes of wards."""

    def __init__(self, wards: Mapping[str, Sequence[str]]) -> None:
        self._wards = wards

    def read(self, keys: Collection[UUID]) -> dict[UUID, Facts]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT d.case_id, d.procedure_version_id, coalesce(p.ward_code, '') FROM dossiers_dossier d "
                "LEFT JOIN accounts_party p ON p.id = d.applicant_id WHERE d.case_id = ANY(%s)",
                [list(keys)],
            )
            rows = cursor.fetchall()
        return {key: Facts(key, self.places(ward), field_of(procedure)) for key, procedure, ward in rows}

    def of_leads(self, groups: Collection[UUID]) -> dict[UUID, Facts]:
        """By group of linked procedures the facts of its lead's dossier: all its parts have one lead."""
        rows = GroupMember.objects.filter(group__in=groups, position=0, dossier__isnull=False)
        leads = dict(rows.values_list("group_id", "dossier_id"))
        facts = self.read([key for key in leads.values() if key is not None])
        return {group: facts[key] for group, key in leads.items() if key in facts}

    def of_waiting_parts(self, groups: Collection[UUID]) -> dict[UUID, Facts]:
        """Of parts of linked procedures that have not begun: the ward and field that their dossiers will have."""
        rows = GroupMember.objects.filter(group__in=groups, dossier__isnull=True).values_list(
            "id", "group_id", "procedure_version_id", "group__applicant__ward_code"
        )
        return {key: Facts(group, self.places(ward or ""), field_of(procedure)) for key, group, procedure, ward in rows}

    def of_drafts(self, keys: Collection[UUID]) -> dict[UUID, Facts]:
        """Of what people have begun to write."""
        rows = Draft.objects.filter(pk__in=keys).values_list("id", "procedure_version_id", "party__ward_code")
        return {key: Facts(key, self.places(ward or ""), field_of(procedure)) for key, procedure, ward in rows}

    def places(self, ward: str) -> frozenset[str]:
        """The ward itself and where it went."""
        return frozenset({ward, *self._wards.get(ward, ())[:1]} - {""})


def facts_of(dossier: Dossier) -> Facts:
    """Of one dossier, after whatever became of the applicant's ward."""
    return facts_for(dossier.pk, dossier.applicant_id, dossier.procedure_version_id)


def facts_for(key: UUID, party_id: UUID | None, procedure_version: UUID) -> Facts:
    """Of a matter with this key, for a person or organisation, under a version of a procedure."""
    ward = Party.objects.filter(pk=party_id).values_list("ward_code", flat=True).first() if party_id else None
    return Facts(key, directory().places(ward or ""), field_of(procedure_version))


def facts_of_lead(dossier: Dossier) -> Facts:
    """Of the dossier that leads where this one is part of a group of linked procedures; else its own."""
    if dossier.linked:
        leading = (
            Dossier.objects.filter(membership__position=0, membership__group__parts__dossier=dossier.pk)
            .only("pk", "applicant_id", "procedure_version_id")
            .first()
        )
        if leading is not None:
            return facts_of(leading)
    return facts_of(dossier)


@cache
def field_of(procedure_version: UUID) -> str:
    """The field of a procedure by its version; versions never change once published."""
    return version(procedure_version).field
