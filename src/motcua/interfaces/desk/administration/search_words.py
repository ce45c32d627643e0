"""Words by which procedures are found: abbreviations, synonyms, words of questions; and a search to try them on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from motcua.engines.ledger.models import Event
from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import (
    Block,
    Cell,
    FormBlock,
    Nothing,
    Table,
    failed,
    go,
    perform,
    show,
)
from motcua.interfaces.desk.administration.changes import history_of
from motcua.services.procedures import queries, wording
from motcua.services.procedures.models import SearchWord
from motcua.services.procedures.search import Hit
from motcua.services.procedures.words import folded

editor = holding("catalogue.edit")
PAGE = 100
HITS = 10


class WordForm(forms.Form):
    """One word, what it stands for, whether it is in use."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SearchWord.Kind.choices)
    term = forms.CharField(
        label=gettext_lazy("Word as people write it"), max_length=100, help_text=gettext_lazy("Such as: sổ đỏ")
    )
    expansion = forms.CharField(
        label=gettext_lazy("Stands for"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty for words of a question, which say nothing about the procedure."),
    )
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)


class LookForm(forms.Form):
    """Which words to list, and what to try."""

    q = forms.CharField(label=gettext_lazy("Words that begin with"), required=False, max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    trial = forms.CharField(
        label=gettext_lazy("Try a search"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("As a citizen would type it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("All")), *SearchWord.Kind.choices]  # type: ignore[attr-defined]


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").replace("\0", "").strip()[:200] for name in ("q", "kind", "trial")}


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    """The list of words, a new one, and what a search finds with them and why."""
    asked = _asked(request)
    form = WordForm(request.POST or None)
    if request.method == "POST":
        made = perform(request, form, lambda work: wording.set_word(work, **form.cleaned_data), _("The word is kept."))
        if made is not None:
            return go("word", made.pk)
    blocks: list[Block] = [FormBlock(LookForm(initial=asked), button=_("Show"), get=True)]
    if asked["trial"]:
        blocks.append(tried(asked["trial"]))
    blocks.append(_list(request, asked))
    blocks.append(FormBlock(form, _("New word"), _("Add"), folded=True))
    blocks.append(history_of(wording.WORDS_STREAM))
    return show(request, _("Search words"), blocks, status=failed(form))


def _list(request: HttpRequest, asked: dict[str, str]) -> Table:
    rows = SearchWord.objects.order_by("term", "pk")
    if asked["q"]:
        rows = rows.filter(term__startswith=folded(asked["q"]))
    if asked["kind"] in SearchWord.Kind.values:
        rows = rows.filter(kind=asked["kind"])
    after, _bar, key = request.GET.get("after", "").replace("\0", "").rpartition("_")
    if after and (last := _uuid(key)) is not None:
        rows = rows.filter(Q(term__gt=after[:100]) | Q(term=after[:100], pk__gt=last))
    found = list(rows[: PAGE + 1])
    older = ""
    if len(found) > PAGE:
        older = urlencode({**asked, "after": f"{found[PAGE - 1].term}_{found[PAGE - 1].pk}"})
    cells = [
        [
            Cell(row.shown or row.term, url=reverse("desk:word", args=[row.pk])),
            Cell(row.expansion or "–"),
            Cell(row.get_kind_display()),
            Cell(_("in use"), tone="done") if row.active else Cell(_("not in use"), tone="quiet"),
        ]
        for row in found[:PAGE]
    ]
    heads = [_("Word"), _("Stands for"), _("Kind"), _("State")]
    return Table(heads, cells, title=_("Words"), empty=_("No such word."), older=older)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def tried(text: str) -> Table:
    """What the search finds now, the words that matched, and why."""
    rows = [
        [
            Cell(hit.code, url=reverse("desk:procedure", args=[hit.procedure_id]), number=True),
            Cell(hit.name, note=", ".join(hit.matched)),
            Cell(hit.why.label, note=_because(hit)),
            Cell(f"{hit.score:.2f}", number=True),
        ]
        for hit in queries.search(text, limit=HITS)
    ]
    heads = [_("Code"), _("Procedure and the words that matched"), _("Found by"), _("Weight")]
    title = _("What “%(text)s” finds") % {"text": text}
    return Table(heads, rows, title=title, empty=_("Nothing is found. Is there a word that should lead somewhere?"))


def _because(hit: Hit) -> str:
    return f"{hit.why.source} → {hit.why.target}" if hit.why.target else hit.why.source


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def word(request: HttpRequest, key: UUID) -> HttpResponse:
    """One word: changed, tried, removed; its history."""
    found = SearchWord.objects.filter(pk=key).first()
    if found is None:
        raise NotFound("There is no such word.")
    shown = found.shown or found.term
    first = {"kind": found.kind, "term": shown, "expansion": found.expansion, "active": found.active}
    form = WordForm(request.POST or None, initial=first)
    if request.method == "POST":
        done = perform(request, form, lambda work: wording.change_word(work, key, **form.cleaned_data), _("Kept."))
        if done is not None:
            return go("word", key)
    told = {shown, found.term}

    def of_this(event: Event) -> bool:
        return any(
            isinstance(part, dict) and part.get("term") in told
            for part in (event.data, event.data.get("before"), event.data.get("after"))
        )

    blocks: list[Block] = [
        FormBlock(form, button=_("Keep"), main=True),
        tried(shown),
        FormBlock(Nothing(), "", _("Remove this word"), reverse("desk:word_remove", args=[key]), warning=True),
        history_of(wording.WORDS_STREAM, only=of_this),
    ]
    return show(request, shown, blocks, crumbs=[(_("Search words"), reverse("desk:words"))], status=failed(form))


@editor
@require_POST
def word_remove(request: HttpRequest, key: UUID) -> HttpResponse:
    """Takes a word out of the list."""
    form = Nothing(request.POST)

    def remove(work: Any) -> bool:
        wording.remove_word(work, key)
        return True

    perform(request, form, remove, _("The word is removed."))
    return go("words")
