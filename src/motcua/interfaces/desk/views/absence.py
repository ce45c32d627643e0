"""Being away: who holds one's post meanwhile. An officer names a deputy; a head does it for their people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from motcua.engines.accounts.models import User
from motcua.engines.ledger.work import begin
from motcua.engines.notices.actions import Notice, send
from motcua.engines.organisations.deputies import colleagues, depute, deputings, end_deputing, posts_to_depute
from motcua.engines.organisations.models import Appointment
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, Refused
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.administration.blocks import blame, day_field, failed
from motcua.interfaces.desk.frame import WORK, desk_page


class DeputyForm(forms.Form):
    """Which post, who stands in, from when to when."""

    post = forms.ChoiceField(label=gettext_lazy("Whose post"))
    deputy = forms.ChoiceField(label=gettext_lazy("Who stands in"))
    valid_from = day_field(gettext_lazy("First day"))
    valid_to = day_field(gettext_lazy("Last day"))
    reason = forms.CharField(
        label=gettext_lazy("Decision or occasion"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For example: the decision on leave, its number and date."),
    )

    def __init__(self, *args: Any, posts: list[Appointment], people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = [(str(post.pk), _post_name(post)) for post in posts]  # type: ignore[attr-defined]
        self.fields["deputy"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a person")),
            *((str(person.pk), person.full_name) for person in people),
        ]
        self.fields["valid_from"].initial = clock.today()


def _post_name(post: Appointment) -> str:
    return f"{post.user.full_name}: {post.role.name}, {post.unit.short_name or post.unit.name}"


@holding(*WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest) -> HttpResponse:
    """The deputies that concern one, and naming another."""
    actor = actor_of(request)
    posts = posts_to_depute(actor)
    people = colleagues({post.unit_id for post in posts}) if posts else []
    given = request.POST if request.method == "POST" else None
    form = DeputyForm(given, posts=posts, people=people)
    if given is not None and form.is_valid() and _depute(request, form):
        return HttpResponseRedirect(reverse("desk:absence"))
    context = {
        "form": form if posts else None,
        "rows": deputings(actor),
        "today": clock.today(),
        "me": actor.id,
    }
    return desk_page(request, "desk/absence.html", context, place="absence", status=failed(form))


def _depute(request: HttpRequest, form: DeputyForm) -> bool:
    data = form.cleaned_data
    try:
        with begin(actor_of(request)) as work:
            made = depute(
                work,
                appointment_id=UUID(data["post"]),
                deputy_id=UUID(data["deputy"]),
                valid_from=data["valid_from"],
                valid_to=data["valid_to"],
                reason=data["reason"],
            )
    except Invalid as error:
        blame(form, error)
        return False
    except (Conflict, Refused) as error:
        form.add_error(None, error.text(_))
        return False
    except IntegrityError:
        form.add_error(None, _("Somebody has entered the same in this moment. Please look again."))
        return False
    _tell(made)
    messages.success(request, _("The deputy is named. The post goes back by itself after the last day."))
    return True


def _tell(made: Appointment) -> None:
    """The deputy learns of it; where a head has named them, the one who is away too finds it on this page."""
    row = Appointment.objects.select_related("unit", "acting_for__user").get(pk=made.pk)
    if row.acting_for is None or row.valid_to is None:
        return
    send(
        [
            Notice(
                kind="work.deputed",
                dedupe=f"deputed:{row.pk}",
                at=clock.now(),
                user_id=row.user_id,
                params={
                    "who": row.acting_for.user.full_name,
                    "unit": row.unit.name,
                    "first_on": row.valid_from.isoformat(),
                    "last_on": row.valid_to.isoformat(),
                },
            )
        ]
    )


@holding(*WORK)
@require_POST
def end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ends it before its last day."""
    try:
        with begin(actor_of(request)) as work:
            end_deputing(work, key)
        messages.success(request, _("Ended. Nobody stands in any more."))
    except Conflict as error:
        messages.error(request, error.text(_))
    return HttpResponseRedirect(reverse("desk:absence"))
