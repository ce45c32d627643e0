"""What the personas see of acting for others: mandates, what a volunteer submitted, papers between offices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from motcua.engines.accounts import actions as accounts
from motcua.engines.accounts import mandates
from motcua.engines.accounts.models import Party, User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import SYSTEM, Actor
from motcua.engines.ledger.bulk import BulkWork
from motcua.engines.ledger.models import Event
from motcua.engines.organisations.queries import UnitInfo, calendar_for, directory
from motcua.foundation import clock
from motcua.foundation.keys import id_at, made_by
from motcua.foundation.working_time import add_working_seconds
from motcua.interfaces.cli.demo import people, province
from motcua.interfaces.cli.demo.histories import place_of, scene, stream_of, submission_of
from motcua.interfaces.cli.demo.life import Chances, Life, World
from motcua.interfaces.cli.demo.samples import Samples
from motcua.services.dossiers import actions
from motcua.services.dossiers.actions.transfer import new_sheet
from motcua.services.dossiers.models import Assistance, Channel, Consent, Dossier, Load
from motcua.services.dossiers.queries import competent_unit, counter_of
from motcua.services.dossiers.together import moving
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.models import Procedure
from motcua.services.procedures.queries import version

FIRST_SERIAL = 3_900_000
HOUR = 3600
_ASSISTED = (("1.001776", 30.0, Consent.SPOKEN), ("1.004194", 12.0, Consent.CODE), ("1.001193", 2.0, Consent.SPOKEN))
_BETWEEN = ("1.001193", "1.004873", "2.000635")
_LEFT = (("1.004873", 330.0), ("1.001193", 250.0))
_ONLY_LEFT = Chances(0, 0, 0, 0, 0, 0, 0, 0, uncollected=1)


class Neighbours:
    """Invented people of a ward, one after the other."""

    def __init__(self, work: BulkWork, rng: Random, until: datetime) -> None:
        self._work, self._rng, self._until = work, rng, until
        self._serial = FIRST_SERIAL

    def next(self, ward: UnitInfo) -> tuple[people.Person, Party]:
        """The next one, with their party."""
        who = people.person(self._rng, self._serial, (ward.ward_code, place_of(ward)))
        self._serial += 1
        self._work.actor = SYSTEM
        return who, accounts.register_party(self._work, name=who.name, kind=who.kind, **who.party())


def load(seed: int, until: datetime, samples: Samples) -> int:
    """Makes them once. Returns how many dossiers were written."""
    stream = stream_of(seed, "helped")
    if Event.objects.filter(stream=stream).exists():
        return 0
    rng, keys = Random(f"{seed}:helped"), Random(f"{seed}:helped:keys")  # noqa: S311 -- invented data
    work = BulkWork(SYSTEM, until)
    with clock.at(until), made_by(lambda: id_at(work.now, keys.getrandbits(74))):
        neighbours = Neighbours(work, rng, until)
        _mandates(work, neighbours, until)
        written = _assisted(work, rng, neighbours, until, samples)
        written += _between(work, rng, neighbours, until, samples)
        written += _left(work, rng, neighbours, until, samples)
        work.actor, work.now = SYSTEM, until
        work.record(stream, "history.loaded", {"number": -1, "seed": seed, "dossiers": written}, first=True)
        work.flush()
    return written


def _mandates(work: BulkWork, neighbours: Neighbours, until: datetime) -> None:
    """The demo's citizen may act for her mother, and has authorised her brother for one procedure."""
    ward = directory().by_ward[province.PERSONA_WARD]
    citizen = User.objects.get(username=province.CITIZEN)
    counter = actor_of(User.objects.get(username="demo-counter"))
    work.now = until - timedelta(days=40)
    _, mother = neighbours.next(ward)
    _, brother = neighbours.next(ward)
    if citizen.party_id is None:
        raise LookupError("the demo's citizen has no party")
    work.actor = counter
    mandates.give(
        work, grantor_id=mother.id, agent_id=citizen.party_id, number="27/2026/UQ", valid_from=work.now.date()
    )
    work.actor = actor_of(citizen)
    end = date(until.year + 1, until.month, 1)
    mandates.give(
        work,
        grantor_id=citizen.party_id,
        agent_id=brother.id,
        procedures=["1.004194"],
        valid_from=work.now.date(),
        valid_to=end,
    )


