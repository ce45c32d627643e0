"""One question of a page, as a template sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from motcua.engines.forms import cleaning, conditions
from motcua.engines.forms.bound_address import BoundAddress, printable
from motcua.engines.forms.cleaning import Context, FileFact, Wrong
from motcua.engines.forms.conditions import AllOf, AnyOf, Condition, Not, Term
from motcua.engines.forms.posting import ROW_MARK, date_parts, input_id, input_name, write_field
from motcua.engines.forms.schema import Field
from motcua.engines.forms.summary import display
from motcua.engines.forms.text import Text

if TYPE_CHECKING:
    from motcua.engines.forms.rendering import BoundForm

TEMPLATE_ROW = "__index__"
"""Stands for the row's number in the template of a row that the browser copies."""

_INPUT_MODES = {
    "number": "decimal",
    "money": "numeric",
    "identity_number": "numeric",
    "phone": "tel",
    "email": "email",
}
_INPUT_TYPES = {"phone": "tel", "email": "email"}
_WIDTHS = {"identity_number": "20", "tax_code": "20", "phone": "20", "number": "10", "money": "20"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio, checkbox or option."""

    value: str
    label: str
    hint: str
    id: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that is already attached: its key, and its facts where they are known."""

    key: str
    fact: FileFact | None


@dataclass(frozen=True)
class Names:
    """How conditions of these fields find the inputs they speak of. ``inner`` are siblings below ``prefix``."""

    bound: BoundForm
    page: frozenset[str]
    inner: frozenset[str]
    prefix: str

    def is_inner(self, name: str) -> bool:
        return name.split(".")[0] in self.inner

    def settled(self, name: str) -> bool:
        return not self.is_inner(name) and name.split(".")[0] not in self.page

    def name_of(self, name: str) -> str:
        return input_name(f"{self.prefix}{name}" if self.is_inner(name) else name)

    def within(self, prefix: str, fields: Iterable[Field]) -> Names:
        return Names(self.bound, self.page, frozenset(one.key for one in fields), prefix)


def _sent(name: str, value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def bind(bound: BoundForm, fields: Iterable[Field], raw: Mapping[str, Any], names: Names) -> Iterator[BoundField]:
    for one in fields:
        rest = conditions.reduce(one.visible_when, names.settled, bound.lookup, bound.today)
        if rest is not False:
            given = raw.get(one.key, one.default) if isinstance(raw, Mapping) else None
            yield BoundField(bound, one, f"{names.prefix}{one.key}", given, None if rest is True else rest, names)


@dataclass(frozen=True)
class BoundField:
    """One question with what was answered."""

    bound: BoundForm
    field: Field
    path: str
    raw: Any
    condition: Condition | None
    names: Names

    @property
    def type(self) -> str:
        return self.field.type

    @property
    def template(self) -> str:
        return "forms/prefilled.html" if self.prefilled else f"forms/{self.field.type}.html"

    @property
    def name(self) -> str:
        return input_name(self.path)

    @property
    def id(self) -> str:
        return input_id(self.path)

    @property
    def label(self) -> str:
        return self.bound.say(self.field.label)

    @property
    def hint(self) -> str:
        return self.bound.say(self.field.hint)

    @property
    def body(self) -> str:
        return self.bound.say(self.field.body)

    @property
    def unit(self) -> str:
        return self.bound.say(self.field.unit)

    @property
    def row_label(self) -> str:
        return self.bound.say(self.field.row_label) or self.label

    @property
    def optional(self) -> bool:
        return not self.field.required and self.field.required_when is None

    @cached_property
    def errors(self) -> list[str]:
        return self.errors_at(self.path)

    def errors_at(self, path: str) -> list[str]:
        said = self.bound.errors.get(path, ())
        return [message.text(self.bound.translate, self.bound.language) for message in said]

    @property
    def described_by(self) -> str:
        """Ids of hint and error for ``aria-describedby``; empty without either."""
        found = [f"{self.id}-hint"] if self.hint or self.type == "file" else []
        if self.errors:
            found.append(f"{self.id}-error")
        return " ".join(found)

    @property
    def show_when(self) -> str:
        return conditions.for_browser(self.condition, self.names.name_of, _sent) if self.condition else ""

    @property
    def only_if(self) -> str:
        """The condition in words, for those whose browser can not hide the question."""
        return self._words(self.condition) if self.condition else ""

    def _words(self, condition: Condition) -> str:
        match condition:
            case AllOf(parts):
                return self.bound.say(Text(" và ", " and ")).join(self._words(part) for part in parts)
            case AnyOf(parts):
                return self.bound.say(Text(" hoặc ", " or ")).join(self._words(part) for part in parts)
            case Not(part):
                return self.bound.say(Text("không phải ", "not ")) + self._words(part)
            case Term(name, op, value):
                return self._test_words(name, op, value)

    def _test_words(self, name: str, op: str, value: Any) -> str:
        where = f"{self.names.prefix}{name}" if self.names.is_inner(name) else name
        other = self.bound.form.field_at(where)
        if other is None:
            return ""
        label = self.bound.say(other.label)
        match op:
            case "filled":
                return self.bound.say(Text(f"đã trả lời “{label}”", f"“{label}” is answered"))
            case "at_least":
                return f"“{label}” ≥ {value:g}"
            case "younger_than":
                return self.bound.say(Text(f"“{label}”: chưa đủ {value} tuổi", f"“{label}”: younger than {value}"))
        values = value if isinstance(value, tuple) else (value,)
        shown = " / ".join(display(other, [one] if op == "has" else one, self.bound.language) for one in values)
        return f"“{label}”: {shown}"

    # -- values --------------------------------------------------------------------------------------------

    @property
    def value(self) -> str:
        """What stands in the input: as typed, or a value as people write it."""
        raw = self.raw
        if raw is None or isinstance(raw, bool | list | dict):
            return ""
        if isinstance(raw, float):
            return f"{raw:g}".replace(".", ",")
        return printable(str(raw))

    @property
    def yes(self) -> bool:
        return self.raw is True or (isinstance(self.raw, str) and self.raw.lower() in ("yes", "true", "on", "1"))

    @property
    def no(self) -> bool:
        return self.raw is False or (isinstance(self.raw, str) and self.raw.lower() in ("no", "false", "off", "0"))

    @cached_property
    def choices(self) -> list[Choice]:
        """The answers to choose from; the first has the id that errors link to."""
        given = self.raw if isinstance(self.raw, list | tuple) else [self.raw]
        chosen = {one for one in given if isinstance(one, str)}
        return [
            Choice(
                option.value,
                self.bound.say(option.label),
                self.bound.say(option.hint),
                self.id if number == 0 else f"{self.id}-{number + 1}",
                option.value in chosen,
            )
            for number, option in enumerate(self.field.options)
        ]

    @property
    def date(self) -> dict[str, str]:
        return {part: printable(text) for part, text in date_parts(self.raw).items()}

    @property
    def files(self) -> list[AttachedFile]:
        given = self.raw if isinstance(self.raw, list | tuple) else []
        return [AttachedFile(key, self.bound.files.get(key)) for key in given if isinstance(key, str) and key]

    @property
    def accept(self) -> str:
        """For the ``accept`` attribute of the file input."""
        return ",".join(f".{kind}" for kind in self.field.accept)

    @property
    def kinds(self) -> str:
        return ", ".join(kind.upper() for kind in self.field.accept)

    # -- attributes of the control -----------------------------------------------------------------------------

    @property
    def input_type(self) -> str:
        return _INPUT_TYPES.get(self.type, "text")

    @property
    def input_mode(self) -> str:
        if self.type == "number" and not self.field.decimals:
            return "numeric"
        return _INPUT_MODES.get(self.type, "")

    @property
    def width(self) -> str:
        """Width class of govuk-frontend; short answers get short inputs."""
        width = _WIDTHS.get(self.type, "20" if 0 < self.field.max_length <= 30 else "")
        return f"govuk-input--width-{width}" if width else ""

    @property
    def autocomplete(self) -> str:
        return self.field.autocomplete

    # -- what is known already ---------------------------------------------------------------------------------

    @cached_property
    def prefilled(self) -> bool:
        """Whether the answer is shown as text with its source: it is what we knew, and nobody wants to edit it."""
        known = self.bound.known.get(self.path)
        if known is None or self.path in self.bound.editing or self._any_errors():
            return False
        try:
            given = cleaning.clean(self.field, self.raw, Context(self.bound.today))
        except Wrong:
            return False
        return bool(given == known.value)

    def _any_errors(self) -> bool:
        return any(path == self.path or path.startswith(f"{self.path}.") for path in self.bound.errors)

    @property
    def source(self) -> str:
        return self.bound.say(self.bound.known[self.path].source)

    @property
    def known_text(self) -> str:
        return display(self.field, self.bound.known[self.path].value, self.bound.language)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Inputs that carry a prefilled answer along."""
        return write_field(self.field, self.name, self.bound.known[self.path].value)

    # -- parts of composites -----------------------------------------------------------------------------------

    @cached_property
    def children(self) -> list[BoundField]:
        """The questions of a party."""
        raw = self.raw if isinstance(self.raw, Mapping) else {}
        return list(bind(self.bound, self.field.fields, raw, self.names.within(f"{self.path}.", self.field.fields)))

    @cached_property
    def rows(self) -> list[BoundRow]:
        """The rows of a table: those answered, at least one (or as many as are required)."""
        given = list(self.raw) if isinstance(self.raw, list | tuple) else []
        least = max(self.field.min_rows, 1)
        given += [{}] * (least - len(given))
        return [BoundRow(self, str(number), row) for number, row in enumerate(given[: self.field.max_rows])]

    @property
    def template_row(self) -> BoundRow:
        """An empty row for the browser to copy."""
        return BoundRow(self, TEMPLATE_ROW, {})

    @property
    def may_add(self) -> bool:
        return len(self.rows) < self.field.max_rows

    @cached_property
    def address(self) -> BoundAddress:
        return BoundAddress(self)


@dataclass(frozen=True)
class BoundRow:
    """One row of a table."""

    table: BoundField
    number: str
    raw: Any

    @property
    def id(self) -> str:
        return f"{self.table.id}-{self.number}"

    @property
    def mark(self) -> str:
        """Name of the hidden input that says that the row is there."""
        return f"{self.table.name}-{self.number}-{ROW_MARK}"

    @property
    def argument(self) -> str:
        """For ``_remove``."""
        return f"{self.table.name}-{self.number}"

    @property
    def title(self) -> str:
        shown = int(self.number) + 1 if self.number.isdigit() else ""
        return f"{self.table.row_label} {shown}".strip()

    @property
    def errors(self) -> list[str]:
        said = self.table.bound.errors.get(f"{self.table.path}.{self.number}", ())
        return [message.text(self.table.bound.translate, self.table.bound.language) for message in said]

    @cached_property
    def fields(self) -> list[BoundField]:
        inner = self.table.field.fields
        names = self.table.names.within(f"{self.table.path}.{self.number}.", inner)
        return list(bind(self.table.bound, inner, self.raw if isinstance(self.raw, Mapping) else {}, names))
