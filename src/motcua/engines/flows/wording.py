"""The words in which offices write down a flow: hours, kinds of work, actions. Read tolerantly, written one way.

Everything is compared folded (without accents and capitals), so that “KÝ DUYỆT” and “ky duyet” are one.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Final

from motcua.engines.flows.rules import ACTIONS
from motcua.foundation.text import fold

HOURS_A_DAY: Final = 8
"""Working hours of a working day in the plans of provinces (FACTS §3)."""

STAGE_WORDS: Final = {"process": "Xử lý", "sign": "Ký duyệt", "return": "Trả kết quả"}
ACTION_WORDS: Final = {
    "supplement": "Yêu cầu bổ sung",
    "send_back": "Trả lại bước trước",
    "consult": "Lấy ý kiến",
    "assign": "Phân công",
}
UNIT_WORDS: Final = {
    "competent": "Cơ quan có thẩm quyền",
    "received_at": "Bộ phận Một cửa",
    "lead": "Cơ quan chủ trì",
    "superior": "Cơ quan cấp trên",
    "province": "Ủy ban nhân dân tỉnh",
}

# The first that fits decides; what receives comes before what returns (“tiếp nhận và trả kết quả” is the counter's
# name, so a step is the return only when it says so without receiving).
_STAGES: Final = (
    ("intake", re.compile(r"\btiep nhan\b(?!.*\btra ket qua\b)|\bnhan ho so\b|\breceive\b|\breception\b|\bintake\b")),
    (
        "return",
        re.compile(r"\btra (?:lai )?ket qua\b|\btra ho so cho\b|\breturn\b|\bgiao ket qua\b|\bhand over the result\b"),
    ),
    ("process", re.compile(r"\btrinh (?:lanh dao )?(?:ky|phe duyet)\b|\bdu thao\b|\bdraft\b")),
    ("sign", re.compile(r"\bky\b|\bduyet\b|\bphe duyet\b|\bquyet dinh\b|\bsign\b|\bapproves?\b|\bdecides?\b")),
)
_ISO = re.compile(
    r"P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:\d+S)?)?"
)
_AMOUNT = re.compile(r"(\d+[/⁄]\d+|\d+(?:[.,]\d+)?)\s*([a-z./ ]*)")  # folding makes ½ of 1⁄2
_HOUR = ("", "h", "g", "gio", "gio lam viec", "hour", "hours", "working hours")
_DAY = ("ngay", "ngay lam viec", "nlv", "wd", "d", "day", "days", "working day", "working days", "ngay lv")
_MINUTE = ("phut", "p", "min", "minutes", "'")


@lru_cache(maxsize=4096)
def hours_in(text: str, *, days: bool = False) -> int | None:
    """Working hours, whole and at least one: “16”, “16 giờ”, “2 ngày”, “0,5 ngày”, “1 ngày 4 giờ”, “30 phút”, “PT16H”.

    ``days``: a number alone means days. ``None`` for what says no time.
    """
    plain = fold(text)
    iso = _ISO.fullmatch(text.strip())
    if iso and any(iso.groups()):
        weeks, own_days, hours, minutes = (float(part or 0) for part in iso.groups())
        return _whole((weeks * 5 + own_days) * HOURS_A_DAY + hours + minutes / 60)
    total, rest = 0.0, plain
    for match in _AMOUNT.finditer(plain):
        unit = match[2].strip(" ./")
        amount = _number(match[1])
        if unit in _DAY or (unit == "" and days):
            total += amount * HOURS_A_DAY
        elif unit in _HOUR:
            total += amount
        elif unit in _MINUTE:
            total += amount / 60
        else:
            return None
        rest = rest.replace(match[0], "", 1)
    return _whole(total) if total and not rest.strip(" .,;+()") else None


def _number(text: str) -> float:
    if "/" in text or "⁄" in text:
        upper, lower = text.replace("⁄", "/").split("/")
        return int(upper) / int(lower) if int(lower) else 0.0
    return float(text.replace(",", "."))


def _whole(hours: float) -> int | None:
    return math.ceil(round(hours, 6)) if 0 < hours <= 10_000 else None


@lru_cache(maxsize=16_384)
def stage_in(text: str) -> str | None:
    """The kind of work that words speak of: ``intake``, ``process``, ``sign``, ``return``; ``None`` when they don't."""
    plain = fold(text)
    if plain in {fold(word) for word in STAGE_WORDS.values()} or plain in STAGE_WORDS:
        return next(key for key, word in STAGE_WORDS.items() if plain in (key, fold(word)))
    return next((stage for stage, pattern in _STAGES if pattern.search(plain)), None)


_ACTIONS_BY_WORD: Final = {fold(word): key for key, word in ACTION_WORDS.items()} | {
    "bo sung": "supplement",
    "yeu cau bo sung ho so": "supplement",
    "tra lai": "send_back",
    "chuyen lai": "send_back",
    "xin y kien": "consult",
    "giao viec": "assign",
    **{key: key for key in ACTIONS},
}


@lru_cache(maxsize=4096)
def action_in(text: str) -> str | None:
    """The action that one phrase names, ``None`` for any other words."""
    return _ACTIONS_BY_WORD.get(fold(text))


_UNITS_BY_WORD: Final = {fold(word): key for key, word in UNIT_WORDS.items()} | {
    **{key: key for key in UNIT_WORDS},
    "co quan thu ly": "competent",
    "co quan giai quyet": "competent",
    "don vi thu ly": "competent",
    "don vi giai quyet": "competent",
    "co quan chuyen mon": "competent",
    "bo phan tiep nhan va tra ket qua": "received_at",
    "bo phan mot cua": "received_at",
    "bo phan tn&tkq": "received_at",
    "bp tn&tkq": "received_at",
    "bpmc": "received_at",
    "mot cua": "received_at",
    "trung tam phuc vu hanh chinh cong": "received_at",
    "trung tam pvhcc": "received_at",
    "ttpvhcc": "received_at",
    "noi tiep nhan": "received_at",
    "don vi chu tri": "lead",
    "uy ban nhan dan thanh pho": "province",
    "ubnd tinh": "province",
    "ubnd thanh pho": "province",
}


@lru_cache(maxsize=4096)
def selector_in(text: str) -> str | None:
    """The unit selector that general words name; ``None`` for a unit's own name."""
    return _UNITS_BY_WORD.get(fold(text))
