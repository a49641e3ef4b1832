"""One process among several that claim, cancel and stop in the same session at the same moment.

Run as `python -m tests.app.hospital.stopping.race_child URL ACT SESSION ID`; begins at a line on
its standard input and prints "done", "none" or the code of a refusal. ID is the person who claims,
the appointment that is cancelled, or the hospital that stops.
"""

from __future__ import annotations

import sys

from app.core.database import Database
from app.core.errors import DomainError
from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from app.hospital.stop_reasons import StopReason
from app.hospital.stopping.service.stopping import ClinicStopping, Order
from tests.app.hospital.city import CityRules
from tests.app.racer import await_start, say
from tests.fakes import FakeClock


class Fees:
    """Nobody paid anything."""

    def refund(self, *_: object) -> int:
        return 0

    def carry_over(self, *_: object) -> None:
        """Nothing to carry."""


def act(database: Database, what: str, session: str, one: str) -> bool:
    clock = FakeClock()
    if what == "stop":
        order = Order(
            hospital_id=one,
            terminal_id="ter",
            reason=StopReason.OTHER,
            session_ids=[session],
        )
        stopping = ClinicStopping(database=database, clock=clock, rules=CityRules(), fees=Fees())
        return stopping.stop(order, session).state == "STOPPED"
    with database.direct() as tx:
        if what == "cancel":
            step = Move(state=AppointmentState.CANCELLED_PATIENT, actor="patient")
            return move(tx, one, step, clock.now()) is not None
        wanted = Wanted(
            person_id=one,
            session_id=session,
            state=AppointmentState.BOOKED,
            deadline=None,
            consent="same_doctor",
        )
        return claim(tx, wanted, clock.now()) is not None


def main(*words: str) -> None:
    url, what, session, one = words
    database = Database(url, pool_size=1)
    await_start(database)
    try:
        say("done" if act(database, what, session, one) else "none")
    except DomainError as refused:
        say(refused.kind.code)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
