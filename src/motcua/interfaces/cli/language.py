"""The language in which commands explain things: Vietnamese, unless the terminal or ``--lang`` says English.

Plain gettext on the compiled catalogue, because loading Django would take longer than most of these commands run.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable
from pathlib import Path

import click

LOCALE = Path(__file__).parents[2] / "locale"
LANGUAGES = ("vi", "en")

lang_option = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default=None,
    help="Language of the explanations; by default as the terminal's LANG says, Vietnamese if it says nothing.",
)


def translator(lang: str | None = None) -> Callable[[str], str]:
    """The function that turns a msgid into the language asked for, or the terminal's."""
    chosen = lang or _of_terminal()
    if chosen == "en":
        return str
    return gettext.translation("django", LOCALE, [chosen], fallback=True).gettext


def _of_terminal() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "vi"
    return "vi"
