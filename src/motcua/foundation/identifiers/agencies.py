"""Identifiers of agencies and organisations (mã định danh điện tử), QĐ 20/2020/QĐ-TTg and the older QCVN 102:2016.

New order: level 1 first, ``H57.10.25``. Old order: level 1 last, four groups filled with zeros, ``000.25.10.H57``.
Enterprises carry their registration number; everybody else ``Zxy`` and up to 32 characters.
"""

from __future__ import annotations

import re

from motcua.foundation.identifiers.parsed import Parsed, accepted, compact, refused, screened
from motcua.foundation.identifiers.provinces import AGENCY_PROVINCES
from motcua.foundation.identifiers.taxes import parse_tax_code

LONGEST_CODE = 35  # QĐ 20/2020 Đ4.1

_NEW = re.compile(r"([A-Y][0-9]{2})((?:\.[0-9A-Z]+)*)")
_OLD = re.compile(r"([0-9]{3})\.([0-9]{2})\.([0-9]{2})\.([A-Y][0-9]{2})")
_OTHER = re.compile(r"(Z[0-9]{2})([0-9A-Z.]{1,32})")
_NUMBER = re.compile(r"[0-9]{10}(?:-?[0-9]{3})?")


def parse_agency_code(text: str) -> Parsed:
    """Reads an identifier in either order.

    Kinds: ``agency`` (new order), ``agency_old``, ``enterprise``, ``other``. Parts: ``level`` (1 is a province or
    ministry), ``root`` (level-1 code), ``province`` (whose code that is or was), ``groups``, ``new`` (the identifier in
    the new order), ``old`` (in the old order, None where it cannot be written so).
    """
    if (refusal := screened(text)) is not None:
        return refusal
    code = compact(text).upper()
    if len(code) > LONGEST_CODE:
        return refused("unknown", "An agency identifier has at most 35 characters.")
    if match := _OLD.fullmatch(code):
        return _parsed("agency_old", code, _reversed(match))
    if match := _NEW.fullmatch(code):
        return _parsed("agency", code, code.split("."))
    if match := _OTHER.fullmatch(code):
        if match[1] == "Z00":
            return refused("other", "Identification schemes run from Z01 to Z99.")
        return accepted("other", code, scheme=match[1], number=match[2])
    if _NUMBER.fullmatch(code):
        number = parse_tax_code(code)
        return accepted("enterprise", number.value, **number.parts) if number.ok else number
    return refused("unknown", "This is not an agency identifier such as H57.10.25 or 000.25.10.H57.")


def _reversed(match: re.Match[str]) -> list[str]:
    """Level 1 first; groups of zeros say that there is no such level."""
    return [group for group in reversed(match.groups()) if group.strip("0")]


def _parsed(kind: str, code: str, groups: list[str]) -> Parsed:
    new = ".".join(groups)
    root = groups[0]
    return accepted(
        kind,
        code,
        level=len(groups),
        root=root,
        province=AGENCY_PROVINCES.get(root, ""),
        groups=groups,
        new=new,
        old=old_order(new),
    )


def new_order(code: str) -> str | None:
    """The identifier in the order of QĐ 20/2020, None when it is none: ``000.00.01.H56`` → ``H56.01``."""
    parsed = parse_agency_code(code)
    return parsed.parts["new"] if parsed.ok and "new" in parsed.parts else None


def old_order(code: str) -> str | None:
    """The identifier in the order of QCVN 102:2016: ``H56.01`` → ``000.00.01.H56``.

    None where the old form has no room: more than four levels, or groups wider than 2, 2 and 3 digits (``H44.100``).
    """
    code = code.strip().upper()
    if _OLD.fullmatch(code):
        return code
    if not _NEW.fullmatch(code):
        return None
    root, *groups = code.split(".")
    if len(groups) > 3:
        return None
    filled = [*groups, "", "", ""][:3]
    widths = (2, 2, 3)
    if any(len(group) > width or not group.isdecimal() for group, width in zip(groups, widths, strict=False)):
        return None
    padded = [group.zfill(width) for group, width in zip(filled, widths, strict=True)]
    if any(not group.strip("0") for group in groups):
        return None
    return ".".join([*reversed(padded), root])


def is_within(code: str, ancestor: str) -> bool:
    """Whether ``code`` names ``ancestor`` or a unit below it, whatever the order of either."""
    inner, outer = new_order(code), new_order(ancestor)
    return inner is not None and outer is not None and f"{inner}.".startswith(f"{outer}.")
