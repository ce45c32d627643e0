"""Work in hand: many at once, the scanned pile, deputies, the leader's screen, the way back."""

from __future__ import annotations

from typing import Final

from tests.faults.doors.words import Door, administrators, desk, officers

WORKERS: Final = desk(200, 200, 200, 200, 403, helper=403, clerk=200, agency=200)
"""Whoever handles dossiers, wherever they are."""

LEADERS: Final = desk(403, 403, 403, 200, 403)

DOORS: Final = [
    Door(
        "desk/bulk/<uuid:run_id>/",
        at="desk/bulk/{run}/",
        get=desk(200, 404, 404, 404, 404, clerk=404, agency=404, helper=404),
        post=officers(405),
    ),
    Door(
        "desk/batch/",
        get=WORKERS,
        post=desk(302, 302, 302, 302, 403, helper=403, clerk=302, agency=302),
        data={"code": "{new_code}"},
    ),
    Door(
        "desk/absence/",
        get=WORKERS,
        post=desk(422, 422, 422, 422, 403, helper=403, clerk=422, agency=422),
        data={"post": "{appointment}"},
    ),
    Door(
        "desk/absence/<uuid:key>/end/",
        at="desk/absence/{deputing}/end/",
        get=desk(405, 405, 405, 405, 403, helper=403, clerk=405, agency=405),
        post=desk(403, 302, 403, 302, 403, helper=403, clerk=403, agency=403),
    ),
    Door("desk/leader/", get=LEADERS, post=desk(403, 403, 403, 405, 403)),
    Door("desk/leader/decide/", get=LEADERS, post=desk(403, 403, 403, 405, 403)),
    Door("desk/leader/proposals/", get=LEADERS, post=desk(403, 403, 403, 405, 403)),
    Door(
        "desk/dossiers/<uuid:dossier_id>/next/",
        at="desk/dossiers/{new}/next/",
        get=desk(302, 302, 404, 302, 404, clerk=302),
        post=officers(405),
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/undo/",
        at="desk/dossiers/{processing}/undo/",
        get=officers(405),
        post=desk(403, 302, 404, 403, 404, clerk=403, agency=404),
        data={"verb": "claim", "task": "{processing_task}"},
    ),
    Door("desk/administration/reminders/", get=administrators(200), post=administrators(422)),
    Door(
        "desk/administration/reminders/<uuid:key>/end/",
        at="desk/administration/reminders/{reminder_rule}/end/",
        get=administrators(405),
        post=administrators(302),
    ),
]
