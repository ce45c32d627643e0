"""Sample scans that the demo's dossiers refer to: a handful of pages, each marked as a sample."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resources
from uuid import UUID

import typst

from motcua.engines.files import actions as files
from motcua.engines.ledger.work import Work
from motcua.foundation.text import fold
from motcua.services.dossiers.actions import FileIn

# what a component's name says → the page that stands for it
KINDS = {
    "to khai": "Tờ khai",
    "don": "Đơn đề nghị",
    "can cuoc": "Căn cước công dân",
    "giay chung sinh": "Giấy chứng sinh",
    "quyen su dung dat": "Giấy chứng nhận quyền sử dụng đất",
    "hop dong": "Hợp đồng",
    "ban ve": "Bản vẽ thiết kế",
    "anh": "Ảnh chụp",
    "": "Giấy tờ kèm theo",
}
RESULT = "Kết quả giải quyết"
# Without a date the same page always has the same bytes, and with them the same hash in the ledger.
_PAGE = """
#set document(title: "{title}", date: none)
#set page(paper: "a4", margin: 25mm)
#set text(size: 12pt, lang: "vi", font: "Be Vietnam Pro")
#align(center)[*CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM* \\ Độc lập – Tự do – Hạnh phúc #v(8mm) #text(18pt)[*{title}*]]
#v(10mm)
{lines}
#place(center + horizon, rotate(-30deg, text(64pt, fill: luma(215))[BẢN MẪU]))
"""


@dataclass(frozen=True, slots=True)
class Samples:
    """The stored pages: title → file."""

    files: dict[str, FileIn]

    def for_paper(self, name: str) -> FileIn:
        """The page that fits the name of a component."""
        folded = fold(name)
        return self.files[next(title for words, title in KINDS.items() if words in folded)]

    @property
    def result(self) -> FileIn:
        return self.files[RESULT]


@cache
def page(title: str) -> bytes:
    """One sample page as PDF; the same bytes each time."""
    lines = "#for i in range(14) [#line(length: 100%, stroke: 0.4pt + luma(160)) #v(7mm)]"
    source: bytes = _PAGE.format(title=title, lines=lines).encode()
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(resources("fontpkg_be_vietnam_pro") / "files")])
    made = typst.compile(source, format="pdf", font_paths=fonts)
    if not isinstance(made, bytes):
        raise TypeError("one page is one file")
    return made


def store_samples(work: Work, owner: UUID) -> Samples:
    """Puts the pages into the store and returns what dossiers need to refer to them."""
    found = {}
    for title in (*KINDS.values(), RESULT):
        upload = files.store(page(title), f"{title}.pdf", owner, work=work)
        found[title] = FileIn(upload.blob_id, f"{title}.pdf")
    return Samples(found)
