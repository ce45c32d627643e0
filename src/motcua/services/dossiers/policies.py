"""Figures that a province or a year may set otherwise than the law's default: what they are, and what holds on a day.

The defaults are the law's and live here with their articles; a decision that sets another value is a row of ``Policy``
with the day from which it holds. What a dossier was dealt when a figure held stays with the dossier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.engines.ledger.work import Work
from motcua.foundation import clock
from motcua.foundation.cache import Remembered
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotFound
from motcua.services.dossiers import rules
from motcua.services.dossiers.models import Policy

Value = int | str
EDIT: Final = "catalogue.edit"
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it means, the law's default and its article, and what may stand in its place.

    ``kind``: a whole number between ``least`` and ``most``, a time of day ``HH:MM``, or one of ``choices``.
    """

    key: str
    name: Promise | str
    default: Value
    basis: str = ""
    kind: Literal["count", "time", "choice"] = "count"
    least: int = 0
    most: int = 365
    unit: Promise | str = ""
    choices: Mapping[str, Promise | str] | None = None

    def cleaned(self, given: object) -> Value:
        """The value as it is stored. Raises ``Invalid`` under the field ``value``."""
        text = str(given).strip()
        if self.kind == "count":
            if not text.isascii() or not text.isdigit() or not self.least <= int(text) <= self.most:
                raise Invalid(fields={"value": ["Write a whole number within the limits shown."]})
            return int(text)
        if self.kind == "time":
            if not _TIME.fullmatch(text):
                raise Invalid(fields={"value": ["Write a time of day, such as 15:00."]})
            return text
        if text not in (self.choices or {}):
            raise Invalid(fields={"value": ["Choose one of the values shown."]})
        return text


WORKING_DAYS: Final = _("working days")
DAYS: Final = _("days")
HOURS: Final = _("hours")
WORKING_HOURS: Final = _("working hours")
TIMES: Final = _("times")
EFFECTS: Final[Mapping[str, Promise | str]] = {
    "restart": _("The whole period begins again"),
    "resume": _("What was left of the period goes on"),
}

