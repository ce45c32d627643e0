"""Messages about what happens between offices and for others: papers arrived, mandates, help, the agent's copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from motcua.engines.cases.models import Stage
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import reader
from motcua.engines.notices.actions import Notice, send
from motcua.engines.organisations.queries import directory
from motcua.services.dossiers.following.readers import TOLD, notice_of, to_applicant, to_officer
from motcua.services.dossiers.helping import agent_told
from motcua.services.dossiers.models import Dossier, Load
from motcua.services.dossiers.office.people import people_for
from motcua.services.dossiers.together import moving

MOST_OFFICERS: Final = 20
OWN: Final = ("dossier.papers_arrived", "dossier.submitted", "dossier.accepted")


@reader("helpers_notices", kinds=tuple(dict.fromkeys((*TOLD, *OWN, "mandate.given", "mandate.revoked"))))
def helpers_notices(events: Sequence[Event]) -> None:
    """Tells agents what applicants are told, both sides of a mandate what was agreed, applicants that somebody
    submitted for them and that their papers arrived, and the agency that an electronic dossier is there."""
    streams = {event.stream for event in events if event.kind.startswith("dossier.")}
    dossiers = {row.pk: row for row in Dossier.objects.select_related("case").filter(pk__in=streams)}
    notices: list[Notice] = []
    for event in events:
        if event.kind.startswith("mandate."):
            notices += _of_mandate(event)
        elif event.stream in dossiers:
            notices += _of_dossier(dossiers[event.stream], event)
    send(notices)


def _of_mandate(event: Event) -> list[Notice]:
    params = {
        "valid_from": event.data["valid_from"],
        "until": event.data["valid_to"] or "—",
        "procedures": ", ".join(event.data["procedures"]) or "—",
    }
    return [
        Notice(
            kind=f"{event.kind}_{side}",
            dedupe=f"event:{event.pk}:{side}",
            at=event.at,
            params=params,
            stream=event.stream,
            party_id=UUID(event.data[side]),
        )
        for side in ("grantor", "agent")
    ]


def _of_dossier(dossier: Dossier, event: Event) -> list[Notice]:
    found: list[Notice] = []
    if event.kind in TOLD and (agent := agent_told(dossier)) is not None:
        told = notice_of(dossier, event)
        found.append(replace(told, dedupe=f"{told.dedupe}:agent", party_id=agent, email=""))
    if event.kind == "dossier.submitted" and "assisted" in event.data and dossier.applicant_id:
        units = directory().by_id
        unit = units.get(UUID(event.data["assisted"]["unit"]))
        found.append(
            to_applicant(
                dossier,
                "dossier.assisted",
                dedupe=f"event:{event.pk}:assisted",
                at=event.at,
                unit=unit.name if unit else "",
            )
        )
    if event.kind == "dossier.papers_arrived" and event.data["load"] == Load.DOSSIERS:
        due = event.data.get("due_at")
        kind = "dossier.papers_arrived" if due else "dossier.papers_arrived_undated"
        more = {"due_at": due} if due else {}
        found.append(to_applicant(dossier, kind, dedupe=f"event:{event.pk}:arrived", at=event.at, **more))
    if (
        event.kind == "dossier.accepted"
        and "expected_arrival" not in event.data
        and moving.is_away(dossier.received_at_id, dossier.competent_id)
    ):
        found += [
            to_officer(
                dossier,
                "dossier.arrived_electronically",
                user.pk,
                dedupe=f"event:{event.pk}:{user.pk.hex}",
                at=event.at,
                counter=directory().unit(dossier.received_at_id).name,
            )
            for user in people_for(Stage.PROCESS, dossier.competent_id)[:MOST_OFFICERS]
        ]
    return found
