"""The ``motcua`` command: a thin shell that loads each subcommand when it is called, not before."""

from __future__ import annotations

import importlib
import os
import sys
from typing import NamedTuple

import click
from django.core.exceptions import ImproperlyConfigured

from motcua.foundation.errors import MotcuaError


class Entry(NamedTuple):
    """Where a subcommand lives, and what ``motcua --help`` says of it without loading it."""

    module: str
    help: str


REGISTRY: dict[str, Entry] = {
    "check": Entry("check", "Check an identity number, tax code, phone, dossier or agency code, identity QR."),
    "deadline": Entry("deadline", "Compute a due date by law and explain it."),
    "demo": Entry("demo", "Load the demo province."),
    "dossier": Entry("dossier", "Show a dossier: status, due date, events."),
    "export": Entry("export", "Write process data out: XES, CSV or Parquet."),
    "flows": Entry("flows", "Import and export flows, try a changed one on last year."),
    "ledger": Entry("ledger", "Verify the ledger, rebuild what is read from it."),
    "migrate": Entry("migrate", "Bring the database up to the code, and the application's rights with it."),
    "openapi": Entry("openapi", "Print the description of the API."),
    "organisations": Entry("organisations", "Reorganise units: merge, split, dissolve, rename, move them."),
    "procedures": Entry("procedures", "Import and show procedures."),
    "register": Entry("register", "Write the register of dossiers (form 07) as xlsx or pdf."),
    "replay": Entry("replay", "Run a real event log through a flow with a simulated clock."),
    "search": Entry("search", "Find a procedure as a citizen would ask for it."),
    "setup-check": Entry("setup_check", "Say whether this machine and this configuration are fit to run."),
    "start": Entry("start", "Start everything: database, web, worker."),
    "users": Entry("users", "Create and manage the accounts of officials."),
    "web": Entry("web", "Start the web server alone."),
    "worker": Entry("worker", "Start the worker alone: ledger readers and background jobs."),
}


class LazyGroup(click.Group):
    """A group whose commands come from ``REGISTRY``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(REGISTRY)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return load(cmd_name) if cmd_name in REGISTRY else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in REGISTRY.items()])


def load(name: str) -> click.Command:
    """The command of that name; LookupError for one that is not in the registry."""
    module = importlib.import_module(f"motcua.interfaces.cli.commands.{REGISTRY[name].module}")
    command = module.command
    if not isinstance(command, click.Command):
        raise TypeError(f"{module.__name__}.command is not a click command.")
    return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="motcua")
def cli() -> None:
    """Motcua: the platform on which a province runs its administrative procedures."""


def main(arguments: list[str] | None = None, command: click.Command | None = None) -> int:
    """Runs the command line. One clear line on standard error and a status that is not 0 when it fails.

    Status 1: refused or failed, 2: wrong use, 70: a fault of ours, 130: interrupted.
    """
    try:
        result = (command or cli).main(args=arguments, prog_name="motcua", standalone_mode=False)
    except click.exceptions.Abort:
        return 130
    except KeyboardInterrupt:
        return 130
    except click.ClickException as error:
        _complain(error.format_message() + _where(error))
        return error.exit_code
    except MotcuaError as error:
        _complain(_in_full(error))
        return 1
    except ImproperlyConfigured as error:
        _complain(str(error))
        return 1
    except BrokenPipeError:
        # Whoever read our output has seen enough; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last frame: whatever comes here is told in one line
        if os.environ.get("MOTCUA_DEBUG") == "1":
            raise
        _complain(_fault(error))
        return 70
    return result if isinstance(result, int) else 0


def _where(error: click.ClickException) -> str:
    """Where to read how a command is used."""
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return ""
    return f" ({error.ctx.command_path} --help)"


def _in_full(error: MotcuaError) -> str:
    fields = getattr(error, "fields", {})
    details = "; ".join(f"{name}: {' '.join(messages)}" for name, messages in fields.items())
    return f"{error} {details}".strip()


def _fault(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    if type(error).__module__.startswith(("psycopg", "django.db")) and type(error).__name__ == "OperationalError":
        return f"The database does not answer: {text}"
    return f"{type(error).__name__}: {text} (MOTCUA_DEBUG=1 shows where)"


def _complain(text: str) -> None:
    click.echo(f"motcua: {text}", err=True)


if __name__ == "__main__":
    sys.exit(main())
