"""``motcua search``: find a procedure as a citizen would ask for it."""

from __future__ import annotations

import click

from motcua.interfaces.cli import output
from motcua.interfaces.cli.commands.procedures import ensure_catalogue


@click.command()
@click.argument("text")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 100))
@click.option("--level", type=click.Choice(["COMMUNE", "PROVINCE", "MINISTRY"]), help="Only procedures of this level.")
@click.option("--online", is_flag=True, help="Only procedures that can be done online.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(text: str, limit: int, level: str | None, online: bool, as_json: bool) -> None:
    """Find procedures by words with or without accents, a code, an abbreviation or a whole question."""
    ensure_catalogue()
    from motcua.services.procedures.search import search

    hits = search(text, limit=limit, level=level, online_only=online)
    if as_json:
        output.emit([{"code": hit.code, "name": hit.name, "score": hit.score, "why": str(hit.why)} for hit in hits])
        return
    for hit in hits:
        click.echo(f"{hit.code:<12} {hit.score:6.1f}  {hit.name}  [{hit.why}]")
