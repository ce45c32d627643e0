"""``{% load motcua_forms %}``: pages of the forms engine. See docs/developers/forms.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from motcua.engines.forms.cleaning import FileFact
from motcua.engines.forms.posting import input_id
from motcua.engines.forms.rendering import BoundForm
from motcua.engines.forms.schema import Group
from motcua.engines.forms.summary import Answer, AnsweredGroup

register = template.Library()


@register.simple_tag(takes_context=True)
def render_group(context: Context, form: BoundForm, group: Group | str, files_url: str = "") -> SafeString:
    """The questions of one page, within the page's own ``<form>``: ``{% render_group form "child" %}``.

    ``files_url``: where attached files are looked at, with ``__file__`` where the key goes; no links when empty.
    """
    page = get_template("forms/group.html")
    rendered = page.render({"group": form.group(group), "form": form, "files_url": files_url}, context.get("request"))
    return mark_safe(rendered)  # noqa: S308  (a template of ours, which escapes what it prints)


@register.inclusion_tag("forms/summary.html")
def answers(
    groups: list[AnsweredGroup], edit_url: str = "", files: Mapping[str, FileFact] | None = None
) -> dict[str, Any]:
    """All answers by group, as people read them.

    ``groups`` from ``answers_summary``; ``edit_url`` is the address of a page with ``__group__`` where its key goes
    ("Sửa" links, left out when empty); ``files`` gives the names of attached files.
    """
    return {"groups": groups, "edit_url": edit_url, "files": files or {}}


@register.filter
def replace_group(url: str, key: str) -> str:
    """The address of one page out of the pattern with ``__group__``."""
    return url.replace("__group__", key)


@register.filter
def replace_file(url: str, key: str) -> str:
    """The address of one file out of the pattern with ``__file__``."""
    return url.replace("__file__", key)


@register.filter
def answer_id(answer: Answer) -> str:
    """The id of the input where an answer was given."""
    return input_id(answer.path)


@register.filter
def file_name(files: Mapping[str, FileFact], key: str) -> str:
    """The name of an attached file; empty when it is not known."""
    return files[key].name if key in files else ""
