"""``{% load motcua %}``: the components of the house. docs/developers/components.md shows each with its markup."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import segno
from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template.context import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from motcua.foundation import clock
from motcua.interfaces.context import Site
from motcua.interfaces.templatetags import _forms, _icons, _status, _words

register = template.Library()

register.simple_tag(_icons.icon_svg, name="icon")
register.simple_tag(_status.status_pill, name="status_pill")
register.simple_tag(_status.pill, name="pill")

_DUE_ICONS = {"neutral": "clock", "soon": "hourglass", "late": "alert", "done": "check", "paused": "pause"}


@register.simple_tag(takes_context=True)
def province(context: Context) -> Site:
    """Who runs the site. Base pages ask for it because some libraries put their own ``site`` into the context."""
    known = context.get("site")
    return known if isinstance(known, Site) else Site.of(context.get("request"))


# ---- dates, deadlines, money ---------------------------------------------------------------------------------


@register.filter
def vndate(value: date | datetime | None, style: str = "long") -> str:
    """A day in words: ``thứ Năm 26/11/2026``; styles ``long``, ``short``, ``weekday``. None gives nothing."""
    return _words.day_words(value, style) if value else ""


@register.filter
def vndatetime(value: datetime | None, style: str = "long") -> str:
    """A moment in Vietnamese time: ``10:32 thứ Năm 26/11/2026``; styles ``long``, ``short``, ``time``."""
    return _words.moment_words(value, style) if value else ""


@register.filter
def vnd(amount: int | None) -> str:
    """An amount of whole đồng: ``20.000 đ``; nothing to pay reads as free; None (not known) gives nothing."""
    if amount is None:
        return ""
    return _words.money_words(amount)


@register.simple_tag
def time_tag(value: datetime | date | None, style: str = "long") -> SafeString | str:
    """``<time datetime=…>`` around the words of a day or moment."""
    if not value:
        return ""
    words = _words.moment_words(value, style) if isinstance(value, datetime) else _words.day_words(value, style)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words)


@register.simple_tag
def due_badge(
    due_at: datetime | None,
    now: datetime | None = None,
    done_at: datetime | None = None,
    paused: bool = False,
) -> SafeString:
    """``còn 2 ngày`` / ``quá 2 giờ``: colour, icon and word, the exact moment as its title. Times are aware."""
    due = _words.due_words(due_at, now or clock.now(), done_at=done_at, paused=paused)
    title = format_html(' title="{}"', _words.moment_words(due_at)) if due_at else ""
    return format_html(
        '<span class="mc-due mc-due--{}"{}>{}<span>{}</span></span>',
        due.tone,
        title,
        _icons.icon_svg(_DUE_ICONS[due.tone], 16),
        due.words,
    )


@register.simple_tag
def saved_at(moment: datetime | None) -> SafeString:
    """The line that tells when a draft was last saved; autosave.js keeps it fresh (``[data-autosave-state]``)."""
    text = gettext("Saved at %(time)s") % {"time": _words.moment_words(moment, "time")} if moment else ""
    return format_html(
        '<p class="mc-saved" data-autosave-state role="status" data-saved="{}" data-saving="{}" data-failed="{}">'
        "{}</p>",
        gettext("Saved at %(time)s"),
        gettext("Saving…"),
        gettext("Not saved yet: no connection. Your answers stay on this page; we will try again."),
        text,
    )


# ---- forms ---------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/error_summary.html")
def error_summary(errors: Any = None, title: str = "") -> dict[str, Any]:
    """The box on top of a form that lists what is wrong, each line a link to its field.

    ``errors``: a Django form, or a list of ``(field_id, message)`` pairs; nothing is shown where there are none.
    """
    return {"errors": _forms.error_pairs(errors), "title": title}


@register.simple_block_tag(end_name="endfield")
def field(
    content: str,
    name: str,
    label: str,
    hint: str = "",
    error: Any = "",
    optional: bool = False,
    show_when: str = "",
    id: str = "",
) -> SafeString:
    """Label above, hint under it, error beside: the wrapper of one control that the block holds.

    The control must have ``id`` (default ``id_<name>``) and ``aria-describedby`` from ``{% described %}``.
    """
    return _forms.wrap(
        content,
        name=name,
        label=label,
        hint=hint,
        errors=_forms.error_list(error),
        optional=optional,
        show_when=show_when,
        field_id=id or f"id_{name}",
    )


@register.simple_tag
def described(name: str, hint: Any = "", error: Any = "", id: str = "") -> SafeString:
    """The ``aria-describedby`` and ``aria-invalid`` attributes that belong to a control within ``{% field %}``."""
    return _forms.described(id or f"id_{name}", bool(hint), bool(_forms.error_list(error)))


@register.simple_tag
def form_field(bound: BoundField, show_when: str = "", label: str = "") -> SafeString:
    """A field of a Django form with label, hint, error and control of the house, whatever its widget."""
    return _forms.bound_field(bound, show_when=show_when, label=label)


# ---- lists, pages --------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The query string of this page with some parameters changed (None or empty removes): ``?{% query q="x" %}``."""
    request = context.get("request")
    params = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = str(value)
    return str(params.urlencode())


