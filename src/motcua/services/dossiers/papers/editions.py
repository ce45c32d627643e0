"""Which circular's forms an office uses on a day: numbers and titles are dated data, the content stays ours.

TT 03/2025/TT-VPCP is the law since 15/9/2025; papers of dossiers from before then carry the numbers of TT 01/2018.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from motcua.foundation.clock import VIETNAM
from motcua.services.dossiers import policies

SINCE_2025: Final = date(2025, 9, 15)

TITLES: Final = {
    "01": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "02": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "03": "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
    "04": "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
    "05": "Thông báo dừng giải quyết hồ sơ",
    "06": "Phiếu kiểm soát quá trình giải quyết hồ sơ",
    "07": "Sổ theo dõi hồ sơ",
    "KQ": "Biên nhận kết quả giải quyết hồ sơ",
    "BG": "Phiếu bàn giao hồ sơ",
}
"""Titles by our code: the number of TT 03/2025, or letters for papers that no circular numbers."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One circular: its name, and its number and title of each of our papers (none: not among its forms)."""

    key: str
    name: str
    numbers: dict[str, str]
    titles: dict[str, str]


EDITIONS: Final = {
    edition.key: edition
    for edition in (
        Edition("tt03_2025", "TT 03/2025/TT-VPCP", {str(n).zfill(2): str(n).zfill(2) for n in range(1, 8)}, {}),
        Edition(
            "tt01_2018",
            "TT 01/2018/TT-VPCP",
            {"01": "01", "02": "02", "03": "03", "04": "04", "06": "05", "07": "06"},
            {"04": "Phiếu xin lỗi và hẹn lại ngày trả kết quả"},
        ),
    )
}


def edition_on(moment: datetime | date) -> Edition:
    """The edition in use on a day: what the province decided, else the law of that day."""
    day = moment.astimezone(VIETNAM).date() if isinstance(moment, datetime) else moment
    chosen = str(policies.value("forms_edition", day))
    if chosen in EDITIONS:
        return EDITIONS[chosen]
    return EDITIONS["tt03_2025" if day >= SINCE_2025 else "tt01_2018"]


def title_of(form: str, moment: datetime | date) -> str:
    """The title of a paper on a day."""
    return edition_on(moment).titles.get(form, TITLES.get(form, form))


def number_of(form: str, moment: datetime | date) -> str:
    """The number that a form has on a day; empty where no circular numbers it."""
    return edition_on(moment).numbers.get(form, "")


def form_note(form: str, moment: datetime | date) -> str:
    """The line at the foot: “Mẫu số 01 - TT 03/2025/TT-VPCP”."""
    edition = edition_on(moment)
    number = edition.numbers.get(form)
    return f"Mẫu số {number} - {edition.name}" if number else ""


def titles_of(forms: dict[str, datetime]) -> dict[str, str]:
    """Titles of several papers by the day of each."""
    return {form: title_of(form, at) for form, at in forms.items()}
