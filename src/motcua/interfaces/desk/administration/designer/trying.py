"""A version of a form as citizens see it, to be filled in and checked; nothing of it is submitted or kept as a file."""

from __future__ import annotations

from random import Random
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from motcua.engines.forms import Form, Group, validate
from motcua.engines.forms.models import FormVersion
from motcua.engines.forms.parsing import FormReader
from motcua.engines.forms.posting import edited, from_post, input_name, page_action
from motcua.engines.forms.rendering import BoundForm
from motcua.engines.forms.samples import NoSample, sample_answers
from motcua.engines.forms.summary import answers_summary
from motcua.foundation import clock
from motcua.foundation.keys import new_id
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.designer.found import version_of
from motcua.interfaces.middleware import CONTENT_SECURITY_POLICY

editor = holding("catalogue.edit")
KEPT = "form_try"
"""Where the session keeps what is being tried, of one version at a time."""
FRAMED = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
MOST_FILES = 20


@editor
@xframe_options_sameorigin
@require_http_methods(["GET", "HEAD", "POST"])
def form_try(request: HttpRequest, key: UUID) -> HttpResponse:
    """One page of the form, or all answers at the end; may stand in a frame of the designer."""
    version = version_of(key)
    response = _tried(request, version)
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _tried(request: HttpRequest, version: FormVersion) -> HttpResponse:
    # read with its problems: what is wrong is listed beside it, and the rest can be looked at
    form = FormReader().form(version.schema, origin=f"version:{version.pk}")
    framed = "framed" in request.GET
    if form is None:
        return render(request, "desk/administration/designer/try.html", {"version": version, "framed": framed})
    raw = _kept(request, version)
    if request.method == "POST":
        if "_example" in request.POST:
            raw = _example(form)
        elif "_empty" in request.POST:
            raw = {}
    bound = BoundForm(form, raw)
    visible = [group for group in bound.visible_groups() if group.fields] or [g for g in form.groups if g.fields]
    wanted = request.GET.get("page", "")
    group = next((one for one in visible if one.key == wanted), visible[0] if visible else None)
    if request.method == "POST" and ("_example" in request.POST or "_empty" in request.POST or group is None):
        _keep(request, version, raw)
        return _go(version, group.key if group else "", framed=framed)
    if group is None or wanted == "_all":
        return _all(request, version, form, raw, framed=framed)
    if request.method != "POST":
        return _page(request, version, form, group, raw, framed=framed)
    raw = raw | from_post(form, group, request.POST)
    _named_files(request, group, raw)
    _keep(request, version, raw)
    if page_action(request.POST) is not None:
        return _page(request, version, form, group, raw, framed=framed)
    errors = validate(form, raw, today=clock.today()).in_group(group.key)
    if errors:
        return _page(request, version, form, group, raw, framed=framed, errors=errors, status=422)
    shown = [one.key for one in BoundForm(form, raw).visible_groups() if one.fields]
    place = shown.index(group.key) if group.key in shown else -1
    return _go(version, shown[place + 1] if 0 <= place < len(shown) - 1 else "_all", framed=framed)


def _go(version: FormVersion, page: str, *, framed: bool) -> HttpResponseRedirect:
    address = reverse("desk:form_try", args=[version.pk])
    return HttpResponseRedirect(f"{address}?page={page}{'&framed' if framed else ''}")


def _kept(request: HttpRequest, version: FormVersion) -> dict[str, Any]:
    kept = request.session.get(KEPT)
    if not isinstance(kept, dict) or kept.get("version") != str(version.pk):
        return {}
    return dict(kept["raw"])


def _keep(request: HttpRequest, version: FormVersion, raw: dict[str, Any]) -> None:
    request.session[KEPT] = {"version": str(version.pk), "raw": raw}


def _example(form: Form) -> dict[str, Any]:
    """Answers a person might give; another choice each time. None where nobody could fill the form in."""
    try:
        return sample_answers(form, Random(), today=clock.today(), fullness=0.8)  # noqa: S311  (made-up answers)
    except NoSample:
        return {}


def _named_files(request: HttpRequest, group: Group, raw: dict[str, Any]) -> None:
    """A chosen file counts as attached; its content is not looked at."""
    for one in group.fields:
        if one.type == "file" and isinstance(raw.get(one.key), list):
            chosen = request.FILES.getlist(input_name(one.key))[:MOST_FILES]
            raw[one.key] = [*raw[one.key], *(str(new_id()) for _file in chosen)]


def _bound(request: HttpRequest, form: Form, raw: dict[str, Any], errors: Any) -> BoundForm:
    return BoundForm(
        form,
        raw,
        errors=errors or {},
        language="en" if (get_language() or "vi").startswith("en") else "vi",
        translate=_,
        editing=edited(request.POST) if request.method == "POST" else frozenset(),
        home_province=settings.PROVINCE_CODE,
    )


def _page(
    request: HttpRequest,
    version: FormVersion,
    form: Form,
    group: Group,
    raw: dict[str, Any],
    *,
    framed: bool,
    errors: Any = None,
    status: int = 200,
) -> HttpResponse:
    bound = _bound(request, form, raw, errors)
    visible = [one for one in bound.visible_groups() if one.fields]
    place = next((number for number, one in enumerate(visible) if one.key == group.key), 0)
    context = {
        "version": version,
        "form": bound,
        "group": bound.group(group),
        "pages": [{"key": one.key, "title": bound.say(one.title), "current": one.key == group.key} for one in visible],
        "number": place + 1,
        "total": len(visible),
        "framed": framed,
    }
    return render(request, "desk/administration/designer/try.html", context, status=status)


def _all(request: HttpRequest, version: FormVersion, form: Form, raw: dict[str, Any], *, framed: bool) -> HttpResponse:
    """All answers as the citizen checks them before submitting, and what is still missing."""
    result = validate(form, raw, today=clock.today())
    bound = _bound(request, form, raw, result.errors)
    groups = answers_summary(form, result.values, bound.language)
    address = reverse("desk:form_try", args=[version.pk])
    context = {
        "version": version,
        "form": bound,
        "groups": groups,
        "edit_url": f"{address}?page=__group__{'&framed' if framed else ''}",
        "framed": framed,
        "whole": result.ok,
    }
    return render(request, "desk/administration/designer/try.html", context)
