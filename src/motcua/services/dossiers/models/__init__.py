"""What is stored of dossiers."""

from motcua.services.dossiers.models.dossier import Channel, Delivery, Dossier
from motcua.services.dossiers.models.drafts import Draft
from motcua.services.dossiers.models.helping import Assistance, Consent, Rating
from motcua.services.dossiers.models.moving import HandOver, HandOverItem, Load
from motcua.services.dossiers.models.papers import (
    Document,
    DossierComponent,
    DossierFile,
    FileKind,
    Result,
    SupplementRequest,
)
from motcua.services.dossiers.models.together import DossierGroup, GroupMember, LinkedGroup, Opinion, Way
from motcua.services.dossiers.models.turns import Correction, Extension, Obligation, Policy, Reason, ReasonKind

__all__ = [
    "Assistance",
    "Channel",
    "Consent",
    "Correction",
    "Delivery",
    "Document",
    "Dossier",
    "DossierComponent",
    "DossierFile",
    "DossierGroup",
    "Draft",
    "Extension",
    "FileKind",
    "GroupMember",
    "HandOver",
    "HandOverItem",
    "LinkedGroup",
    "Load",
    "Obligation",
    "Opinion",
    "Policy",
    "Rating",
    "Reason",
    "ReasonKind",
    "Result",
    "SupplementRequest",
    "Way",
]
