"""What is stored of dossiers."""

from motcua.services.dossiers.models.access import Access, DoorWay, Why
from motcua.services.dossiers.models.bulk import BulkRow, BulkRun, RowState
from motcua.services.dossiers.models.dossier import Channel, Delivery, Dossier
from motcua.services.dossiers.models.drafts import Draft
from motcua.services.dossiers.models.forecast import Experience, Scope, UsualLoad
from motcua.services.dossiers.models.helping import Assistance, Consent, Rating, RatingCount
from motcua.services.dossiers.models.moving import AnswerCount, HandOver, HandOverItem, Load
from motcua.services.dossiers.models.papers import (
    Document,
    DossierComponent,
    DossierFile,
    FileKind,
    Result,
    SupplementRequest,
)
from motcua.services.dossiers.models.proposing import Proposal, Turn
from motcua.services.dossiers.models.together import (
    DossierGroup,
    Dropped,
    GroupDraft,
    GroupDraftPart,
    GroupMember,
    LinkedGroup,
    Opinion,
    WaitingFile,
    Way,
)
from motcua.services.dossiers.models.turns import (
    Adjustment,
    Correction,
    Extension,
    Obligation,
    Policy,
    Reason,
    ReasonKind,
)

__all__ = [
    "Access",
    "Adjustment",
    "AnswerCount",
    "Assistance",
    "BulkRow",
    "BulkRun",
    "Channel",
    "Consent",
    "Correction",
    "Delivery",
    "Document",
    "DoorWay",
    "Dossier",
    "DossierComponent",
    "DossierFile",
    "DossierGroup",
    "Draft",
    "Dropped",
    "Experience",
    "Extension",
    "FileKind",
    "GroupDraft",
    "GroupDraftPart",
    "GroupMember",
    "HandOver",
    "HandOverItem",
    "LinkedGroup",
    "Load",
    "Obligation",
    "Opinion",
    "Policy",
    "Proposal",
    "Rating",
    "RatingCount",
    "Reason",
    "ReasonKind",
    "Result",
    "RowState",
    "Scope",
    "SupplementRequest",
    "Turn",
    "UsualLoad",
    "WaitingFile",
    "Way",
    "Why",
]
