"""A year of dossiers, portion by portion: each portion has its own days, its own seed and its own transaction.

A portion that is in the database is recognised by its event and passed over, so that a load that was broken off goes
on where it stopped, and portions can be made by several processes side by side.
"""

from __future__ import annotations

import csv
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from importlib.resources import files
from itertools import accumulate
from random import Random
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import connection
from django.db.models import Max

from motcua.engines.accounts.actions import register_party
from motcua.engines.accounts.models import Party
from motcua.engines.ledger.actor import SYSTEM, Actor
from motcua.engines.ledger.bulk import BulkWork
from motcua.engines.ledger.models import Event
from motcua.engines.organisations.queries import UnitInfo, calendar_for, directory
from motcua.foundation import clock
from motcua.foundation.clock import VIETNAM
from motcua.foundation.keys import id_at, made_by
from motcua.interfaces.cli.demo import people, rhythm
from motcua.interfaces.cli.demo.answers import Answers
from motcua.interfaces.cli.demo.life import Life, World
from motcua.interfaces.cli.demo.memory import no_collection
from motcua.interfaces.cli.demo.province import PERSONA_WARD
from motcua.interfaces.cli.demo.samples import Samples
from motcua.interfaces.cli.demo.staff import Staff
from motcua.interfaces.cli.embedded.identity import die_with_parent
from motcua.services.dossiers import actions
from motcua.services.dossiers.door import fee_of
from motcua.services.dossiers.models import Channel, Delivery
from motcua.services.dossiers.queries import competent_unit, counter_of
from motcua.services.procedures.content import ProcedureData
from motcua.services.procedures.forms import chosen_form
from motcua.services.procedures.models import Procedure
from motcua.services.procedures.queries import version

PORTION = 1_000
TAIL = 120
TAIL_SHARE = 0.14
TAIL_LATE = 0.14
LONGEST = 60  # in whatever unit
POSTED = 0.03
FIRMS = 0.35
HISTORY = timedelta(days=365)
HOME = "Huế"


