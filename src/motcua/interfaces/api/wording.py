"""What is wrong with a member of a request, in the language of the answer: the schema library speaks English only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

_WORDS: Mapping[str, str] = {
    "missing": _("This is needed."),
    "extra_forbidden": _("Nothing of this name is taken here."),
    "string_type": _("Text is wanted."),
    "string_too_short": _("At least %(min_length)s characters."),
    "string_too_long": _("At most %(max_length)s characters."),
    "string_pattern_mismatch": _("There are characters in it that are not taken here."),
    "literal_error": _("One of these: %(expected)s."),
    "int_type": _("A whole number is wanted."),
    "int_parsing": _("A whole number is wanted."),
    "int_from_float": _("A whole number is wanted."),
    "greater_than": _("More than %(gt)s is wanted."),
    "greater_than_equal": _("At least %(ge)s."),
    "less_than": _("Less than %(lt)s is wanted."),
    "less_than_equal": _("At most %(le)s."),
    "bool_type": _("true or false is wanted."),
    "bool_parsing": _("true or false is wanted."),
    "uuid_type": _("Take the key as it was given."),
    "uuid_parsing": _("Take the key as it was given."),
    "list_type": _("A list is wanted."),
    "too_short": _("At least %(min_length)s of them."),
    "too_long": _("At most %(max_length)s of them."),
    "dict_type": _("An object with named members is wanted."),
    "model_type": _("An object with named members is wanted."),
    "model_attributes_type": _("An object with named members is wanted."),
    "date_type": _("A day is wanted, such as 2026-11-22."),
    "date_parsing": _("A day is wanted, such as 2026-11-22."),
    "date_from_datetime_parsing": _("A day is wanted, such as 2026-11-22."),
    "date_from_datetime_inexact": _("A day is wanted, such as 2026-11-22."),
    "datetime_type": _("A moment is wanted, such as 2026-11-22T09:30:00+07:00."),
    "datetime_parsing": _("A moment is wanted, such as 2026-11-22T09:30:00+07:00."),
    "datetime_from_date_parsing": _("A moment is wanted, such as 2026-11-22T09:30:00+07:00."),
}


def said(error: Mapping[str, Any]) -> str:
    """One error of the schema in words; as the library says it where it is none of the usual ones."""
    words = _WORDS.get(str(error.get("type")))
    return gettext(words) % dict(error.get("ctx") or {}) if words else str(error.get("msg", ""))


def member(error: Mapping[str, Any]) -> str:
    """Which member of the body or parameter of the address is meant, as the caller names it."""
    names = [str(part) for part in error.get("loc", ())[1:]]
    if names[:1] == ["body"] and len(names) > 1:
        names = names[1:]
    return ".".join(names)
