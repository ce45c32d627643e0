"""``motcua openapi``: the description of the API, for generators of clients and for review."""

from __future__ import annotations

import json

import click

from motcua.interfaces.cli import database, output


@click.command()
@click.option("--json", "_as_json", is_flag=True, help="As always: the description is one JSON document.")
def command(_as_json: bool) -> None:
    """Print the description of the API (OpenAPI 3.1)."""
    # The database is not asked, but the models that the API is made of come with Django.
    database.prepare_environment(None)
    import django

    django.setup()
    from ninja.responses import NinjaJSONEncoder

    from motcua.interfaces.api.urls import api

    output.emit(json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), cls=NinjaJSONEncoder)))
