"""Roles: what each may do, who holds it, what was changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from motcua.engines.organisations import actions, keepers
from motcua.engines.organisations.models import Appointment, Role
from motcua.engines.organisations.roles import PERMISSIONS
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

keeper = holding("organisations.edit")
HOLDERS = 50


class RoleForm(forms.Form):
    """What a role is called and may do."""

    name = forms.CharField(label=gettext_lazy("Name of the role"), max_length=120)
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("May"),
        required=False,
        choices=list(PERMISSIONS.items()),
        widget=forms.CheckboxSelectMultiple,
    )


class NewRoleForm(RoleForm):
    """A role that is not there yet."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Small letters, digits and -; it stays.")
    )
    field_order = ("name", "code", "permissions")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].lower()
        if Role.objects.filter(pk=code).exists():
            raise forms.ValidationError(_("There is a role with this code already."))
        return code


def _define(work: Any, code: str, said: dict[str, Any]) -> Role:
    return actions.define_role(work, code=code, name=said["name"], permissions=said["permissions"])


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: HttpRequest) -> HttpResponse:
    """All roles, and a new one."""
    form = NewRoleForm(request.POST or None)
    if request.method == "POST":
        done = perform(
            request,
            form,
            lambda work: _define(work, form.cleaned_data["code"], form.cleaned_data),
            _("The role is kept."),
        )
        if done is not None:
            return go("role", done.pk)
    rows = [
        [
            Cell(role.name, url=reverse("desk:role", args=[role.pk])),
            Cell(", ".join(str(PERMISSIONS.get(each, each)) for each in role.permissions) or "–"),
        ]
        for role in Role.objects.order_by("name")
    ]
    blocks: list[Block] = [
        Table([_("Role"), _("May")], rows),
        FormBlock(form, _("New role"), _("Make"), folded=True),
    ]
    return show(request, _("Roles"), blocks, crumbs=[(_("Units"), reverse("desk:units"))], status=failed(form))


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, code: str) -> HttpResponse:
    """One role: its permissions, its holders of today, its history."""
    found = _role(code)
    form = RoleForm(request.POST or None, initial={"name": found.name, "permissions": found.permissions})
    if request.method == "POST":
        done = perform(request, form, lambda work: _define(work, code, form.cleaned_data), _("The role is kept."))
        if done is not None:
            return go("role", code)
    held = keepers.holders(found, HOLDERS + 1)
    rows = [
        [
            Cell(row.user.full_name, url=reverse("desk:person", args=[row.user_id]), note=row.title),
            Cell(row.unit.name, url=reverse("desk:unit", args=[row.unit_id]), note=row.unit.code),
            Cell(f"{row.valid_from:%d/%m/%Y}", number=True),
            Cell(f"{row.valid_to:%d/%m/%Y}" if row.valid_to else "–", number=True),
        ]
        for row in held[:HOLDERS]
    ]
    title = _("Held by, the first %(count)s") % {"count": HOLDERS} if len(held) > HOLDERS else _("Held by")
    blocks: list[Block] = [
        FormBlock(form, button=_("Keep"), main=True),
        Table([_("Holder"), _("Unit"), _("From"), _("Until")], rows, title=title, empty=_("Nobody holds it today.")),
    ]
    if not Appointment.objects.filter(role=found).exists():
        blocks.append(FormBlock(Nothing(), "", _("Remove this role"), reverse("desk:role_remove", args=[code])))
    blocks.append(history_of(actions.role_stream(code)))
    crumbs = [(_("Units"), reverse("desk:units")), (_("Roles"), reverse("desk:roles"))]
    return show(request, found.name, blocks, crumbs=crumbs, status=failed(form))


@keeper
@require_POST
def role_remove(request: HttpRequest, code: str) -> HttpResponse:
    """Takes away a role that nobody ever held."""
    form = Nothing(request.POST)

    def remove(work: Any) -> bool:
        keepers.remove_role(work, code, stream=actions.role_stream(code))
        return True

    done = perform(request, form, remove, _("The role is removed."))
    for line in form.non_field_errors():
        messages.error(request, str(line))
    return go("roles") if done else go("role", code)


def _role(code: str) -> Role:
    found = Role.objects.filter(pk=code).first()
    if found is None:
        raise NotFound("There is no such role.")
    return found
