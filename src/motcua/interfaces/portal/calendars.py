"""A due date as an entry for one's own calendar (RFC 5545). It says a code and a procedure, nothing of the person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines of at most 75 octets; a continued line begins with a space."""
    pieces: list[str] = []
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > (75 if not pieces else 74):
            pieces.append(piece)
            piece = ""
        piece += letter
    return "\r\n ".join([*pieces, piece])


def due_entry(code: str, procedure: str, due: datetime, place: str, url: str, stamp: datetime) -> str:
    """One event of half an hour that ends at the due moment, with a reminder the day before."""
    moment = "%Y%m%dT%H%M%SZ"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Motcua//Portal//EN",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        f"UID:{code}@motcua",
        f"DTSTAMP:{stamp.astimezone(UTC).strftime(moment)}",
        f"DTSTART:{(due - timedelta(minutes=30)).astimezone(UTC).strftime(moment)}",
        f"DTEND:{due.astimezone(UTC).strftime(moment)}",
        f"SUMMARY:{_escaped(_('Result of dossier %(code)s is due') % {'code': code})}",
        f"DESCRIPTION:{_escaped(procedure)}",
        f"LOCATION:{_escaped(place)}",
        f"URL:{url}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-P1D",
        f"DESCRIPTION:{_escaped(code)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(_folded(line) for line in lines)
