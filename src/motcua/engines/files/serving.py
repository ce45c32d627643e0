"""Giving files out: never as something that runs in our pages, never what the scanner refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags
from django.utils.translation import gettext_lazy as _

from motcua.engines.files.kinds import BY_MEDIA_TYPE
from motcua.engines.files.models import Blob, Scan
from motcua.engines.files.names import safe_name
from motcua.engines.files.scanning import scanner_configured
from motcua.engines.files.store import CHUNK, open_blob
from motcua.foundation.errors import Refused

_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")

# Some browsers refuse to show a PDF under “sandbox”; their viewer is a world of its own: its scripts don't reach us.
_PDF_POLICY: Final = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
_OTHER_POLICY: Final = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"

WARNINGS: Final = {
    Scan.NONE: _("This file has not been scanned for malware. Open it with care."),
    Scan.REFUSED: _("The malware scanner found this file harmful. It is locked."),
}


def warning_of(blob: Blob) -> str:
    """What a page says beside the file; empty when there is nothing to say."""
    return str(WARNINGS.get(Scan(blob.scan), ""))


def may_show(blob: Blob) -> bool:
    """Whether the browser may show it in place: a harmless kind, and nothing still to be scanned."""
    kind = BY_MEDIA_TYPE.get(blob.media_type)
    if kind is None or not kind.inline or blob.scan == Scan.REFUSED:
        return False
    return blob.scan != Scan.NONE or not scanner_configured()


def file_response(
    blob: Blob, name: str, inline: bool = False, *, request: HttpRequest | None = None
) -> HttpResponseBase:
    """The bytes with the headers that keep them harmless. ``inline`` is a wish: what may not be shown is downloaded.

    With ``request`` answers ranges and “not modified”. Who may have the file is the caller's business.
    Raises ``Refused`` for what the scanner found harmful, ``NotFound`` when the bytes are gone.
    """
    if blob.scan == Scan.REFUSED:
        raise Refused("The malware scanner found this file harmful. It is locked.", code="file_harmful")
    inline = inline and may_show(blob)
    etag = f'"{blob.sha256}"'
    response: HttpResponseBase
    if request is not None and etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        response = _body(blob, request)
        response.headers["Content-Type"] = (
            "text/plain; charset=utf-8" if blob.media_type == "text/plain" else blob.media_type
        )
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=not inline, filename=safe_name(name)) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    pdf = inline and blob.media_type == "application/pdf"
    response.headers["Content-Security-Policy"] = _PDF_POLICY if pdf else _OTHER_POLICY
    return response


def _body(blob: Blob, request: HttpRequest | None) -> HttpResponseBase:
    found = _range(request.headers.get("Range", ""), blob.size) if request is not None else None
    if found == ():
        response = HttpResponse(status=416)
        response.headers["Content-Range"] = f"bytes */{blob.size}"
        return response
    file = open_blob(blob.sha256)
    if not found:
        return FileResponse(file)
    first, last = found
    partial = StreamingHttpResponse(_part(file, first, last - first + 1), status=206)
    partial.headers["Content-Range"] = f"bytes {first}-{last}/{blob.size}"
    partial.headers["Content-Length"] = str(last - first + 1)
    return partial


def _range(header: str, size: int) -> tuple[int, int] | tuple[()] | None:
    """(first, last) of one range; () when it lies outside; None for none, or for what we answer whole."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        first, last = max(0, size - int(match[2])), size - 1
    else:
        first, last = int(match[1]), min(int(match[2] or size - 1), size - 1)
    if first >= size or (match[2] and match[1] and int(match[2]) < int(match[1])):
        return ()
    return first, last


def _part(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (piece := file.read(min(CHUNK, length))):
            length -= len(piece)
            yield piece
