"""``motcua users``: accounts of officials from the command line, the first administrator above all."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import TYPE_CHECKING, Any

import click

from motcua.foundation import clock
from motcua.foundation.errors import NotFound
from motcua.interfaces.cli import database, output

if TYPE_CHECKING:
    from motcua.engines.accounts.models import User


@click.group()
def command() -> None:
    """Create and manage the accounts of officials."""


def _ask_password() -> str:
    """From a person, twice and unseen; from a pipe, its first line."""
    if sys.stdin.isatty():
        return _twice_unseen()
    return sys.stdin.readline().rstrip("\n")


def _twice_unseen() -> str:
    """Asks at the terminal until both answers agree."""
    while True:
        first = getpass("Password: ")
        if first == getpass("Once more: "):
            return first
        output.note("The two are not the same. Again, please.")


@command.command()
@click.argument("username")
@click.option("--name", required=True, help="Full name, in Vietnamese order.")
@click.option("--email", default="", help="Address for e-mail.")
@click.option("--unit", "unit_code", required=True, help="Identifier of the unit, such as H57.10.")
@click.option("--unit-name", help="Name of the unit; makes it where the installation has no unit yet.")
@click.option("--role", "role_code", default="administrator", show_default=True, help="Role in the unit.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def add(
    username: str, name: str, email: str, unit_code: str, unit_name: str | None, role_code: str, as_json: bool
) -> None:
    """Make an account and appoint it to a role in a unit. The password comes from the terminal or a pipe."""
    database.ensure()
    from motcua.engines.accounts import actions as accounts
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.ledger.work import begin
    from motcua.engines.organisations import actions as organisations
    from motcua.engines.organisations.models import Role, Unit, UnitKind
    from motcua.engines.organisations.roles import DEFAULT_ROLES

    password = _ask_password()
    # Three actions, each checked on its own: who is appointed must be there, where and as what likewise.
    with begin(SYSTEM) as work:
        for code, (label, permissions) in DEFAULT_ROLES.items():
            if not Role.objects.filter(code=code).exists():
                organisations.define_role(work, code=code, name=label, permissions=permissions)
    role = Role.objects.filter(code=role_code).first()
    if role is None:
        known = ", ".join(Role.objects.values_list("code", flat=True))
        raise NotFound("There is no role %(code)s. Known: %(known)s.", code=role_code, known=known)
    unit = Unit.objects.filter(code=unit_code).first()
    if unit is None and (unit_name is None or Unit.objects.exists()):
        raise NotFound(
            "There is no unit %(code)s. The first unit of an installation needs --unit-name.", code=unit_code
        )
    with begin(SYSTEM) as work:
        if unit is None:
            unit = organisations.create_unit(
                work, code=unit_code, name=unit_name or "", kind=UnitKind.PROVINCE, valid_from=clock.today()
            )
        user = accounts.create_officer(work, username=username, full_name=name, email=email, password=password)
    with begin(SYSTEM) as work:
        organisations.appoint(work, user=user, unit=unit, role=role, valid_from=clock.today())
    _told(user, as_json)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def list_(as_json: bool) -> None:
    """Officials with what they hold today."""
    database.ensure()
    from motcua.engines.accounts.models import User

    found = [_as_data(user) for user in User.objects.filter(official=True).order_by("username")]
    if as_json:
        output.emit(found)
        return
    for item in found:
        held = ", ".join(f"{post['role']} in {post['unit']}" for post in item["appointments"]) or "no office"
        click.echo(f"{item['username']}  {item['name']}  {held}{'' if item['active'] else '  (deactivated)'}")


@command.command()
@click.argument("username")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def password(username: str, as_json: bool) -> None:
    """Set a password, from the terminal or a pipe."""
    user = _find(username)
    from motcua.engines.accounts.actions import set_password
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.ledger.work import begin

    chosen = _ask_password()
    with begin(SYSTEM) as work:
        user = set_password(work, user.id, password=chosen)
    _told(user, as_json)


@command.command()
@click.argument("username")
@click.option("--reason", required=True, help="Why; the ledger keeps it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def deactivate(username: str, reason: str, as_json: bool) -> None:
    """Close an account. What it did stays."""
    user = _find(username)
    from motcua.engines.accounts.actions import deactivate as close
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.ledger.work import begin

    with begin(SYSTEM) as work:
        user = close(work, user.id, reason=reason)
    _told(user, as_json)


@command.command()
@click.argument("username")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def reactivate(username: str, as_json: bool) -> None:
    """Open a closed account again."""
    user = _find(username)
    from motcua.engines.accounts.actions import reactivate as reopen
    from motcua.engines.ledger.actor import SYSTEM
    from motcua.engines.ledger.work import begin

    with begin(SYSTEM) as work:
        user = reopen(work, user.id)
    _told(user, as_json)


def _find(username: str) -> User:
    database.ensure()
    from motcua.engines.accounts.models import User

    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFound("There is no account %(name)s.", name=username)
    return user


def _as_data(user: User) -> dict[str, Any]:
    from motcua.engines.organisations.queries import directory, grants_of

    units = directory().by_id
    return {
        "username": user.username,
        "name": user.full_name,
        "email": user.email,
        "active": user.is_active,
        "appointments": [{"role": grant.role, "unit": units[grant.unit_id].code} for grant in grants_of(user.id)],
    }


def _told(user: User, as_json: bool) -> None:
    if as_json:
        output.emit(_as_data(user))
    else:
        output.note(f"{user.username} ({user.full_name}): done.")
