"""One process among several that free, answer or end something at the same moment.

Run as `python -m tests.app.hospital.waitlist.race_child URL ACT ID PERSON SECONDS`; begins at a
line on its standard input and prints "done" or the code of the refusal. `SECONDS` is by how much
its clock is ahead.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from app.audit.service import AccessLog
from app.core.access.principals import Citizen
from app.core.database import Database
from app.core.errors import DomainError
from app.core.statements import Tx
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from app.hospital.waitlist.errors import WAITLIST_MOVED_ON
from app.hospital.waitlist.ports import Mandate
from app.hospital.waitlist.service.answering import WaitlistAnswering
from app.hospital.waitlist.service.entering import WaitlistEntering, Wish
from app.hospital.waitlist.service.giving import PlaceGiving
from app.hospital.waitlist.service.lapsing import OfferLapsing
from app.hospital.waitlist.service.succession import WaitlistSuccession
from tests.app.hospital.city import CityRules
from tests.app.racer import await_start, say
from tests.fakes import FakeClock


class Anybody:
    """May book."""

    def may_book(self, tx: Tx, person_id: str, hospital_id: str, now: datetime) -> None: ...

    def cancelled_late(
        self, tx: Tx, appointment_id: str, person_id: str, now: datetime
    ) -> None: ...

    def no_show(self, tx: Tx, appointment_id: str, person_id: str, now: datetime) -> None: ...


class NoMandates:
    """Everybody books for themselves."""

    def hold(self, tx: Tx, *, mandate_id: str, agent_id: str) -> Mandate:
        raise NotImplementedError


class Racer:
    """Does one thing."""

    def __init__(self, url: str, seconds: float) -> None:
        self.clock = FakeClock()
        self.clock.advance(seconds=seconds)
        self.database = Database(url, pool_size=1)
        rules, conduct, mandates = CityRules(), Anybody(), NoMandates()
        self.succession = WaitlistSuccession(
            giving=PlaceGiving(rules=rules, conduct=conduct, mandates=mandates)
        )
        self.answering = WaitlistAnswering(
            database=self.database,
            clock=self.clock,
            rules=rules,
            conduct=conduct,
            mandates=mandates,
            succession=self.succession,
        )
        self.entering = WaitlistEntering(
            database=self.database,
            clock=self.clock,
            accesses=AccessLog(database=self.database, clock=self.clock),
            rules=rules,
            conduct=conduct,
            mandates=mandates,
        )

    def cancel(self, appointment: str, person: str) -> None:
        assert person
        now, step = (
            self.clock.now(),
            Move(state=AppointmentState.CANCELLED_PATIENT, actor="patient"),
        )
        with self.database.direct() as tx:
            moved = move(tx, appointment, step, now)
            if moved is None:
                raise WAITLIST_MOVED_ON()
            self.succession.vacated(tx, moved.unit_id, moved.session_id, now)

    def accept(self, entry: str, person: str) -> None:
        self.answering.accept(_citizen(person, self.clock.now()), entry)

    def decline(self, entry: str, person: str) -> None:
        self.answering.decline(_citizen(person, self.clock.now()), entry)

    def lapse(self, entry: str, person: str) -> None:
        assert person
        lapsing = OfferLapsing(database=self.database, clock=self.clock, succession=self.succession)
        with self.database.direct() as tx:
            if not lapsing.end(tx, entry, self.clock.now()):
                raise WAITLIST_MOVED_ON()

    def enter(self, department: str, person: str) -> None:
        hospital, _, department = department.partition("/")
        today = self.clock.now().date()
        wish = Wish(
            hospital_id=hospital,
            department_id=department,
            practitioner_id=None,
            session_id=None,
            from_day=today,
            to_day=today + timedelta(days=7),
            half_days=["morning"],
            most_fee=6000,
            automatic=False,
            mandates=[None],
        )
        self.entering.enter(_citizen(person, self.clock.now()), wish)


def _citizen(person: str, now: datetime) -> Citizen:
    return Citizen(
        person_id=person,
        thumbprint="t",
        level="L1",
        authenticated_at=now,
        client_id="miniprogram",
        session_id="",
        scope=frozenset(),
    )


def main(url: str, act: str, about: str, person: str, seconds: str) -> None:
    racer = Racer(url, float(seconds))
    acts = {
        "cancel": racer.cancel,
        "accept": racer.accept,
        "decline": racer.decline,
        "lapse": racer.lapse,
        "enter": racer.enter,
    }
    await_start(racer.database)
    try:
        acts[act](about, person)
        say("done")
    except DomainError as refused:
        say(refused.kind.code)
    racer.database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
