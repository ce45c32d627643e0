"""The province of the lives, its people, and the brief's own tables of who may do what (not those of the code)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from motcua.engines.accounts.queries import actor_of
from motcua.engines.flows import actions as flows
from motcua.engines.ledger.actor import ANONYMOUS, SYSTEM, Actor
from motcua.engines.ledger.work import begin
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
class Person:
    """Somebody who tries things. ``role`` and ``place`` (code of the unit) are what the models know of them."""

    actor: Actor
    role: str
    place: str = ""


@dataclass
class Town:
    """A province with people, procedures and a day on which it all begins."""

    people: list[Person]
    procedures: list[tuple[Any, str]]
    units: dict[str, Any]

    def at(self, code: str, roles: set[str]) -> list[Person]:
        """People of these roles in a unit or above it."""
        return [each for each in self.people if each.role in roles and each.place and within(code, each.place)]


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
        people += [Person(actor_of(factories.make_citizen()), "citizen") for _ in range(12)]
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
    return Town(people, procedures, units)
