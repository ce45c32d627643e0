"""Handing in files over the API before they are used in a dossier."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from motcua.engines.files.actions import store
from motcua.interfaces.api import schemas
from motcua.interfaces.api.auth import actor_with, owner_of

router = Router(tags=["files"])


@router.post(
    "/files",
    response={201: schemas.UploadOut},
    summary="Hand in a file",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
def upload(
    request: HttpRequest,
    name: Annotated[str, Query(min_length=1, max_length=200, description="The file's name with its ending")],
) -> Status[dict[str, Any]]:
    """The bytes are the body. The file's key is good for a day; use it in a submission or attach it to a dossier."""
    actor = actor_with(request, "dossier.submit")
    made = store(request, name, owner_of(actor), actor=actor)
    return Status(
        201,
        {
            "id": made.id,
            "name": made.name,
            "size": made.blob.size,
            "media_type": made.blob.media_type,
            "sha256": made.blob.sha256,
        },
    )
