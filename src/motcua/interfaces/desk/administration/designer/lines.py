"""A condition as controls: lines of question, comparison and value, bound to what was posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.engines.forms.building import (
    COMPARISONS,
    MOST_LINES,
    Line,
    Lines,
    as_condition,
    comparisons_for,
    lines_of,
    value_of,
)
from motcua.engines.forms.schema import Field
from motcua.interfaces.desk.administration.designer.vocabulary import COMPARISONS as WORDS

if TYPE_CHECKING:
    from motcua.interfaces.desk.administration.blocks import Words


@dataclass
class Row:
    """One line as it stands on the page. ``control``: none, text, number, select or several."""

    number: int
    name: str
    label: str
    field: Field | None
    comparison: str
    given: list[str]
    error: str = ""

    @property
    def comparisons(self) -> list[tuple[str, Words]]:
        kinds = comparisons_for(self.field.type) if self.field else ()
        wanted = kinds if self.comparison in kinds else (*kinds, self.comparison)
        return [(key, WORDS[key]) for key in wanted]

    @property
    def control(self) -> str:
        kind = COMPARISONS[self.comparison].value
        if kind in ("none", "number"):
            return kind
        if self.choices:
            return "several" if kind == "several" else "select"
        return "number" if self.field and self.field.type in ("number", "money") else "text"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The answers among which the value is."""
        if self.field is None:
            return []
        if self.field.type in ("yes_no", "declaration"):
            return [("yes", _("Yes")), ("no", _("No"))]
        return [(one.value, one.label.in_language(get_language() or "vi")) for one in self.field.options]

    @property
    def value(self) -> str:
        return self.given[0] if self.given else ""


@dataclass
class Editor:
    """The lines of one condition. ``prefix`` begins the names of its controls; ``labels`` names the questions."""

    prefix: str
    candidates: Mapping[str, Field]
    labels: Mapping[str, str]
    every: bool = True
    rows: list[Row] = field(default_factory=list)
    kept: Any = None
    """A condition that lines cannot show: it stays until the designer clears it."""

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(key, self.labels[key]) for key in self.candidates]

    @property
    def full(self) -> bool:
        return len(self.rows) >= MOST_LINES

    @classmethod
    def of(cls, prefix: str, data: Any, candidates: Mapping[str, Field], labels: Mapping[str, str]) -> Editor:
        """As the form's data says it."""
        found = lines_of(data)
        made = cls(prefix, candidates, labels)
        if found is None:
            made.kept = data
            return made
        made.every = found.every
        for line in found.lines:
            made._add(line.field, line.comparison, _given(line.value))
        return made

    @classmethod
    def posted(
        cls,
        prefix: str,
        post: QueryDict,
        before: Any,
        candidates: Mapping[str, Field],
        labels: Mapping[str, str],
        *,
        with_new: bool = True,
    ) -> Editor:
        """As the page sent it: lines that are ticked to go are gone, a newly chosen question is a new line."""
        made = cls(prefix, candidates, labels, every=post.get(f"{prefix}-join") != "any")
        if lines_of(before) is None and not post.get(f"{prefix}-clear"):
            made.kept = before
            return made
        count = post.get(f"{prefix}-count", "0")
        for number in range(
            min(int(count), MOST_LINES) if count.isascii() and count.isdigit() and len(count) < 4 else 0
        ):
            name, comparison = post.get(f"{prefix}-{number}-field", ""), post.get(f"{prefix}-{number}-op", "")
            if name and comparison in COMPARISONS and not post.get(f"{prefix}-{number}-drop"):
                made._add(name[:130], comparison, post.getlist(f"{prefix}-{number}-value"))
        new = post.get(f"{prefix}-new", "")
        if with_new and new in candidates and not made.full:
            made._add(new, comparisons_for(candidates[new].type)[0], [])
        return made

    def _add(self, name: str, comparison: str, given: Sequence[str]) -> None:
        found = self.candidates.get(name)
        label = self.labels.get(name, name)
        self.rows.append(Row(len(self.rows), name, label, found, comparison, [str(one)[:200] for one in given]))

    def condition(self) -> Any:
        """The condition's data. Lines that miss their value get an error; see ``wrong``."""
        if self.kept is not None:
            return self.kept
        lines = []
        for row in self.rows:
            try:
                value = value_of(row.field, row.comparison, row.given) if row.field else row.value
            except ValueError:
                row.error = _("Choose the value to compare with.")
                continue
            lines.append(Line(row.name, row.comparison, value))
        return as_condition(Lines(self.every, tuple(lines)))

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """(element id, message) of lines that are not whole."""
        return [(f"{self.prefix}-{row.number}-value", f"{row.label}: {row.error}") for row in self.rows if row.error]


def _given(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [str(one) for one in value] if isinstance(value, tuple) else [str(value)]
