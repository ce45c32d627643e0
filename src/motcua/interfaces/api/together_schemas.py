"""What goes over the wire where several agencies are on one matter: linked procedures and opinions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from motcua.interfaces.api.schemas import AddressedIn, DossierOut, In, PapersIn

Key = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[-a-zA-Z0-9_]+$")]
Words = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")]
Identifier = Annotated[str, StringConstraints(max_length=35, pattern=r"^[0-9A-Z.]+$")]
PartState = Literal["waiting", "running", "done", "failed", "dropped"]


class OfferedPartOut(Schema):
    key: str
    title: str
    procedure: str
    optional: bool
    needs: list[str] = Field(description="Keys of the parts without whose result it cannot be done")


class OfferOut(Schema):
    """Linked procedures that can be submitted together today; the first part is the lead's."""

    key: str
    name: str
    basis: str
    online: bool
    needs_ward: bool = Field(description="Whether `ward_code` or `unit` must say who is competent")
    parts: list[OfferedPartOut]


class PartIn(PapersIn):
    """One part. What the lead's form answers too may be left out here: it is taken from there."""

    key: Key


class GroupIn(AddressedIn):
    """Linked procedures to submit at once. ``unit``: the leading agency."""

    group: Key
    parts: Annotated[list[PartIn], Field(min_length=2, max_length=20)]


class GroupCreated(Schema):
    code: str
    submitted_at: datetime
    replayed: bool = Field(description="True when this key had already submitted this group")


class PartOut(Schema):
    key: str
    title: str
    unit: str = Field(description="Identifier of the agency")
    state: PartState
    after: list[str] = Field(description="Keys of the parts that it waits for before it begins")
    needs: list[str]
    dossier: DossierOut | None = Field(description="null: it has not begun")


class AgencyLineOut(Schema):
    """One agency's time, in working minutes by its own calendar, stops of the clock left out."""

    unit: str
    name: str
    state: Literal["holds", "asked", "ready", "waits", "done", "ahead"]
    allowed_minutes: int | None = Field(description="null: nothing sets a time")
    taken_minutes: int
    begin: datetime | None
    end: datetime | None
    due_at: datetime | None
    late: bool
    steps: list[str]


class GroupOut(Schema):
    code: str
    group: str
    name: str
    way: Literal["parallel", "sequence"]
    lead: str
    received_at: str
    submitted_at: datetime
    closed_at: datetime | None
    parts: list[PartOut]
    timeline: list[AgencyLineOut]


class TakeBackIn(In):
    reason: Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")] = ""


class QuestionIn(In):
    """What other agencies are asked. The time in working days or working hours; neither: as the province has set."""

    units: Annotated[
        list[Annotated[str, StringConstraints(max_length=35, pattern=r"^[0-9A-Z.]+$")]], Field(max_length=20)
    ]
    question: Words
    working_days: Annotated[int | None, Field(ge=1, le=60)] = None
    working_hours: Annotated[int | None, Field(ge=1, le=480)] = None


class AnswerIn(In):
    agrees: bool
    answer: Words
    uploads: Annotated[list[UUID], Field(max_length=20, description="Keys of uploads made before")] = []


class OpinionOut(Schema):
    id: UUID
    dossier: str = Field(description="Code of the dossier")
    unit: str = Field(description="Identifier of the agency asked")
    question: str
    asked_at: datetime
    due_at: datetime
    state: Literal["waiting", "late", "answered", "dropped"]
    was_late: bool
    answered_at: datetime | None
    agrees: bool | None
    answer: str


class OpinionPage(Schema):
    """Soonest due first; ``next`` goes into ``after`` for the page behind this one."""

    items: list[OpinionOut]
    next: str | None
