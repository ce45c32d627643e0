"""From JSON to ``Form``: a strict reading that names every problem at once, for the person who edits the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields as dataclass_fields
from typing import Any

from motcua.engines.forms.reading import FieldReader, Problem, Scope
from motcua.engines.forms.schema import RULE_KINDS, Form, Group, Rule
from motcua.foundation.errors import Invalid


class FormUnreadable(Invalid):
    """The data is not a form; ``problems`` lists everything that is wrong with it."""

    code = "form_unreadable"

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = str(problems[0]) if problems else ""
        super().__init__(
            "This form has %(count)s problems; the first: %(first)s",
            count=len(problems),
            first=first,
            fields={problem.where or "form": [problem.text()] for problem in problems},
        )
        self.problems = list(problems)


def check(data: Any) -> list[Problem]:
    """Every problem of the data; empty when ``parse_form`` will read it."""
    reader = FormReader()
    reader.form(data)
    return reader.problems


def parse_form(data: Any, origin: str = "") -> Form:
    """The form that ``data`` describes. Raises ``FormUnreadable`` with all problems.

    ``origin`` says where it came from ("version:<id>", "derived:<procedure version>"), for the record.
    """
    reader = FormReader()
    form = reader.form(data, origin)
    if reader.problems or form is None:
        raise FormUnreadable(reader.problems)
    return form


class FormReader(FieldReader):
    """Reads a whole form."""

    # -- rules, groups, form ---------------------------------------------------------------------------------

    def rules(self, rows: Any, where: str, scope: Scope) -> tuple[Rule, ...]:
        if not isinstance(rows, list):
            self.say(f"{where}.rules", "rules are a list")
            return ()
        made: list[Rule] = []
        for number, row in enumerate(rows):
            rule = self._rule(row, f"{where}.rules[{number}]", scope)
            if rule is not None:
                made.append(rule)
        return tuple(made)

    def _rule(self, row: Any, where: str, scope: Scope) -> Rule | None:
        if not isinstance(row, Mapping):
            self.say(where, "a rule is an object")
            return None
        allowed = [one.name for one in dataclass_fields(Rule)]
        self.keys(row, allowed, ("kind", "field", "message"), where)
        kind, target = row.get("kind"), row.get("field")
        if kind not in RULE_KINDS:
            self.say(where, '"kind" is one of %(choices)s', choices=", ".join(RULE_KINDS))
            return None
        others = row.get("fields", [])
        than = row.get("than")
        if than == "today" and kind in ("later", "years_apart", "within_years"):
            than = None
        for name in [target, than, *(others if isinstance(others, list) else [])]:
            if name is not None and (not isinstance(name, str) or scope.find(name) is None):
                self.say(where, '"%(name)s" is not a field', name=name)
                return None
        if kind in ("later", "different", "years_apart", "within_years", "at_most") and "than" not in row:
            self.say(where, '"%(kind)s" needs "than"', kind=kind)
        if kind == "at_least_one" and not others:
            self.say(where, '"at_least_one" needs "fields"')
        that = self.condition(row, "that", where, scope)
        if kind == "must" and that is None:
            self.say(where, '"must" needs "that"')
        return Rule(
            kind=str(kind),
            field=str(target),
            message=self.text(row.get("message"), f"{where}.message"),
            than=str(row.get("than", "")),
            fields=tuple(others) if isinstance(others, list) else (),
            or_equal=row.get("or_equal") is True,
            years=row.get("years", 0) if isinstance(row.get("years", 0), int) else 0,
            that=that,
            when=self.condition(row, "when", where, scope),
        )

    def group(self, data: Any, where: str, scope: Scope) -> Group | None:
        if not isinstance(data, Mapping):
            self.say(where, "a group is an object")
            return None
        self.keys(data, ("key", "title", "hint", "fields", "visible_when"), ("key", "title", "fields"), where)
        rows = data.get("fields")
        if not isinstance(rows, list) or not rows:
            self.say(where, "a group needs fields")
            rows = []
        return Group(
            key=self.key(data.get("key"), where),
            title=self.text(data.get("title"), f"{where}.title"),
            hint=self.optional_text(data, "hint", where),
            visible_when=self.condition(data, "visible_when", where, scope),
            fields=self.fields(rows, where, scope),
        )

    def form(self, data: Any, origin: str = "") -> Form | None:
        if not isinstance(data, Mapping):
            self.say("", "a form is an object")
            return None
        self.keys(
            data,
            ("key", "title", "groups", "rules", "procedures", "subject", "basis"),
            ("key", "title", "groups"),
            "",
        )
        rows = data.get("groups")
        if not isinstance(rows, list) or not 1 <= len(rows) <= 12:
            self.say("groups", "a form has 1 to 12 groups")
            return None
        scope = Scope()
        groups: list[Group] = []
        for number, row in enumerate(rows):
            made = self.group(row, f"groups[{number}]", scope)
            if made is None:
                continue
            if any(made.key == other.key for other in groups):
                self.say(f"groups[{number}]", 'the key "%(key)s" stands twice', key=made.key)
            groups.append(made)
        procedures = data.get("procedures", [])
        if not isinstance(procedures, list) or not all(isinstance(code, str) for code in procedures):
            self.say("procedures", "a list of procedures' codes")
            procedures = []
        return Form(
            key=str(data.get("key", "")),
            title=self.text(data.get("title"), "title"),
            groups=tuple(groups),
            rules=self.rules(data.get("rules", []), "", scope),
            procedures=tuple(procedures),
            subject=self.optional_text(data, "subject", ""),
            basis=str(data.get("basis", "")),
            origin=origin,
            data=data,
        )