_FIGURES = (
    Figure(
        "supplement_days",
        _("A supplement is asked for within"),
        rules.SUPPLEMENT_WORKING_DAYS,
        rules.SUPPLEMENT_BASIS,
        least=1,
        most=30,
        unit=WORKING_DAYS,
    ),
    Figure(
        "supplement_count",
        _("Supplements that may be asked for without the head of the unit"),
        1,
        "ND118 Đ11.2c",
        most=1,
        unit=TIMES,
    ),
    Figure(
        "supplement_effect",
        _("After a supplement"),
        "restart",
        rules.SUPPLEMENT_BASIS,
        kind="choice",
        choices=EFFECTS,
    ),
    Figure(
        "supplement_closes_days",
        _("A dossier is closed when a supplement stays unanswered for"),
        rules.SUPPLEMENT_CLOSES_DAYS,
        rules.SUPPLEMENT_BASIS,
        least=1,
        unit=DAYS,
    ),
    Figure(
        "supplement_remind_days",
        _("The applicant is reminded of a supplement before its last day by"),
        3,
        least=1,
        most=30,
        unit=DAYS,
    ),
    Figure(
        "intake_hours",
        _("An online dossier is accepted or answered within"),
        rules.INTAKE_HOURS,
        "ND118 Đ17.2",
        least=1,
        most=80,
        unit=WORKING_HOURS,
    ),
    Figure(
        "alert_hours",
        _("An officer is alerted to an online dossier within"),
        rules.ALERT_HOURS,
        "ND118 Đ17.2",
        least=1,
        most=24,
        unit=HOURS,
    ),
    Figure(
        "transfer_cutoff",
        _("Papers received after this time go to the competent agency on the next working morning"),
        "15:00",
        "ND118 Đ18",
        kind="time",
    ),
    Figure("extension_count", _("Extensions of one dossier"), 1, rules.EXTENSION_BASIS, most=1, unit=TIMES),
    Figure(
        "extension_lead_days",
        _("An extension is announced before the due date by at least"),
        1,
        rules.EXTENSION_BASIS,
        most=30,
        unit=DAYS,
    ),
    Figure(
        "correction_days",
        _("A wrong result is corrected within"),
        3,
        rules.CORRECTION_BASIS,
        least=1,
        most=30,
        unit=WORKING_DAYS,
    ),
    Figure(
        "reopen_effect",
        _("When a stopped dossier is taken up again"),
        "resume",
        kind="choice",
        choices=EFFECTS,
    ),
    Figure(
        "obligation_effect",
        _("When a financial obligation has been met"),
        "resume",
        kind="choice",
        choices=EFFECTS,
    ),
    Figure("obligation_remind_days", _("The applicant is reminded of an unpaid obligation after"), 7, unit=DAYS),
    Figure(
        "uncollected_days",
        _("A result counts as uncollected after"),
        5,
        least=1,
        unit=WORKING_DAYS,
    ),
    Figure("uncollected_again_days", _("The reminder to collect a result is repeated after"), 30, least=1, unit=DAYS),
    Figure("helper_sees_days", _("A helper sees what they submitted for"), 30, least=1, unit=DAYS),
    Figure(
        "late_by",
        _("In the register a dossier that has ended is late"),
        "moment",
        "QĐ 766/QĐ-TTg",
        kind="choice",
        choices={"moment": _("After the hour of its due date"), "day": _("After the day of its due date")},
    ),
    Figure("opinion_days", _("Another agency gives its opinion within"), 5, "ND118 Đ19", least=1, unit=WORKING_DAYS),
    Figure("rating_days", _("The applicant may rate for"), 30, "ND118 Đ33", least=1, unit=DAYS),
    Figure("rating_change_days", _("A rating may be changed for"), 7, least=0, unit=DAYS),
    Figure("rating_least_answers", _("Ratings are shown in detail from this many answers on"), 5, least=1),
    Figure("rating_one_point", _("One point for a score from"), 3, "TT 01/2018 Đ13", least=1, most=5),
    Figure("rating_two_points", _("Two points for a score from"), 4, "TT 01/2018 Đ13", least=1, most=5),
    Figure("rating_grade_excellent", _("Excellent from this many of 18 points"), 15, "TT 01/2018 Đ15", most=18),
    Figure("rating_grade_good", _("Good from this many of 18 points"), 12, "TT 01/2018 Đ15", most=18),
    Figure("rating_grade_fair", _("Fair from this many of 18 points"), 9, "TT 01/2018 Đ15", most=18),
    Figure("rating_grade_average", _("Average from this many of 18 points"), 6, "TT 01/2018 Đ15", most=18),
    Figure(
        "forms_edition",
        _("The numbers of the printed forms follow"),
        "by_law",
        "TT 03/2025 Phụ lục I",
        kind="choice",
        choices={
            "by_law": _("The law of the day"),
            "tt03_2025": "TT 03/2025/TT-VPCP",
            "tt01_2018": "TT 01/2018/TT-VPCP",
        },
    ),
    Figure(
        "access_names",
        _("Applicants see who looked at their dossier"),
        "unit",
        "Luật 91/2025",
        kind="choice",
        choices={"unit": _("By unit and role"), "name": _("By unit, role and name")},
    ),
)
FIGURES: Final[dict[str, Figure]] = {figure.key: figure for figure in _FIGURES}


def _load() -> dict[str, tuple[tuple[date, Value], ...]]:
    """What was decided, by key, the latest day first."""
    decided: dict[str, list[tuple[date, Value]]] = {}
    for key, value, valid_from in Policy.objects.order_by("key", "-valid_from").values_list(
        "key", "value", "valid_from"
    ):
        decided.setdefault(key, []).append((valid_from, value))
    return {key: tuple(rows) for key, rows in decided.items()}


_decided = Remembered(_load)


