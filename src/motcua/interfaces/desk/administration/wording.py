"""The wording of notices: by kind, channel and language, from a day on."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from motcua.engines.notices import wording
from motcua.engines.notices.models import Template
from motcua.engines.notices.rules import Wording
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotFound
from motcua.interfaces.desk.access import actor_of, holding
from motcua.interfaces.desk.administration.blocks import (
    Block,
    Cell,
    FormBlock,
    Table,
    blame,
    day_field,
    failed,
    go,
    show,
)
from motcua.interfaces.desk.administration.changes import history_of

editor = holding("catalogue.edit")
CHANNELS = {"inbox": gettext_lazy("In-app inbox"), "email": gettext_lazy("E-mail")}
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


@editor
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Every kind of message, with its wordings by channel and language."""
    own = set(Template.objects.values_list("kind", "channel", "language"))
    kept = [(channel, language) for channel in CHANNELS for language in LANGUAGES]
    rows = []
    for kind in wording.kinds():
        said = wording.wording_for(kind.key, *kept[0], clock.today())
        places = [
            Cell(
                LANGUAGES[language],
                url=reverse("desk:notice", args=[kind.key, channel, language]),
                note=_("own wording") if (kind.key, channel, language) in own else "",
            )
            for channel, language in kept
        ]
        rows.append([Cell(_(kind.name)), Cell(said.subject), *places])
    heads = [CHANNELS[channel] for channel, _language in kept]
    table = Table([_("Notice"), _("Subject"), *heads], rows)
    return show(request, _("Wording of notices"), [table])


class WordingForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 10}), max_length=8000)
    effective_from = day_field(gettext_lazy("In force from"))


@editor
@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, kind: str, channel: str, language: str) -> HttpResponse:
    """One wording: as it holds today, and a new one from a day on."""
    known = wording.kind_of(kind)
    if channel not in CHANNELS or language not in LANGUAGES:
        raise NotFound("There is no such notice.")
    said = wording.wording_for(kind, channel, language, clock.today())
    first = {"subject": said.subject, "body": said.body, "effective_from": clock.today()}
    page = WordingForm(request.POST or None, initial=first)
    if request.method == "POST" and page.is_valid():
        data = page.cleaned_data
        try:
            wording.publish(
                actor_of(request),
                kind=kind,
                channel=channel,
                language=language,
                wording=Wording(data["subject"], data["body"].replace("\r\n", "\n")),
                effective_from=data["effective_from"],
            )
        except Invalid as error:
            blame(page, error)
        except Conflict as error:
            page.add_error("effective_from", error.text(_))
        else:
            messages.success(request, _("The wording holds from that day on."))
            return go("notices")
    placeholders = ", ".join(f"{{{name}}}" for name in known.placeholders)
    earlier = Template.objects.filter(kind=kind, channel=channel, language=language).order_by("-effective_from")
    blocks: list[Block] = [
        FormBlock(page, button=_("Publish"), main=True, intro=_("Placeholders: %(names)s") % {"names": placeholders}),
        Table(
            [_("From"), _("Subject"), _("Text")],
            [[Cell(f"{row.effective_from:%d/%m/%Y}"), Cell(row.subject), Cell(row.body[:200])] for row in earlier],
            title=_("Own wordings"),
            empty=_("None: the wording that comes with the software holds."),
        ),
        history_of(wording.stream_of(kind, channel, language)),
    ]
    title = f"{_(known.name)} · {CHANNELS[channel]} · {LANGUAGES[language]}"
    return show(
        request, title, blocks, crumbs=[(_("Wording of notices"), reverse("desk:notices"))], status=failed(page)
    )
