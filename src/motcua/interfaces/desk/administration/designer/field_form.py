"""The settings of one question as a Django form: which there are depends on its type."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.engines.forms import parties
from motcua.engines.forms.designing import Data, fitting, free_key
from motcua.engines.forms.reading import ACCEPTED_FILES, DEFAULT_ACCEPT, settings_of
from motcua.engines.forms.schema import FIELD_TYPES
from motcua.interfaces.desk.administration.designer import vocabulary
from motcua.interfaces.desk.administration.designer.vocabulary import SETTINGS

WORDS = ("label", "hint", "body", "unit", "row_label")
COUNTS = {
    "max_length": 100_000,
    "min_length": 100_000,
    "decimals": 6,
    "min_rows": 200,
    "max_rows": 200,
    "max_files": 50,
    "originals": 1000,
    "copies": 1000,
}
LIMITS = ("minimum", "maximum")
FLAGS = ("not_future", "not_past", "partial", "in_words", "abroad")
BROWSER = {
    "name": gettext_lazy("name"),
    "tel": gettext_lazy("telephone"),
    "email": gettext_lazy("e-mail"),
    "street-address": gettext_lazy("address"),
    "bday": gettext_lazy("date of birth"),
    "sex": gettext_lazy("sex"),
    "organization": gettext_lazy("organisation"),
    "organization-title": gettext_lazy("position"),
}
SPARE_OPTIONS = 3
MOST_OPTIONS = 200
NEEDED = {
    "yes": gettext_lazy("yes, always"),
    "no": gettext_lazy("no"),
    "when": gettext_lazy("when a condition holds (below)"),
}
ASKED = {"no": gettext_lazy("no"), "!": gettext_lazy("yes"), "?": gettext_lazy("optional")}


def words_field(label: Any, *, long: bool = False, required: bool = False) -> forms.CharField:
    """Words on the form, in one language."""
    widget = forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput()
    return forms.CharField(label=label, required=required, max_length=4000 if long else 1000, widget=widget)


class FieldForm(forms.Form):
    """One question. ``node`` is its data; ``papers``: components of the procedure that files can stand for."""

    def __init__(
        self,
        data: Any = None,
        *,
        node: Mapping[str, Any],
        taken: set[str],
        papers: Sequence[tuple[str, str]] = (),
        nested: bool = False,
    ) -> None:
        self.node, self.taken = node, taken
        self.kind = str(node.get("type"))
        self.known = settings_of(self.kind)
        super().__init__(data, initial=_initial(node))
        self._add_words()
        kinds = [key for key in FIELD_TYPES if not (nested and key in ("table", "party"))]
        self.fields["type"] = forms.ChoiceField(
            label=SETTINGS["type"], choices=[(key, vocabulary.TYPES[key]) for key in kinds]
        )
        self.fields["key"] = forms.RegexField(
            r"^[a-z][a-z0-9_]{0,59}\Z",
            label=SETTINGS["key"],
            help_text=_("Small letters, digits and _. Programs know the answer by it; conditions follow a new one."),
            error_messages={"invalid": _("The key has small letters, digits and _ only, and begins with a letter.")},
        )
        if self.kind != "statement":
            self.fields["needed"] = forms.ChoiceField(label=SETTINGS["required"], choices=list(NEEDED.items()))
        self._add_settings(papers)
        self._add_rows(data)

    def _add_words(self) -> None:
        for name in WORDS:
            if name in self.known:
                long = name in ("hint", "body")
                self.fields[f"{name}_vi"] = words_field(SETTINGS[f"{name}.vi"], long=long)
                self.fields[f"{name}_en"] = words_field(SETTINGS[f"{name}.en"], long=long)
        self.fields["label_en"].help_text = _("Empty: the Vietnamese words stand here too.")

    def _add_settings(self, papers: Sequence[tuple[str, str]]) -> None:
        for name, most in COUNTS.items():
            if name in self.known:
                self.fields[name] = forms.IntegerField(
                    label=SETTINGS[name], required=False, min_value=0, max_value=most
                )
        for name in LIMITS:
            if name in self.known:
                self.fields[name] = forms.DecimalField(
                    label=SETTINGS[name], required=False, max_digits=18, decimal_places=6, localize=False
                )
        for name in FLAGS:
            if name in self.known:
                self.fields[name] = forms.BooleanField(label=SETTINGS[name], required=False)
        self._choose("pattern", vocabulary.PATTERNS)
        self._choose("options_from", vocabulary.LISTS, empty=_("its own answers, listed below"))
        self._choose("autocomplete", BROWSER)
        self._choose("personal", vocabulary.PERSONAL, empty=None)
        self._choose("role", vocabulary.ROLES)
        sources = {key: words for key, (words, kinds) in vocabulary.SOURCES.items() if self.kind in kinds}
        if sources:
            self._choose("prefill", sources, empty=_("nothing"))
        if "component" in self.known:
            self._choose("component", dict(papers), empty=_("no paper of the catalogue"))
        if "accept" in self.known:
            self.fields["accept"] = forms.MultipleChoiceField(
                label=SETTINGS["accept"],
                choices=[(one, one) for one in ACCEPTED_FILES],
                widget=forms.CheckboxSelectMultiple,
                required=True,
            )
        if "kinds" in self.known:
            self.fields["kinds"] = forms.MultipleChoiceField(
                label=SETTINGS["kinds"], choices=list(vocabulary.KINDS.items()), widget=forms.CheckboxSelectMultiple
            )
        if "default" in self.known and self.kind not in ("yes_no", "date"):
            self.fields["default"] = forms.CharField(
                label=SETTINGS["default"],
                required=False,
                max_length=300,
                help_text=_("The stored value of the answer.") if "options" in self.known else "",
            )
        elif self.kind == "yes_no":
            self._choose("default", {"yes": _("Yes"), "no": _("No")}, empty=_("neither"))

    def _choose(self, name: str, words: Mapping[str, Any], *, empty: Any = "–") -> None:
        if name not in self.known and name != "prefill":
            return
        held = self.node.get(name)
        choices = [] if empty is None else [("", empty)]
        choices += list(words.items())
        # what an imported form holds and no list here names is kept
        if isinstance(held, str) and held and held not in words:
            choices.append((held, held))
        self.fields[name] = forms.ChoiceField(label=SETTINGS[name], choices=choices, required=False)

    def _add_rows(self, data: Any) -> None:
        self.options = 0
        if "options" in self.known:
            held = self.node.get("options")
            count = len(held) if isinstance(held, list) else 0
            self.options = min(MOST_OPTIONS, _asked_rows(data) or count + SPARE_OPTIONS)
            for number in range(self.options):
                for name, label in (("vi", _("In Vietnamese")), ("en", _("In English")), ("value", _("Stored value"))):
                    self.fields[f"o{number}_{name}"] = forms.CharField(
                        label=f"{label} {number + 1}", required=False, max_length=60 if name == "value" else 500
                    )
        if "parts" in self.known:
            for name in parties.PARTS:
                self.fields[f"part_{name}"] = forms.ChoiceField(
                    label=part_label(name), choices=list(ASKED.items()), initial="no"
                )

    # -- what the template shows ------------------------------------------------------------------------------

    def _bound(self, names: Sequence[str]) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    @property
    def words(self) -> list[forms.BoundField]:
        return self._bound([f"{name}_{language}" for name in WORDS for language in ("vi", "en")])

    @property
    def settings(self) -> list[forms.BoundField]:
        return self._bound(
            ["options_from", *COUNTS, *LIMITS, *FLAGS, "pattern", "accept", "kinds", "component", "default"]
        )

    @property
    def meaning(self) -> list[forms.BoundField]:
        return self._bound(["prefill", "role", "personal", "autocomplete", "type", "key"])

    @property
    def option_rows(self) -> list[list[forms.BoundField]]:
        return [self._bound([f"o{n}_vi", f"o{n}_en", f"o{n}_value"]) for n in range(self.options)]

    @property
    def parts(self) -> list[forms.BoundField]:
        return self._bound([f"part_{name}" for name in parties.PARTS])

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key in self.taken:
            raise forms.ValidationError(_("Another one has the same key “%(key)s”. Give each its own.") % {"key": key})
        return key

    # -- back to data -----------------------------------------------------------------------------------------

    def changed_node(self) -> Data:
        """The question as the form says it; conditions are put in by ``editing``. What it does not show stays."""
        said = self.cleaned_data
        made = copy.deepcopy(dict(self.node))
        made |= {"key": said["key"], "type": said["type"]}
        for name in WORDS:
            if f"{name}_vi" in said:
                _put_words(made, name, said[f"{name}_vi"], said[f"{name}_en"], keep=name in ("label", "body"))
        for name in (*COUNTS, *LIMITS):
            if name in self.fields:
                _put(made, name, _number(said[name]), None)
        for name in FLAGS:
            if name in self.fields:
                _put(made, name, said[name], False)
        for name in ("pattern", "options_from", "autocomplete", "role", "prefill", "component"):
            if name in self.fields:
                _put(made, name, said[name], "")
        if "personal" in self.fields:
            _put(made, "personal", said["personal"], "none")
        self._put_default(made, said)
        if "accept" in self.fields:
            chosen = [one for one in ACCEPTED_FILES if one in said["accept"]]
            _put(made, "accept", chosen, [one for one in ACCEPTED_FILES if one in DEFAULT_ACCEPT])
        if "kinds" in self.fields:
            made["kinds"] = [kind for kind in parties.KINDS if kind in said["kinds"]]
        if self.kind == "party":
            made["parts"] = self._parts(said)
        if "options" in self.known:
            self._put_options(made, said)
        if self.kind != "statement":
            _put(made, "required", said["needed"] == "yes", True)
            if said["needed"] == "when":
                made.pop("required", None)
        return fitting(made)

    def _put_default(self, made: Data, said: Mapping[str, Any]) -> None:
        if "default" not in self.fields:
            return
        value: Any = said["default"]
        if self.kind == "yes_no":
            _put(made, "default", {"yes": True, "no": False}.get(value), None)
        elif self.kind in ("number", "money") and value:
            _put(made, "default", _number_or_text(value), None)
        else:
            _put(made, "default", value, "")

    def _parts(self, said: Mapping[str, Any]) -> list[str]:
        """In the order they had; what is newly asked comes after, in the usual order."""
        held = [str(part).removesuffix("?") for part in self.node.get("parts", [])]
        order = [*held, *(name for name in parties.PARTS if name not in held)]
        asked = {name: said.get(f"part_{name}", "no") for name in order}
        return [name if asked[name] == "!" else f"{name}?" for name in order if asked[name] != "no"]

    def _put_options(self, made: Data, said: Mapping[str, Any]) -> None:
        if said.get("options_from"):
            made.pop("options", None)
            return
        held = {row.get("value"): row for row in self.node.get("options", []) if isinstance(row, dict)}
        rows: list[Data] = []
        for number in range(self.options):
            vi, en = said[f"o{number}_vi"].strip(), said[f"o{number}_en"].strip()
            value = said[f"o{number}_value"].strip()
            if not vi and not en:
                continue
            value = value or free_key(vi or en, {row["value"] for row in rows}, "answer")
            rows.append({**held.get(value, {}), "value": value, "label": {"vi": vi, "en": en or vi}})
        made["options"] = rows


def _asked_rows(data: Any) -> int:
    """How many rows of answers the page had, five more where more were asked for; 0 when it says nothing."""
    asked = str(data.get("options", "")) if data is not None else ""
    rows = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    return rows + 5 if rows and data.get("_more") == "options" else rows


def part_label(name: str) -> str:
    """A part of a person's details as the form calls it."""
    label = parties.PARTS[name][1].get("label")
    return str(_("Full name, or name of the organisation") if label is None else vocabulary.in_language(label))


