"""Linked procedures: offers for everybody, drafts and progress for who applies, definitions for administrators."""

from __future__ import annotations

from typing import Final

from tests.faults.doors.words import Door, administrators, citizens, desk, public

DOORS: Final = [
    Door("linked/<slug:key>/", at="linked/doi/", get=public(200), post=public(405)),
    Door(
        "linked/<slug:key>/start/",
        at="linked/doi/start/",
        get=citizens(200),
        post=citizens(302),
        data={"ward": "19777"},
    ),
    Door(
        "drafts/linked/<uuid:key>/",
        at="drafts/linked/{linked_draft}/",
        get=citizens(200, other=404),
        post=citizens(405),
    ),
    Door(
        "drafts/linked/<uuid:key>/check/",
        at="drafts/linked/{linked_draft}/check/",
        get=citizens(200, other=404),
        post=citizens(405),
    ),
    Door(
        "drafts/linked/<uuid:key>/submit/",
        at="drafts/linked/{linked_draft}/submit/",
        get=citizens(405),
        post=citizens(422, other=404),
    ),
    Door(
        "drafts/linked/<uuid:key>/delete/",
        at="drafts/linked/{linked_draft}/delete/",
        get=citizens(200, other=404),
        post=citizens(302, other=404),
    ),
    Door(
        "dossiers/linked/<str:code>/",
        at="dossiers/linked/{linked_code}/",
        get=citizens(200, other=404),
        post=citizens(405),
    ),
    Door(
        "dossiers/linked/<str:code>/withdraw/",
        at="dossiers/linked/{linked_code}/withdraw/",
        get=citizens(200, other=404),
        post=citizens(302, other=404),
    ),
    Door(
        "dossiers/linked/<str:code>/parts/<slug:part>/drop/",
        at="dossiers/linked/{linked_code}/parts/hai/drop/",
        get=citizens(405),
        post=citizens(302, other=404),
    ),
    Door(
        "desk/intake/<uuid:intake_id>/linked/<slug:key>/",
        at="desk/intake/{intake}/linked/doi/",
        get=desk(302, 403, 404, 403, 403),
        post=desk(302, 403, 404, 403, 403),
    ),
    Door(
        "desk/intake/<uuid:intake_id>/linked/<slug:key>/<slug:part>/",
        at="desk/intake/{intake}/linked/doi/mot/",
        get=desk(302, 403, 404, 403, 403),
        post=desk(302, 403, 404, 403, 403),
    ),
    Door("desk/administration/linked/", get=administrators(200), post=administrators(405)),
    Door("desk/administration/linked/new/", get=administrators(200), post=administrators(422)),
    Door(
        "desk/administration/linked/<slug:key>/",
        at="desk/administration/linked/doi/",
        get=administrators(200),
        post=administrators(422),
        data={"name": ""},
    ),
]
