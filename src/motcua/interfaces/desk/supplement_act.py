"""Asking for a supplement: a line per component, with a reason from the list, words and article."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from motcua.interfaces.desk.acts import Act, text_field
from motcua.services.dossiers import actions, reasons
from motcua.services.dossiers.models import DossierComponent

WHY = _("Say why, so that the applicant can bring the right paper.")
HELD = [
    ("", _("No, the State does not have it")),
    ("outage", _("Yes, but the system is down")),
    ("inaccurate", _("Yes, but what it has is wrong or out of date")),
]


class Supplement(Act):
    """Which papers are missing, and why: a line per component, and one for what is not in the list."""

    verb, label, icon, key = "supplement", _("Ask for a supplement"), "documents", "b"
    button = _("Send the request")
    said = _("Asked for. The clock stands until the answer comes.")
    template = "desk/acts/supplement.html"
    note = text_field(_("Note for the applicant"), required=False, rows=2)

    def prepare(self) -> None:
        self.components: list[DossierComponent] = self.dossier.__dict__.get("_shown_components") or list(
            self.dossier.components.order_by("position")
        )
        language = get_language() or "vi"
        self.listed = [
            ("", _("Choose a reason")),
            *((row.code, row.said(language)) for row in reasons.of("supplement")),
        ]
        for component in self.components:
            doubtful = component.verdict in ("missing", "invalid")
            self.fields[f"on_{component.id}"] = forms.BooleanField(
                label=component.name, required=False, initial=doubtful
            )
            self._line(str(component.id), "missing" if component.verdict == "missing" else "")
        self.fields["name_other"] = forms.CharField(
            label=_("Something else that is missing"), required=False, max_length=1000
        )
        self._line("other")

    def _line(self, key: str, first: str = "") -> None:
        self.fields[f"code_{key}"] = forms.ChoiceField(
            label=_("Reason"), required=False, choices=self.listed, initial=first
        )
        self.fields[f"reason_{key}"] = forms.CharField(
            label=_("Why it is needed, what is wrong"), required=False, max_length=1000
        )
        self.fields[f"basis_{key}"] = forms.CharField(label=_("Article of law"), required=False, max_length=200)
        self.fields[f"held_{key}"] = forms.ChoiceField(
            label=_("Does the State already have it?"), required=False, choices=HELD
        )

    def lines(self) -> Iterable[dict[str, Any]]:
        """The lines as the template shows them."""
        for component in self.components:
            key = component.id
            yield {**self._shown(str(key)), "on": self[f"on_{key}"], "name": component.name, "when": f"on_{key}"}

    @property
    def other(self) -> dict[str, Any]:
        """The line for what is not in the list."""
        return self._shown("other")

    def _shown(self, key: str) -> dict[str, Any]:
        return {name: self[f"{name}_{key}"] for name in ("code", "reason", "basis", "held")}

    def items(self) -> list[dict[str, str]]:
        """What the action is given."""
        data = self.cleaned_data
        wanted = [
            {"component": component.key, "name": component.name, **self._given(str(component.id))}
            for component in self.components
            if data.get(f"on_{component.id}")
        ]
        if data.get("name_other"):
            wanted.append({"component": "", "name": data["name_other"], **self._given("other")})
        return wanted

    def _given(self, key: str) -> dict[str, str]:
        data = self.cleaned_data
        return {name: data.get(f"{name}_{key}", "") for name in ("code", "reason", "basis", "held")}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        wanted = [str(component.id) for component in self.components if cleaned.get(f"on_{component.id}")]
        if cleaned.get("name_other"):
            wanted.append("other")
        for key in wanted:
            listed = cleaned.get(f"code_{key}") or "other"
            if listed == "other" and not cleaned.get(f"reason_{key}"):
                self.add_error(f"reason_{key}", WHY)
        return cleaned

    def run(self) -> object:
        return actions.request_supplement.run(
            self.actor, self.dossier.pk, items=self.items(), note=self.cleaned_data["note"]
        )
