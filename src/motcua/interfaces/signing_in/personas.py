"""The people of the demonstration whom anybody may be by one click, on a machine of one's own only."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.engines.accounts.models import User


@dataclass(frozen=True, slots=True)
class Persona:
    """``username`` is the account that the demo province makes for this part."""

    key: str
    username: str
    title: Promise
    does: Promise
    icon: str
    lands: str  # name of the first page


PERSONAS: tuple[Persona, ...] = (
    Persona("citizen", "demo-citizen", _("Citizen"), _("finds a procedure, submits, follows"), "user", "portal:home"),
    Persona(
        "counter",
        "demo-counter",
        _("Counter officer"),
        _("receives at the one-stop, returns results"),
        "inbox",
        "desk:worklist",
    ),
    Persona("specialist", "demo-specialist", _("Specialist"), _("checks and prepares"), "pen", "desk:worklist"),
    Persona("head", "demo-head", _("Head of unit"), _("assigns, approves and signs"), "sign", "desk:worklist"),
    Persona(
        "leader",
        "demo-leader",
        _("Leader of the agency"),
        _("stands over the heads, hears of what is late, signs"),
        "building",
        "desk:leader",
    ),
    Persona("clerk", "demo-clerk", _("Clerk"), _("sends results out and returns them"), "mail", "desk:worklist"),
    Persona(
        "volunteer",
        "demo-volunteer",
        _("Volunteer"),
        _("helps citizens submit, with their consent"),
        "user",
        "desk:assist",
    ),
    Persona(
        "administrator",
        "demo-admin",
        _("Administrator"),
        _("keeps procedures, units, people"),
        "settings",
        "desk:administration",
    ),
)


def present() -> list[tuple[Persona, User]]:
    """The personas that the database has, with their accounts, in order."""
    users = {user.username: user for user in User.objects.filter(username__in=[p.username for p in PERSONAS])}
    return [(persona, users[persona.username]) for persona in PERSONAS if persona.username in users]
