"""The table in which a flow is written: a row a step, moved, added and removed by buttons that also work without
scripts. What is typed is never lost by them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.engines.flows.rules import ACTIONS
from motcua.foundation.text import slug
from motcua.interfaces.desk.administration.blocks import day_field
from motcua.interfaces.desk.administration.flow_words import UnitWords, level_code, level_words, role_names

MOST_ROWS: Final = 60
RESERVED: Final = {"new", "import", "export", "picture"}
STAGES: Final = (
    ("process", gettext_lazy("Process")),
    ("sign", gettext_lazy("Sign")),
    ("return", gettext_lazy("Return")),
)
ACTION_NAMES: Final = {
    "supplement": gettext_lazy("ask for a supplement"),
    "send_back": gettext_lazy("send back"),
    "consult": gettext_lazy("ask for opinions"),
    "assign": gettext_lazy("assign to a person"),
}
CELLS: Final = (
    "key",
    "name",
    "name_en",
    "stage",
    "unit",
    "role",
    "hours",
    "next",
    "choice",
    "join",
    "actions",
    "system",
)
MOVE: Final = re.compile(r"(up|down|remove|add)-(\d{1,2})")


class FlowForm(forms.Form):
    """The steps as rows; a row without key and name is left out. ``next`` holds keys or numbers of rows."""

    name = forms.CharField(label=gettext_lazy("Name of the flow"), max_length=200)
    key = forms.SlugField(
        label=gettext_lazy("Key"),
        max_length=80,
        help_text=gettext_lazy("Lower-case letters and dashes; stays the same for ever."),
    )
    effective_from = day_field(gettext_lazy("In force from"))
    codes = forms.CharField(
        label=gettext_lazy("Taken by these procedures"),
        help_text=gettext_lazy("Codes, divided by commas or lines."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    subjects = forms.CharField(
        label=gettext_lazy("Taken by these fields"),
        help_text=gettext_lazy("One a line; with a level as in “Hộ tịch | Commune”. * is everything else."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    revision = forms.IntegerField(required=False, min_value=0, max_value=2_000_000, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, steps: list[dict[str, Any]], known: bool, **kwargs: Any) -> None:
        self.moved = ""
        if data is not None:
            data, self.moved = moved(data)
        super().__init__(data, **kwargs)
        self.known = known
        if known:
            self.fields["key"].disabled = True
        self.count = len(steps) or 1
        if data is not None:
            self.count = _count(data)
        self._roles = [("", _("whoever does this kind of work")), *role_names().items()]
        self.units = UnitWords()
        self._numbers = {str(step.get("key", "")): str(at + 1) for at, step in enumerate(steps)}
        for at in range(self.count):
            following = str(steps[at + 1].get("key", "")) if at + 1 < len(steps) else ""
            for name, field in self._cells(steps[at] if at < len(steps) else {}, at + 1, following):
                field.required = False
                self.fields[f"s{at}_{name}"] = field

    def _cells(self, step: Mapping[str, Any], row: int, following: str) -> Iterator[tuple[str, forms.Field]]:
        def text(name: str, label: str, length: int, **attributes: str) -> tuple[str, forms.Field]:
            widget = forms.TextInput(attrs=attributes)
            initial = step.get(name, "")
            return name, forms.CharField(label=f"{label} {row}", max_length=length, initial=initial, widget=widget)

        then = [str(key) for key in step.get("next", [])]
        yield text("key", _("Key"), 40)
        yield text("name", _("Step"), 120)
        yield text("name_en", _("In English"), 200)
        yield (
            "stage",
            forms.ChoiceField(label=f"{_('Kind of work')} {row}", choices=STAGES, initial=step.get("stage", "process")),
        )
        yield (
            "unit",
            forms.CharField(
                label=f"{_('Who')} {row}",
                max_length=300,
                initial=self.units.typed(str(step.get("unit", "competent"))),
                widget=forms.TextInput(attrs={"list": "selectors"}),
            ),
        )
        roles = list(self._roles)
        if step.get("role") and step["role"] not in dict(roles):
            roles.append((step["role"], step["role"]))
        yield "role", forms.ChoiceField(label=f"{_('Role')} {row}", choices=roles, initial=step.get("role", ""))
        yield text("hours", _("Working hours"), 6, inputmode="numeric")
        # what simply goes on to the next row is left out, so that rows can be moved
        shown = "" if then == [following] else ", ".join(self._numbers.get(key, key) for key in then)
        yield "next", forms.CharField(label=f"{_('Then')} {row}", max_length=300, initial=shown)
        yield "choice", forms.BooleanField(label=_("one of them is chosen"), initial=step.get("choice", False))
        yield "join", forms.BooleanField(label=_("waits for all before it"), initial=step.get("join", False))
        yield (
            "actions",
            forms.MultipleChoiceField(
                label=f"{_('Allows only')} {row}",
                choices=list(ACTION_NAMES.items()),
                initial=list(step.get("actions", [])),
                widget=forms.CheckboxSelectMultiple,
            ),
        )
        yield text("system", _("Outside system"), 60)

    @property
    def began(self) -> int | None:
        """What the writer began with, as ``actions.save_draft`` takes it: a new flow is to be no other's."""
        known: int | None = self.cleaned_data["revision"]
        return known if self.known else 0

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as the template shows them."""
        for at in range(self.count):
            row: dict[str, Any] = {name: self[f"s{at}_{name}"] for name in CELLS}
            more = any(row[name].value() for name in ("actions", "system"))
            errors = any(row[name].errors for name in ("key", "name_en", "actions", "system"))
            yield row | {"at": at, "number": at + 1, "last": at == self.count - 1, "open": more or errors}

    def steps(self) -> list[dict[str, Any]]:
        """The steps as ``flows.rules.parse`` reads them: keys made of names where none is given, what follows filled
        in with the next row where nothing is said."""
        rows = []
        for at in range(self.count):
            said = {name: self.cleaned_data.get(f"s{at}_{name}") for name in CELLS}
            if str(said["key"] or "").strip() or str(said["name"] or "").strip():
                rows.append((at + 1, said))
        keys: dict[int, str] = {}
        for number, said in rows:
            key = _key(str(said["key"] or "")) or slug(str(said["name"]), 34) or f"step-{number}"
            if not said["key"]:
                key = _free(key, set(keys.values()))
            keys[number] = key
        found = []
        for place, (number, said) in enumerate(rows):
            following = keys[rows[place + 1][0]] if place + 1 < len(rows) else ""
            found.append(self._step(said, keys[number], following, keys))
        return found

    def _step(self, said: Mapping[str, Any], key: str, following: str, keys: Mapping[int, str]) -> dict[str, Any]:
        stage = said["stage"] or "process"
        then = [
            keys.get(int(part), part) if part.isdigit() and len(part) < 3 and part not in keys.values() else _key(part)
            for part in re.split(r"[,;\s]+", said["next"] or "")
            if part
        ]
        if not then and stage != "return" and following:
            then = [following]
        step: dict[str, Any] = {
            "key": key,
            "name": said["name"] or key,
            "name_en": said["name_en"] or "",
            "stage": stage,
            "unit": self.units.selector(said["unit"] or "competent"),
            "role": said["role"] or "",
            "next": [one for one in then if one],
            "actions": [name for name in ACTIONS if name in (said["actions"] or [])],
            "system": (said["system"] or "").strip(),
            "choice": bool(said["choice"]),
            "join": bool(said["join"]),
        }
        if str(said["hours"] or "").strip():
            step["hours"] = str(said["hours"]).strip()
        return step

    def rules(self) -> list[dict[str, str]]:
        """What takes the flow, as ``flows.actions`` reads it."""
        empty = {"procedure_code": "", "field": "", "level": ""}
        codes = dict.fromkeys(part for part in re.split(r"[,;\s]+", self.cleaned_data.get("codes") or "") if part)
        found = [{**empty, "procedure_code": code} for code in codes]
        for line in (self.cleaned_data.get("subjects") or "").splitlines():
            name, _bar, level = (part.strip() for part in line.partition("|"))
            if name == "*":
                found.append(dict(empty))
            elif name or level:
                found.append({**empty, "field": name, "level": level_code(level)})
        return found

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"])
        if key in RESERVED:
            raise forms.ValidationError(_("This word is an address of its own. Choose another key."))
        return key

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for rule in self.rules():
            if len(rule["procedure_code"]) > 40 or len(rule["field"]) > 200 or len(rule["level"]) > 40:
                self.add_error("subjects" if rule["field"] else "codes", _("This is too long to be a code or a field."))
        return cleaned


def rules_as_text(rules: list[dict[str, str]]) -> dict[str, str]:
    """The two boxes in which a form shows what takes a flow."""
    codes = "\n".join(rule["procedure_code"] for rule in rules if rule["procedure_code"])
    subjects = [
        " | ".join(part for part in (rule["field"], level_words(rule["level"])) if part)
        if rule["field"]
        else (f"| {level_words(rule['level'])}" if rule["level"] else "*")
        for rule in rules
        if not rule["procedure_code"]
    ]
    return {"codes": codes, "subjects": "\n".join(subjects)}


def moved(data: Any) -> tuple[Any, str]:
    """The posted cells after the button that moves, adds or removes a row, and the button to stand on afterwards."""
    match = MOVE.fullmatch(str(data.get("do", "")))
    if match is None:
        return data, ""
    count, at, verb = _count(data), int(match[2]), match[1]
    order: list[int | None] = list(range(count))
    if at >= count:
        return data, "nowhere"
    to = {"up": max(at - 1, 0), "down": min(at + 1, count - 1)}.get(verb, at)
    if verb in ("up", "down"):
        order[at], order[to] = order[to], order[at]
    elif verb == "remove" and count > 1:
        del order[at]
        to = min(at, len(order) - 1)
    elif verb == "add" and count < MOST_ROWS:
        order.insert(at + 1, None)
        to = at + 1
    new = data.copy()
    for name in [name for name in new if re.match(r"s\d+_", name)]:
        del new[name]
    numbers = {str(source + 1): str(place + 1) for place, source in enumerate(order) if source is not None}
    for place, source in enumerate(order):
        for cell in CELLS if source is not None else ():
            if f"s{source}_{cell}" in data:
                said = data.getlist(f"s{source}_{cell}")
                new.setlist(
                    f"s{place}_{cell}", [_renumbered(one, numbers, count) for one in said] if cell == "next" else said
                )
    new["rows"] = str(len(order))
    return new, f"{'name' if verb == 'add' else verb}-{to}"


def _renumbered(said: str, numbers: Mapping[str, str], count: int) -> str:
    """Rows named by their numbers are still named when they stand elsewhere; a row that is gone is named no more."""
    parts = [part for part in re.split(r"[,;\s]+", said) if part]
    rows = {str(number) for number in range(1, count + 1)}
    return ", ".join(numbers.get(part, part) for part in parts if part in numbers or part not in rows)


def _count(data: Any) -> int:
    asked = str(data.get("rows", ""))
    return max(1, min(int(asked), MOST_ROWS)) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1


def _key(text: str) -> str:
    text = text.strip()
    return text if re.fullmatch(r"[A-Za-z0-9_.:-]{1,40}", text) else slugify(text)[:40]


def _free(key: str, taken: set[str]) -> str:
    found, number = key, 2
    while found in taken:
        found, number = f"{key}-{number}", number + 1
    return found
