"""Word, Excel and OpenDocument files are zip archives: looked into by their table of contents, never unpacked."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import BinaryIO, Final

from motcua.foundation.errors import Invalid

MOST_MEMBERS: Final = 3000
MOST_UNPACKED: Final = 300 * 1024 * 1024
MOST_RATIO: Final = 100
RATIO_MATTERS: Final = 10 * 1024 * 1024
"""Below this many bytes unpacked, a high ratio does no harm (a sheet of equal cells packs very well)."""

MOST_DESCRIPTION: Final = 1024 * 1024

_FORBIDDEN_MEMBER = re.compile(
    r"\.(?:exe|dll|com|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|scr|jar|msi|lnk|sh|app|zip|rar|7z|gz|tar|iso|html?|svgz)$",
    re.IGNORECASE,
)
_DAMAGED = "The file is damaged or was cut off. Please save or scan it again and send it once more."


def office_kind(file: BinaryIO) -> str:
    """``docx``, ``xlsx`` or ``odt``. Raises ``Invalid`` for other archives, bombs, macros and damage."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_size(members)
            _check_members(members)
            return _kind(archive, {member.filename for member in members})
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise Invalid(_DAMAGED, code="file_damaged") from None


def _check_size(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    bomb = unpacked > MOST_UNPACKED or (unpacked > RATIO_MATTERS and unpacked / packed > MOST_RATIO)
    if bomb or len(members) > MOST_MEMBERS:
        raise Invalid("The file would grow beyond measure when opened, so it was not accepted.", code="file_bomb")


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        name = member.filename.replace("\\", "/")
        if member.flag_bits & 1:
            raise Invalid("The file is locked with a password. Please remove the password.", code="file_locked")
        if name.startswith("/") or ".." in name.split("/") or _FORBIDDEN_MEMBER.search(name):
            raise Invalid("The file carries other files inside that are not accepted.", code="file_kind")


def _kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" in names and _read(archive, "mimetype").strip() == b"application/vnd.oasis.opendocument.text":
        if any(name.startswith(("Basic/", "Scripts/")) for name in names):
            raise Invalid("Files with macros are not accepted. Please save without macros.", code="file_macros")
        return "odt"
    if "[Content_Types].xml" in names:
        types = _read(archive, "[Content_Types].xml")
        if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Invalid("Files with macros are not accepted. Please save without macros.", code="file_macros")
        if "word/document.xml" in names and b"wordprocessingml.document.main+xml" in types:
            return "docx"
        if "xl/workbook.xml" in names and b"spreadsheetml.sheet.main+xml" in types:
            return "xlsx"
    raise Invalid("Archives (ZIP) are not accepted. Please send each paper as a file of its own.", code="file_kind")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of one small member: a table of contents that lies about sizes gains nothing."""
    with archive.open(name) as member:
        return member.read(MOST_DESCRIPTION)
