"""Lines of time per agency: a table with bars for the desk, plain sentences for the applicant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from motcua.interfaces.templatetags._words import moment_words
from motcua.services.dossiers.together.timelines import WIDTH, Line, Timeline

register = template.Library()

MINUTES_A_DAY = 8 * 60
STATES: dict[str, tuple[Promise, str, str]] = {
    "holds": (gettext_lazy("Has it now"), "info", "hourglass"),
    "asked": (gettext_lazy("Is asked for its opinion"), "info", "chat"),
    "ready": (gettext_lazy("The result lies ready"), "done", "check"),
    "waits": (gettext_lazy("Waits for the applicant"), "wait", "user"),
    "done": (gettext_lazy("Finished"), "done", "check"),
    "ahead": (gettext_lazy("Still to come"), "quiet", "arrow-right"),
}


@register.filter
def working_span(minutes: int | None) -> str:
    """Working minutes as people say them: working days of eight hours and hours, or minutes."""
    if minutes is None:
        return ""
    days, rest = divmod(int(minutes), MINUTES_A_DAY)
    hours = round(rest / 60)
    if hours == 8:
        days, hours = days + 1, 0
    words = []
    if days:
        words.append(ngettext("%(count)d working day", "%(count)d working days", days) % {"count": days})
    if hours:
        words.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if not words and not rest:
        return _("less than a minute")
    if not words:
        words.append(ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest})
    return " ".join(words)


@register.inclusion_tag("components/agency_lines.html")
def agency_lines(timeline: Timeline, now: datetime, caption: str = "") -> dict[str, Any]:
    """A table: a row per agency with who has it, how long it was allowed and took, and a bar of the time."""
    rows = [{"line": line, "state": STATES[line.state], "steps": ", ".join(line.steps)} for line in timeline.lines]
    return {
        "rows": rows,
        "timeline": timeline,
        "now": now,
        "width": WIDTH,
        "caption": caption or _("Time by agency"),
        "several": len(rows) > 1,
    }


@register.filter
def agency_sentence(line: Line) -> str:
    """One agency in one plain sentence."""
    took = working_span(line.taken)
    said = {"unit": line.unit.name, "took": took, "allowed": working_span(line.allowed)}
    if line.state == "ahead":
        return _("%(unit)s: begins when the parts before it are finished.") % said
    if line.state == "waits":
        return _("%(unit)s: waits for what it asked you for; the time stands still.") % said
    if line.state == "ready":
        return _("%(unit)s: your result lies ready there.") % said
    if line.state == "done" and line.allowed is not None:
        return _("%(unit)s: finished in %(took)s (%(allowed)s were allowed).") % said
    if line.state == "done":
        return _("%(unit)s: finished in %(took)s.") % said
    if line.due_at is not None:
        said["due"] = moment_words(line.due_at)
        if line.state == "asked":
            return _("%(unit)s: is asked for its opinion until %(due)s.") % said
        if line.late:
            return _("%(unit)s: has it now and is late; it was due at %(due)s.") % said
        return _("%(unit)s: has it now, until %(due)s; %(took)s so far.") % said
    return _("%(unit)s: has it now; %(took)s so far.") % said
