"""What applicants think of how they were served (ND118 Đ31–33): asked after the return, once per dossier.

The key to a rating is a token that only the applicant is given: in a message, as a QR code on the receipt of the
result, or on the counter's second screen. Nobody has to sign in to be heard.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, Sum
from django.urls import NoReverseMatch, reverse

from motcua.engines.ledger.actor import ANONYMOUS, SYSTEM, Actor
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.prepared import load
from motcua.engines.ledger.readers import reader
from motcua.engines.ledger.work import begin
from motcua.engines.notices.actions import Notice, send
from motcua.engines.organisations.queries import UnitInfo, directory
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from motcua.services.dossiers import policies
from motcua.services.dossiers.actions.common import lock
from motcua.services.dossiers.models import Dossier, Rating, RatingCount
from motcua.services.dossiers.rating.scoring import CONTENTS, SCORES, Scale, Spread, overall_of, total_points
from motcua.services.procedures.queries import version

VIAS: Final = ("link", "qr", "counter")
ANSWERS: Final = "answers"
"""The content that counts ratings themselves."""

MOST_COMMENT: Final = 2000
COUNTER, COMPETENT = "counter", "competent"


# -- asking -------------------------------------------------------------------------------------------------


def page_path(token: str, via: str = "link") -> str:
    """The page where the holder of the token rates; the start page where the portal is switched off."""
    try:
        path = reverse("portal:rate", kwargs={"token": token})
    except NoReverseMatch:
        return "/"
    return path if via == "link" else f"{path}?via={via}"


def page_address(token: str, via: str = "link") -> str:
    """The whole address, for printed codes."""
    return f"{settings.PUBLIC_URL}{page_path(token, via)}"


def page_of(params: Mapping[str, Any]) -> str:
    """The page of a message that asks for a rating."""
    return page_path(str(params.get("rate", "")))


def asked(dossier: Dossier, at: datetime) -> Rating:
    """The rating of a returned dossier, made empty when nobody has asked yet."""
    Rating.objects.bulk_create([_empty(dossier, at)], ignore_conflicts=True)
    return Rating.objects.get(pk=dossier.pk)


def rating_path(dossier: Dossier, via: str = COUNTER) -> str:
    """The page to rate it, for the counter's second screen unless said otherwise; empty while there is none, or none
    any more. One query."""
    found = Rating.objects.filter(pk=dossier.pk).first()
    return page_path(found.token, via) if found is not None and is_open(found) else ""


def _empty(dossier: Dossier, at: datetime) -> Rating:
    return Rating(
        dossier=dossier,
        token=secrets.token_urlsafe(18),
        unit_id=dossier.competent_id,
        counter_id=dossier.received_at_id,
        asked_at=at,
    )


@reader("ratings_asked", kinds=("dossier.returned",))
def ask(events: Sequence[Event]) -> None:
    """Asks whoever got a result, by a message with the link."""
    at = {event.stream: event for event in events}
    dossiers = list(Dossier.objects.filter(pk__in=at))
    Rating.objects.bulk_create([_empty(row, at[row.pk].at) for row in dossiers], ignore_conflicts=True)
    tokens = dict(Rating.objects.filter(pk__in=at, rated_at__isnull=True).values_list("pk", "token"))
    send(
        [
            Notice(
                kind="dossier.rating_asked",
                dedupe=f"rating:{row.pk.hex}",
                at=at[row.pk].at,
                params={
                    "code": row.code,
                    "procedure": version(row.procedure_version_id).name,
                    "rate": tokens[row.pk],
                },
                stream=row.pk,
                party_id=row.applicant_id,
                email=str(row.contact.get("email", "")),
            )
            for row in dossiers
            if row.pk in tokens and (row.applicant_id or row.contact.get("email"))
        ]
    )


# -- answering ----------------------------------------------------------------------------------------------


def by_token(token: str) -> Rating:
    """The rating that a token opens, with its dossier. ``NotFound`` for any other text."""
    found = Rating.objects.select_related("dossier").filter(token=token[:40]).first()
    if found is None:
        raise NotFound(
            "This address leads to no rating. Scan the code on your receipt again, or open the link in the message."
        )
    return found


def open_until(rating: Rating) -> date:
    """The last day on which it may be given or, once given, changed."""
    if rating.rated_at is not None:
        days = policies.number("rating_change_days", rating.rated_at)
        return rating.rated_at.astimezone(VIETNAM).date() + timedelta(days=days)
    days = policies.number("rating_days", rating.asked_at)
    return rating.asked_at.astimezone(VIETNAM).date() + timedelta(days=days)


def is_open(rating: Rating) -> bool:
    """Whether it may be given or changed today."""
    return clock.today() <= open_until(rating)


def cleaned(scores: Mapping[str, Any]) -> dict[str, int]:
    """Scores by content, 1 to 5; empty and “not applicable” are left out. Raises ``Invalid`` by content."""
    found: dict[str, int] = {}
    fields: dict[str, list[str]] = {}
    for content in CONTENTS:
        given = str(scores.get(content) or "").strip()
        if given in ("", "na"):
            continue
        if given.isascii() and given.isdigit() and int(given) in SCORES:
            found[content] = int(given)
        else:
            fields[content] = ["Choose a score from 1 to 5, or that it does not apply."]
    if fields:
        raise Invalid(fields=fields)
    if not found:
        raise Invalid(fields={next(iter(CONTENTS)): ["Give a score to at least one of the contents."]})
    return found


def rate(token: str, *, scores: Mapping[str, Any], comment: str = "", via: str = "link") -> Rating:
    """The applicant's rating (ND118 Đ33), or another in its place within the days that the policy gives.

    The ledger knows the scores, not the comment. Raises ``NotFound``, ``Conflict`` when the time is over, ``Invalid``.
    """
    given = cleaned(scores)
    dossier_id = by_token(token).pk
    with begin(ANONYMOUS) as work:
        lock(SYSTEM, dossier_id)
        (rating,) = load(Rating, "WHERE dossier_id = %s FOR UPDATE", (dossier_id,))
        if not is_open(rating):
            raise Conflict("The time to rate is over. Thank you for wanting to help.")
        before = dict(rating.scores) if rating.rated_at else None
        rating.scores, rating.overall = given, overall_of(given)
        rating.comment = comment.strip()[:MOST_COMMENT]
        rating.via = via if via in VIAS else VIAS[0]
        rating.rated_at = rating.rated_at or work.now
        rating.changed_at = work.now if before is not None else None
        work.change(rating, "scores", "overall", "comment", "via", "rated_at", "changed_at")
        month = _month(rating.asked_at)
        data: dict[str, Any] = {
            "scores": given,
            "via": rating.via,
            "month": month.isoformat(),
            "unit": str(rating.unit_id),
            "counter": str(rating.counter_id),
        }
        if before is not None:
            data["before"] = before
        work.record(dossier_id, "dossier.rated", data)
    return rating


def _month(at: datetime) -> date:
    return at.astimezone(VIETNAM).date().replace(day=1)


# -- counting -----------------------------------------------------------------------------------------------


def _reset() -> None:
    RatingCount.objects.all().delete()


@reader("rating_counts", kinds=("dossier.rated",), reset=_reset)
def count(events: Sequence[Event]) -> None:
    """Adds each rating to the months and units that it is about; a changed one moves from score to score."""
    moved: dict[tuple[str, str, str, str, int], int] = {}

    def add(event: Event, content: str, score: int, by: int) -> None:
        for side in (COMPETENT, COUNTER):
            unit = str(event.data["unit" if side == COMPETENT else "counter"])
            place = (unit, side, str(event.data["month"]), content, score)
            moved[place] = moved.get(place, 0) + by

    for event in events:
        before = event.data.get("before")
        if before is None:
            add(event, ANSWERS, 0, 1)
        for content, score in (before or {}).items():
            add(event, content, int(score), -1)
        for content, score in event.data["scores"].items():
            add(event, content, int(score), 1)
    changes = sorted((place, by) for place, by in moved.items() if by)
    if not changes:
        return
    columns = [list(column) for column in zip(*(place for place, _by in changes), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_ratingcount (unit_id, side, month, content, score, ratings) "
            "SELECT * FROM unnest(%s::uuid[], %s::text[], %s::date[], %s::text[], %s::smallint[], %s::int[]) "
            "ON CONFLICT (unit_id, side, month, content, score) "
            "DO UPDATE SET ratings = dossiers_ratingcount.ratings + excluded.ratings",
            [*columns, [by for _place, by in changes]],
        )


# -- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the trend. ``mean`` None where too few answered."""

    first: date
    answers: int
    mean: Any


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """How one unit fares."""

    unit: UnitInfo
    answers: int
    mean: Any
    points: Any
    grade: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What the page of ratings shows. ``enough`` False: fewer answers than the policy asks for, so no breakdown."""

    answers: int
    least: int
    spreads: dict[str, Spread]
    months: list[Month]
    units: list[UnitFigures]
    points: Any
    grade: str

    @property
    def enough(self) -> bool:
        return self.answers >= self.least


def scale_on(day: date | None = None) -> Scale:
    """The scale that holds on a day (TT 01/2018 Đ13–15, or what the province decided)."""
    keys = ("excellent", "good", "fair", "average")
    return Scale(
        policies.number("rating_one_point", day),
        policies.number("rating_two_points", day),
        tuple((key, policies.number(f"rating_grade_{key}", day)) for key in keys),
    )


def scope(actor: Actor, unit_id: UUID | None = None) -> list[UnitInfo]:
    """The units whose ratings the officer may see: their own, and what is below. Raises ``NotAllowed``."""
    units = directory()
    reached = units.under(*actor.reach("dossier.read"))
    if unit_id is not None:
        chosen = units.unit(unit_id)
        reached = tuple(unit for unit in reached if unit.path.startswith(chosen.path))
    if not reached:
        raise NotAllowed("This page is for another role. Please ask the administrator of your unit.")
    return list(reached)


def picture(units: Collection[UnitInfo], *, side: str, first: date, last: date) -> Picture:
    """Averages, distribution, trend and units, of ratings of results returned from month ``first`` to ``last``."""
    rows: list[Mapping[str, Any]] = list(
        RatingCount.objects.filter(unit__in=[unit.id for unit in units], side=side, month__gte=first, month__lte=last)
        .values("unit_id", "month", "content", "score")
        .annotate(n=Sum("ratings"))
        .filter(n__gt=0)
    )
    least = policies.number("rating_least_answers")
    scale = scale_on()
    whole = _spreads(rows)
    answers = _answers(rows)
    shown = answers >= least
    points = total_points(whole, scale) if shown else None
    by_id = {unit.id: unit for unit in units}
    return Picture(
        answers,
        least,
        whole,
        _months(rows, least),
        _units(rows, by_id, least, scale),
        points,
        scale.grade(points) if points is not None else "",
    )


def _spreads(rows: Iterable[Mapping[str, Any]]) -> dict[str, Spread]:
    spreads = {content: Spread(content) for content in CONTENTS}
    for row in rows:
        if row["content"] in spreads:
            spreads[row["content"]].counts[row["score"]] += row["n"]
    return spreads


def _answers(rows: Iterable[Mapping[str, Any]]) -> int:
    return sum(row["n"] for row in rows if row["content"] == ANSWERS)


def _mean(rows: Sequence[Mapping[str, Any]]) -> Any:
    """The average over all contents, one decimal."""
    together = Spread("")
    for row in rows:
        if row["content"] != ANSWERS:
            together.counts[row["score"]] += row["n"]
    return together.mean


def _months(rows: Iterable[Mapping[str, Any]], least: int) -> list[Month]:
    by_month: dict[date, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_month.setdefault(row["month"], []).append(row)
    found = []
    for first, own in sorted(by_month.items()):
        answers = _answers(own)
        found.append(Month(first, answers, _mean(own) if answers >= least else None))
    return found


def _units(
    rows: Iterable[Mapping[str, Any]], by_id: Mapping[UUID, UnitInfo], least: int, scale: Scale
) -> list[UnitFigures]:
    """The worst first; units with too few answers come last, without figures."""
    by_unit: dict[UUID, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_unit.setdefault(row["unit_id"], []).append(row)
    found = []
    for key, own in by_unit.items():
        answers = _answers(own)
        points = total_points(_spreads(own), scale) if answers >= least else None
        mean = _mean(own) if answers >= least else None
        found.append(UnitFigures(by_id[key], answers, mean, points, scale.grade(points) if points is not None else ""))
    return sorted(found, key=lambda one: (one.mean is None, one.mean or 0, one.unit.path))


Position = tuple[datetime, UUID]


def comments(units: Collection[UnitInfo], *, side: str, after: Position | None = None, limit: int = 20) -> list[Rating]:
    """What was written, newest first, without saying by whom; by index."""
    keys = [unit.id for unit in units]
    found = Rating.objects.filter(rated_at__isnull=False, **{f"{_COLUMN[side]}__in": keys}).exclude(comment="")
    if after is not None:
        found = found.filter(Q(rated_at__lt=after[0]) | Q(rated_at=after[0], pk__lt=after[1]))
    return list(found.select_related("dossier").order_by("-rated_at", "-dossier")[:limit])


_COLUMN: Final = {COMPETENT: "unit", COUNTER: "counter"}