def _assisted(work: BulkWork, rng: Random, neighbours: Neighbours, until: datetime, samples: Samples) -> int:
    """What the volunteer submitted in the last days."""
    volunteer = User.objects.get(username="demo-volunteer")
    helper = actor_of(volunteer)
    ward = directory().by_ward[province.PERSONA_WARD]
    for number, (code, hours, consent) in enumerate(_ASSISTED):
        procedure = _procedure(code)
        who, party = neighbours.next(ward)
        work.actor = helper
        work.now = add_working_seconds(calendar_for(ward.id), until, -int(hours * HOUR))
        competent = competent_unit(procedure, ward.ward_code)
        extra = {"assisted": {"helper": str(helper.id), "unit": str(counter_of(ward).id), "consent": str(consent)}}
        submission = _submission(
            rng, procedure, who, party, helper, f"helped-{number}", samples, competent, counter_of(competent), extra
        )
        dossier = actions.submit(work, submission)
        work.add(
            Assistance(
                dossier=dossier,
                helper=volunteer,
                unit_id=counter_of(ward).id,
                consent=consent,
                witness="Lê Thị Hạnh" if consent == Consent.SPOKEN else "",
                consented_at=work.now,
                sees_until=work.now + timedelta(days=30),
            )
        )
    return len(_ASSISTED)


def _between(work: BulkWork, rng: Random, neighbours: Neighbours, until: datetime, samples: Samples) -> int:
    """Papers that the persona's counter is to send, and a sheet that is on its way to it."""
    units = directory()
    ours = counter_of(units.by_ward[province.PERSONA_WARD])
    other_ward = next(unit for code, unit in sorted(units.by_ward.items()) if code != province.PERSONA_WARD)
    theirs = counter_of(other_ward)
    for number, code in enumerate(_BETWEEN):
        coming = number == 0  # the first is on its way to us, the others wait to be sent
        ward = units.by_ward[province.PERSONA_WARD] if coming else other_ward
        counter = theirs if coming else ours
        procedure = _procedure(code)
        who, party = neighbours.next(ward)
        officer = scene().staff.for_stage(rng, "intake", counter.id)
        work.actor = officer
        work.now = add_working_seconds(calendar_for(counter.id), until, -int((5 - number) * HOUR))
        competent = competent_unit(procedure, ward.ward_code)
        key = f"between-{number}"
        submission = _submission(
            rng, procedure, who, party, officer, key, samples, competent, counter, {}, Channel.DIRECT
        )
        dossier = actions.submit(work, submission)
        actions.accept(work, dossier)
        if coming and moving.must_travel(dossier):
            _send(work, dossier, theirs, ours)
    return len(_BETWEEN)


def _left(work: BulkWork, rng: Random, neighbours: Neighbours, until: datetime, samples: Samples) -> int:
    """Results that wait at the persona's counter for weeks already: nobody has collected them."""
    ward = directory().by_ward[province.PERSONA_WARD]
    counter = counter_of(ward)
    world = World(work, scene().staff, samples, until, _ONLY_LEFT)
    for number, (code, hours) in enumerate(_LEFT):
        procedure = _procedure(code)
        who, party = neighbours.next(ward)
        officer = scene().staff.for_stage(rng, "intake", counter.id)
        competent = competent_unit(procedure, ward.ward_code)
        key = f"left-{number}"
        submission = _submission(
            rng, procedure, who, party, officer, key, samples, competent, counter, {}, Channel.DIRECT
        )
        citizen = Actor(kind="citizen", id=party.id, name=who.called, party_id=party.id)
        at = add_working_seconds(calendar_for(counter.id), until, -int(hours * HOUR))
        Life(world, rng, submission, citizen, 0.0).live(at, officer)
    return len(_LEFT)


def _send(work: BulkWork, dossier: Dossier, sender: UnitInfo, receiver: UnitInfo) -> None:
    sheet = new_sheet(work, sender_id=sender.id, receiver_id=receiver.id, load=Load.DOSSIERS)
    actions.hand_over(work, dossier, sheet=sheet)
    data = {"number": sheet.number, "to": str(receiver.id), "dossiers": [str(dossier.pk)]}
    work.record(sheet.id, "hand_over.made", data, first=True)


def _procedure(code: str) -> ProcedureData:
    return version(Procedure.objects.values_list("current_id", flat=True).get(code=code))


def _submission(
    rng: Random,
    procedure: ProcedureData,
    who: people.Person,
    party: Party,
    submitter: Actor,
    key: str,
    samples: Samples,
    competent: UnitInfo,
    counter: UnitInfo,
    extra: dict[str, dict[str, str]],
    channel: str = Channel.ONLINE,
) -> actions.Submission:
    made = submission_of(
        rng,
        procedure,
        who,
        party.id,
        submitted_by=submitter.id or party.id,
        key=key,
        samples=samples,
        competent=competent,
        counter=counter,
        channel=channel,
    )
    papers = [replace(each, originals=each.originals or 1) for each in made.components]
    return replace(made, components=papers, extra=extra)
