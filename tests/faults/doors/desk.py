"""The desk."""

from __future__ import annotations

from typing import Final

from tests.faults.doors.words import Door, desk, officers

DOORS: Final = [
    Door("desk/", get=desk(200, 200, 200, 200, 302), post=officers(405)),
    Door("desk/rail/", get=officers(200), post=officers(405)),
    Door("desk/search/", get=officers(200), post=officers(302)),
    Door("desk/inbox/", get=officers(200), post=officers(302)),
    Door("desk/intake/", get=desk(200, 403, 200, 403, 403), post=desk(405, 403, 405, 403, 403)),
    Door(
        "desk/intake/begin/",
        get=desk(405, 403, 405, 403, 403, helper=405),
        post=desk(302, 403, 302, 403, 403, helper=302),
    ),
    Door("desk/bulk/", get=officers(405), post=officers(302), data={"task": "{new_task}", "do": "accept"}),
    Door("desk/post/", get=officers(405), post=officers(302), data={"post": "{unit}"}),
    Door("desk/views/keep/", get=officers(405), post=officers(302), data={"name": "Của tôi", "query": "view=intake"}),
    Door("desk/views/remove/", get=officers(405), post=officers(302), data={"view": "{unit}"}),
    Door(
        "desk/intake/<uuid:intake_id>/discard/",
        at="desk/intake/{intake}/discard/",
        get=desk(405, 403, 405, 403, 403, helper=405),
        post=desk(302, 403, 404, 403, 403, helper=404),
    ),
    Door(
        "desk/intake/<uuid:intake_id>/receipt/",
        at="desk/intake/{intake}/receipt/",
        get=desk(302, 403, 404, 403, 403, helper=404),
        post=desk(405, 403, 405, 403, 403, helper=405),
    ),
    Door(
        "desk/intake/<uuid:intake_id>/<slug:name>/",
        at="desk/intake/{intake}/person/",
        get=desk(200, 403, 404, 403, 403, helper=404),
        post=desk(302, 403, 404, 403, 403, helper=404),
        data={"kind": "citizen", "name": "Lê Văn Dở", "phone": "0905123456"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/",
        at="desk/dossiers/{new}/",
        get=desk(200, 200, 404, 200, 404),
        post=officers(405),
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/preview/",
        at="desk/dossiers/{new}/preview/",
        get=desk(200, 200, 404, 200, 404),
        post=officers(405),
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{new}/act/accept/",
        get=officers(405),
        post=desk(302, 403, 404, 403, 404),
        data={"task": "{new_task}"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{new}/act/refuse/",
        get=officers(405),
        post=desk(302, 403, 404, 403, 404),
        data={"task": "{new_task}", "reason": "other", "explanation": "Trùng hồ sơ."},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{new}/act/remark/",
        get=officers(405),
        post=desk(302, 302, 404, 302, 404),
        data={"task": "{new_task}", "text": "Đã gọi điện"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{new}/act/attach/",
        get=officers(405),
        post=desk(422, 422, 404, 422, 404),
        data={"task": "{new_task}"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{accepted}/act/supplement/",
        get=officers(405),
        post=desk(403, 302, 404, 403, 404),
        data={"task": "{accepted_task}", "name_other": "Giấy chứng sinh", "reason_other": "Bản chụp mờ"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{accepted}/act/claim/",
        get=officers(405),
        post=desk(403, 302, 404, 403, 404),
        data={"task": "{accepted_task}"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{accepted}/act/assign/",
        get=officers(405),
        post=desk(403, 403, 404, 302, 404),
        data={"task": "{accepted_task}", "user": "{person}"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{processing}/act/release/",
        get=officers(405),
        post=desk(403, 302, 404, 403, 404),
        data={"task": "{processing_task}"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{processing}/act/pass_on/",
        get=officers(405),
        post=desk(403, 302, 404, 403, 404),
        data={"task": "{processing_task}", "opinion": "Đủ điều kiện"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{signing}/act/send_back/",
        get=officers(405),
        post=desk(403, 403, 404, 302, 404),
        data={"task": "{signing_task}", "to_step": "verify", "reason": "Thiếu"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{signing}/act/complete/",
        get=officers(405),
        post=desk(403, 403, 404, 302, 404),
        data={"task": "{signing_task}", "decision": "approve", "name": "Giấy khai sinh"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{finished}/act/return/",
        get=officers(405),
        post=desk(302, 403, 404, 403, 404, clerk=302),
        data={"task": "{finished_task}", "received_by": "Bà Bình", "delivery": "counter", "identity_checked": "on"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/act/<slug:verb>/",
        at="desk/dossiers/{new}/act/nonsense/",
        get=officers(405),
        post=officers(404),
        data={"task": "{new_task}"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/components/<uuid:component_id>/",
        at="desk/dossiers/{new}/components/{component}/",
        get=officers(405),
        post=desk(302, 403, 404, 403, 404),
        data={"verdict": "missing"},
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/files/<uuid:file_id>/",
        at="desk/dossiers/{new}/files/{file}/",
        # who has no task in it says first why they look
        get=desk(200, 302, 404, 200, 404),
        post=officers(405),
    ),
    Door(
        "desk/dossiers/<uuid:dossier_id>/documents/<uuid:document_id>/",
        at="desk/dossiers/{accepted}/documents/{document}/",
        get=desk(200, 200, 404, 200, 404, clerk=302),
        post=officers(405),
    ),
]
