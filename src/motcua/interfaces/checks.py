"""System checks of what a province sets: ``manage check`` and every start name a colour that cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from motcua.interfaces.colours import ColourError, stylesheet


@register()
def province_identity(**kwargs: Any) -> list[CheckMessage]:
    """Colours must be #rrggbb and carry white text; the emblem must be a file."""
    problems: list[CheckMessage] = []
    try:
        stylesheet(settings.PROVINCE_BRAND_COLOUR, settings.PROVINCE_ACCENT_COLOUR)
    except ColourError as error:
        problems.append(
            Warning(
                f"The colour {error} is not of the form #rrggbb or too light for white text; "
                "the colours of the house are used.",
                id="motcua.W001",
            )
        )
    if settings.PROVINCE_EMBLEM and not Path(settings.PROVINCE_EMBLEM).is_file():
        problems.append(Warning(f"There is no emblem at {settings.PROVINCE_EMBLEM}.", id="motcua.W002"))
    return problems
