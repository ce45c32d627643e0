"""How papers say moments, times and places, in the language of the office."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from motcua.engines.organisations.queries import UnitInfo, calendar_for
from motcua.foundation.clock import VIETNAM
from motcua.foundation.working_time import Allowance, Unit, remaining
from motcua.services.dossiers.models import Delivery

_UNIT_NAMES: Final = {
    Unit.HOUR: "giờ làm việc",
    Unit.WORKING_DAY: "ngày làm việc",
    Unit.DAY: "ngày",
    Unit.MONTH: "tháng",
}
DELIVERY_NAMES: Final = {
    Delivery.COUNTER: "Trực tiếp tại Bộ phận Một cửa",
    Delivery.POST: "Qua dịch vụ bưu chính công ích, đến địa chỉ nêu trên",
    Delivery.ELECTRONIC: "Bản điện tử, trong tài khoản của người nộp",
}


def moment(at: datetime) -> str:
    """As the forms write it: “08 giờ 30 phút, ngày 22/11/2026”."""
    local = at.astimezone(VIETNAM)
    return f"{local:%H} giờ {local:%M} phút, ngày {local:%d/%m/%Y}"


def moment_of(text: str | None) -> str:
    """The same from ISO text; empty for none."""
    return moment(datetime.fromisoformat(text)) if text else ""


def short(at: datetime | None) -> str:
    """For tables: “08:30 22/11/2026”; empty for none."""
    return f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if at else ""


def day(on: date | datetime | None) -> str:
    """“22/11/2026”; empty for none."""
    if isinstance(on, datetime):
        on = on.astimezone(VIETNAM).date()
    return f"{on:%d/%m/%Y}" if on else ""


def allowance(text: str) -> str:
    """“5 ngày làm việc”."""
    if not text:
        return "Theo quy định của pháp luật chuyên ngành"
    parsed = Allowance.parse(text)
    return f"{parsed.value:g} {_UNIT_NAMES[parsed.unit]}".replace(".", ",")


def punctual(unit_id: UUID | None, due_at: datetime | None, done_at: datetime) -> str:
    """Before, at or after its time, and by how much working time after (“Quá hạn 2 ngày làm việc”)."""
    if due_at is None:
        return ""
    left = remaining(calendar_for(unit_id), done_at, due_at)
    if left.late:
        if left.working_days:
            return f"Quá hạn {left.working_days} ngày làm việc"
        minutes = max(1, left.working_seconds // 60)
        return (
            f"Quá hạn {minutes // 60} giờ {minutes % 60} phút làm việc" if minutes >= 60 else f"Quá hạn {minutes} phút"
        )
    return "Trước hạn" if left.working_days else "Đúng hạn"


def place(agency: UnitInfo, above: UnitInfo | None) -> str:
    """The place named before the date: the commune of a commune's centre, else the province."""
    for unit in (agency, above):
        if unit is not None and unit.kind == "commune":
            name = unit.name.removeprefix("Ủy ban nhân dân ").removeprefix("UBND ")
            return name.partition(" ")[2] or name
    return str(settings.PROVINCE_NAME)


def place_date(agency: UnitInfo, above: UnitInfo | None, at: datetime) -> str:
    """“Thuận Hóa, ngày 22 tháng 11 năm 2026”."""
    local = at.astimezone(VIETNAM)
    return f"{place(agency, above)}, ngày {local:%d} tháng {local:%m} năm {local:%Y}"
