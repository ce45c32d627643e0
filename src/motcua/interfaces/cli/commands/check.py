"""``motcua check``: what a number or code says, or why it is none."""

from __future__ import annotations

from collections.abc import Callable

import click

from motcua.foundation import identifiers
from motcua.foundation.identifiers import Parsed
from motcua.interfaces.cli import output
from motcua.interfaces.cli.language import lang_option, translator

PARSERS: dict[str, Callable[[str], Parsed]] = {
    "identity": identifiers.parse_identity,
    "tax-code": identifiers.parse_tax_code,
    "phone": identifiers.parse_phone,
    "dossier-code": identifiers.parse_dossier_code,
    "agency-code": identifiers.parse_agency_code,
    "identity-qr": identifiers.parse_identity_qr,
    "procedure-code": identifiers.parse_procedure_code,
    "result-code": identifiers.parse_result_code,
}


# A value may begin with a dash; it is a value all the same.
@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("kind", type=click.Choice(list(PARSERS)))
@click.argument("value")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@lang_option
@click.pass_context
def command(context: click.Context, kind: str, value: str, as_json: bool, lang: str | None) -> None:
    """Say what a number or code means. The exit status is 0 when it is one, else 1."""
    data = PARSERS[kind](value).as_data(translator(lang))
    if as_json:
        output.emit(data)
    elif data["ok"]:
        click.echo(data["kind"])
        for name, part in data["parts"].items():
            click.echo(f"  {name}: {part}")
    else:
        click.echo(f"motcua: {data['reason']}", err=True)
    context.exit(0 if data["ok"] else 1)
