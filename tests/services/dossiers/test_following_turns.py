"""Each turn by law is told to the applicant, in both languages, and to the officers it concerns."""

from __future__ import annotations

import pytest

from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.models import Event
from motcua.engines.notices.models import Message
from motcua.engines.notices.wording import render
from motcua.foundation import clock
from motcua.services.dossiers import actions
from motcua.services.dossiers.following.turns import turns_notices
from tests import factories

pytestmark = pytest.mark.django_db


def test_every_turn_is_told_in_words() -> None:
    staff, citizen = factories.make_staff(), factories.make_citizen()
    key = factories.make_dossier("processing", staff=staff, citizen=citizen).pk
    said = "Xin lỗi ông/bà"
    actions.extend.run(staff.head, key, allowance="3 working_day", reason="complex", explanation=said)
    actions.adjust.run(actor_of(citizen), key, answers={"child_name": "Trần Anh"})
    actions.demand_payment.run(staff.specialist, key, name="Lệ phí", amount=5000, notice_number="12/TB")
    actions.note_payment.run(staff.specialist, key, receipt="BL01")
    actions.stop.run(staff.head, key, reason="dispute", explanation=said)
    actions.reopen.run(staff.head, key, reason="cause_gone", explanation=said)
    actions.demand_payment.run(staff.specialist, key, name="Lệ phí", amount=5000)
    actions.drop_payment.run(staff.specialist, key, explanation="Được miễn")
    done = factories.make_dossier("finished", staff=staff, citizen=citizen).pk
    actions.ask_correction.run(actor_of(citizen), done, reason="typing", explanation="Sai tên")
    actions.correct_result.run(staff.head, done, name="Giấy khai sinh")
    events = list(Event.objects.order_by("id"))
    turns_notices(events)
    turns_notices(events)  # reading again tells nobody twice
    told = Message.objects.filter(party=citizen.party)
    assert sorted(told.values_list("kind", flat=True)) == [
        "dossier.adjusted",
        "dossier.corrected",
        "dossier.correction_asked",
        "dossier.extended",
        "dossier.paid",
        "dossier.payment_demanded",
        "dossier.payment_demanded",
        "dossier.payment_dropped",
        "dossier.reopened",
        "dossier.stopped",
    ]
    officers = set(Message.objects.filter(party__isnull=True).values_list("kind", flat=True))
    assert {"dossier.adjusted_officer"} <= officers
    for message in Message.objects.all():
        for language in ("vi", "en"):
            words = render(message.kind, "email", language, message.params, clock.today())
            assert "{" not in words.subject + words.body
            assert "  " not in words.subject
