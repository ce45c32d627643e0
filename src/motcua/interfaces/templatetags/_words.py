"""Words for dates and deadlines, in the language of the page. No HTML here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

from motcua.foundation.clock import VIETNAM
from motcua.foundation.money import format_vnd

Tone = Literal["neutral", "soon", "late", "done", "paused"]

WEEKDAYS_VI = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True)
class Due:
    """A deadline in words. ``tone`` decides colour and icon, never alone: the words say the same."""

    words: str
    tone: Tone


def as_day(value: date | datetime) -> date:
    """The day in Viet Nam of a moment or a day."""
    return value.astimezone(VIETNAM).date() if isinstance(value, datetime) else value


def day_words(value: date | datetime, style: str = "long") -> str:
    """``thứ Năm 26/11/2026``; ``style``: ``long``, ``short`` (26/11/2026) or ``weekday`` (thứ Năm 26/11)."""
    day = as_day(value)
    if style == "short":
        return f"{day:%d/%m/%Y}"
    if get_language() == "vi":
        tail = f"{day.day}/{day.month}" if style == "weekday" else f"{day:%d/%m/%Y}"
        return f"{WEEKDAYS_VI[day.weekday()]} {tail}"
    return date_format(day, "l j F" if style == "weekday" else "l j F Y")


def moment_words(value: datetime, style: str = "long") -> str:
    """``10:32 thứ Năm 26/11/2026`` in Vietnamese time; ``short``: 10:32 26/11/2026; ``time``: 10:32."""
    local = value.astimezone(VIETNAM)
    if style == "time":
        return f"{local:%H:%M}"
    if style == "short":
        return f"{local:%H:%M %d/%m/%Y}"
    separator = " " if get_language() == "vi" else ", "
    return f"{local:%H:%M}{separator}{day_words(local)}"


def span_words(earlier: datetime, later: datetime) -> str:
    """How long from one moment to a later one, as a person says it: minutes, hours, or days of the calendar."""
    span = later - earlier
    if span < timedelta(hours=1):
        minutes = max(1, int(span.total_seconds() // 60))
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    days = (as_day(later) - as_day(earlier)).days
    if days < 1 or span < timedelta(hours=12):
        hours = int(span.total_seconds() // 3600)
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def due_words(due_at: datetime | None, now: datetime, *, done_at: datetime | None = None, paused: bool = False) -> Due:
    """A deadline as a badge says it: ``2 days left``, ``2 hours late``, ``on time``.

    ``due_at``: aware; None: no deadline runs. ``done_at``: when the work ended, then the badge judges that moment.
    ``paused``: the clock stands still (supplement asked, fee awaited), which is shown instead of the days left.
    """
    if due_at is None:
        return Due(gettext("no deadline"), "neutral")
    if done_at is not None:
        if done_at <= due_at:
            return Due(gettext("on time"), "done")
        return Due(gettext("finished %(span)s late") % {"span": span_words(due_at, done_at)}, "late")
    if paused:
        return Due(gettext("clock stopped"), "paused")
    if now > due_at:
        return Due(gettext("%(span)s late") % {"span": span_words(due_at, now)}, "late")
    near = (as_day(due_at) - as_day(now)).days <= 1
    return Due(gettext("%(span)s left") % {"span": span_words(now, due_at)}, "soon" if near else "neutral")


def money_words(amount: int) -> str:
    """Whole đồng: ``20.000 đ`` (English: 20,000 VND); nothing to pay reads as free."""
    if amount == 0:
        return gettext("free of charge")
    return format_vnd(amount) if get_language() == "vi" else f"{amount:,} VND"
