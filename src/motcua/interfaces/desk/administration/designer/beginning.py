"""Beginning a form: from what the catalogue says of a procedure, as a copy, from a file, or empty."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from motcua.engines.forms import actions
from motcua.engines.forms.models import FormVersion
from motcua.engines.forms.parsing import check
from motcua.engines.forms.queries import in_force, serving
from motcua.engines.ledger.work import Work
from motcua.foundation.errors import Conflict, NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import Block, Own, failed, go, perform, show
from motcua.interfaces.desk.administration.designer.found import version_of
from motcua.interfaces.desk.administration.designer.pages import crumbs
from motcua.services.procedures import queries as procedures
from motcua.services.procedures.forms.derived import derived_data

editor = holding("catalogue.edit")
LARGEST_FILE = 2_000_000


class FromProcedure(forms.Form):
    code = forms.CharField(label=gettext_lazy("Code of the procedure"), max_length=64)


class FromCopy(forms.Form):
    form = forms.ChoiceField(label=gettext_lazy("Form to copy"))
    copy_code = forms.CharField(label=gettext_lazy("Code of the procedure it is for"), max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = FormVersion.objects.filter(pk__in=set(in_force().values())).select_related("definition")
        names = sorted((one.definition.name, str(one.pk)) for one in current)
        self.fields["form"].choices = [("", _("Choose")), *((key, name) for name, key in names)]  # type: ignore[attr-defined]


class FromFile(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("JSON file"), help_text=gettext_lazy("As “As a file” gives it, here or in another province.")
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("This file is too large."))
        try:
            data = json.loads(file.read().decode("utf-8-sig"))
        except (UnicodeDecodeError, ValueError, RecursionError) as reason:
            raise forms.ValidationError(_("This is not a JSON file.")) from reason
        problems = check(data)
        if problems:
            lines = [f"{one.where}: {one.text(_)}" if one.where else one.text(_) for one in problems[:20]]
            raise forms.ValidationError([_("This file is not a form that can be used:"), *lines])
        return data


class FromNothing(forms.Form):
    title_vi = forms.CharField(label=gettext_lazy("Title in Vietnamese"), max_length=300)
    empty_code = forms.CharField(label=gettext_lazy("Code of the procedure"), max_length=64, required=False)


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def form_new(request: HttpRequest) -> HttpResponse:
    """A form for a procedure: from the derived one, as a copy of another, from a file, or empty."""
    do = request.POST.get("do", "") if request.method == "POST" else ""
    posted = request.POST if do else None
    derived = FromProcedure(
        posted if do == "derived" else None, initial={"code": request.GET.get("procedure", "")[:64].replace("\0", "")}
    )
    copy = FromCopy(posted if do == "copy" else None)
    file = FromFile(posted if do == "file" else None, request.FILES if do == "file" else None)
    empty = FromNothing(posted if do == "empty" else None)
    making: dict[str, tuple[forms.Form, Any]] = {
        "derived": (derived, lambda: _derived(derived)),
        "copy": (copy, lambda: _copied(copy)),
        "file": (file, lambda: file.cleaned_data["file"]),
        "empty": (empty, lambda: _empty(empty)),
    }
    if do in making:
        made = _make(request, *making[do])
        if made is not None:
            return go("form", made.pk)
    words = {
        "derived": (_("From what the catalogue says"), derived),
        "copy": (_("A copy of another form"), copy),
        "file": (_("From a file"), file),
        "empty": (_("Empty"), empty),
    }
    blocks: list[Block] = [
        Own(
            "desk/administration/_do.html",
            {"do": name, "form": each, "label": label, "warning": False, "open": name == "derived"},
        )
        for name, (label, each) in words.items()
    ]
    status = max(failed(each) for each, _make_it in making.values())
    return show(request, _("New form"), blocks, crumbs=crumbs(), status=status)


def _make(request: HttpRequest, form: forms.Form, make: Any) -> FormVersion | None:
    def begin(work: Work) -> FormVersion:
        return actions.begin_draft(work, make())

    if not form.is_valid():
        return None
    try:
        return perform(request, form, begin, _("The form is begun as a draft."))
    except NotFound as error:
        form.add_error(None, error.text(_))
        return None


def _for_code(code: str) -> str:
    """The code of a procedure that no designed form serves. Raises ``Conflict``, ``NotFound``."""
    content = procedures.current(code.strip())
    others = serving([content.code], beside=UUID(int=0))
    if others:
        raise Conflict(
            "The form “%(name)s” serves procedure %(procedure)s already.",
            name=others[content.code],
            procedure=content.code,
        )
    return content.code


def _derived(form: forms.Form) -> dict[str, Any]:
    code = _for_code(form.cleaned_data["code"])
    content = procedures.current(code)
    return derived_data(content) | {"key": actions.new_key(content.name[:60])}


def _copied(form: forms.Form) -> dict[str, Any]:
    code = _for_code(form.cleaned_data["copy_code"])
    name = procedures.current(code).name
    data = version_of(UUID(form.cleaned_data["form"])).schema
    made = actions.copied(data, key=actions.new_key(name[:60]), procedures=[code])
    return made | {"title": {"vi": name, "en": name}}


def _empty(form: forms.Form) -> dict[str, Any]:
    title, code = form.cleaned_data["title_vi"], form.cleaned_data["empty_code"]
    codes = [_for_code(code)] if code else []
    return {
        "key": actions.new_key(title[:60]),
        "title": {"vi": title, "en": title},
        "procedures": codes,
        "groups": [],
    }
