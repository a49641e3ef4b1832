"""Processes that claim, give back, import and substitute at the same moment, on one database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from app.core.database import Database
from app.core.errors import UNAVAILABLE, DomainError
from app.hospital.planning.service.giving_back import GivingBack
from app.hospital.planning.service.importing.importing import ScheduleImport
from app.hospital.planning.service.importing.report import Mode
from app.hospital.planning.service.lines.reading import numbered, read_ndjson
from app.hospital.planning.service.sessions.steps import SessionSteps
from app.hospital.planning.service.sessions.taking import SessionTaking
from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.states import AppointmentState
from app.wiring.models import TABLES
from tests.app.hospital.city import CityRules
from tests.app.hospital.planning.fakes import NobodyWaits
from tests.app.racing import Begin, at_once
from tests.fakes import FakeClock

KNOWN = TABLES


@dataclass(frozen=True, kw_only=True)
class Race:
    """What every process needs to know."""

    database_url: str
    now: datetime
    hospital_id: str
    session_id: str


@dataclass(frozen=True, kw_only=True)
class Act:
    """One process's part."""

    kind: str
    persons: tuple[str, ...] = ()
    channel: str = "app"
    files: tuple[bytes, ...] = ()
    doctors: tuple[str, ...] = ()
    tries: int = 60
    """At each place: those that others have locked for a moment are passed over."""


def run(race: Race, acts: Sequence[Act]) -> list[list[str]]:
    """Do each act in a process of its own, all at once; returns what came of each, in order."""
    return at_once(_act, race, acts)


def _act(race: Race, act: Act, begin: Begin) -> list[str]:
    database = Database(race.database_url, pool_size=1)
    database.ping()  # connected before the start, so that all run at once
    begin()
    try:
        return _do(database, race, act)
    finally:
        database.close()


def _do(database: Database, race: Race, act: Act) -> list[str]:
    match act.kind:
        case "claim":
            return [_claimed(database, race, act, person) for person in act.persons]
        case "give back":
            clock = FakeClock(race.now)
            giving = GivingBack(database=database, clock=clock, succession=NobodyWaits())
            return [str(giving.sweep()) for _ in range(20)]
        case "import":
            return [imported(database, race, data) for data in act.files]
        case _:
            return [substituted(database, race, doctor) for doctor in act.doctors]


def _claimed(database: Database, race: Race, act: Act, person: str) -> str:
    wanted = Wanted(
        person_id=person,
        session_id=race.session_id,
        state=AppointmentState.BOOKED,
        deadline=None,
        channel=act.channel,
    )
    for _ in range(act.tries):
        try:
            with database.direct() as tx:
                claimed = claim(tx, wanted, race.now)
        except DomainError as refusal:
            if refusal.kind != UNAVAILABLE:
                raise
            continue
        if claimed is not None:
            return claimed.unit_id
    return "full"


def imported(database: Database, race: Race, data: bytes) -> str:
    """What came of a file."""
    clock = FakeClock(race.now)
    importing = ScheduleImport(
        database=database,
        clock=clock,
        sessions=SessionTaking(rules=CityRules(), succession=NobodyWaits()),
    )
    report = importing.run(
        race.hospital_id, lambda: read_ndjson(numbered(BytesIO(data))), Mode.EACH
    )
    return ",".join(one.kind.code for one in report.refused) or "taken"


def substituted(database: Database, race: Race, doctor: str) -> str:
    """What came of a substitution."""
    try:
        steps = SessionSteps(database=database, clock=FakeClock(race.now))
        steps.substitute(race.hospital_id, race.session_id, doctor)
    except DomainError as refusal:
        return refusal.kind.code
    return "done"