def stream_of(seed: int, number: int | str) -> UUID:
    """The ledger stream that says that a portion is there."""
    return uuid5(NAMESPACE_URL, f"motcua:history:{seed}:{number}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A procedure that people ask for: how often, how often late, how often on line."""

    procedure: ProcedureData
    weight: float
    late: float
    online: float


@dataclass(frozen=True, slots=True)
class Portion:
    """Days to fill, with everything that a process needs to fill them alike."""

    number: int
    seed: int
    days: tuple[rhythm.Day, ...]
    until: datetime
    samples: Samples
    first_serial: int = 0

    @property
    def size(self) -> int:
        return sum(day.count for day in self.days)


class Scene:
    """The province as the histories see it, read once per process."""

    def __init__(self) -> None:
        self.staff = Staff()
        self.wards = [unit for unit in directory().all if unit.kind == "commune" and unit.current]
        self._ward_weights = list(accumulate(_weight(unit) for unit in self.wards))
        self.choices = popular()
        self._choice_weights = list(accumulate(choice.weight for choice in self.choices))
        self._answers: dict[UUID, tuple[Answers, UUID | None]] = {}

    def ward(self, rng: Random) -> UnitInfo:
        return rng.choices(self.wards, cum_weights=self._ward_weights)[0]

    def choice(self, rng: Random) -> Choice:
        return rng.choices(self.choices, cum_weights=self._choice_weights)[0]

    @cached_property
    def centre(self) -> UnitInfo:
        """The province's own counter."""
        return next(unit for unit in directory().all if unit.one_stop and unit.path.count("/") == 2)

    def answers(self, procedure: ProcedureData) -> tuple[Answers, UUID | None]:
        """Answers to the procedure's form, and the form's version. The same for the same procedure, whoever asks."""
        if procedure.id not in self._answers:
            form, form_version = chosen_form(procedure)
            made = Answers(form, Random(procedure.code), clock.today())  # noqa: S311 -- invented data
            self._answers[procedure.id] = made, form_version
        return self._answers[procedure.id]


def _weight(commune: UnitInfo) -> float:
    """How much business a commune has; most where the demo's own officers sit."""
    if commune.ward_code == PERSONA_WARD:
        return 12.0
    return 3.0 if "phường" in commune.name.lower() else 1.0


def place_of(commune: UnitInfo) -> str:
    """ "Phường Phú Xuân" of its people's committee."""
    place = commune.name.removeprefix("Ủy ban nhân dân ")
    return place[:1].upper() + place[1:]


def popular() -> list[Choice]:
    """What people ask for: the known favourites, and behind them the rest of the catalogue by Zipf's law."""
    text = (files("motcua.interfaces.cli.demo") / "data" / "popularity.csv").read_text(encoding="utf-8")
    favourites = {row["code"]: row for row in csv.DictReader(text.splitlines())}
    rows = Procedure.objects.filter(status=Procedure.Status.ACTIVE, current__isnull=False)
    versions = dict(rows.values_list("code", "current_id"))
    chosen = [
        Choice(version(versions[code]), float(row["weight"]), float(row["late"]), float(row["online"]))
        for code, row in favourites.items()
        if code in versions
    ]
    others = (
        rows.exclude(code__in=favourites)
        .filter(current__locality__in=["", HOME], current__handled_level__in=["PROVINCE", "COMMUNE"])
        # whose time can be reckoned, and which a person could finish within the year
        .annotate(longest=Max("current__channels__value"))
        .filter(longest__lte=LONGEST)
    )
    # A shuffle that is always the same: codes in their own order would give one field the whole tail.
    codes = sorted(others.values_list("code", flat=True), key=lambda code: uuid5(NAMESPACE_URL, code).hex)
    tail = [version(versions[code]) for code in codes[:TAIL]]
    whole = sum(choice.weight for choice in chosen) or 1.0
    zipf = [1 / (rank + 3) for rank in range(len(tail))]
    scale = whole * TAIL_SHARE / (1 - TAIL_SHARE) / (sum(zipf) or 1.0)
    chosen += [Choice(found, share * scale, TAIL_LATE, 0.4) for found, share in zip(tail, zipf, strict=True)]
    return chosen


def plan(
    *,
    total: int,
    seed: int,
    until: datetime,
    samples: Samples,
    first: datetime | None = None,
    serial: int = 0,
    portion: int = PORTION,
) -> list[Portion]:
    """Divides ``total`` dossiers over the days from ``first`` (a year before) to ``until`` into portions of about
    ``portion`` each.

    ``serial``: the number of the first person; of two plans in one database the second goes on after the first.
    """
    begin = (first or until - HISTORY).astimezone(VIETNAM).date()
    days = rhythm.spread(calendar_for(None), begin, until.astimezone(VIETNAM).date(), total)
    held = rhythm.chunks(days, portion)
    before = [0, *accumulate(sum(day.count for day in each) for each in held)]
    return [
        Portion(number, seed, tuple(each), until, samples, serial + before[number]) for number, each in enumerate(held)
    ]


def load(
    portions: Sequence[Portion], *, processes: int | None = None, advance: Callable[[int], None] = lambda _: None
) -> int:
    """Makes all portions that are not there yet. Returns how many dossiers were written."""
    missing = [portion for portion in portions if not _is_there(portion)]
    for portion in portions:
        if portion not in missing:
            advance(portion.size)
    count = min(processes or min(os.cpu_count() or 1, 2), len(missing) or 1)
    if count <= 1:
        return sum(_made(portion, advance) for portion in missing)
    written = 0
    scene()
    connection.close()  # a connection must not be shared with the processes that are forked now
    fork = multiprocessing.get_context("fork")
    # Helpers go when we are killed; left behind they would hold the database for ever.
    with ProcessPoolExecutor(count, fork, die_with_parent, (signal.SIGTERM, os.getpid())) as pool:
        running = {pool.submit(fill, portion): portion for portion in missing}
        for done in as_completed(running):
            written += done.result()
            advance(running[done].size)
    return written


def _made(portion: Portion, advance: Callable[[int], None]) -> int:
    written = fill(portion)
    advance(portion.size)
    return written


def _is_there(portion: Portion) -> bool:
    return Event.objects.filter(stream=stream_of(portion.seed, portion.number)).exists()


_scene: list[Scene] = []


def scene() -> Scene:
    """The scene of this process; processes that are forked off share it."""
    if not _scene:
        _scene.append(Scene())
    return _scene[0]


def forget_scene() -> None:
    """The next portion reads the province anew."""
    _scene.clear()


def fill(portion: Portion) -> int:
    """Makes one portion in one transaction. Returns how many dossiers were written."""
    rng = Random(f"{portion.seed}:{portion.number}")  # noqa: S311 -- invented data
    work = BulkWork(SYSTEM, portion.until)
    keys = Random(f"{portion.seed}:{portion.number}:keys")  # noqa: S311
    with no_collection(), clock.at(portion.until), made_by(lambda: id_at(work.now, keys.getrandbits(74))):
        crowd = _Crowd(portion, rng, work)
        written = sum(1 for day in portion.days for _ in range(day.count) if crowd.somebody_comes(day))
        work.actor, work.now = SYSTEM, portion.until
        work.record(
            stream_of(portion.seed, portion.number),
            "history.loaded",
            {"number": portion.number, "seed": portion.seed, "dossiers": written},
            first=True,
        )
        work.flush()
    return written


class _Crowd:
    """The people of one portion, coming one after the other."""

    def __init__(self, portion: Portion, rng: Random, work: BulkWork) -> None:
        self._portion, self._rng, self._work = portion, rng, work
        self._scene = scene()
        self._world = World(work, self._scene.staff, portion.samples, portion.until)
        self._known: list[tuple[people.Person, Party]] = []
        self._serial = portion.first_serial
        self._count = 0

    def somebody_comes(self, day: rhythm.Day) -> bool:
        """One dossier. False when the moment lies after the end of the story."""
        rng = self._rng
        choice = self._scene.choice(rng)
        channel = _channel(rng, choice, weekend=day.day.weekday() >= 5)
        at = rhythm.at_counter(rng, day.day) if channel == Channel.DIRECT else rhythm.at_home(rng, day.day)
        ward = self._scene.ward(rng)
        if at > self._portion.until:
            return False
        who, party = self._applicant(choice, ward, at)
        competent = competent_unit(choice.procedure, ward.ward_code)
        counter = counter_of(competent)
        if channel == Channel.DIRECT and counter.id == self._scene.centre.id and rng.random() < 0.45:
            counter = counter_of(ward)  # any centre takes any procedure of the province (ND118 Đ14)
        citizen = Actor(kind="citizen", id=party.id, name=who.called, party_id=party.id)
        submitter = self._scene.staff.for_stage(rng, "intake", counter.id) if channel != Channel.ONLINE else citizen
        submission = self._submission(choice, channel, competent, counter, who, party, submitter)
        life = Life(self._world, rng, submission, citizen, choice.late)
        return life.live(at, submitter) is not None

    def _applicant(self, choice: Choice, ward: UnitInfo, at: datetime) -> tuple[people.Person, Party]:
        rng = self._rng
        if self._known and rng.random() < 0.3:
            return rng.choice(self._known)
        firm = choice.procedure.handled_level == "PROVINCE" and rng.random() < FIRMS
        who = people.person(rng, self._serial, (ward.ward_code, place_of(ward)), firm=firm)
        self._serial += 1
        self._work.actor, self._work.now = SYSTEM, at
        party = register_party(self._work, name=who.called, kind=who.kind, **who.party())
        self._known.append((who, party))
        return who, party

    def _submission(
        self,
        choice: Choice,
        channel: str,
        competent: UnitInfo,
        counter: UnitInfo,
        who: people.Person,
        party: Party,
        submitter: Actor,
    ) -> actions.Submission:
        rng, samples = self._rng, self._portion.samples
        self._count += 1
        online = channel == Channel.ONLINE
        made = submission_of(
            rng,
            choice.procedure,
            who,
            party.id,
            submitted_by=submitter.id or party.id,
            key=f"{self._portion.seed}-{self._portion.number}-{self._count}",
            samples=samples,
            competent=competent,
            counter=counter,
            channel=channel,
        )
        ways = (Delivery.ELECTRONIC, Delivery.COUNTER, Delivery.POST)
        return replace(made, delivery=rng.choices(ways, (6, 3, 1) if online else (1, 8, 1))[0])


def submission_of(
    rng: Random,
    procedure: ProcedureData,
    who: people.Person,
    party_id: UUID,
    *,
    submitted_by: UUID,
    key: str,
    samples: Samples,
    competent: UnitInfo,
    counter: UnitInfo,
    channel: str = Channel.ONLINE,
) -> actions.Submission:
    """What a person submits: answers that fit the form, some scans, the fee."""
    answers, form_version = scene().answers(procedure)
    values = answers.of(rng, who)
    return actions.Submission(
        procedure=procedure,
        channel=channel,
        competent_id=competent.id,
        received_at_id=counter.id,
        applicant_id=party_id,
        applicant_name=who.called,
        submitted_by=submitted_by,
        key=f"history-{key}",
        answers=values,
        contact={
            "phone": who.phone,
            "email": who.email,
            "address": f"{who.address_line}, {who.ward_name}, {people.HOME[1]}",
        },
        form_version_id=form_version,
        component_case=answers.case(values),
        components=papers_of(procedure, samples),
        fee=fee_of(procedure.method(channel)),
    )


def papers_of(procedure: ProcedureData, samples: Samples) -> list[actions.ComponentIn]:
    """The first few components of a procedure, most of them with a sample scan."""
    papers = list({paper.key: paper for paper in procedure.papers}.values())[:4]
    return [
        actions.ComponentIn(
            key=paper.key,
            name=paper.label,
            originals=min(paper.originals, 9),
            copies=min(paper.copies, 9),
            files=(samples.for_paper(paper.label),) if at < 3 else (),
        )
        for at, paper in enumerate(papers)
    ]


def _channel(rng: Random, choice: Choice, *, weekend: bool) -> str:
    offered = {method.channel for method in choice.procedure.methods} or {Channel.DIRECT.value}
    wanted = Channel.DIRECT
    if weekend or rng.random() < choice.online:
        wanted = Channel.ONLINE
    elif rng.random() < POSTED:
        wanted = Channel.POSTAL
    if wanted in offered:
        return str(wanted)
    return next(str(each) for each in (Channel.DIRECT, Channel.ONLINE, Channel.POSTAL) if each in offered)
