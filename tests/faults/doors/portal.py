"""The portal."""

from __future__ import annotations

from typing import Final

from tests.faults.doors.words import Door, citizens, public

DOORS: Final = [
    Door("", get=public(200), post=public(405)),
    Door("search/", get=public(200), post=public(405)),
    Door("counters/", get=public(200), post=public(405)),
    Door("help/", get=public(200), post=public(405)),
    Door("accessibility/", get=public(200), post=public(405)),
    Door("privacy/", get=public(200), post=public(405)),
    Door("dossiers/", get=citizens(200), post=citizens(405)),
    Door("inbox/", get=citizens(200), post=citizens(405)),
    Door("inbox/read/", get=citizens(405), post=citizens(302)),
    Door("account/", get=citizens(200), post=citizens(405)),
    Door("lookup/", get=public(200), post=public(405), data={"code": "{new_code}"}),
    Door("life/<slug:key>/", at="life/{life}/", get=public(200), post=public(405)),
    Door("procedures/<str:code>/", at="procedures/{procedure}/", get=public(200), post=public(405)),
    Door("procedures/<str:code>/qr.svg", at="procedures/{procedure}/qr.svg", get=public(200), post=public(405)),
    Door(
        "procedures/<str:code>/start/",
        at="procedures/{procedure}/start/",
        get=citizens(200),
        post=citizens(302),
        data={"ward": "19777"},
    ),
    Door("drafts/<uuid:draft_id>/", at="drafts/{draft}/", get=citizens(200, other=404), post=citizens(405)),
    Door("drafts/<uuid:draft_id>/check/", at="drafts/{draft}/check/", get=citizens(200, other=404), post=citizens(405)),
    Door(
        "drafts/<uuid:draft_id>/submit/", at="drafts/{draft}/submit/", get=citizens(405), post=citizens(302, other=404)
    ),
    Door(
        "drafts/<uuid:draft_id>/place/",
        at="drafts/{draft}/place/",
        get=citizens(200, other=404),
        post=citizens(302, other=404),
        data={"ward": "19753"},
    ),
    Door(
        "drafts/<uuid:draft_id>/delete/",
        at="drafts/{draft}/delete/",
        get=citizens(200, other=404),
        post=citizens(302, other=404),
    ),
    Door(
        "drafts/<uuid:draft_id>/files/<uuid:file_id>/",
        at="drafts/{draft}/files/{upload}/",
        get=citizens(200, other=404),
        post=citizens(405),
    ),
    Door(
        "drafts/<uuid:draft_id>/parts/<str:group_key>/",
        at="drafts/{draft}/parts/{group}/",
        get=citizens(200, other=404),
        post=citizens(422, other=404),
    ),
    Door(
        "drafts/<uuid:draft_id>/parts/<str:group_key>/save/",
        at="drafts/{draft}/parts/{group}/save/",
        get=citizens(405),
        post=citizens(200, other=404),
    ),
    Door("dossiers/<str:code>/", at="dossiers/{new_code}/", get=citizens(200, other=404), post=citizens(405)),
    Door(
        "dossiers/<str:code>/submitted/",
        at="dossiers/{new_code}/submitted/",
        get=citizens(200, other=404),
        post=citizens(405),
    ),
    Door(
        "dossiers/<str:code>/calendar.ics",
        at="dossiers/{accepted_code}/calendar.ics",
        get=citizens(200, other=404),
        post=citizens(405),
    ),
    Door(
        "dossiers/<str:code>/answer/",
        at="dossiers/{waiting_code}/answer/",
        get=citizens(405),
        post=citizens(422, other=404),
    ),
    Door(
        "dossiers/<str:code>/withdraw/",
        at="dossiers/{new_code}/withdraw/",
        get=citizens(200, other=404),
        post=citizens(302, other=404),
        data={"reason": "Nộp nhầm"},
    ),
    Door(
        "dossiers/<str:code>/files/<uuid:file_id>/",
        at="dossiers/{new_code}/files/{file}/",
        get=citizens(200, other=404),
        post=citizens(405),
    ),
    Door(
        "dossiers/<str:code>/documents/<uuid:document_id>/",
        at="dossiers/{accepted_code}/documents/{document}/",
        get=citizens(200, other=404),
        post=citizens(405),
    ),
    Door("inbox/<uuid:message_id>/", at="inbox/{message}/", get=citizens(200, other=404), post=citizens(405)),
    Door("account/contact/", get=citizens(405), post=citizens(302), data={"phone": "0905123457"}),
    Door("account/wishes/", get=citizens(405), post=citizens(302), data={"email": "on"}),
    Door("account/language/", get=citizens(405), post=citizens(302), data={"language": "en"}),
]
