"""Groups of linked procedures as data: the list, and each as a table of its parts; every change in the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import Block, Cell, Own, Table, failed, go, perform, show
from motcua.interfaces.desk.administration.flow_words import UnitWords
from motcua.services.dossiers.actions.group_definitions import define_group
from motcua.services.dossiers.models import LinkedGroup
from motcua.services.dossiers.together import groups
from motcua.services.procedures.queries import life_events

editor = holding("catalogue.edit")
MORE, LEAST = 1, 3
"""Empty parts at the end; parts of a new group."""
CELLS = ("key", "procedure", "title", "title_en", "unit", "after", "needs", "before_signing", "optional")
WHAT = ("procedure", "title", "title_en", "key")
WHEN = ("unit", "after", "needs", "before_signing")
NAMED = ("lead", "superior")
"""Agencies that are meant by their place; all others by unit or field."""


@editor
@require_safe
def linked(request: HttpRequest) -> HttpResponse:
    """All groups, and whether they are offered."""
    offered = {one.key for one in groups.offers()}
    rows = []
    for row in LinkedGroup.objects.all():
        parts = groups.parts_of(row.members)
        words = (
            Cell(_("offered"), tone="done")
            if row.key in offered
            else Cell(_("not all its procedures are in force"), tone="wait")
            if row.active
            else Cell(_("switched off"), tone="quiet")
        )
        rows.append(
            [
                Cell(row.name, url=reverse("desk:linked_group", args=[row.key])),
                Cell(" → ".join(part.name(get_language() or "vi") or part.procedure for part in parts)),
                Cell(row.basis or "–"),
                words,
            ]
        )
    table = Table(
        [_("Group"), _("Procedures"), _("Legal basis"), _("State")],
        rows,
        empty=_("No group of linked procedures is defined."),
    )
    intro = _("Several procedures that people submit together; each agency keeps its own dossier and due date.")
    return show(
        request, _("Linked procedures"), [table], links=[(_("New group"), reverse("desk:linked_new"))], intro=intro
    )


class GroupForm(forms.Form):
    """A definition; a row without a procedure is left out. Cells of keys are divided by commas."""

    name = forms.CharField(label=gettext_lazy("Name of the group"), max_length=300)
    name_en = forms.CharField(label=gettext_lazy("In English"), max_length=300, required=False)
    key = forms.SlugField(
        label=gettext_lazy("Key"),
        max_length=60,
        help_text=gettext_lazy("Lower-case letters and dashes; stays the same for ever."),
    )
    basis = forms.CharField(label=gettext_lazy("Legal basis"), max_length=200, required=False)
    life_event = forms.ChoiceField(label=gettext_lazy("Life event"), required=False)
    keywords = forms.CharField(
        label=gettext_lazy("Words of people, divided by semicolons"), max_length=500, required=False
    )
    active = forms.BooleanField(label=gettext_lazy("Offered"), required=False, initial=True)

    def __init__(self, data: Any, *, row: LinkedGroup | None) -> None:
        members = list(row.members) if row is not None else []
        initial = {name: getattr(row, name) for name in self.base_fields} if row is not None else {}
        super().__init__(data, initial=initial)
        self.kept = {member["key"]: member for member in members}
        if row is not None:
            self.fields["key"].disabled = True
        events = [("", _("None")), *((event.key, event.name) for event in life_events())]
        self.fields["life_event"].choices = events  # type: ignore[attr-defined]
        self.count = len(members) + MORE if members else LEAST
        if data is not None:
            asked = str(data.get("rows", ""))
            if asked.isascii() and asked.isdigit() and len(asked) < 3:
                self.count = max(1, min(int(asked), 20))
        self.units = UnitWords()
        self.numbers = {member["key"]: str(at + 1) for at, member in enumerate(members)}
        for at in range(self.count):
            member = members[at] if at < len(members) else {}
            for name, field in self._cells(member):
                field.required = False
                self.fields[f"m{at}_{name}"] = field

    def _cells(self, member: dict[str, Any]) -> Iterator[tuple[str, forms.Field]]:
        def text(name: str, label: str, most: int) -> forms.CharField:
            value = member.get(name, "")
            shown = ", ".join(self.numbers.get(key) or str(key) for key in value) if isinstance(value, list) else value
            if name == "after" and value == [] and member:
                shown = "-"
            return forms.CharField(label=label, max_length=most, initial=shown)

        yield "key", text("key", _("Key"), 60)
        yield "procedure", text("procedure", _("Code of the procedure"), 40)
        yield "title", text("title", _("In plain words"), 200)
        yield "title_en", text("title_en", _("In English"), 200)
        unit = str(member.get("unit", ""))
        yield (
            "unit",
            forms.CharField(
                label=_("Agency"),
                max_length=300,
                initial=self.units.typed(unit) if unit else "",
                widget=forms.TextInput(attrs={"list": "agencies"}),
            ),
        )
        yield "after", text("after", _("On paper after"), 200)
        yield "needs", text("needs", _("Needs the result of"), 200)
        yield "before_signing", text("before_signing", _("Ends before the signing of"), 200)
        yield "optional", forms.BooleanField(label=_("May be left out"), initial=member.get("optional", False))

    def rows(self) -> Iterator[dict[str, Any]]:
        """The parts as the template shows them: what each is, the fields of its two lines, whether it may be left
        out."""
        for at in range(self.count):
            cells = {name: self[f"m{at}_{name}"] for name in CELLS}
            yield {
                "number": at + 1,
                "title": cells["title"].value() or "",
                "what": [cells[name] for name in WHAT],
                "when": [cells[name] for name in WHEN],
                "optional": cells["optional"],
            }

    @property
    def agencies(self) -> list[str]:
        """What may be meant by an agency, in words."""
        kinds = ("code:", "field:")
        return [
            words for selector, words in self.units.choices.items() if selector in NAMED or selector.startswith(kinds)
        ]

    def members(self) -> list[dict[str, Any]]:
        """The parts as they are stored; what the table does not show (shared and preset answers) stays as it was."""
        found = []
        keys = self._keys_by_number()
        for at in range(self.count):
            said = {name: self.cleaned_data.get(f"m{at}_{name}") for name in CELLS}
            code = str(said["procedure"] or "").strip()
            if not code:
                continue
            key = slugify(str(said["key"] or "")) or slugify(code)
            before = self.kept.get(key, {})
            member: dict[str, Any] = {name: before[name] for name in ("shared", "preset") if name in before}
            member |= {"key": key, "procedure": code}
            for name in ("title", "title_en"):
                if text := str(said[name] or "").strip():
                    member[name] = text
            if unit := self.units.selector(str(said["unit"] or "")):
                member["unit"] = unit
            for name in ("needs", "before_signing"):
                if named := _keys(said[name], keys):
                    member[name] = named
            order = str(said["after"] or "").strip()
            if order:
                member["after"] = [] if order == "-" else _keys(order, keys)
            if said["optional"]:
                member["optional"] = True
            found.append(member)
        return found

    def _keys_by_number(self) -> dict[str, str]:
        """The key of each part by the number it stands under."""
        said = {
            str(at + 1): slugify(str(self.cleaned_data.get(f"m{at}_key") or ""))
            or slugify(str(self.cleaned_data.get(f"m{at}_procedure") or ""))
            for at in range(self.count)
        }
        return {number: key for number, key in said.items() if key}


def _keys(text: object, by_number: dict[str, str]) -> list[str]:
    """The parts that are named: by number, or by key."""
    parts = [slugify(part) for part in re.split(r"[,;\s]+", str(text or ""))]
    known = set(by_number.values())
    return [part if part in known else by_number.get(part, part) for part in parts if part]


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def linked_new(request: HttpRequest) -> HttpResponse:
    """A new group."""
    return _edit(request, None)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def linked_group(request: HttpRequest, key: str) -> HttpResponse:
    """One group; running groups keep the order and the needs with which they began."""
    row = LinkedGroup.objects.filter(key=key).first()
    if row is None:
        raise NotFound("There is no such group of procedures, or it is not offered any more.")
    return _edit(request, row)


def _edit(request: HttpRequest, row: LinkedGroup | None) -> HttpResponse:
    form = GroupForm(request.POST if request.method == "POST" else None, row=row)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        said = _("The group is kept.")
        made = perform(
            request,
            form,
            lambda work: define_group(
                work,
                key=row.key if row is not None else data["key"],
                new=row is None,
                name=data["name"],
                name_en=data["name_en"],
                basis=data["basis"],
                life_event=data["life_event"],
                keywords=data["keywords"],
                active=data["active"],
                members=form.members(),
            ),
            said,
        )
        if made is not None:
            return go("linked_group", made.key)
    parts = groups.parts_of(row.members) if row is not None and not form.is_bound else ()
    wrong = groups.problems(parts) if parts else []
    names = {part.key: part.name(get_language() or "vi") or part.key for part in parts}
    said_wrong = [(names.get(key, key), _(message)) for key, message in wrong]
    blocks: list[Block] = [Own("desk/administration/_linked_form.html", {"form": form, "problems": said_wrong})]
    title = row.name if row is not None else _("New group")
    return show(
        request,
        title,
        blocks,
        crumbs=[(_("Linked procedures"), reverse("desk:linked"))],
        wide=True,
        status=failed(form),
    )
