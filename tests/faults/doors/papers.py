"""Papers, the register, ratings, and who has looked."""

from __future__ import annotations

from typing import Final

from tests.faults.doors.words import Door, citizens, desk, officers, public

_READERS: Final = desk(200, 200, 200, 200, 403)
_NOT_POSTED: Final = desk(405, 405, 405, 405, 403, helper=403)

DOORS: Final = [
    Door("desk/register/", get=_READERS, post=_NOT_POSTED),
    Door(
        "desk/register/file/<slug:kind>/",
        at="desk/register/file/xlsx/",
        get=desk(302, 302, 302, 302, 403, clerk=302, agency=302),
        post=_NOT_POSTED,
    ),
    Door("desk/ratings/", get=_READERS, post=_NOT_POSTED),
    Door(
        "desk/dossiers/<uuid:dossier_id>/control-sheet/",
        at="desk/dossiers/{new}/control-sheet/",
        get=desk(200, 302, 404, 200, 404, clerk=302),
        post=officers(405),
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/why/",
        at="desk/dossiers/{new}/why/",
        get=officers(405),
        post=desk(302, 302, 404, 302, 404),
        data={"reason": "coordination"},
    ),
    Door("rate/<str:token>/", at="rate/{rating}/", get=public(200), post=public(302), data={"time": "4"}),
    Door("account/looked-at/", get=citizens(200), post=citizens(405)),
]
