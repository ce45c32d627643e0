"""Versions of forms in the database."""

from __future__ import annotations

import copy
from datetime import date, timedelta

import pytest

from motcua.engines.forms import FormUnreadable, actions, queries
from motcua.engines.forms.models import FormVersion
from motcua.engines.ledger.actor import ANONYMOUS, SYSTEM
from motcua.engines.ledger.models import Event
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Conflict, NotAllowed, NotFound
from motcua.foundation.keys import new_id
from tests.engines.forms.support import EVERYTHING, say

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    queries.in_force.forget()


def made(effective_from: date | None = None, **changes: object) -> FormVersion:
    with begin(SYSTEM) as work:
        version = actions.create_version(work, copy.deepcopy(EVERYTHING) | changes)
    with begin(SYSTEM) as work:
        return actions.publish(work, FormVersion.objects.get(pk=version.pk), effective_from=effective_from)


def test_a_version_is_made_published_and_recorded() -> None:
    version = FormVersion.objects.get(pk=made().pk)
    assert (version.number, version.state, version.effective_from) == (1, "published", clock.today())
    form = queries.form_of(version.pk)
    assert form.origin == f"version:{version.pk}"
    assert form.content_hash == version.content_hash
    kinds = list(Event.objects.filter(stream=version.definition_id).order_by("seq").values_list("kind", flat=True))
    assert kinds == ["form.version_created", "form.published"]
    assert queries.version_for("9.000001") == version.pk
    assert queries.version_for("9.999999") is None


def test_the_same_words_make_no_new_version() -> None:
    first = made()
    with begin(SYSTEM) as work:
        again = actions.create_version(work, copy.deepcopy(EVERYTHING))
    assert again.pk == first.pk
    assert FormVersion.objects.count() == 1


def test_a_change_is_a_new_version_and_the_old_stays() -> None:
    old = made()
    new = made(title=say("changed"))
    assert new.number == 2
    assert queries.version_for("9.000001") == new.pk
    assert queries.form_of(old.pk).title.vi == "everything"


def test_a_version_comes_into_force_on_its_day() -> None:
    old = made()
    later = made(title=say("later"), effective_from=clock.today() + timedelta(days=7))
    assert queries.version_for("9.000001") == old.pk
    with clock.at(clock.now() + timedelta(days=8)):
        queries.in_force.forget()
        assert queries.version_for("9.000001") == later.pk


def test_making_and_publishing_in_one_work() -> None:
    with begin(SYSTEM) as work:
        version = actions.publish(work, actions.create_version(work, EVERYTHING))
    assert FormVersion.objects.get(pk=version.pk).state == "published"


def test_published_versions_never_change_and_are_not_read_again(django_assert_num_queries: object) -> None:
    version = made()
    form = queries.form_of(version.pk)
    assert queries.form_of(version.pk) is form
    with begin(SYSTEM) as work, pytest.raises(Conflict):
        actions.publish(work, version)


def test_drafts_are_read_each_time() -> None:
    with begin(SYSTEM) as work:
        version = actions.create_version(work, EVERYTHING)
    assert queries.form_of(version.pk) is not queries.form_of(version.pk)
    assert queries.version_for("9.000001") is None


def test_who_may_not() -> None:
    with pytest.raises(NotAllowed), begin(ANONYMOUS) as work:
        actions.create_version(work, EVERYTHING)
    assert not FormVersion.objects.exists()


def test_what_can_not_be_read_is_not_stored() -> None:
    with pytest.raises(FormUnreadable), begin(SYSTEM) as work:
        actions.create_version(work, {"key": "x"})
    with pytest.raises(NotFound):
        queries.form_of(new_id())
