"""What is stored of dossiers."""

from motcua.services.dossiers.models.dossier import Channel, Delivery, Dossier
from motcua.services.dossiers.models.drafts import Draft
from motcua.services.dossiers.models.papers import (
    Document,
    DossierComponent,
    DossierFile,
    FileKind,
    Result,
    SupplementRequest,
)

__all__ = [
    "Channel",
    "Delivery",
    "Document",
    "Dossier",
    "DossierComponent",
    "DossierFile",
    "Draft",
    "FileKind",
    "Result",
    "SupplementRequest",
]
