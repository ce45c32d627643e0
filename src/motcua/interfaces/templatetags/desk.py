"""``{% load desk %}``: small helpers of the desk's templates."""

from __future__ import annotations

from django import template

from motcua.engines.files.models import Blob
from motcua.engines.files.serving import may_show, warning_of

register = template.Library()


@register.filter
def shows(blob: Blob) -> bool:
    """Whether the browser may show the file in place."""
    return may_show(blob)


@register.filter
def warning(blob: Blob) -> str:
    """What to say beside a file that was not scanned or is harmful."""
    return warning_of(blob)
