"""The ten national dossier statuses as pills: a word, an icon and a tone (colour never speaks alone)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from motcua.interfaces.templatetags._icons import icon_svg


@dataclass(frozen=True)
class StatusLook:
    """How one status is shown."""

    label: str | Promise
    icon: str
    tone: str


# Numbers are those of the national sync (FACTS: 1 Mới đăng ký … 10 Đã trả kết quả).
STATUSES: dict[int, StatusLook] = {
    1: StatusLook(_("Newly registered"), "inbox", "info"),
    2: StatusLook(_("Accepted"), "clipboard", "info"),
    3: StatusLook(_("Not accepted"), "cross-circle", "late"),
    4: StatusLook(_("Being processed"), "hourglass", "info"),
    5: StatusLook(_("Supplement requested"), "documents", "wait"),
    6: StatusLook(_("Payment requested"), "money", "wait"),
    7: StatusLook(_("Withdrawn at the applicant's request"), "undo", "quiet"),
    8: StatusLook(_("Processing stopped"), "stop", "quiet"),
    9: StatusLook(_("Processed"), "check", "done"),
    10: StatusLook(_("Result returned"), "check-circle", "done-solid"),
}


def pill(label: object, tone: str = "quiet", icon: str = "") -> SafeString:
    """A status pill. ``tone``: info, wait, late, done, done-solid, quiet."""
    return format_html(
        '<span class="mc-pill mc-pill--{}">{}<span>{}</span></span>', tone, icon_svg(icon, 16) if icon else "", label
    )


def status_pill(status: Any) -> SafeString:
    """The pill of a dossier status, given as its national number (1–10) or an enumeration with that value.

    Raises KeyError for anything else: a status that does not exist must not pass as a page.
    """
    look = STATUSES[int(getattr(status, "value", status))]
    return pill(look.label, look.tone, look.icon)
