"""A form with its answers, ready for templates: names, ids, texts in one language, what to show and what to ask.

``BoundForm`` is what a view gives to the page: ``{% render_group form group %}``, ``{% error_summary form.pairs %}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from motcua.engines.forms.bound_fields import BoundField, Names, bind
from motcua.engines.forms.cleaning import FileFact
from motcua.engines.forms.posting import input_id, input_name
from motcua.engines.forms.prefill import Known
from motcua.engines.forms.schema import Form, Group
from motcua.engines.forms.text import Message, Text
from motcua.engines.forms.validation import Result, validate
from motcua.foundation import clock


@dataclass(frozen=True)
class BoundForm:
    """A form with raw answers. ``errors``: only those that shall be shown. ``known``: from ``prefill.prefilled``."""

    form: Form
    raw: Mapping[str, Any]
    errors: Mapping[str, list[Message]] = field(default_factory=dict)
    language: str = "vi"
    translate: Callable[[str], str] = str
    known: Mapping[str, Known] = field(default_factory=dict)
    editing: frozenset[str] = frozenset()
    files: Mapping[str, FileFact] = field(default_factory=dict)
    home_province: str = "46"
    today: date = field(default_factory=clock.today)

    @cached_property
    def result(self) -> Result:
        """All answers checked, whatever errors are shown: decides what earlier pages make visible."""
        return validate(self.form, self.raw, today=self.today)

    def say(self, words: Text | None) -> str:
        return words.in_language(self.language) if words is not None else ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """(element id, message) of every error shown, for the summary on top of the page.

        Away from its field a message needs the field's name, so that it is put before those that do not say it.
        """
        return [
            (self._target(path), self._named(path, message))
            for path, messages in self.errors.items()
            for message in messages
        ]

    def _named(self, path: str, message: Message) -> str:
        said = message.text(self.translate, self.language)
        one = self.form.field_at(path)
        if one is None or message.words is not None:
            return said
        steps = path.split(".")
        row = next((int(step) + 1 for step in steps if step.isdigit()), 0)
        table = self.form.fields.get(steps[0])
        where = f"{self.say(table.row_label or table.label)} {row}" if row and table is not None else ""
        name = "" if "label" in message.params else self.say(one.label)
        return ": ".join(part for part in (", ".join(part for part in (where, name) if part), said) if part)

    def _target(self, path: str) -> str:
        return input_id(path) if path else ""

    def lookup(self, name: str) -> Any:
        found: Any = self.result.values
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    def visible_groups(self) -> list[Group]:
        """The pages that the answers so far ask for."""
        return [group for group in self.form.groups if f"group:{group.key}" not in self.result.hidden]

    def group(self, key: str | Group) -> BoundGroup:
        """One page. Raises KeyError when there is none with this key."""
        return BoundGroup(self, key if isinstance(key, Group) else self.form.group(key))


@dataclass(frozen=True)
class BoundGroup:
    """One page with its questions."""

    bound: BoundForm
    group: Group

    @property
    def key(self) -> str:
        return self.group.key

    @property
    def title(self) -> str:
        return self.bound.say(self.group.title)

    @property
    def hint(self) -> str:
        return self.bound.say(self.group.hint)

    @property
    def editing(self) -> list[str]:
        """Names of prefilled answers that are being edited on this page, to be posted again."""
        own = {one.key for one in self.group.fields}
        return sorted(input_name(path) for path in self.bound.editing if path.split(".")[0] in own)

    @cached_property
    def fields(self) -> list[BoundField]:
        """The questions to show; what earlier pages rule out is left out, what this page decides stays."""
        scope = Names(self.bound, frozenset(one.key for one in self.group.fields), frozenset(), "")
        return list(bind(self.bound, self.group.fields, self.bound.raw, scope))

    @property
    def has_files(self) -> bool:
        """Whether the page needs ``enctype="multipart/form-data"``."""
        return any(one.type == "file" for one in self.group.fields)
