"""The API's addresses."""

from __future__ import annotations

from ninja import NinjaAPI

from motcua.interfaces.api import catalogue, dossiers, linked, opinions, problems, uploads
from motcua.interfaces.api.auth import ClientToken

api = NinjaAPI(
    title="Motcua",
    version="1",
    description="Procedures, dossiers and their files, for machine clients with scoped tokens.",
    urls_namespace="api-v1",
    auth=ClientToken(),
    docs_url=None,
    openapi_url="/openapi.json",
)
problems.install(api)
api.add_router("", catalogue.router)
api.add_router("", uploads.router)
api.add_router("", dossiers.router)
api.add_router("", linked.router)
api.add_router("", opinions.router)
