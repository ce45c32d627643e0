"""Ratings (ND118 Đ31–33): asked once, given by token, changed for a week, counted, shown only where nobody is named."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.engines.ledger import readers
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.verify import verify
from motcua.engines.notices.models import Message
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, Invalid, NotFound
from motcua.services.dossiers.models import Dossier, Rating, RatingCount
from motcua.services.dossiers.rating import ratings, scoring
from motcua.services.dossiers.rating.scoring import CONTENTS, Scale, Spread
from tests.factories import make_dossier, make_staff, unit

ALL = dict.fromkeys(CONTENTS, "5")


def follow() -> None:
    """What the worker does: the two readers up to now."""
    for name in ("ratings_asked", "rating_counts"):
        readers.catch_up(readers.get(name))


def returned() -> tuple[Dossier, Rating]:
    dossier = make_dossier("returned", staff=make_staff())
    return dossier, ratings.asked(dossier, clock.now())


def test_the_nine_contents_of_article_33() -> None:
    """ND118 Đ33: nine contents, a to i."""
    assert len(CONTENTS) == 9
    assert set(scoring.OFFICIALS) <= set(CONTENTS)


@pytest.mark.django_db(transaction=True)
def test_after_the_return_the_applicant_is_asked_once_with_a_link_of_their_own() -> None:
    dossier = make_dossier("returned")
    readers.catch_up(readers.get("ratings_asked"))
    rating = Rating.objects.get(pk=dossier.pk)
    assert len(rating.token) >= 20
    (message,) = Message.objects.filter(kind="dossier.rating_asked")
    assert ratings.page_of(message.params) == f"/rate/{rating.token}/"
    ratings.ask(list(Event.objects.filter(kind="dossier.returned")))
    assert Rating.objects.get().token == rating.token
    assert Message.objects.filter(kind="dossier.rating_asked").count() == 1


@pytest.mark.django_db
def test_one_rating_per_dossier_that_may_be_changed_for_seven_days() -> None:
    _dossier, rating = returned()
    first = ratings.rate(rating.token, scores=ALL, comment="Nhanh", via="qr")
    assert (first.overall, first.via, first.changed_at) == (5, "qr", None)
    with clock.at(clock.now() + timedelta(days=7)):
        second = ratings.rate(rating.token, scores={"time": "2", "attitude": "na"})
    assert second.scores == {"time": 2}
    assert second.rated_at == first.rated_at
    assert second.changed_at is not None
    assert Rating.objects.count() == 1
    with clock.at(clock.now() + timedelta(days=8)), pytest.raises(Conflict):
        ratings.rate(rating.token, scores=ALL)


@pytest.mark.django_db
def test_a_rating_never_given_closes_after_the_days_of_the_policy() -> None:
    _dossier, rating = returned()
    with clock.at(clock.now() + timedelta(days=31)), pytest.raises(Conflict):
        ratings.rate(rating.token, scores=ALL)


@pytest.mark.django_db
def test_what_is_no_score_is_refused_and_nobody_else_has_the_key() -> None:
    dossier, rating = returned()
    for scores in ({}, {"time": "6"}, {"time": "0"}, {"time": "năm"}, dict.fromkeys(CONTENTS, "na")):
        with pytest.raises(Invalid):
            ratings.rate(rating.token, scores=scores)
    for token in ("", "x", dossier.code, str(dossier.pk)):
        with pytest.raises(NotFound):
            ratings.rate(token, scores=ALL)


@pytest.mark.django_db
def test_the_ledger_knows_the_scores_and_not_the_words() -> None:
    dossier, rating = returned()
    ratings.rate(rating.token, scores=ALL, comment="Bà Hoa rất tận tình")
    event = Event.objects.get(stream=dossier.pk, kind="dossier.rated")
    assert event.data["scores"] == dict.fromkeys(CONTENTS, 5)
    assert "Hoa" not in str(event.data)
    assert event.actor == {"kind": "anonymous"}
    assert verify(stream=dossier.pk).ok


@pytest.mark.django_db(transaction=True)
def test_counts_follow_a_changed_rating_and_can_be_rebuilt() -> None:
    _dossier, rating = returned()
    ratings.rate(rating.token, scores={"time": "5", "attitude": "4"})
    ratings.rate(rating.token, scores={"time": "1"})
    follow()

    def counted() -> dict[tuple[str, str, int], int]:
        rows = RatingCount.objects.filter(ratings__gt=0).values_list("side", "content", "score", "ratings")
        return {(side, content, score): n for side, content, score, n in rows}

    both = {
        (side, content, score): 1
        for side in ("competent", "counter")
        for content, score in (("answers", 0), ("time", 1))
    }
    assert counted() == both
    readers.rebuild(readers.get("rating_counts"))
    assert counted() == both


@pytest.mark.django_db(transaction=True)
def test_figures_appear_from_the_least_number_of_answers_on_and_for_the_own_units_only() -> None:
    staff = make_staff()
    for number in range(5):
        dossier = make_dossier("returned", staff=staff)
        rating = ratings.asked(dossier, clock.now())
        ratings.rate(rating.token, scores={"time": "2", "attitude": "5"}, comment=f"Ý kiến {number}")
        follow()
        month = clock.today().replace(day=1)
        units = ratings.scope(staff.head)
        picture = ratings.picture(units, side="competent", first=month, last=month)
        assert picture.answers == number + 1
        assert picture.enough is (number == 4)
        assert [one.mean for one in picture.units] == [Decimal("3.5") if number == 4 else None]
    assert scoring.worst_first(picture.spreads)[0].content == "time"
    assert picture.points == Decimal("9.0")
    assert picture.grade == "fair"
    assert len(ratings.comments(units, side="competent")) == 5
    other = ratings.scope(make_staff("other_commune").head)
    assert ratings.picture(other, side="competent", first=month, last=month).answers == 0
    assert ratings.comments(other, side="competent") == []
    assert unit("commune") in {each.id for each in units}


@given(st.dictionaries(st.sampled_from(list(CONTENTS)), st.lists(st.integers(1, 5), max_size=30)))
def test_means_lie_between_the_extremes_and_points_within_eighteen(answers: dict[str, list[int]]) -> None:
    """TT 01/2018 Đ13–15: nine indicators of at most two points, means to one decimal."""
    spreads = {content: Spread(content) for content in CONTENTS}
    for content, scores in answers.items():
        for score in scores:
            spreads[content].counts[score] += 1
    scale = Scale()
    for content, scores in answers.items():
        mean = spreads[content].mean
        assert (mean is None) == (not scores)
        assert mean is None or min(scores) <= mean <= max(scores)
    total = scoring.total_points(spreads, scale)
    assert (total is None) == (not any(answers.values()))
    assert total is None or 0 <= total <= 18


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("18", "excellent"),
        ("15", "excellent"),
        ("14.9", "good"),
        ("12", "good"),
        ("9", "fair"),
        ("6", "average"),
        ("5.9", "weak"),
    ],
)
def test_grades_of_article_15(total: str, grade: str) -> None:
    """TT 01/2018 Đ15."""
    assert Scale().grade(Decimal(total)) == grade