@register.simple_tag(takes_context=True)
def sort_head(context: Context, label: str, key: str, current: str = "", param: str = "sort") -> SafeString:
    """A sortable column head: ``<th aria-sort><a>``. ``current``: the sort in force, ``-key`` for descending."""
    descending = current == f"-{key}"
    active = descending or current == key
    target = key if descending or not active else f"-{key}"
    state = "descending" if descending else "ascending" if active else "none"
    icon = "sort-down" if descending else "sort-up" if active else "sort"
    return format_html(
        '<th scope="col" class="govuk-table__header" aria-sort="{}"><a class="mc-sort" href="?{}">{}{}</a></th>',
        state,
        mark_safe(conditional_escape(query(context, **{param: target, "after": None, "before": None}))),  # noqa: S308
        label,
        _icons.icon_svg(icon, 16),
    )


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, newer: str = "", older: str = "", label: str = "") -> dict[str, Any]:
    """Keyset pagination: ``newer`` and ``older`` are the cursors (parameters ``before`` and ``after``), or empty."""
    return {
        "newer_url": "?" + query(context, before=newer, after=None) if newer else "",
        "older_url": "?" + query(context, after=older, before=None) if older else "",
        "label": label,
    }


@register.simple_block_tag(end_name="endfilters")
def filters(content: str, summary: str = "", active: int = 0, open: bool = False) -> SafeString:
    """A folded panel of filters; the block holds the fields of a GET form. ``active``: how many are in force."""
    count = format_html(' <span class="mc-count">{}</span>', active) if active else ""
    return format_html(
        '<details class="mc-filters"{}><summary>{}<span>{}</span>{}</summary><div class="mc-filters__body">{}</div>'
        "</details>",
        mark_safe(" open") if open else "",
        _icons.icon_svg("filter", 20),
        summary or gettext("Filter"),
        count,
        mark_safe(content),  # noqa: S308  (the block's own rendered content)
    )


@register.simple_block_tag(end_name="enddisclosure")
def disclosure(content: str, summary: str, icon: str = "", open: bool = False) -> SafeString:
    """Something that opens in place, without JavaScript: ``<details>``."""
    return format_html(
        '<details class="mc-disclosure"{}><summary>{}<span>{}</span></summary>'
        '<div class="mc-disclosure__body">{}</div></details>',
        mark_safe(" open") if open else "",
        _icons.icon_svg(icon, 20) if icon else "",
        summary,
        mark_safe(content),  # noqa: S308
    )


@register.simple_block_tag(end_name="endnotice")
def notice(content: str, tone: str = "info", title: str = "", live: bool = False) -> SafeString:
    """A banner in the page. ``tone``: info, wait, late, done. ``live``: announced when it appears."""
    icons = {"info": "info", "wait": "alert", "late": "alert", "done": "check-circle"}
    return format_html(
        '<div class="mc-notice mc-notice--{}"{}>{}<div class="mc-notice__body">{}{}</div></div>',
        tone,
        mark_safe(' role="status"') if live else "",
        _icons.icon_svg(icons[tone], 24),
        format_html('<p class="mc-notice__title">{}</p>', title) if title else "",
        mark_safe(content),  # noqa: S308
    )


@register.simple_block_tag(end_name="endempty", name="empty")
@register.simple_block_tag(end_name="endempty_state")
def empty_state(content: str, title: str, icon: str = "inbox") -> SafeString:
    """An empty state: what this place is for and what to do (the block holds text and one link or button).

    Within ``{% for %}`` only the long name works: there ``{% empty %}`` belongs to the loop.
    """
    return format_html(
        '<div class="mc-empty">{}<p class="mc-empty__title">{}</p>{}</div>',
        _icons.icon_svg(icon, 48),
        title,
        mark_safe(content),  # noqa: S308
    )


# ---- small things --------------------------------------------------------------------------------------------


@register.simple_tag
def qr_code(data: str, label: str = "") -> SafeString:
    """A QR code as inline SVG with a quiet zone, black on white in both themes. ``label``: what it leads to."""
    code = segno.make(data, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix]
    size = len(rows)
    path = "".join(
        f"M{column} {line}h1v1h-1z" for line, row in enumerate(rows) for column, dark in enumerate(row) if dark
    )
    return format_html(
        '<svg class="mc-qr" viewBox="-4 -4 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M-4-4h{0}v{0}h-{0}z"/><path fill="#000" d="{2}"/></svg>',
        size + 8,
        label or gettext("QR code"),
        path,
    )


@register.simple_tag
def copy_button(text: str, label: str = "") -> SafeString:
    """Copies ``text``; hidden where JavaScript is off."""
    return format_html(
        '<button type="button" class="mc-button-quiet mc-js-only" data-copy="{}" data-done="{}">{}<span>{}</span>'
        "</button>",
        text,
        gettext("Copied"),
        _icons.icon_svg("copy", 20),
        label or gettext("Copy"),
    )


@register.simple_tag
def print_button(label: str = "") -> SafeString:
    """Prints the page; hidden where JavaScript is off (the browser's own menu prints too)."""
    return format_html(
        '<button type="button" class="mc-button-quiet mc-js-only" data-print>{}<span>{}</span></button>',
        _icons.icon_svg("print", 20),
        label or gettext("Print"),
    )


@register.simple_tag
def progress(value: int, total: int, label: str = "") -> SafeString:
    """``2/5`` with a bar. ``label`` names what is counted for screen readers."""
    return format_html(
        '<div class="mc-progress"><progress max="{1}" value="{0}" aria-label="{2}">{0}/{1}</progress>'
        '<span class="mc-num">{0}/{1}</span></div>',
        value,
        max(total, 1),
        label or gettext("Progress"),
    )


@register.simple_tag
def keys(*names: str) -> SafeString:
    """Keyboard keys: ``{% keys "g" "w" %}``."""
    return mark_safe(" ".join(format_html("<kbd>{}</kbd>", name) for name in names))  # noqa: S308  (each escaped)


@register.simple_tag
def url_query(**params: Any) -> str:
    """A fresh query string of the given parameters."""
    return urlencode({name: value for name, value in params.items() if value not in (None, "")})
