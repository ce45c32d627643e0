"""Dossiers of the demo's own citizen, one at each stage, so that every screen of hers has something on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from motcua.engines.accounts.models import Party, User
from motcua.engines.accounts.queries import actor_of
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.bulk import BulkWork
from motcua.engines.ledger.models import Event
from motcua.engines.organisations.queries import calendar_for, directory
from motcua.foundation import clock
from motcua.foundation.keys import id_at, made_by
from motcua.foundation.working_time import add_working_seconds
from motcua.interfaces.cli.demo import people, province
from motcua.interfaces.cli.demo.histories import place_of, scene, stream_of, submission_of
from motcua.interfaces.cli.demo.life import HOUR, Chances, Life, World
from motcua.interfaces.cli.demo.samples import Samples
from motcua.services.dossiers.models import Delivery
from motcua.services.dossiers.queries import competent_unit, counter_of
from motcua.services.procedures.models import Procedure
from motcua.services.procedures.queries import version

_NEVER = Chances(0, 0, 0, 0, 0, 0, 0, 0, 0)
_ASKED = replace(_NEVER, asked_later=1)
_REFUSED = replace(_NEVER, refused=1)
# procedure, working hours ago, what happens on the way, late or not
_STORIES: Sequence[tuple[str, float, Chances, bool]] = (
    ("1.004194", 1400, _NEVER, False),
    ("2.000635", 700, _NEVER, False),
    ("1.001612", 420, _REFUSED, False),
    ("1.004222", 30, _NEVER, False),
    ("1.013225", 60, _NEVER, False),
    ("1.012783", 150, _NEVER, True),
    ("1.001776", 26, _ASKED, False),
    ("1.004873", 0.4, _NEVER, False),
)


def load(seed: int, until: datetime, samples: Samples) -> int:
    """Makes them once. Returns how many were written."""
    stream = stream_of(seed, "own")
    if Event.objects.filter(stream=stream).exists():
        return 0
    rng, keys = Random(f"{seed}:own"), Random(f"{seed}:own:keys")  # noqa: S311 -- invented data
    work = BulkWork(SYSTEM, until)
    with clock.at(until), made_by(lambda: id_at(work.now, keys.getrandbits(74))):
        written = sum(_story(work, rng, until, samples, at, story) for at, story in enumerate(_STORIES))
        work.actor, work.now = SYSTEM, until
        work.record(stream, "history.loaded", {"number": -1, "seed": seed, "dossiers": written}, first=True)
        work.flush()
    return written


def _story(
    work: BulkWork,
    rng: Random,
    until: datetime,
    samples: Samples,
    number: int,
    story: tuple[str, float, Chances, bool],
) -> int:
    code, hours, chances, late = story
    procedure = version(Procedure.objects.values_list("current_id", flat=True).get(code=code))
    user = User.objects.select_related("party").get(username=province.CITIZEN)
    citizen = actor_of(user)
    ward = directory().by_ward[province.PERSONA_WARD]
    competent = competent_unit(procedure, ward.ward_code)
    who = _as_person(user, place_of(ward))
    made = submission_of(
        rng,
        procedure,
        who,
        party_of(user).pk,
        submitted_by=user.id,
        key=f"own-{number}",
        samples=samples,
        competent=competent,
        counter=counter_of(competent),
    )
    submission = replace(made, delivery=Delivery.ELECTRONIC)
    world = World(work, scene().staff, samples, until, chances)
    at = add_working_seconds(calendar_for(competent.id), until, -int(hours * HOUR)) - timedelta(minutes=3)
    dossier = Life(world, rng, submission, citizen, 1.0 if late else 0.0).live(at)
    return 1 if dossier else 0


def party_of(user: User) -> Party:
    """The demo's citizen as a party."""
    if user.party is None:
        raise LookupError("the demo's citizen has no party")
    return user.party


def _as_person(user: User, place: str) -> people.Person:
    party = party_of(user)
    if party.birth_date is None:
        raise LookupError("the demo's citizen has no date of birth")
    return people.Person(
        name=party.name,
        sex=party.sex,
        birth_date=party.birth_date,
        identity_number=party.identity_number,
        phone=party.phone,
        email=party.email,
        address_line=party.address_line,
        ward_code=party.ward_code,
        ward_name=place,
    )
