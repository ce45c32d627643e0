"""Public holidays of Viet Nam by year, from the library ``holidays``, computed once and kept.

The library is loaded at the first computation only: it costs a sixth of a second that a starting web worker
must not pay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from threading import Lock
from typing import Any

from motcua.foundation.messages import Text

FIRST_YEAR, LAST_YEAR = 1901, 2100
"""The years for which the library knows the lunar calendar."""

BASIS = "BLLĐ Đ112"

_SWAPPED = re.compile(r"Day off \(substituted from (\d\d/\d\d/\d{4})\)")
_LUNAR = "Lunar New Year"


@dataclass(frozen=True, slots=True)
class Year:
    """What is special in one year. ``off``: days without work and why; ``worked``: weekend days of work and why."""

    off: dict[date, Text]
    worked: dict[date, Text]


_lock = Lock()


@lru_cache(maxsize=1)
def _library() -> Any:
    import holidays

    return holidays.country_holidays


@lru_cache(maxsize=256)
def _raw(year: int) -> tuple[dict[date, str], frozenset[date]]:
    """Names and make-up days that the library's tables of this one year hold (these may lie in the next or last)."""
    with _lock:
        book = _library()("VN", years=year, language="en_US", expand=False)
        return dict(book.items()), frozenset(book.weekend_workdays)


def _text(name: str) -> Text:
    swapped = _SWAPPED.fullmatch(name)
    if swapped:
        day = datetime.strptime(swapped[1], "%m/%d/%Y").date()
        return Text("day off, made up on %(day)s", {"day": day})
    plain = name.removesuffix(" (observed)")
    if _LUNAR in plain:
        return Text(_LUNAR)
    return Text("%(holiday)s (day off in lieu)", {"holiday": Text(plain)}) if plain != name else Text(plain)


@lru_cache(maxsize=256)
def holidays_of(year: int) -> Year:
    """The public holidays and the make-up working days of ``year``, as far as announced."""
    off: dict[date, Text] = {}
    worked: dict[date, Text] = {}
    for source in (year - 1, year, year + 1):
        if not FIRST_YEAR <= source <= LAST_YEAR:
            continue
        names, make_up = _raw(source)
        off.update({day: _text(name) for day, name in names.items() if day.year == year})
        worked.update({day: Text("working day made up") for day in make_up if day.year == year})
    return Year(off, worked)
