"""Small true files of each kind, made on the spot."""

from __future__ import annotations

import zipfile
from io import BytesIO

from PIL import Image

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def pdf(text: str = "Giay khai sinh", padding: int = 0) -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%"
        + text.encode()
        + b"x" * padding
        + b"\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
    )


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), colour: str = "#a4161a") -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def archive(members: dict[str, bytes], *, stored: bool = False) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def docx(more: dict[str, bytes] | None = None) -> bytes:
    types = f'<Types><Override PartName="/word/document.xml" ContentType="{WORD}"/></Types>'.encode()
    return archive({"[Content_Types].xml": types, "word/document.xml": b"<w:document/>", **(more or {})})


def xlsx() -> bytes:
    types = f'<Types><Override PartName="/xl/workbook.xml" ContentType="{EXCEL}"/></Types>'.encode()
    return archive({"[Content_Types].xml": types, "xl/workbook.xml": b"<workbook/>"})


def odt(more: dict[str, bytes] | None = None) -> bytes:
    members = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>"}
    return archive({**members, **(more or {})}, stored=True)


def heic() -> bytes:
    brand = b"heic" + b"\0\0\0\0" + b"mif1" + b"heic"
    return (len(brand) + 8).to_bytes(4, "big") + b"ftyp" + brand + (16).to_bytes(4, "big") + b"mdat" + b"\1" * 8
