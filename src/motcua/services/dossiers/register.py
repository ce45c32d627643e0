"""Sổ theo dõi hồ sơ, form 07 (TT 03/2025/TT-VPCP): the dossiers of a unit in a period, as long as the period may be.

Rows come day by day by index, so a register of a year takes as much memory as one of a day. Each dossier in it counts
as a look at personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from motcua.engines.ledger.actor import Actor
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Invalid, NotAllowed
from motcua.foundation.spreadsheets import Cell, xlsx
from motcua.services.dossiers import access, policies
from motcua.services.dossiers.models import Channel, Delivery, DoorWay, Dossier, Why
from motcua.services.dossiers.papers.editions import form_note, title_of
from motcua.services.dossiers.papers.head import agency_head
from motcua.services.dossiers.papers.rendering import render_apart
from motcua.services.dossiers.papers.words import day as day_text
from motcua.services.dossiers.rules import Status, punctuality
from motcua.services.procedures.models import ProcedureVersion
from motcua.services.procedures.queries import version

MOST_DAYS: Final = 366
VOLUME: Final = 2_000
"""Rows of one PDF: a longer register comes in volumes, as on the shelf."""

PORTION: Final = 500
COLUMNS: Final = (
    ("TT", 6),
    ("Mã hồ sơ", 26),
    ("Thủ tục", 40),
    ("Số bộ", 8),
    ("Cá nhân, tổ chức", 28),
    ("Địa chỉ", 36),
    ("Điện thoại", 14),
    ("Cơ quan giải quyết", 30),
    ("Nhận hồ sơ", 17),
    ("Hẹn trả", 17),
    ("Trả kết quả", 17),
    ("Phương thức nộp", 16),
    ("Phương thức nhận kết quả", 20),
    ("Người nhận kết quả", 24),
    ("Tình trạng", 22),
    ("Ghi chú", 24),
)
"""Headings and widths in letters."""

_CHANNELS: Final = {
    Channel.DIRECT: "Trực tiếp",
    Channel.ONLINE: "Trực tuyến",
    Channel.POSTAL: "Bưu chính",
    Channel.KIOSK: "Kiosk",
    Channel.NATIONAL: "Cổng DVCQG",
}
_DELIVERIES: Final = {Delivery.COUNTER: "Trực tiếp", Delivery.POST: "Bưu chính", Delivery.ELECTRONIC: "Điện tử"}
_STATUSES: Final = {
    Status.NEW: "Mới đăng ký",
    Status.ACCEPTED: "Được tiếp nhận",
    Status.REFUSED: "Không được tiếp nhận",
    Status.PROCESSING: "Đang xử lý",
    Status.SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
    Status.PAYMENT: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.FINISHED: "Đã xử lý xong",
    Status.RETURNED: "Đã trả kết quả",
}
_PUNCTUAL: Final = {"early": "Trước hạn", "on_time": "Đúng hạn", "late": "Quá hạn", "overdue": "Đang quá hạn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which register: a unit with all below it, days of submission (both within), and perhaps a field or procedure."""

    unit_id: UUID
    first: date
    last: date
    field_id: UUID | None = None
    procedure_code: str = ""

    def checked(self) -> Wanted:
        """The same. Raises ``Invalid`` for a period that ends before it begins or is longer than a year."""
        if self.last < self.first:
            raise Invalid(fields={"to": ["The last day lies before the first."]})
        if (self.last - self.first).days >= MOST_DAYS:
            raise Invalid(fields={"to": ["Choose a period of at most one year."]})
        return self


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the register, in the words of the office."""

    number: int
    code: str
    procedure: str
    sets: int
    applicant: str
    address: str
    phone: str
    competent: str
    received: datetime
    due: datetime | None
    returned: datetime | None
    channel: str
    delivery: str
    returned_to: str
    status: str
    remark: str

    def cells(self) -> tuple[Cell, ...]:
        """The row as a spreadsheet takes it, in Vietnamese time."""
        return (
            self.number,
            self.code,
            self.procedure,
            self.sets,
            self.applicant,
            self.address,
            self.phone,
            self.competent,
            _wall(self.received),
            _wall(self.due),
            _wall(self.returned),
            self.channel,
            self.delivery,
            self.returned_to,
            self.status,
            self.remark,
        )


def _wall(moment: datetime | None) -> datetime | None:
    return moment.astimezone(VIETNAM).replace(tzinfo=None) if moment else None


def units_for(actor: Actor) -> list[UnitInfo]:
    """The units whose register the officer may have."""
    units = directory()
    return list(units.all if actor.kind == "system" else units.under(*actor.reach("dossier.read")))


def rows(actor: Actor, wanted: Wanted) -> Iterator[Row]:
    """The lines, oldest first, each dossier once. Checks at once, reads while it is drawn from.

    Raises ``NotAllowed`` where the officer may not see the unit's dossiers, ``Invalid`` for the period.
    """
    unit = directory().unit(wanted.unit_id)
    wanted.checked()
    if not actor.may("dossier.read", unit.path):
        raise NotAllowed("This register is of another unit. Please ask there.")
    return _rows(actor, wanted, unit)


def _rows(actor: Actor, wanted: Wanted, unit: UnitInfo) -> Iterator[Row]:
    versions = _versions(wanted.field_id)
    units = _within(unit)
    post = next((grant for grant in actor.grants if unit.path.startswith(grant.unit_path)), None)
    number = 0
    for day in _days(wanted.first, wanted.last):
        found = iter(_of_day(day, units, wanted, versions).iterator(chunk_size=PORTION))
        while portion := list(islice(found, PORTION)):
            way = DoorWay.COMMAND if actor.kind == "system" else DoorWay.PAPER
            access.note_many(actor, [dossier.pk for dossier in portion], way, Why.REGISTER, post=post)
            for dossier in portion:
                number += 1
                yield _row(number, dossier)


def _within(unit: UnitInfo) -> Q | None:
    """The dossiers of a unit and all below it, received or handled; ``None`` for the whole province."""
    reached = directory().under(unit.path)
    if len(reached) == len(directory().all):
        return None
    keys = [each.id for each in reached]
    return Q(received_at__in=keys) | Q(competent__in=keys)


def _versions(field_id: UUID | None) -> list[UUID] | None:
    if field_id is None:
        return None
    return list(ProcedureVersion.objects.filter(field=field_id).values_list("pk", flat=True))


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _of_day(day: date, units: Q | None, wanted: Wanted, versions: list[UUID] | None) -> QuerySet[Dossier]:
    """One day by index: (unit, submitted) where there is a unit, else (status, submitted) over all ten statuses."""
    start = datetime.combine(day, time.min, tzinfo=VIETNAM)
    found = Dossier.objects.filter(submitted_at__gte=start, submitted_at__lt=start + timedelta(days=1))
    found = found.filter(units) if units is not None else found.filter(status__in=[int(status) for status in Status])
    if wanted.procedure_code:
        found = found.filter(procedure_code=wanted.procedure_code)
    if versions is not None:
        found = found.filter(procedure_version__in=versions)
    return found.select_related("case", "result").defer("answers").order_by("submitted_at", "case")


def _row(number: int, dossier: Dossier) -> Row:
    contact = {key: str(value) for key, value in dossier.contact.items() if value}
    units = directory().by_id
    competent = units.get(dossier.competent_id)
    result = getattr(dossier, "result", None)
    ended = dossier.finished_at or dossier.case.closed_at
    state = ""
    if dossier.accepted_at:
        by_day = policies.value("late_by", ended) == "day"
        late = dossier.counts_late
        state = punctuality(dossier.case.due_at, ended, clock.now(), counts_late=late, by_day=by_day)
    return Row(
        number,
        dossier.code,
        f"{version(dossier.procedure_version_id).name} ({dossier.procedure_code})",
        dossier.sets,
        dossier.applicant_name,
        contact.get("address", ""),
        contact.get("phone", ""),
        competent.name if competent else "",
        dossier.accepted_at or dossier.submitted_at,
        dossier.case.due_at,
        dossier.returned_at,
        _CHANNELS.get(Channel(dossier.channel), dossier.channel),
        _DELIVERIES.get(Delivery(dossier.delivery), dossier.delivery),
        result.returned_to if result is not None else "",
        _STATUSES[Status(dossier.status)],
        _PUNCTUAL.get(state, ""),
    )


# -- as files -----------------------------------------------------------------------------------------------


def heading(wanted: Wanted) -> str:
    """“Từ ngày 01/11/2026 đến ngày 22/11/2026”."""
    return f"Từ ngày {day_text(wanted.first)} đến ngày {day_text(wanted.last)}"


def as_xlsx(actor: Actor, wanted: Wanted, watch: Callable[[], None] = lambda: None) -> Iterator[bytes]:
    """The register as a spreadsheet, piece by piece. ``watch`` is called once per row."""
    found = rows(actor, wanted)
    title = title_of("07", wanted.last)
    above = (title.upper(), directory().unit(wanted.unit_id).name, heading(wanted), form_note("07", wanted.last))
    names, widths = zip(*COLUMNS, strict=True)
    return xlsx(_watched(found, watch), head=names, title=title, above=above, widths=widths)


def _watched(found: Iterable[Row], watch: Callable[[], None]) -> Iterator[tuple[Cell, ...]]:
    for row in found:
        watch()
        yield row.cells()


@dataclass(slots=True)
class Volumes:
    """The register as PDFs of at most ``VOLUME`` rows; an empty register is one volume that says so."""

    actor: Actor
    wanted: Wanted
    watch: Callable[[], None] = field(default=lambda: None)

    def __iter__(self) -> Iterator[bytes]:
        found = rows(self.actor, self.wanted)
        at = clock.now()
        number = 0
        while True:
            portion = list(islice(found, VOLUME))
            if number and not portion:
                return
            number += 1
            for _row in portion:
                self.watch()
            yield render_apart("form07", _content(self.wanted, portion, number, at), at)
            if len(portion) < VOLUME:
                return


def _content(wanted: Wanted, portion: list[Row], number: int, at: datetime) -> dict[str, Any]:
    return {
        **agency_head(wanted.unit_id, at),
        "title": title_of("07", wanted.last),
        "code": f"{day_text(wanted.first)} - {day_text(wanted.last)}",
        "number": f"Quyển {number}",
        "form_note": form_note("07", wanted.last),
        "period": heading(wanted),
        "head": ["TT", "Mã hồ sơ", "Thủ tục", "Số bộ", "Cá nhân, tổ chức; địa chỉ, điện thoại", "Cơ quan giải quyết",
                 "Nhận hồ sơ", "Hẹn trả", "Trả kết quả", "Nộp / nhận kết quả", "Người nhận", "Tình trạng"],
        "rows": [_printed(row) for row in portion],
    }  # fmt: skip


def _printed(row: Row) -> list[str]:
    """The row as the paper has it: some columns share a cell."""
    person = "; ".join(part for part in (row.applicant, row.address, row.phone) if part)
    state = f"{row.status}{f' ({row.remark.lower()})' if row.remark else ''}"
    return [
        str(row.number),
        row.code,
        row.procedure,
        str(row.sets),
        person,
        row.competent,
        _minute(row.received),
        _minute(row.due),
        _minute(row.returned),
        f"{row.channel} / {row.delivery}",
        row.returned_to,
        state,
    ]


def _minute(moment: datetime | None) -> str:
    return f"{moment.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if moment else ""
