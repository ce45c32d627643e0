"""What a file really is, by its content. Only kinds that an office needs and can open safely are taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Final

import filetype

from motcua.engines.files.office import office_kind
from motcua.foundation.errors import Invalid

HEAD: Final = 8192
MOST_PIXELS: Final = 120_000_000
"""More than an A3 page at 1200 dpi: beyond it a picture is a trap for whoever opens it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``inline``: browsers show it by themselves and cannot be made to run it."""

    key: str
    media_type: str
    extensions: tuple[str, ...]
    inline: bool = False


KINDS: Final[dict[str, Kind]] = {
    kind.key: kind
    for kind in (
        Kind("pdf", "application/pdf", ("pdf",), inline=True),
        Kind("png", "image/png", ("png",), inline=True),
        Kind("jpeg", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif"), inline=True),
        Kind("webp", "image/webp", ("webp",), inline=True),
        Kind("gif", "image/gif", ("gif",), inline=True),
        Kind("heic", "image/heic", ("heic", "heif")),
        Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
        Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
        Kind("odt", "application/vnd.oasis.opendocument.text", ("odt",)),
        Kind("txt", "text/plain", ("txt",), inline=True),
    )
}
EVERYTHING: Final = frozenset(KINDS)
BY_MEDIA_TYPE: Final = {kind.media_type: kind for kind in KINDS.values()}

NOT_TAKEN: Final = (
    "This kind of file is not accepted. Please send a PDF, a photograph (JPG, PNG) or a Word file (DOCX)."
)
DAMAGED: Final = "The file is damaged or was cut off. Please save or scan it again and send it once more."

_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xfe\xed\xfa",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!",
    b"dex\n",
)
_MARKUP = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe|object|embed|img|link|meta|style)\b|<\?xml|<\?php",
    re.IGNORECASE,
)
_IMAGES = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "gif": "GIF"}
_TEXT_CONTROLS = frozenset(range(32)) - {9, 10, 12, 13}


def kind_of(file: BinaryIO, size: int) -> Kind:
    """The kind of an open file of ``size`` bytes. Raises ``Invalid`` (code ``file_kind`` or ``file_damaged``)."""
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(_PROGRAMS):
        raise Invalid("Programs are not accepted.", code="file_kind")
    for check in (_pdf, _zip, _image, _text):
        found = check(file, head, size)
        if found is not None:
            return KINDS[found]
    raise Invalid(NOT_TAKEN, code="file_kind")


def _damaged() -> Invalid:
    return Invalid(DAMAGED, code="file_damaged")


def _pdf(file: BinaryIO, head: bytes, size: int) -> str | None:
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return None
    file.seek(max(0, size - 65_536))
    if b"%%EOF" not in file.read():
        raise _damaged()
    return "pdf"


def _zip(file: BinaryIO, head: bytes, size: int) -> str | None:
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return None
    return office_kind(file)


def _image(file: BinaryIO, head: bytes, size: int) -> str | None:
    guess = filetype.guess(head)
    extension = guess.extension if guess else ""
    if extension == "heic":
        if not _boxes_fit(file, size):
            raise _damaged()
        return "heic"
    if extension not in _IMAGES:
        return None
    # Pillow reads the header alone here; only uploads of pictures load it.
    from PIL import Image, UnidentifiedImageError

    file.seek(0)
    try:
        with Image.open(file, formats=[_IMAGES[extension]]) as picture:
            width, height = picture.size
    except Image.DecompressionBombError:
        raise Invalid("The picture is too large to open. Please make it smaller.", code="file_bomb") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise _damaged() from None
    if width * height > MOST_PIXELS:
        raise Invalid("The picture is too large to open. Please make it smaller.", code="file_bomb")
    if not _ends_well(file, extension, size):
        raise _damaged()
    return "jpeg" if extension == "jpg" else extension


def _ends_well(file: BinaryIO, extension: str, size: int) -> bool:
    """Whether the picture has its end: a broken transfer cuts it off. Phones append data after JPEG's end mark."""
    if extension == "png":
        file.seek(max(0, size - 65_536))
        return b"IEND" in file.read()
    if extension == "jpg":
        file.seek(2)
        rest = file.read()
        return b"\xff\xd9" in rest
    if extension == "webp":
        file.seek(4)
        return size >= int.from_bytes(file.read(4), "little") + 8
    return True


def _boxes_fit(file: BinaryIO, size: int) -> bool:
    """Whether the boxes of an ISO media file (HEIC) lie end to end within the file."""
    at = 0
    for _ in range(64):
        file.seek(at)
        header = file.read(16)
        if len(header) < 8:
            return at == size
        length = int.from_bytes(header[:4], "big")
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        if length == 0:
            return True
        if length < 8:
            return False
        at += length
        if at >= size:
            return at == size
    return False


def _text(file: BinaryIO, head: bytes, size: int) -> str | None:
    if size > 2 * 1024 * 1024:
        return None
    file.seek(0)
    raw = file.read()
    decode: Callable[[], str]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        decode = lambda: raw.decode("utf-16")  # noqa: E731
    else:
        decode = lambda: raw.decode("utf-8-sig")  # noqa: E731
    try:
        text = decode()
    except UnicodeDecodeError:
        return None
    if any(ord(letter) in _TEXT_CONTROLS for letter in text):
        return None
    if _MARKUP.search(text.encode()):
        raise Invalid(
            "Web pages and vector drawings (HTML, SVG) are not accepted. Please save as PDF.", code="file_kind"
        )
    return "txt"


def as_file(data: bytes) -> BinaryIO:
    """Bytes at hand as a file, for the checks."""
    return BytesIO(data)
