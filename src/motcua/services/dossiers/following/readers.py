"""What follows from a dossier's events: papers for the applicant, and messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from motcua.engines.ledger import queue
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.readers import reader
from motcua.engines.notices.actions import Notice, send
from motcua.engines.organisations.queries import directory
from motcua.foundation.clock import VIETNAM
from motcua.services.dossiers.models import Delivery, Dossier
from motcua.services.dossiers.papers.issuing import CALLING, called_for
from motcua.services.procedures.queries import version


@reader("papers", kinds=CALLING)
def papers(events: Sequence[Event]) -> None:
    """Queues the papers that each of these events calls for: the statutory forms and the receipt of the result.

    A job per paper, before all other jobs: one that fails is tried again without holding up the rest.
    """
    wanted = [
        {"dossier": str(event.stream), "form": form, "number": number}
        for event in events
        if event.kind in CALLING
        for form, number in called_for(event)
    ]
    queue.defer("dossiers.issue_paper", *wanted)


TOLD: Final = (
    "dossier.submitted",
    "dossier.accepted",
    "dossier.supplement_requested",
    "dossier.supplied",
    "dossier.refused",
    "dossier.completed",
    "dossier.returned",
    "dossier.withdrawn",
    "dossier.closed_unanswered",
)


@reader("notices", kinds=TOLD)
def notices(events: Sequence[Event]) -> None:
    """Tells applicants what happened to their dossiers: inbox, and e-mail where there is an address."""
    streams = {event.stream for event in events if event.kind in TOLD}
    dossiers = {row.pk: row for row in Dossier.objects.select_related("case").filter(pk__in=streams)}
    send(
        [
            notice_of(dossiers[event.stream], event)
            for event in events
            if event.kind in TOLD and event.stream in dossiers and _is_for_people(dossiers[event.stream])
        ]
    )


def _is_for_people(dossier: Dossier) -> bool:
    return bool(dossier.applicant_id or dossier.contact.get("email"))


def notice_of(dossier: Dossier, event: Event) -> Notice:
    """The message about one event, to the applicant."""
    kind = event.kind
    more: dict[str, Any] = {}
    if kind == "dossier.accepted":
        if event.data.get("due_at"):
            more["due_at"] = event.data["due_at"]
        elif event.data.get("expected_due_at"):
            kind = "dossier.accepted_expected"
            more = {"due_at": event.data["expected_due_at"], "arrival": event.data["expected_arrival"]}
        else:
            kind = "dossier.accepted_undated"
    elif kind == "dossier.supplement_requested":
        more["answer_by"] = event.data["answer_by"]
    elif kind == "dossier.supplied" and event.data.get("effect") == "resume":
        kind = "dossier.supplied_resumed"
    elif kind == "dossier.completed":
        more["place"] = return_place(dossier)
        due_at = dossier.case.due_at
        # an early result is announced before it is returned (ND118 Đ22)
        if due_at is not None and event.at.astimezone(VIETNAM).date() < due_at.astimezone(VIETNAM).date():
            kind, more["due_at"] = "dossier.completed_early", due_at.isoformat()
    return to_applicant(dossier, kind, dedupe=f"event:{event.pk}", at=event.at, **more)


def to_applicant(dossier: Dossier, kind: str, *, dedupe: str, at: Any, **more: Any) -> Notice:
    """A message about a dossier to its applicant. It names code and procedure, and nothing else of theirs."""
    return Notice(
        kind=kind,
        dedupe=dedupe,
        at=at,
        params={"code": dossier.code, "procedure": version(dossier.procedure_version_id).name, **more},
        stream=dossier.pk,
        party_id=dossier.applicant_id,
        email=str(dossier.contact.get("email", "")),
    )


def return_place(dossier: Dossier) -> str:
    """Where, or how, the result comes to the person (in Vietnamese: it is part of the message's data)."""
    if dossier.delivery == Delivery.POST:
        return "qua bưu chính, đến địa chỉ đã đăng ký"
    if dossier.delivery == Delivery.ELECTRONIC:
        return "bản điện tử, trong trang hồ sơ"
    unit = directory().unit(dossier.received_at_id)
    return f"{unit.name}, {unit.address}" if unit.address else unit.name


def to_officer(dossier: Dossier, kind: str, user_id: UUID, *, dedupe: str, at: Any, **more: Any) -> Notice:
    """A message about a dossier to an officer, leading to the desk."""
    return Notice(
        kind=kind,
        dedupe=dedupe,
        at=at,
        params={
            "code": dossier.code,
            "procedure": version(dossier.procedure_version_id).name,
            "desk": str(dossier.pk),
            **more,
        },
        stream=dossier.pk,
        user_id=user_id,
    )