def _initial(node: Mapping[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = {name: value for name, value in node.items() if name not in ("options", "parts")}
    for name in WORDS:
        words = node.get(name)
        if isinstance(words, Mapping):
            first |= {f"{name}_vi": words.get("vi", ""), f"{name}_en": words.get("en", "")}
    needed = node.get("required", True) is True
    first["needed"] = "when" if node.get("required_when") is not None else "yes" if needed else "no"
    first.setdefault("personal", "none")
    first.setdefault("accept", list(DEFAULT_ACCEPT))
    first.setdefault("kinds", ["person"])
    if isinstance(node.get("default"), bool):
        first["default"] = "yes" if node["default"] else "no"
    options = node.get("options")
    for number, row in enumerate(options if isinstance(options, list) else ()):
        words = row.get("label") or {}
        first |= {
            f"o{number}_vi": words.get("vi", ""),
            f"o{number}_en": words.get("en", ""),
            f"o{number}_value": row.get("value", ""),
        }
    for part in node.get("parts", ["name"] if node.get("type") == "party" else []):
        first[f"part_{str(part).removesuffix('?')}"] = "?" if str(part).endswith("?") else "!"
    return first


def _put(made: Data, name: str, value: Any, usual: Any) -> None:
    """Sets what differs from what goes without saying, and leaves out what does not."""
    if value == usual or value is None:
        made.pop(name, None)
    else:
        made[name] = value


def _put_words(made: Data, name: str, vi: str, en: str, *, keep: bool) -> None:
    vi, en = vi.replace("\r\n", "\n").strip(), en.replace("\r\n", "\n").strip()
    if vi or en or keep:
        made[name] = {"vi": vi, "en": en or vi}
    else:
        made.pop(name, None)


def _number(value: Any) -> Any:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _number_or_text(value: str) -> Any:
    try:
        return _number(float(value.replace(",", ".")))
    except (ValueError, OverflowError):
        return value
