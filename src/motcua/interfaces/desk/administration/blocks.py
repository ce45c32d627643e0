"""Blocks that administrators' pages are made of, and the way a form becomes an action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.engines.ledger.work import DatabaseWork, begin
from motcua.foundation.errors import Conflict, Invalid, Refused
from motcua.interfaces.desk.access import actor_of
from motcua.interfaces.desk.frame import desk_page

R = TypeVar("R")
if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words: TypeAlias = str | _StrPromise


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. ``note`` stands under the text in small; ``tone`` makes it a pill; ``post`` a button."""

    text: object = ""
    url: str = ""
    note: object = ""
    tone: str = ""
    number: bool = False
    post: str = ""
    hidden: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table with heads and rows of cells. ``older``: query string of the next page."""

    heads: Sequence[Words]
    rows: Sequence[Sequence[Cell]]
    title: Words = ""
    empty: Words = ""
    older: str = ""
    template: str = "desk/administration/_table.html"

    @property
    def labelled(self) -> list[list[tuple[Words, Cell]]]:
        """Rows whose cells know their heads: on a narrow screen each row is a card."""
        return [list(zip(self.heads, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class FormBlock:
    """A form that posts to ``action`` (this page when empty). ``folded``: opens in place."""

    form: forms.Form
    title: Words = ""
    button: Words = ""
    action: str = ""
    folded: bool = False
    warning: bool = False
    get: bool = False
    main: bool = False
    intro: Words = ""
    template: str = "desk/administration/_form.html"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and values."""

    rows: Sequence[tuple[Words, object]]
    title: Words = ""
    template: str = "desk/administration/_pairs.html"


@dataclass(frozen=True, slots=True)
class Own:
    """A block with a template of its own; ``data`` is there as ``block.data``."""

    template: str
    data: dict[str, Any] = field(default_factory=dict)


Block = Table | FormBlock | Pairs | Own


def show(
    request: HttpRequest,
    title: Words,
    blocks: Sequence[Block],
    *,
    crumbs: Sequence[tuple[Words, str]] = (),
    links: Sequence[tuple[Words, str]] = (),
    intro: Words = "",
    status: int = 200,
    wide: bool = False,
) -> HttpResponse:
    """A page of blocks. ``crumbs`` lead back; ``links`` are the page's further ways on."""
    context = {
        "page_title": title,
        "blocks": blocks,
        "crumbs": [(_("Administration"), reverse("desk:administration")), *crumbs],
        "links": links,
        "intro": intro,
        "wide": wide,
        "desk_views": [],
    }
    return desk_page(request, "desk/administration/page.html", context, place="administration", status=status)


def perform(request: HttpRequest, form: forms.Form, action: Callable[[DatabaseWork], R], said: Words) -> R | None:
    """Runs one action with what the form holds. None: it was refused, and the form says beside which field and why."""
    if not form.is_valid():
        return None
    try:
        with begin(actor_of(request)) as work:
            result = action(work)
    except Invalid as error:
        blame(form, error)
        return None
    except (Conflict, Refused) as error:
        form.add_error(None, error.text(_))
        return None
    except IntegrityError:
        form.add_error(None, _("Somebody has entered the same in this moment. Please look again."))
        return None
    messages.success(request, str(said))
    return result


def blame(form: forms.Form, error: Invalid) -> None:
    """Puts an action's complaints beside the fields they are about."""
    if not error.fields:
        form.add_error(None, error.text(_))
    for name, lines in error.fields.items():
        for line in lines:
            target = name if name in form.fields else None
            form.add_error(target, _(line) if target else f"{name}: {_(line)}")


def go(name: str, *args: object) -> HttpResponse:
    """On to another page of the desk."""
    return HttpResponseRedirect(reverse(f"desk:{name}", args=args))


def failed(form: forms.Form) -> int:
    """The status of a page with this form: 422 where something is wrong in it."""
    return 422 if form.is_bound and form.errors else 200


class DayInput(forms.DateInput):
    """A day as browsers pick it."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(format="%Y-%m-%d", attrs=attrs)


def day_field(label: Words, *, required: bool = True, initial: date | None = None, hint: Words = "") -> forms.DateField:
    """A day; also typed as 31/12/2026."""
    return forms.DateField(
        label=label,
        required=required,
        initial=initial,
        help_text=hint,
        widget=DayInput(),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
    )


class Nothing(forms.Form):
    """A form without fields: the button says it all."""
