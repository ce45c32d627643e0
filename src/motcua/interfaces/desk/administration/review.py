"""The review list: what the import of the catalogue could not decide, settled one by one."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from motcua.foundation.errors import NotFound
from motcua.interfaces.desk.access import holding
from motcua.interfaces.desk.administration.blocks import Own, go, perform, show
from motcua.services.procedures import actions, queries
from motcua.services.procedures.models import ReviewItem

editor = holding("catalogue.edit")
PAGE = 50


class ReviewForm(forms.Form):
    decision = forms.ChoiceField(choices=[("accept", ""), ("correct", "")])
    value = forms.CharField(required=False, max_length=200)


@editor
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """What the import could not decide, by reason; each is accepted as it stands or corrected."""
    counts = queries.review_counts()
    reason = request.GET.get("reason", "")
    reason = reason if reason in ReviewItem.Reason.values else ""
    code = request.GET.get("code", "").replace("\0", "")[:64]
    try:
        after = UUID(request.GET["after"]) if request.GET.get("after") else None
    except ValueError:
        after = None
    items = queries.review_items(reason=reason, code=code, after=after, limit=PAGE)
    return _review_page(request, items, counts, reason)


def _review_page(
    request: HttpRequest,
    items: list[ReviewItem],
    counts: dict[str, int],
    reason: str,
    trouble: dict[UUID, str] | None = None,
) -> HttpResponse:
    labels = dict(ReviewItem.Reason.choices)
    tabs = [
        {"key": key, "label": labels.get(key, key), "count": count, "current": key == reason}
        for key, count in counts.items()
    ]
    data = {
        "items": items,
        "tabs": tabs,
        "all": sum(counts.values()),
        "reason": reason,
        "trouble": trouble or {},
        "older": f"reason={reason}&after={items[-1].pk}" if len(items) == PAGE else "",
    }
    return show(
        request,
        _("Review list"),
        [Own("desk/administration/_review.html", data)],
        crumbs=[(_("Procedures"), reverse("desk:procedures"))],
        intro=_("Corrections go into the draft of the procedure; publish it with a date."),
        status=422 if trouble else 200,
    )


@editor
@require_POST
def review_settle(request: HttpRequest, key: UUID) -> HttpResponse:
    """Settles one doubt."""
    item = ReviewItem.objects.select_related("procedure", "version").filter(pk=key).first()
    if item is None:
        raise NotFound("There is no such item.")
    form = ReviewForm(request.POST)
    perform(
        request,
        form,
        lambda work: actions.resolve_review_item(work, item, form.cleaned_data["decision"], form.cleaned_data["value"]),
        _("Settled: %(code)s") % {"code": item.procedure.code},
    )
    if form.errors:
        said = " ".join(str(line) for lines in form.errors.values() for line in lines)
        return _review_page(request, [item], queries.review_counts(), item.reason, {item.pk: said})
    reason = request.POST.get("reason", "")
    response = go("review")
    if reason in ReviewItem.Reason.values:
        response["Location"] += f"?reason={reason}"
    return response
