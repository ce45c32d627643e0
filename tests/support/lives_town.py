"""The province of the lives, its people, and the brief's own tables of who may do what (not those of the code)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from motcua.engines.accounts import mandates
from motcua.engines.accounts.models import User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.flows import actions as flows
from motcua.engines.ledger.actor import ANONYMOUS, SYSTEM, Actor
from motcua.engines.ledger.work import begin
from motcua.engines.organisations.deputies import depute
from motcua.engines.organisations.models import Appointment
from motcua.foundation import clock
from motcua.foundation.cache import forget_all
from motcua.foundation.clock import VIETNAM
from tests import factories

BEGIN = datetime(2026, 1, 5, 7, 0, tzinfo=VIETNAM)
LAWFUL = {1: {2, 3, 5, 7}, 2: {4, 5, 6, 7, 8}, 4: {5, 6, 7, 8, 9}, 5: {4, 7, 8}, 6: {4, 7, 8}, 8: {4, 9}, 9: {10}}
"""Moves of the national statuses (FACTS §2.4); whoever takes a dossier in hand may go through 4 in the same act."""

READERS = {"counter", "specialist", "head", "leader", "clerk", "inspector"}
MAY_DO = {
    "intake": {"counter"},
    "process": {"specialist", "head"},
    "sign": {"head", "leader"},
    "return": {"counter", "clerk"},
    "consult": {"specialist", "head"},
    "transfer": {"counter"},
}
"""Which roles do a kind of step: the table of the brief, not the one of the code."""

DOES = {
    "accept": {"counter"},
    "refuse": {"counter"},
    "claim": {"counter", "specialist", "head", "leader", "clerk"},
    "release": {"counter", "specialist", "head", "leader", "clerk"},
    "assign": {"head", "leader"},
    "pass_on": {"specialist", "head", "leader"},
    "send_back": {"specialist", "head", "leader"},
    "complete": {"head", "leader"},
    "return_result": {"counter", "clerk"},
    "request_supplement": {"counter", "specialist", "head"},
    "supply": {"applicant"},
    "withdraw": {"applicant"},
    "stop": {"applicant", "head", "leader"},
    "reopen": {"head", "leader"},
    "extend": {"head", "leader"},
    "demand_payment": {"specialist", "head"},
    "note_payment": {"specialist", "head", "counter"},
    "drop_payment": {"specialist", "head", "counter"},
    "ask_opinions": {"specialist", "head", "leader"},
    "answer_opinion": {"specialist", "head"},
    "withdraw_opinion": {"specialist", "head", "leader"},
    "judge": {"counter", "specialist", "head", "leader", "clerk"},
    "ask_correction": {"applicant", "counter", "specialist", "head", "leader", "clerk"},
    "correct_result": {"head", "leader"},
    "decline_correction": {"head", "leader"},
    "close_unanswered": {"system", "counter"},
    "remark": READERS,
    "hand_over": {"counter"},
    "take_in": {"counter", "specialist", "head"},
    "take_over": {"system"},
    "adjust": {"applicant"},
    "note_adjustments": {"counter", "specialist", "head", "leader", "clerk"},
    "propose": {"specialist", "head"},
    "decline": {"head", "leader"},
}
"""Who may at most succeed with a verb, wherever they sit."""

FORKED: list[dict[str, Any]] = [
    {"key": "verify", "name": "Thụ lý", "stage": "process", "next": ["plan", "fire"]},
    {"key": "plan", "name": "Quy hoạch", "stage": "process", "hours": 8, "choice": True, "next": ["draft", "visit"]},
    {"key": "visit", "name": "Thực địa", "stage": "process", "next": ["draft"]},
    {"key": "fire", "name": "PCCC", "stage": "process", "unit": "code:H57.11", "next": ["draft"]},
    {"key": "draft", "name": "Tổng hợp", "stage": "process", "join": True, "next": ["approve"]},
    {"key": "approve", "name": "Ký", "stage": "sign", "next": ["return"]},
    {"key": "return", "name": "Trả", "stage": "return", "unit": "received_at"},
]


@dataclass(frozen=True)
class Standing:
    """A post held for a colleague who is away, first and last day included; ``actor``: who has it beside their own."""

    actor: Actor
    principal: Actor
    role: str
    place: str
    first: date
    last: date


@dataclass(frozen=True)
class Person:
    """Somebody who tries things. ``role`` and ``place`` (code of the unit) are what the models know of them."""

    actor: Actor
    role: str
    place: str = ""
    standing: Standing | None = None

    def stands(self, day: date) -> Standing | None:
        """For whom they stand in on that day."""
        held = self.standing
        return held if held is not None and held.first <= day <= held.last else None

    def actor_on(self, day: date) -> Actor:
        held = self.stands(day)
        return (held.actor if held else self.actor).afresh()

    def posts_on(self, day: date) -> list[tuple[str, str]]:
        held = self.stands(day)
        return [(self.role, self.place), *([(held.role, held.place)] if held else [])]


@dataclass(frozen=True)
class Trust:
    """A mandate between two citizens, first and last day included."""

    grantor: Person
    agent: Person
    first: date
    last: date


@dataclass
class Town:
    """A province with people, procedures and a day on which it all begins."""

    people: list[Person]
    procedures: list[tuple[Any, str]]
    units: dict[str, Any]
    trusts: list[Trust]

    def at(self, code: str, roles: set[str], day: date | None = None) -> list[Person]:
        """People of these roles in a unit or above it; with a day also those who stand in for them."""
        return [
            each
            for each in self.people
            for role, place in (each.posts_on(day) if day else [(each.role, each.place)])
            if role in roles and place and within(code, place)
        ]


def within(code: str, place: str) -> bool:
    return code == place or code.startswith(place + ".")


def build() -> Town:
    """Through the real actions, in the database."""
    with clock.at(BEGIN):
        units = factories.make_units()
        people: list[Person] = []
        for key, roles in (
            ("commune", ("specialist", "specialist", "head", "leader", "clerk")),
            ("commune_centre", ("counter", "counter")),
            ("other_commune", ("specialist", "head", "clerk")),
            ("other_commune_centre", ("counter",)),
            ("department", ("specialist", "head", "leader")),
            ("other_department", ("specialist", "head")),
            ("centre", ("counter", "counter", "clerk")),
            ("province", ("administrator", "helper")),
        ):
            for role in roles:
                actor = actor_of(factories.make_officer(role, units[key]))
                people.append(Person(actor, role, units[key].code))
        _stand_in(people)
        people += [Person(actor_of(factories.make_citizen()), "citizen") for _ in range(12)]
        trusts = _trust([each for each in people if each.role == "citizen"])
        people.append(Person(ANONYMOUS, "anonymous"))
        procedures = [
            (factories.make_procedure(field="Hộ tịch", allow=("5", "WORKING_DAY")), "commune"),
            (factories.make_procedure(field="Hộ tịch", allow=("10", "DAY")), "commune"),
            (factories.make_procedure(field="Đất đai", allow=("16", "HOUR")), "commune"),
            (factories.make_procedure(field="Đất đai", allow=None), "commune"),
            (factories.make_procedure(field="Xây dựng", level="PROVINCE", allow=("20", "WORKING_DAY")), "department"),
        ]
        with begin(SYSTEM) as work:
            flows.publish(
                work,
                "forked",
                "Song song",
                FORKED,
                effective_from=date(2020, 1, 1),
                rules=[{"procedure_code": procedures[1][0].code}, {"procedure_code": procedures[4][0].code}],
            )
        forget_all()
    return Town(people, procedures, units, trusts)


AWAY = (
    ("leader", "specialist", "H57.100", date(2026, 2, 2), date(2026, 7, 31)),
    ("counter", "clerk", "H57.100", date(2026, 3, 2), date(2026, 10, 30)),
    ("head", "specialist", "H57.10", date(2026, 1, 12), date(2026, 9, 30)),
)
"""Who is away and who of the same agency stands in: role, role of the deputy, agency, first and last day."""


def _stand_in(people: list[Person]) -> None:
    for role, of_deputy, agency, first, last in AWAY:
        away = next(each for each in people if each.role == role and within(each.place, agency))
        deputy = next(each for each in people if each.role == of_deputy and within(each.place, agency))
        post = Appointment.objects.get(user=away.actor.id)
        assert deputy.actor.id is not None
        with begin(away.actor) as work:
            depute(work, appointment_id=post.id, deputy_id=deputy.actor.id, valid_from=first, valid_to=last)
        with clock.at(datetime.combine(first, time(12), VIETNAM)):
            both = actor_of(User.objects.get(pk=deputy.actor.id))
        standing = Standing(both, away.actor, role, away.place, first, last)
        people[people.index(deputy)] = replace(deputy, standing=standing)


def _trust(citizens: list[Person]) -> list[Trust]:
    """Some citizens have somebody act for them, until a day."""
    made = []
    for number, grantor in enumerate(citizens[:6]):
        agent, first, last = citizens[-1 - number // 2], date(2026, 1, 5), date(2026, 4 + number, 15)
        assert grantor.actor.party_id is not None
        assert agent.actor.party_id is not None
        with begin(grantor.actor) as work:
            mandates.give(
                work,
                grantor_id=grantor.actor.party_id,
                agent_id=agent.actor.party_id,
                valid_from=first,
                valid_to=last,
            )
        made.append(Trust(grantor, agent, first, last))
    return made
