"""Officials and their posts; machine clients and their tokens."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from motcua.engines.accounts import actions
from motcua.engines.accounts.models import ApiClient, User
from motcua.engines.organisations.models import Unit
from motcua.engines.organisations.queries import directory
from motcua.engines.organisations.roles import PERMISSIONS
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.administration.blocks import (
    Block,
    Cell,
    FormBlock,
    Nothing,
    Own,
    Table,
    day_field,
    failed,
    go,
    perform,
    show,
)
from motcua.interfaces.desk.administration.changes import history_of
from motcua.interfaces.desk.administration.posts import AppointForm, posts_of
from motcua.interfaces.desk.administration.posts import appoint as appoint_as
from motcua.interfaces.desk.administration.units import unit_choices

keeper = holding("accounts.edit")
PAGE = 50
SOUGHT = "desk_people"


class PeopleSearch(forms.Form):
    q = forms.CharField(label=gettext_lazy("User name or full name"), required=False, max_length=100)


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Officials by user name; what is looked for is kept in the session, not in the address."""
    if request.method == "POST":
        request.session[SOUGHT] = request.POST.get("q", "").replace("\0", "").strip()[:100]
        return go("people")
    text = str(request.session.get(SOUGHT, ""))
    after = request.GET.get("after", "").replace("\0", "")[:150]
    found = User.objects.filter(official=True).order_by("username")
    if text:
        found = found.filter(Q(username__istartswith=text) | Q(full_name__icontains=text))
    if after:
        found = found.filter(username__gt=after)
    rows = list(found[:PAGE])
    table = Table(
        [_("User name"), _("Full name"), _("Account"), _("Last sign-in")],
        [
            [
                Cell(user.username, url=reverse("desk:person", args=[user.pk])),
                Cell(user.full_name),
                Cell(_("open"), tone="done") if user.is_active else Cell(_("shut"), tone="quiet"),
                Cell(f"{user.last_login.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if user.last_login else "–"),
            ]
            for user in rows
        ],
        empty=_("Nobody found."),
        older=f"after={rows[-1].username}" if len(rows) == PAGE else "",
    )
    blocks: list[Block] = [FormBlock(PeopleSearch(initial={"q": text}), button=_("Find")), table]
    return show(request, _("People"), blocks, links=[(_("New official"), reverse("desk:person_new"))])


class NewPerson(forms.Form):
    username = forms.CharField(label=gettext_lazy("User name"), max_length=150)
    full_name = forms.CharField(label=gettext_lazy("Full name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Hand it over in person. At the first sign-in a second factor is set up."),
    )


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: HttpRequest) -> HttpResponse:
    """An account for an official; what they may do comes by appointment."""
    form = NewPerson(request.POST or None)
    if request.method == "POST":
        made = perform(
            request,
            form,
            lambda work: actions.create_officer(work, **form.cleaned_data),
            _("The account is there. Appoint the person now."),
        )
        if made is not None:
            return go("person", made.pk)
    crumbs = [(_("People"), reverse("desk:people"))]
    return show(
        request, _("New official"), [FormBlock(form, button=_("Make"), main=True)], crumbs=crumbs, status=failed(form)
    )


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("New password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


class ShutForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


def _user(key: UUID) -> User:
    found = User.objects.filter(pk=key, official=True).first()
    if found is None:
        raise NotFound("There is no such official.")
    return found


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, key: UUID) -> HttpResponse:
    """One official: posts, password, shutting and opening the account. ``do`` in the post says which form it is."""
    found = _user(key)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    appoint = AppointForm(request.POST if do == "appoint" else None, prefix="a", initial={"valid_from": clock.today()})
    password = PasswordForm(request.POST if do == "password" else None, prefix="p")
    shut = ShutForm(request.POST if do == "shut" else None, prefix="s")
    done: object = None
    if do == "appoint":
        done = perform(request, appoint, lambda work: appoint_as(work, found, appoint.cleaned_data), _("Appointed."))
    elif do == "password":
        done = perform(
            request,
            password,
            lambda work: actions.set_password(work, key, password=password.cleaned_data["password"]),
            _("The password is set."),
        )
    elif do == "shut":
        done = perform(
            request,
            shut,
            lambda work: actions.deactivate(work, key, reason=shut.cleaned_data["reason"]),
            _("The account is shut."),
        )
    elif do == "open":
        done = perform(
            request, Nothing(request.POST), lambda work: actions.reactivate(work, key), _("The account is open.")
        )
        done = done or found
    if done is not None:
        return go("person", key)
    return _person_page(request, found, appoint, password, shut)


