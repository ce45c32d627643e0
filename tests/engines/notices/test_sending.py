"""Messages reach inboxes once and leave by real SMTP; what fails is tried again and shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from urllib.request import urlopen

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from motcua.engines.accounts.models import User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import ANONYMOUS, SYSTEM
from motcua.engines.notices import wording
from motcua.engines.notices.actions import Notice, mark_read, preferences_of, send, set_preferences
from motcua.engines.notices.models import Delivery, DeliveryState, Message
from motcua.engines.notices.queries import UNREAD_COUNTED, delivery_health, inbox, unread_count
from motcua.engines.notices.rules import Wording
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.errors import Conflict, Invalid, NotAllowed
from motcua.simulators.mail import Mailbox
from tests.factories import make_citizen, make_officer
from tests.support.jobs import run_jobs
from tests.support.mail import mail_server

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 2, 13, 12, 0, tzinfo=VIETNAM)


@pytest.fixture
def mail(settings: Settings) -> Iterator[Mailbox]:
    with mail_server() as (box, port, _):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield box


def accepted(citizen: User, dedupe: str = "e1", **fields: object) -> Notice:
    given = {
        "kind": "dossier.accepted",
        "dedupe": dedupe,
        "at": clock.now(),
        "params": {"code": "H57.1-260213-0001", "procedure": "Khai sinh", "due_at": "2026-02-20T09:30:00+00:00"},
        "party_id": citizen.party_id,
    }
    return Notice(**{**given, **fields})  # type: ignore[arg-type]


def test_a_message_is_made_once_however_often_it_is_sent(mail: Mailbox) -> None:
    citizen = make_citizen()
    assert send([accepted(citizen)]) == 1
    assert send([accepted(citizen), accepted(citizen)]) == 0
    assert run_jobs() == [("notices.send_email", "done")]
    (letter,) = mail.letters
    assert letter.recipients == (citizen.email,)
    assert letter.subject == "Hồ sơ H57.1-260213-0001 đã được tiếp nhận"
    assert "16:30 ngày 20/02/2026" in letter.text
    assert "http://localhost:8000/" in letter.text
    assert citizen.full_name not in letter.text
    assert letter.message["Auto-Submitted"] == "auto-generated"
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (DeliveryState.SENT, 1)
    assert delivery.pk.hex in letter.message["Message-ID"]


def test_a_job_that_runs_twice_sends_once(mail: Mailbox) -> None:
    send([accepted(make_citizen())])
    job = ProcrastinateJob.objects.get()
    run_jobs()
    from motcua.engines.notices.jobs import send_email

    send_email.defer(**job.args)
    run_jobs()
    assert len(mail.letters) == 1


def test_english_readers_are_told_in_english(mail: Mailbox) -> None:
    citizen = make_citizen()
    User.objects.filter(pk=citizen.pk).update(language="en")
    send([accepted(citizen)])
    run_jobs()
    assert "has been accepted" in mail.letters[0].subject
    assert "has been accepted" in inbox(actor_of(citizen), language="en")[0].subject
    assert "đã được tiếp nhận" in inbox(actor_of(citizen), language="vi")[0].subject


def test_the_address_given_in_the_matter_comes_first_and_rubbish_is_no_address(mail: Mailbox) -> None:
    citizen = make_citizen(email="")
    User.objects.filter(pk=citizen.pk).update(email="")
    send([accepted(citizen, "1", email="given@example.vn"), accepted(citizen, "2", email="rubbish")])
    run_jobs()
    assert [letter.recipients for letter in mail.letters] == [("given@example.vn",)]
    assert Message.objects.count() == 2


def test_a_refusal_for_now_is_tried_again_with_longer_pauses(mail: Mailbox) -> None:
    send([accepted(make_citizen(email="later@example.vn"))])
    assert run_jobs() == [("notices.send_email", "again")]
    health = delivery_health()
    assert (health.waiting, health.failed) == (1, 0)
    assert "451" in health.last_error
    assert run_jobs() == [], "the next try waits for its time"
    assert run_jobs(until=clock.now() + timedelta(hours=1)) == [
        ("notices.send_email", "again"),
        ("notices.send_email", "done"),
    ]
    assert len(mail.letters) == 1
    assert delivery_health().well


@pytest.mark.parametrize("address", ["never@example.vn", "full@example.vn"])
def test_a_refusal_for_good_is_shown_and_not_repeated(mail: Mailbox, address: str) -> None:
    send([accepted(make_citizen(email=address))])
    assert run_jobs() == [("notices.send_email", "done")]
    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.FAILED
    assert delivery.error.startswith("55")
    assert not delivery_health().well


def test_a_mail_server_that_is_away_is_shown_and_in_the_end_given_up(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    send([accepted(make_citizen())])
    told = run_jobs(until=clock.now() + timedelta(days=2))
    assert [outcome for _, outcome in told] == ["again"] * 7 + ["done"]
    assert Delivery.objects.get().state == DeliveryState.FAILED
    assert "Refused" in delivery_health().last_error


def test_wishes_are_kept_no_mail_and_quiet_hours(mail: Mailbox) -> None:
    silent, sleeper = make_citizen(), make_citizen()
    set_preferences(actor_of(silent), email=False)
    set_preferences(actor_of(sleeper), email=True, quiet_from=time(11), quiet_to=time(14))
    with clock.at(NOON):
        send([accepted(silent, "1"), accepted(sleeper, "2")])
    job = ProcrastinateJob.objects.get()
    assert job.scheduled_at == NOON + timedelta(hours=2)
    assert Message.objects.count() == 2
    assert not preferences_of(actor_of(silent)).email
    assert preferences_of(actor_of(make_citizen())).email
    with pytest.raises(NotAllowed):
        set_preferences(ANONYMOUS, email=True)


def test_an_inbox_shows_ones_own_newest_first_page_by_page() -> None:
    citizen, other, officer = make_citizen(), make_citizen(), make_officer("counter")
    moments = [NOON + timedelta(minutes=number // 2) for number in range(7)]
    send([accepted(citizen, f"c{number}", at=moment) for number, moment in enumerate(moments)])
    send([accepted(other, "o")])
    send([accepted(citizen, "u", party_id=None, user_id=citizen.pk, at=NOON + timedelta(hours=1))])
    send([accepted(citizen, "f", party_id=None, user_id=officer.pk)])
    me = actor_of(citizen)
    seen, after = [], None
    while page := inbox(me, after=after, limit=3):
        seen += page
        after = (page[-1].at, page[-1].id)
    assert len(seen) == len({item.id for item in seen}) == 8
    assert [item.at for item in seen] == sorted((item.at for item in seen), reverse=True)
    assert unread_count(me) == 8
    assert mark_read(me, [seen[0].id, Message.objects.get(dedupe="o").pk]) == 1
    assert unread_count(me) == 7
    assert mark_read(me) == 7
    assert unread_count(me) == 0
    assert unread_count(actor_of(other)) == 1
    assert len(inbox(actor_of(officer))) == 1
    for nobody in (ANONYMOUS, SYSTEM):
        assert inbox(nobody) == []
        assert unread_count(nobody) == 0


def test_counting_the_unread_ends_somewhere() -> None:
    citizen = make_citizen()
    send([accepted(citizen, str(number)) for number in range(150)])
    assert unread_count(actor_of(citizen)) == UNREAD_COUNTED + 1


def test_an_office_puts_its_own_words_from_a_day_on() -> None:
    citizen, today = make_citizen(), clock.today()
    own = Wording("Hồ sơ {code}: hẹn {due_at}", "Xin chào. {procedure}")
    changes = {"kind": "dossier.accepted", "channel": "inbox", "language": "vi"}
    wording.publish(SYSTEM, **changes, wording=own, effective_from=today + timedelta(days=1))
    send([accepted(citizen, "today"), accepted(citizen, "later", at=clock.now() + timedelta(days=1))])
    later, now = inbox(actor_of(citizen))
    assert later.subject.startswith("Hồ sơ H57.1-260213-0001: hẹn 16:30")
    assert now.subject == "Hồ sơ H57.1-260213-0001 đã được tiếp nhận"
    with pytest.raises(Conflict):
        wording.publish(SYSTEM, **changes, wording=own, effective_from=today + timedelta(days=1))
    with pytest.raises(Invalid):
        wording.publish(SYSTEM, **changes, wording=Wording("x", "{applicant}"), effective_from=today)
    with pytest.raises(Invalid):
        wording.publish(SYSTEM, **changes, wording=own, effective_from=today - timedelta(days=1))
    with pytest.raises(NotAllowed):
        wording.publish(actor_of(citizen), **changes, wording=own, effective_from=today)


def test_every_kind_speaks_both_languages_everywhere() -> None:
    for kind in wording.kinds():
        for language in wording.LANGUAGES:
            for channel in wording.CHANNELS:
                days = ("_by", "_on")
                values = {name: "2026-02-20" if name.endswith(days) else "x" for name in kind.placeholders}
                values |= {name: "2026-02-20T09:00:00+00:00" for name in kind.placeholders if name.endswith("_at")}
                said = wording.render(kind.key, channel, language, values, clock.today())
                assert said.subject
                assert "{" not in said.body
                assert len(said.subject) <= 200


def test_the_page_of_the_simulator_shows_the_letters(settings: Settings) -> None:
    with mail_server() as (_, port, page):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        send([accepted(make_citizen())])
        run_jobs()
        with urlopen(f"http://127.0.0.1:{page}/") as answer:
            assert "H57.1-260213-0001" in answer.read().decode()
