"""The API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Machine clients: no token, a wrong one, one of the province, of the competent commune, of another commune (each with
# every scope), one without any scope. A session of a browser counts for nothing here.
MACHINES: Final = ("nobody", "rubbish", "province", "own", "other", "scopeless")


def anyone(status: int) -> tuple[int, ...]:
    """Open to all."""
    return (status,) * 6


def machines(province: int, own: int, other: int, scopeless: int) -> tuple[int, ...]:
    """For known clients."""
    return (401, 401, province, own, other, scopeless)


@dataclass(frozen=True)
class Call:
    """One operation of the API with what each client gets. ``body`` names one of those that the test prepares."""

    method: str
    pattern: str
    expected: tuple[int, ...]
    at: str = ""
    body: str = ""

    @property
    def address(self) -> str:
        return "/api/v1/" + (self.at or self.pattern)


CALLS: Final = [
    Call("GET", "openapi.json", anyone(200)),
    Call("GET", "procedures", anyone(200), at="procedures?q=khai+sinh"),
    Call("GET", "procedures/<code>", anyone(200), at="procedures/{procedure}"),
    Call("GET", "procedures/<code>/forecast", anyone(200), at="procedures/{procedure}/forecast"),
    Call("GET", "procedures/<code>/form", anyone(200), at="procedures/{procedure}/form"),
    Call("GET", "status/<code>", anyone(200), at="status/{new_code}"),
    Call("POST", "files", machines(201, 201, 201, 403), at="files?name=a.pdf", body="pdf"),
    Call("POST", "dossiers", machines(201, 201, 201, 403), body="dossier"),
    Call("GET", "dossiers", machines(200, 200, 200, 403)),
    Call("GET", "dossiers/<code>", machines(200, 200, 404, 403), at="dossiers/{new_code}"),
    Call("GET", "dossiers/<code>/steps", machines(200, 200, 404, 403), at="dossiers/{accepted_code}/steps"),
    # The upload is the commune's own: the province may see the dossier, but has no such file.
    Call("POST", "dossiers/<code>/files", machines(422, 201, 404, 403), at="dossiers/{new_code}/files", body="attach"),
    Call(
        "POST", "dossiers/<code>/status", machines(200, 200, 404, 403), at="dossiers/{new_code}/status", body="accept"
    ),
    Call(
        "POST",
        "dossiers/<code>/obligation",
        machines(200, 200, 404, 403),
        at="dossiers/{accepted_code}/obligation",
        body="obligation",
    ),
    Call(
        "POST",
        "dossiers/<code>/obligation/payment",
        machines(409, 409, 404, 403),
        at="dossiers/{accepted_code}/obligation/payment",
        body="payment",
    ),
    Call("GET", "dossiers/<code>/files/<file_id>", machines(200, 200, 404, 403), at="dossiers/{new_code}/files/{file}"),
    # Linked procedures: a citizen submitted this group, so that no machine takes it back.
    Call("GET", "linked-procedures", anyone(200)),
    Call("POST", "linked-dossiers", machines(201, 201, 201, 403), body="group"),
    Call("GET", "linked-dossiers/<code>", machines(200, 200, 404, 403), at="linked-dossiers/{linked_code}"),
    Call(
        "POST",
        "linked-dossiers/<code>/withdraw",
        machines(403, 403, 404, 403),
        at="linked-dossiers/{linked_code}/withdraw",
        body="reason",
    ),
    Call(
        "POST",
        "linked-dossiers/<code>/parts/<key>/drop",
        machines(403, 403, 404, 403),
        at="linked-dossiers/{linked_code}/parts/hai/drop",
    ),
    # Opinions: the commune asked a department, for which the province's client answers, and not the commune's.
    Call("GET", "opinions", machines(200, 200, 200, 403)),
    Call("GET", "dossiers/<code>/opinions", machines(200, 200, 404, 403), at="dossiers/{asked_code}/opinions"),
    Call(
        "POST",
        "dossiers/<code>/opinions",
        machines(201, 201, 404, 403),
        at="dossiers/{accepted_code}/opinions",
        body="question",
    ),
    Call(
        "POST",
        "dossiers/<code>/opinions/<key>/answer",
        machines(200, 403, 404, 403),
        at="dossiers/{asked_code}/opinions/{opinion}/answer",
        body="opinion",
    ),
    Call(
        "POST",
        "dossiers/<code>/opinions/<key>/withdraw",
        machines(200, 200, 404, 403),
        at="dossiers/{asked_code}/opinions/{opinion}/withdraw",
        body="reason",
    ),
]