def _person_page(
    request: HttpRequest, found: User, appoint: forms.Form, password: forms.Form, shut: forms.Form
) -> HttpResponse:
    may_appoint = actor_of(request).may("organisations.edit")
    blocks: list[Block] = [posts_of(found)]
    forms_ = [
        ("appoint", appoint, _("Appoint"), False) if may_appoint else None,
        ("password", password, _("Set a new password"), False),
        ("shut", shut, _("Shut the account"), True)
        if found.is_active
        else ("open", Nothing(), _("Open the account again"), False),
    ]
    for each in forms_:
        if each is not None:
            do, form, label, warning = each
            blocks.append(
                Own("desk/administration/_do.html", {"do": do, "form": form, "label": label, "warning": warning})
            )
    posts = {row.pk: row.role.name for row in found.appointments.select_related("role")}
    blocks.append(history_of(found.pk, *posts, about=posts))
    status = max(failed(appoint), failed(password), failed(shut))
    return show(
        request,
        f"{found.full_name} ({found.username})",
        blocks,
        crumbs=[(_("People"), reverse("desk:people"))],
        intro="" if found.is_active else _("This account is shut."),
        status=status,
    )


class ClientForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    unit = forms.ChoiceField(label=gettext_lazy("Acts for"))
    scopes = forms.MultipleChoiceField(label=gettext_lazy("May"), widget=forms.CheckboxSelectMultiple)
    last_day = day_field(gettext_lazy("Last day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", _("Choose")), *unit_choices()]  # type: ignore[attr-defined]
        words = {**PERMISSIONS, "dossier.submit": _("Submit dossiers")}
        words["national_portal"] = _("Hand over dossiers of the national portal")
        self.fields["scopes"].choices = [(key, words.get(key, key)) for key in sorted(actions.CLIENT_SCOPES)]  # type: ignore[attr-defined]


@keeper
@require_http_methods(["GET", "HEAD", "POST"])
def clients(request: HttpRequest) -> HttpResponse:
    """Machine clients. The token of a new one is shown once, in the answer to the form, and nowhere kept."""
    form = ClientForm(request.POST or None)
    token = ""
    if request.method == "POST":

        def make(work: Any) -> tuple[ApiClient, str]:
            data = form.cleaned_data
            last: datetime | None = None
            if data["last_day"]:
                last = datetime.combine(data["last_day"], time.max, tzinfo=VIETNAM)
            unit = Unit.objects.get(pk=data["unit"])
            return actions.create_api_client(work, name=data["name"], unit=unit, scopes=data["scopes"], expires_at=last)

        made = perform(request, form, make, _("The client is there. Copy its token now: it is shown this once."))
        if made is not None:
            token, form = made[1], ClientForm()
    units = directory().by_id
    listed = list(ApiClient.objects.order_by("-active", "name")[:300])
    rows = [
        [
            Cell(client.name),
            Cell(units[client.unit_id].label if client.unit_id in units else ""),
            Cell(", ".join(client.scopes)),
            Cell(f"{client.expires_at.astimezone(VIETNAM):%d/%m/%Y}" if client.expires_at else "–"),
            Cell(_("End"), post=reverse("desk:client_revoke", args=[client.pk]))
            if client.active
            else Cell(_("ended"), tone="quiet"),
        ]
        for client in listed
    ]
    blocks: list[Block] = []
    if token:
        blocks.append(Own("desk/administration/_token.html", {"token": token}))
    blocks.append(Table([_("Name"), _("Acts for"), _("May"), _("Until"), ""], rows, empty=_("No client yet.")))
    blocks.append(FormBlock(form, _("New client"), _("Make"), folded=True))
    names = {client.pk: client.name for client in listed}
    blocks.append(history_of(*names, about=names))
    response = show(request, _("Machine clients"), blocks, status=failed(form))
    response["Cache-Control"] = "no-store"
    return response


@keeper
@require_POST
def client_revoke(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ends a client at once."""
    form = Nothing(request.POST)
    perform(request, form, lambda work: actions.revoke_api_client(work, key), _("Ended."))
    for line in form.non_field_errors():
        messages.error(request, str(line))
    return go("clients")
