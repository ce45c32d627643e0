"""``{% load portal %}``: small helpers of the portal's templates."""

from __future__ import annotations

from datetime import date, datetime

from django import template

from motcua.interfaces.portal.offers import basis_words
from motcua.interfaces.templatetags._words import as_day
from motcua.services.procedures.content import Legal

register = template.Library()


@register.filter
def local_day(moment: datetime) -> date:
    """The day in Viet Nam of a moment."""
    return as_day(moment)


@register.filter
def pair(message: str, field_id: str) -> list[tuple[str, str]]:
    """One message as the list that ``{% error_summary %}`` takes."""
    return [(field_id, message)] if message else []


@register.filter
def place_name(unit: str) -> str:
    """“Ủy ban nhân dân phường Thuận Hóa” is the committee; the place is “Phường Thuận Hóa”."""
    rest = unit.removeprefix("Ủy ban nhân dân ").removeprefix("UBND ")
    return rest[:1].upper() + rest[1:]


@register.filter
def hidden_number(number: str) -> str:
    """An identity number with all but its last four digits covered: others may look at the screen."""
    return f"{'•' * max(0, len(number) - 4)}{number[-4:]}"


@register.filter
def law_title(legal: Legal) -> str:
    """The title of a legal text without its number, which stands before it."""
    rest = legal.title.strip()
    if legal.number:
        rest = rest.removesuffix(f"({legal.number})").strip(" .")
        if rest == legal.number:
            return ""
    return rest


@register.filter
def law(basis: str) -> str:
    """An article as people read it: ``ND118 Đ19.5`` → khoản 5 Điều 19 Nghị định 118/2025/NĐ-CP."""
    return basis_words(basis)
