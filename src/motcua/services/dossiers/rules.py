"""The life of a dossier in law: statuses, lawful moves, and what is late. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Final

from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict
from motcua.foundation.working_time import last_extension


class Status(IntEnum):
    """The ten statuses of the national portal (FACTS §2.4), with their national numbers."""

    NEW = 1  # Mới đăng ký
    ACCEPTED = 2  # Được tiếp nhận
    REFUSED = 3  # Không được tiếp nhận
    PROCESSING = 4  # Đang xử lý
    SUPPLEMENT = 5  # Yêu cầu bổ sung giấy tờ
    PAYMENT = 6  # Yêu cầu thực hiện nghĩa vụ tài chính
    WITHDRAWN = 7  # Công dân yêu cầu rút hồ sơ
    STOPPED = 8  # Dừng xử lý
    FINISHED = 9  # Đã xử lý xong
    RETURNED = 10  # Đã trả kết quả


S = Status

MOVES: Final[dict[Status, frozenset[Status]]] = {
    S.NEW: frozenset({S.ACCEPTED, S.REFUSED, S.SUPPLEMENT, S.WITHDRAWN}),
    S.ACCEPTED: frozenset({S.PROCESSING, S.SUPPLEMENT, S.PAYMENT, S.WITHDRAWN, S.STOPPED}),
    S.PROCESSING: frozenset({S.SUPPLEMENT, S.PAYMENT, S.WITHDRAWN, S.STOPPED, S.FINISHED}),
    S.SUPPLEMENT: frozenset({S.PROCESSING, S.WITHDRAWN, S.STOPPED}),
    S.PAYMENT: frozenset({S.PROCESSING, S.WITHDRAWN, S.STOPPED}),
    S.STOPPED: frozenset({S.PROCESSING, S.FINISHED}),
    S.FINISHED: frozenset({S.RETURNED}),
    S.REFUSED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.RETURNED: frozenset(),
}
"""Allowed moves (FACTS §2.4). 3, 7 and 10 end the dossier."""

ENDED: Final = frozenset({S.REFUSED, S.WITHDRAWN, S.STOPPED, S.RETURNED})
WITHDRAWABLE: Final = frozenset(status for status, to in MOVES.items() if S.WITHDRAWN in to)

# The report groups of the national portal
GROUPS: Final[dict[str, frozenset[Status]]] = {
    "not_received": frozenset({S.NEW, S.REFUSED}),
    "processing": frozenset({S.ACCEPTED, S.PROCESSING}),
    "stopped": frozenset({S.SUPPLEMENT, S.PAYMENT, S.STOPPED}),
    "processed": frozenset({S.WITHDRAWN, S.FINISHED, S.RETURNED}),
}

INTAKE_HOURS: Final = 8
"""Working hours in which an online dossier is accepted or answered (ND118 Đ17.2)."""

ALERT_HOURS: Final = 2
"""Hours in which the officer is alerted to an online dossier (ND118 Đ17.2)."""

SUPPLEMENT_WORKING_DAYS: Final = 3
"""Working days from receipt in which a supplement may be asked for (ND118 Đ19.5)."""

SUPPLEMENT_CLOSES_DAYS: Final = 15
"""Days without an answer after which the dossier is closed (ND118 Đ19.5)."""

RECEIPT_BASIS: Final = "ND118 Đ17.3"
ARRIVAL_BASIS: Final = "ND309 Đ8.3"
TRANSFER_BASIS: Final = "ND118 Đ18"
SAME_DAY_BASIS: Final = "ND118 Đ17.4"
SAME_DAY: Final = "0 working_day"
SAME_DAY_NEXT: Final = "1 working_day"
"""The time of a result that is given at once, and of one asked for after 15:00 (NĐ 23/2015 Đ7)."""

ONLINE_CHANNELS: Final = ("ONLINE", "KIOSK", "NATIONAL")
"""Ways in without a counter: the times and fees of submitting online hold (ND118 Đ17.2, Đ17.2a)."""

SUPPLEMENT_BASIS: Final = "ND118 Đ19.5"
SECOND_SUPPLEMENT_BASIS: Final = "ND118 Đ11.2c"
GUIDANCE_BASIS: Final = "ND118 Đ16.3"
HELD_BASIS: Final = "ND118 Đ5.1i"
EXTENSION_BASIS: Final = "ND118 Đ19.6"
OBLIGATION_BASIS: Final = ""
"""No article says it in general; the law of the field does (land: the tax office's notice)."""

STOP_BASIS: Final = "ND118 Đ21"
RESULT_BASIS: Final = "ND118 Đ22"
CORRECTION_BASIS: Final = "ND118 Đ23"

REFUSAL_REASONS: Final = ("wrong_procedure", "not_competent", "not_eligible", "false_papers", "duplicate", "other")


def check_move(old: int, new: Status) -> None:
    """Raises ``Conflict`` unless a dossier may go from ``old`` to ``new``."""
    if new not in MOVES[Status(old)]:
        raise Conflict("This can't be done any more: the dossier has moved on. Please look at it again.")


def in_time_to_extend(due_at: datetime, now: datetime, lead_days: int) -> bool:
    """Whether an extension is announced early enough: so many days before the day on which the time ends (ND118 Đ19.6,
    which counts days: the whole day before is in time)."""
    return now.astimezone(VIETNAM).date() <= last_extension(due_at, lead_days)


def punctuality(
    due_at: datetime | None,
    ended_at: datetime | None,
    now: datetime,
    *,
    counts_late: bool = False,
    by_day: bool = False,
) -> str:
    """``early``, ``on_time``, ``late`` (ended) or ``running``, ``overdue`` (open) or ``none`` without a due date.

    An ended dossier is late after its due moment, as index 766 takes it; ``by_day``: after its due day, as the national
    systems take it (FACTS §3). Before the due day is early for both. ``counts_late``: more than one supplement was
    asked for, which index 766 counts as late whatever the date.
    """
    if counts_late:
        return "late" if ended_at is not None else "overdue"
    if due_at is None:
        return "none"
    if ended_at is None:
        return "overdue" if now > due_at else "running"
    ended, due = ended_at.astimezone(VIETNAM).date(), due_at.astimezone(VIETNAM).date()
    if ended > due or (ended_at > due_at and not by_day):
        return "late"
    return "early" if ended < due else "on_time"


COMPLETION: Final[dict[int, int]] = {1: 10, 2: 25, 3: 100, 4: 50, 5: 40, 6: 60, 7: 100, 8: 100, 9: 90, 10: 100}
"""Level of completion in percent by status, all that the public learns beside the status (TT 01/2018 Đ16)."""
