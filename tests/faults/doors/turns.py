"""Turns by law: results nobody collected, and what an applicant may do with a submitted dossier."""

from __future__ import annotations

from typing import Final

from tests.faults.doors.words import Door, citizens, desk

DOORS: Final = [
    Door(
        "desk/uncollected/",
        get=desk(200, 403, 200, 403, 403, helper=403, clerk=200),
        post=desk(405, 403, 405, 403, 403, helper=403, clerk=405),
    ),
    Door(
        "desk/uncollected/remind/",
        get=desk(405, 403, 405, 403, 403, helper=403, clerk=405),
        post=desk(302, 403, 302, 403, 403, helper=403, clerk=302),
    ),
    Door(
        "dossiers/<str:code>/stop/",
        at="dossiers/{accepted_code}/stop/",
        get=citizens(200, other=404),
        post=citizens(302, other=404),
    ),
    Door(
        "dossiers/<str:code>/change/",
        at="dossiers/{new_code}/change/",
        get=citizens(405),
        post=citizens(302, other=404),
    ),
    Door(
        "dossiers/<str:code>/correct/",
        at="dossiers/{finished_code}/correct/",
        get=citizens(200, other=404),
        post=citizens(422, other=404),
    ),
]