def value(key: str, on: date | datetime | None = None) -> Value:
    """What the figure is on a day (today when none is given; a moment is taken in Vietnamese time)."""
    if isinstance(on, datetime):
        on = on.astimezone(VIETNAM).date()
    rows = _decided().get(key)
    if rows:
        day = on or clock.today()
        for valid_from, decided in rows:
            if valid_from <= day:
                return decided
    return FIGURES[key].default


def number(key: str, on: date | datetime | None = None) -> int:
    """The value of a figure that counts something."""
    return int(value(key, on))


def effect(key: str, on: date | datetime | None = None) -> Literal["restart", "resume"]:
    """What a wait does to the clock."""
    return "restart" if value(key, on) == "restart" else "resume"


def time_of_day(key: str, on: date | datetime | None = None) -> time:
    """The value of a figure that is a time of day."""
    return time.fromisoformat(str(value(key, on)))


def history(key: str) -> list[Policy]:
    """What was and will be decided about a figure, the latest day first."""
    return list(Policy.objects.filter(key=key).order_by("-valid_from"))


def stream_of(key: str) -> UUID:
    """The ledger stream of a figure."""
    return uuid5(NAMESPACE_URL, f"motcua:policy:{key}")


def set_figure(work: Work, *, key: str, value: object, valid_from: date, basis: str) -> Policy:
    """Sets a figure from a day on, by a decision. Setting the same day again replaces what was to hold from it.

    Raises ``NotAllowed`` without catalogue.edit, ``NotFound``; ``Invalid`` for a value outside the limits, a day that
    has passed (what was decided for dossiers then stands), or without the decision.
    """
    work.actor.require(EDIT)
    figure = _figure(key)
    fields: dict[str, list[str]] = {}
    cleaned: Value = figure.default
    try:
        cleaned = figure.cleaned(value)
    except Invalid as invalid:
        fields |= invalid.fields
    if valid_from < work.now.astimezone(VIETNAM).date():
        fields["valid_from"] = ["Choose today or a later day."]
    if not basis.strip():
        fields["basis"] = ["Name the decision that says so."]
    if fields:
        raise Invalid(fields=fields)
    row = Policy.objects.filter(key=key, valid_from=valid_from).first()
    before = _recorded(row) if row else {"value": _at(key, valid_from)}
    if row is None:
        row = Policy(key=key, value=cleaned, valid_from=valid_from, basis=basis.strip()[:200])
        work.add(row)
    else:
        row.value, row.basis = cleaned, basis.strip()[:200]
        work.change(row, "value", "basis")
    work.record(stream_of(key), "policy.set", {"key": key, "before": before, "after": _recorded(row)})
    _forget()
    return row


def take_back(work: Work, policy_id: UUID) -> None:
    """Takes back a decision that does not hold yet. Raises ``NotAllowed``, ``NotFound``, ``Conflict``."""
    work.actor.require(EDIT)
    row = Policy.objects.filter(pk=policy_id).first()
    if row is None:
        raise NotFound("There is no such decision.")
    if row.valid_from <= work.now.astimezone(VIETNAM).date():
        raise Conflict("This figure holds already. Set another one from a later day.")
    work.record(stream_of(row.key), "policy.taken_back", {"key": row.key, "before": _recorded(row), "after": None})
    work.remove(row)
    _forget()


def _figure(key: str) -> Figure:
    try:
        return FIGURES[key]
    except KeyError:
        raise NotFound("There is no such figure.") from None


def _at(key: str, day: date) -> Value:
    row = Policy.objects.filter(key=key, valid_from__lte=day).order_by("-valid_from").first()
    return row.value if row else FIGURES[key].default


def _recorded(row: Policy) -> dict[str, Any]:
    return {"value": row.value, "valid_from": row.valid_from.isoformat(), "basis": row.basis}


def _forget() -> None:
    """Now, for what this transaction asks next; and once committed, so that no other thread keeps the old."""
    _decided.forget()
    transaction.on_commit(_decided.forget)
