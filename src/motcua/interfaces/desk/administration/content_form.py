"""The editor of a procedure's content: a table of channels with times and fees, a table of papers per case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.foundation.keys import new_id
from motcua.services.procedures.content import Case, Content, Fee, Legal, Method, Paper
from motcua.services.procedures.models import Channel, Level, TimeUnit

MORE = 2
_SPACES = re.compile(r"[\s.]")


class ContentForm(forms.Form):
    """Fields of a content; rows by number. What is not shown here is kept as it is."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    field = forms.CharField(label=gettext_lazy("Field"), required=False, max_length=400)
    handled_level = forms.ChoiceField(label=gettext_lazy("Handled by"), choices=Level.choices)
    decision_no = forms.CharField(label=gettext_lazy("Decision that published it"), required=False, max_length=200)
    results = forms.CharField(label=gettext_lazy("Result"), required=False, max_length=2000)
    requirements = forms.CharField(
        label=gettext_lazy("Conditions"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    legal = forms.CharField(
        label=gettext_lazy("Legal basis"),
        required=False,
        help_text=gettext_lazy("One text a line."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any, *, content: Content, revision: int) -> None:
        self.before = content
        first = {
            "revision": revision,
            "name": content.name,
            "field": content.field,
            "handled_level": content.handled_level,
            "decision_no": content.decision_no,
            "results": content.results,
            "requirements": content.requirements,
            "legal": "\n".join(one.title for one in content.legal_basis),
        }
        super().__init__(data, initial=first)
        for at, method in enumerate([*content.methods, *([None] * MORE)]):
            self._method_fields(at, method)
        cases = content.cases or (Case(""),)
        for place, case in enumerate(cases):
            self.fields[f"case_{place}"] = forms.CharField(
                label=_("Case"), required=False, initial=case.label, max_length=2000
            )
            for at, paper in enumerate([*case.papers, *([None] * MORE)]):
                self._paper_fields(place, at, paper)

    def _method_fields(self, at: int, method: Method | None) -> None:
        def add(name: str, field: forms.Field, value: object) -> None:
            field.required = False
            field.initial = value
            self.fields[f"m{at}_{name}"] = field

        add(
            "channel",
            forms.ChoiceField(label=_("Channel"), choices=[("", "–"), *Channel.choices]),
            method.channel if method else "",
        )
        add("label", forms.CharField(label=_("In which case"), max_length=200), method.label if method else "")
        value = method.value if method else None
        add(
            "value",
            forms.DecimalField(label=_("Time"), max_digits=8, decimal_places=2, localize=False),
            f"{value.normalize():f}" if value is not None else "",
        )
        add(
            "unit",
            forms.ChoiceField(label=_("Unit of time"), choices=TimeUnit.choices),
            method.unit if method else "WORKING_DAY",
        )
        fees = method.fees if method else ()
        add(
            "fees",
            forms.CharField(
                label=_("Fees"), widget=forms.Textarea(attrs={"rows": max(1, min(4, len(fees)))}), max_length=8000
            ),
            "\n".join(_fee_line(fee) for fee in fees),
        )

    def _paper_fields(self, place: int, at: int, paper: Paper | None) -> None:
        stem = f"p{place}_{at}"
        self.fields[f"{stem}_name"] = forms.CharField(
            label=_("Paper"),
            required=False,
            initial=paper.name if paper else "",
            widget=forms.Textarea(attrs={"rows": 2 if paper and len(paper.name) > 70 else 1}),
        )
        for kind, label, value in (
            ("originals", _("Originals"), paper.originals if paper else ""),
            ("copies", _("Copies"), paper.copies if paper else ""),
        ):
            self.fields[f"{stem}_{kind}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=99, initial=value,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )  # fmt: skip

    # ---- as the template shows it ----

    def methods(self) -> Iterator[dict[str, Any]]:
        """The rows of channels."""
        for at in range(len(self.before.methods) + MORE):
            yield {name: self[f"m{at}_{name}"] for name in ("channel", "label", "value", "unit", "fees")}

    def cases(self) -> Iterator[dict[str, Any]]:
        """The cases with their rows of papers."""
        for place, case in enumerate(self.before.cases or (Case(""),)):
            yield {
                "label": self[f"case_{place}"],
                "papers": [
                    {name: self[f"p{place}_{at}_{name}"] for name in ("name", "originals", "copies")}
                    for at in range(len(case.papers) + MORE)
                ],
            }

    def plain(self) -> list[Any]:
        """The fields above the tables."""
        return [
            self[name] for name in ("name", "field", "handled_level", "decision_no", "results", "requirements", "legal")
        ]

    # ---- as it is stored ----

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for at in range(len(self.before.methods) + MORE):
            known = self.before.methods[at].fees if at < len(self.before.methods) else ()
            try:
                cleaned[f"m{at}_read"] = tuple(_fees(cleaned.get(f"m{at}_fees", ""), known))
            except forms.ValidationError as error:
                self.add_error(f"m{at}_fees", error)
        return cleaned

    def content(self) -> Content:
        """What the form says, on top of what it does not show."""
        data = self.cleaned_data
        known = {one.title: one for one in self.before.legal_basis}
        titles = [line.strip() for line in data["legal"].splitlines() if line.strip()]
        return replace(
            self.before,
            name=data["name"].strip(),
            field=data["field"].strip(),
            handled_level=data["handled_level"],
            decision_no=data["decision_no"].strip(),
            results=data["results"].strip(),
            requirements=data["requirements"].strip(),
            legal_basis=tuple(known.get(title) or Legal(title) for title in titles),
            methods=tuple(self._methods()),
            cases=tuple(self._cases()),
        )

    def _methods(self) -> Iterator[Method]:
        data = self.cleaned_data
        for at in range(len(self.before.methods) + MORE):
            channel = data.get(f"m{at}_channel")
            if not channel:
                continue
            before = self.before.methods[at] if at < len(self.before.methods) else None
            value: Decimal | None = data.get(f"m{at}_value")
            unit = data.get(f"m{at}_unit") or "OTHER"
            base = before or Method(channel, None, unit)
            same_time = before is not None and before.value == value and before.unit == unit
            yield replace(
                base,
                channel=channel,
                label=data.get(f"m{at}_label", "").strip(),
                value=value,
                unit=unit,
                raw=base.raw if same_time else "",
                fees=data.get(f"m{at}_read", ()),
            )

    def _cases(self) -> Iterator[Case]:
        data = self.cleaned_data
        for place, case in enumerate(self.before.cases or (Case(""),)):
            papers = []
            for at in range(len(case.papers) + MORE):
                name = data.get(f"p{place}_{at}_name", "").strip()
                if not name:
                    continue
                before = case.papers[at] if at < len(case.papers) else None
                base = before or Paper(new_id().hex[-12:], name, name[:200])
                papers.append(
                    replace(
                        base,
                        name=name,
                        label=base.label if before and before.name == name else name[:200],
                        originals=data.get(f"p{place}_{at}_originals") or 0,
                        copies=data.get(f"p{place}_{at}_copies") or 0,
                    )
                )
            label = data.get(f"case_{place}", "").strip()
            if papers or label:
                yield Case(label, tuple(papers))


def _fee_line(fee: Fee) -> str:
    """A fee as it is edited: amount, currency where it is not VND, label after a bar."""
    amount = "?" if fee.amount is None else str(fee.amount)
    currency = "" if fee.currency == "VND" else f" {fee.currency}"
    label = " ".join(fee.label.split())
    return f"{amount}{currency}" + (f" | {label}" if label else "")


def _fees(text: str, known: tuple[Fee, ...]) -> Iterator[Fee]:
    """Reads such lines; a line left as it was keeps what is not shown of its fee."""
    before = {_fee_line(fee): fee for fee in known}
    for line in text.splitlines():
        line = " ".join(line.split())
        if not line:
            continue
        if line in before:
            yield before[line]
            continue
        head, _bar, label = line.partition("|")
        match = re.fullmatch(r"([\d.\s]{1,18}|\?)\s*([A-Za-z]{3})?", head.strip())
        if match is None or (match[1] != "?" and not _SPACES.sub("", match[1])):
            raise forms.ValidationError(
                _("Write a fee as “20000 | Lệ phí” or “10 USD | …”, one a line; ? when only the text says it.")
            )
        amount = None if match[1] == "?" else int(_SPACES.sub("", match[1]))
        yield Fee(amount, (match[2] or "VND").upper(), label.strip()[:200])
