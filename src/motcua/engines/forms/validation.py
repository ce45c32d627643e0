"""All answers of a form at once: visibility, requirement, types and rules between fields, on the server, once.

``validate`` takes what a browser (``posting.from_post``) or a program sent and never raises, whatever it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from motcua.engines.forms import cleaning, conditions, identifying
from motcua.engines.forms.cleaning import Context, FileFact, Wrong
from motcua.engines.forms.rules import broken_rules
from motcua.engines.forms.schema import Field, Form
from motcua.engines.forms.text import Message
from motcua.foundation import clock
from motcua.foundation.errors import Invalid

Errors = dict[str, list[Message]]


@dataclass(frozen=True)
class Result:
    """What validation found. ``values`` holds every answer that is right (see ``schema``), even when others are not;
    ``errors`` maps paths to what is said about them, in the order of the form.
    """

    form: Form
    values: dict[str, Any]
    errors: Errors
    hidden: frozenset[str] = frozenset()
    """Keys of top fields (and groups as "group:key") that the answers make invisible."""

    @property
    def ok(self) -> bool:
        return not self.errors

    def fields(self, translate: Callable[[str], str] = str, language: str = "en") -> dict[str, list[str]]:
        """Errors as texts in ``language``, for ``Invalid.fields`` and problem documents."""
        return {
            path: [message.text(translate, language) for message in messages] for path, messages in self.errors.items()
        }

    def raise_if_wrong(self, translate: Callable[[str], str] = str, language: str = "en") -> None:
        """Raises ``Invalid`` with the errors as its fields."""
        if self.errors:
            raise Invalid(fields=self.fields(translate, language))

    def in_group(self, key: str) -> Errors:
        """Only the errors of one group."""
        return {path: said for path, said in self.errors.items() if self.form.group_keys.get(path.split(".")[0]) == key}


@dataclass
class Scope:
    """Answers around a field: its row or composite first, then outwards."""

    values: dict[str, Any]
    outer: Scope | None = None
    known: frozenset[str] = field(default_factory=frozenset)

    def lookup(self, name: str) -> Any:
        first, *rest = name.split(".")
        if first not in self.known and self.outer is not None:
            return self.outer.lookup(name)
        found = self.values.get(first)
        for part in rest:
            found = found.get(part) if isinstance(found, Mapping) else None
        return found


def validate(
    form: Form,
    raw: Any,
    *,
    groups: Iterable[str] | None = None,
    files: Mapping[str, FileFact] | None = None,
    today: date | None = None,
) -> Result:
    """Checks all answers. With ``groups`` only errors of these groups are reported (a page of a draft).

    ``files``: what this person may attach, by key; None leaves files unchecked beyond their form.
    Unknown keys are ignored, answers to invisible fields dropped.
    """
    run = _Run(Context(today or clock.today(), files))
    if not isinstance(raw, Mapping):
        return Result(form, {}, {"": [Message("The answers must be one object.")]})
    top = Scope({}, known=frozenset(form.fields))
    hidden: set[str] = set()
    for group in form.groups:
        if not conditions.holds(group.visible_when, top.lookup, run.context.today):
            hidden.add(f"group:{group.key}")
            hidden.update(one.key for one in group.fields)
            continue
        unseen = run.fields(group.fields, raw, top, "")
        hidden.update(unseen)
        if len(unseen) == len(group.fields):
            hidden.add(f"group:{group.key}")
    for path, message in list(broken_rules(form.rules, top.lookup, run.context.today, run.errors.__contains__)):
        if path.split(".")[0] not in hidden:
            run.errors.setdefault(path, [message])
    errors = _in_order(form, run.errors)
    if groups is not None:
        wanted = set(groups)
        errors = {path: said for path, said in errors.items() if form.group_keys.get(path.split(".")[0]) in wanted}
    return Result(form, top.values, errors, frozenset(hidden))


def _in_order(form: Form, errors: Errors) -> Errors:
    place = {key: number for number, key in enumerate(form.fields)}
    return dict(sorted(errors.items(), key=lambda item: place.get(item[0].split(".")[0], -1)))


class _Run:
    """One validation: where errors gather."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.errors: Errors = {}

    def say(self, path: str, message: Message) -> None:
        self.errors.setdefault(path, []).append(message)

    def fields(self, fields: Iterable[Field], raw: Mapping[Any, Any], scope: Scope, prefix: str) -> set[str]:
        """Puts the values of ``fields`` into ``scope.values``; answers with the keys that are invisible."""
        hidden: set[str] = set()
        for one in fields:
            if not conditions.holds(one.visible_when, scope.lookup, self.context.today):
                hidden.add(one.key)
            elif one.has_value:
                given = raw.get(one.key, one.default)
                value = self.value(one, given, scope, f"{prefix}{one.key}")
                if value is not None:
                    scope.values[one.key] = value
        return hidden

    def value(self, one: Field, given: Any, scope: Scope, path: str) -> Any:
        required = one.required or (
            one.required_when is not None and conditions.holds(one.required_when, scope.lookup, self.context.today)
        )
        if one.type == "table":
            return self.rows(one, given, scope, path, required=required)
        if one.type == "party":
            return self.party(one, given, scope, path, required=required)
        before = len(self.errors)
        try:
            value = cleaning.clean(one, given, self.context)
        except Wrong as wrong:
            for part, message in wrong.parts.items():
                self.say(f"{path}.{part}" if part else path, message)
            return None
        if value is None and required and len(self.errors) == before:
            self.say(path, missing(one))
        return value

    def party(self, one: Field, given: Any, scope: Scope, path: str, *, required: bool) -> dict[str, Any] | None:
        if cleaning.is_blank(given):
            given = {}
        if not isinstance(given, Mapping):
            self.say(path, Message("This answer must be an object."))
            return None
        if not required and cleaning.are_unanswered(one.fields, given):
            return None
        values: dict[str, Any] = {} if len(one.kinds) > 1 else {"kind": one.kinds[0]}
        inner = Scope(values, scope, frozenset(one.by_key))
        self.fields(one.fields, given, inner, f"{path}.")
        said = identifying.disagreement(values)
        if said is not None:
            self.say(f"{path}.identity_number", said)
        return values

    def rows(self, one: Field, given: Any, scope: Scope, path: str, *, required: bool) -> list[dict[str, Any]] | None:
        if cleaning.is_blank(given):
            given = []
        if not isinstance(given, list | tuple):
            self.say(path, Message("This answer must be a list of rows."))
            return None
        if len(given) > one.max_rows:
            self.say(path, Message("At most %(most)s rows.", {"most": one.max_rows}))
        made: list[dict[str, Any]] = []
        for number, row in enumerate(given[: one.max_rows]):
            here = f"{path}.{number}"
            if cleaning.is_blank(row):
                row = {}
            if not isinstance(row, Mapping):
                self.say(here, Message("This answer must be an object."))
                continue
            if cleaning.are_unanswered(one.fields, row):
                continue  # a row that was added and left empty
            inner = Scope({}, scope, frozenset(one.by_key))
            self.fields(one.fields, row, inner, f"{here}.")
            for target, message in self.broken(one, inner, here):
                self.errors.setdefault(f"{here}.{target}", [message])
            made.append(inner.values)
        least = max(one.min_rows, 1 if required else 0)
        if len(made) < least and not any(key.startswith(f"{path}.") for key in self.errors):
            self.say(path, Message("Add at least %(least)s: %(label)s", {"least": least, "label": one.label}))
        return made or None

    def broken(self, one: Field, scope: Scope, here: str) -> list[tuple[str, Message]]:
        def wrong(name: str) -> bool:
            return f"{here}.{name}" in self.errors

        return list(broken_rules(one.rules, scope.lookup, self.context.today, wrong))


def missing(one: Field) -> Message:
    """What is said when a required answer is missing."""
    match one.type:
        case "choice" | "select" | "multi_choice" | "yes_no":
            return Message("Choose an answer: %(label)s", {"label": one.label})
        case "file":
            return Message("Attach: %(label)s", {"label": one.label})
        case "declaration":
            return Message("You need to confirm this to go on.")
    return Message("Fill in: %(label)s", {"label": one.label})
