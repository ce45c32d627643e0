"""The counter beyond receiving: papers between offices, help with consent, the citizen's screen, answers in time."""

from __future__ import annotations

from typing import Final

from tests.faults.doors.words import Door, citizens, desk, public

DOORS: Final = [
    Door("desk/handover/", get=desk(200, 403, 200, 403, 403), post=desk(405, 403, 405, 403, 403)),
    Door("desk/handover/make/", get=desk(405, 403, 405, 403, 403), post=desk(422, 403, 422, 403, 403)),
    Door(
        "desk/handover/<uuid:sheet_id>/",
        at="desk/handover/{sheet}/",
        get=desk(200, 403, 404, 403, 403),
        post=desk(403, 403, 404, 403, 403),
    ),
    Door(
        "desk/handover/<uuid:sheet_id>/pdf/",
        at="desk/handover/{sheet}/pdf/",
        get=desk(200, 403, 404, 403, 403),
        post=desk(405, 403, 405, 403, 403),
    ),
    Door(
        "desk/intake/<uuid:intake_id>/summary/",
        at="desk/intake/{intake}/summary/",
        get=desk(302, 403, 404, 403, 403, helper=404),
        post=desk(405, 403, 405, 403, 403, helper=405),
    ),
    # nobody signs in at the citizen's screen: the address itself is the key, and this one is none
    Door("desk/confirm/<str:token>/", at="desk/confirm/x/", get=public(404), post=public(404)),
    Door("desk/assist/", get=desk(403, 403, 403, 403, 403, helper=200), post=desk(403, 403, 403, 403, 403, helper=405)),
    Door(
        "desk/assist/<uuid:dossier_id>/",
        at="desk/assist/{new}/",
        get=desk(403, 403, 403, 403, 403, helper=404),
        post=desk(403, 403, 403, 403, 403, helper=405),
    ),
    Door(
        "desk/answering/",
        get=desk(200, 403, 200, 200, 403),
        post=desk(405, 403, 405, 405, 403, helper=403, agency=403),
    ),
    # switched off outside of kiosks (tests run without)
    Door("kiosk/", get=public(404), post=public(404)),
    Door("kiosk/end/", get=public(405), post=public(404)),
    Door("kiosk/done/", get=public(404), post=public(405)),
    Door("account/mandates/", get=citizens(200), post=citizens(422)),
    Door(
        "account/mandates/<uuid:mandate_id>/end/",
        at="account/mandates/{mandate}/end/",
        get=citizens(405),
        post=citizens(302, other=404, agent=302),
    ),
]

# The same pages on a machine that is set up as a kiosk.
AT_KIOSK: Final = [
    Door("kiosk/", get=public(200), post=public(422)),
    Door("kiosk/end/", get=public(405), post=public(302)),
    Door("kiosk/done/", get=public(302), post=public(405)),
]
