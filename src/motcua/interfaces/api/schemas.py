"""What goes over the wire. Field names are the glossary's; codes are the national ones."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True, pattern=r"^[^\x00]*$")]
Short = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True, pattern=r"^[^\x00]*$")]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[0-9A-Za-zĐđ._-]+$")]


class In(BaseModel):
    """Input: unknown members are refused, so that a misspelt one is not lost in silence.

    Plain models: the API library's own read Django objects too, which costs time and which input never is.
    """

    model_config = ConfigDict(extra="forbid")


class ApplicantIn(In):
    kind: Literal["citizen", "business", "agency"] = "citizen"
    name: Name
    identity_number: Annotated[str, StringConstraints(max_length=20, pattern=r"^[0-9A-Za-z-]*$")] = ""
    phone: Annotated[str, StringConstraints(max_length=20, pattern=r"^[0-9+ ().-]*$")] = ""
    email: Annotated[str, StringConstraints(max_length=254, pattern=r"^([^@\s\x00]+@[^@\s\x00]+)?$")] = ""
    address: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] = ""


class ComponentIn(In):
    key: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\x00]+$")]
    name: Text = ""
    originals: Annotated[int, Field(ge=0, le=99)] = 0
    copies: Annotated[int, Field(ge=0, le=99)] = 0
    files: Annotated[list[UUID], Field(max_length=20, description="Keys of uploads made before")] = []


class PapersIn(In):
    """The answers and components of one submission."""

    answers: Annotated[dict[str, Any], Field(description="Answers to the procedure's form; validated when given")] = {}
    component_case: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] = ""
    components: Annotated[list[ComponentIn], Field(max_length=100)] = []


class AddressedIn(In):
    """Who applies, over which channel, and how the result comes. ``unit`` (identifier) or ``ward_code`` says who is
    competent where several are."""

    channel: Annotated[
        Literal["ONLINE", "DIRECT", "POSTAL", "NATIONAL"],
        Field(description="NATIONAL only with the scope national_portal"),
    ] = "ONLINE"
    unit: Annotated[str, StringConstraints(max_length=35, pattern=r"^[0-9A-Z.]*$")] = ""
    ward_code: Annotated[str, StringConstraints(max_length=10, pattern=r"^[0-9]*$")] = ""
    applicant: ApplicantIn
    delivery: Literal["counter", "post", "electronic"] = "counter"


class DossierIn(AddressedIn, PapersIn):
    """A dossier to submit."""

    procedure: Code


class DossierCreated(Schema):
    id: UUID
    code: str
    status: int
    submitted_at: datetime
    replayed: bool = Field(description="True when this key had already submitted this dossier")


class FileOut(Schema):
    id: UUID
    name: str
    kind: str
    component: str | None
    sha256: str
    size: int
    media_type: str
    added_at: datetime


class DossierOut(Schema):
    id: UUID
    code: str
    status: int
    procedure: str
    procedure_name: str
    channel: str
    received_at: str = Field(description="Identifier of the counter")
    competent: str = Field(description="Identifier of the competent agency")
    holder: str = Field(description="Identifier of the unit whose turn it is")
    applicant_name: str
    submitted_at: datetime
    accepted_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None


class DossierDetail(DossierOut):
    delivery: str
    fee: int
    files: list[FileOut]


class Page(Schema):
    """Newest first; ``next`` goes into ``after`` for the page behind this one."""

    items: list[DossierOut]
    next: str | None


class StepOut(Schema):
    at: datetime
    text: str
    basis: str


class TaskOut(Schema):
    step: str
    name: str
    unit: str
    state: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str


class StepsOut(Schema):
    due_at: datetime | None
    as_of: datetime | None = Field(default=None, description="The moment for which it is explained; null: now")
    recorded_due_at: datetime | None = Field(default=None, description="What the ledger said it was")
    reckoning: list[StepOut]
    tasks: list[TaskOut]


class StatusOut(Schema):
    """What anybody may learn from a code (TT 01/2018 Đ16): status and level of completion, nothing personal."""

    code: str
    status: int
    completion: int = Field(description="0 to 100")


class UploadOut(Schema):
    id: UUID
    name: str
    size: int
    media_type: str
    sha256: str


class AttachIn(In):
    uploads: Annotated[list[UUID], Field(min_length=1, max_length=20)]
    component: Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00]*$")] = ""


class StatusChangeIn(In):
    """A change of status by its verb. Which fields are needed depends on it; the errors name them."""

    action: Literal["accept", "refuse", "request_supplement", "pass_on", "return"]
    reason: Annotated[str, StringConstraints(max_length=40)] = ""
    explanation: Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")] = ""
    basis: Short = ""
    items: Annotated[list[dict[str, Annotated[str, StringConstraints(max_length=1000)]]], Field(max_length=50)] = []
    received_by: Short = ""
    to: Annotated[
        list[Annotated[str, StringConstraints(max_length=40, pattern=r"^[^\x00]+$")]],
        Field(max_length=1, description="With pass_on: the step chosen where the flow leaves a choice"),
    ] = []
    note: Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")] = ""


class ObligationIn(In):
    """What is to be paid, in whole đồng."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
    amount: Annotated[int, Field(gt=0, lt=10**15)]
    notice_number: Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00]*$")] = ""
    pay_by: date | None = None


class PaymentIn(In):
    """What proves that it is paid."""

    receipt: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
    amount: Annotated[int | None, Field(gt=0, lt=10**15)] = None


class ObligationOut(Schema):
    code: str
    status: int
    due_at: datetime | None
    name: str
    amount: int
    notice_number: str
    demanded_at: datetime
    paid_at: datetime | None
    receipt: str


class FeeOut(Schema):
    amount: int | None
    currency: str
    label: str


class ChannelOut(Schema):
    channel: str
    allowance: str | None = Field(description="As in “5 working_day”; null: only the law's text says")
    fees: list[FeeOut]


class ComponentOut(Schema):
    key: str
    name: str
    originals: int
    copies: int


class ProcedureOut(Schema):
    code: str
    name: str
    version: int
    field: str
    levels: list[str]
    effective_from: date
    channels: list[ChannelOut]
    components: list[ComponentOut]


class HitOut(Schema):
    code: str
    name: str
    score: float
    why: str
