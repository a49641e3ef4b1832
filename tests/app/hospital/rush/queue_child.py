"""One process among several that stand in line, or use one ticket, at the same moment.

Run as `python -m tests.app.hospital.rush.queue_child URL KEYS ISSUER NOW join RELEASE PERSON…`,
`… enter RELEASE PERSON…`, `… close` or `… hold SESSION PERSON TICKET`; begins at a line on its
standard input and prints ranks or what came of it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from app.core.access.principals import Citizen
from app.core.database import Database
from app.core.errors import DomainError
from app.core.fields import FieldCipher
from app.core.keys.files import FileKeys
from app.hospital.rush.errors import QUEUE_NOT_OPEN
from app.hospital.rush.policy import CITY
from app.hospital.rush.service.admitting import QueueAdmissions
from app.hospital.rush.service.closing import LotteryClosing
from app.hospital.rush.service.drawing import Drawing
from app.hospital.rush.service.queueing import Queueing
from app.hospital.rush.service.tokens import QueueTokens
from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.states import AppointmentState
from tests.app.racer import await_start, say
from tests.fakes import FakeClock


class Unlimited:
    """Counts nothing."""

    def hit(self, name: str, *keys: str) -> None:
        assert name
        assert keys


def citizen(person: str, now: datetime) -> Citizen:
    return Citizen(
        person_id=person,
        thumbprint="t",
        level="L1",
        authenticated_at=now,
        client_id="miniprogram",
        session_id="",
        scope=frozenset(),
    )


def enter(queueing: Queueing, now: datetime, release: str, persons: Sequence[str]) -> list[str]:
    """The tickets of a lottery that were told before it closed."""
    told = []
    for person in persons:
        try:
            told.append(queueing.join(citizen(person, now), release).id)
        except DomainError as refused:
            if refused.kind != QUEUE_NOT_OPEN:
                raise
    return told


def hold(database: Database, tokens: QueueTokens, now: datetime, words: tuple[str, ...]) -> str:
    session, person, ticket = words
    wanted = Wanted(
        person_id=person,
        session_id=session,
        state=AppointmentState.PENDING_PAYMENT,
        deadline=now + timedelta(minutes=10),
    )
    try:
        with database.direct() as tx:
            QueueAdmissions(tokens=tokens).require(tx, person, session, ticket, now)
            return "held" if claim(tx, wanted, now) else "full"
    except DomainError as refused:
        return refused.kind.code


def main(url: str, keys_path: str, issuer: str, moment: str, act: str, *words: str) -> None:
    clock, database = FakeClock(datetime.fromisoformat(moment)), Database(url, pool_size=1)
    keys = FileKeys(Path(keys_path), clock=clock)
    cipher = FieldCipher(fields=keys.secrets("fields"), index=keys.secrets("index"))
    tokens = QueueTokens(issuer=issuer, ring=keys.signing("queue-ticket"), cipher=cipher)
    queueing = Queueing(
        database=database, clock=clock, limits=Unlimited(), tokens=tokens, policy=CITY
    )
    await_start(database)
    if act == "join":
        release, *persons = words
        views = [queueing.join(citizen(person, clock.now()), release) for person in persons]
        say(" ".join(f"{view.id}:{view.rank}" for view in views))
    elif act == "enter":
        release, *persons = words
        say(" ".join(enter(queueing, clock.now(), release, persons)))
    elif act == "close":
        drawing = Drawing(database=database, clock=clock, cipher=cipher)
        say(LotteryClosing(database=database, clock=clock, drawing=drawing).sweep())
    else:
        say(hold(database, tokens, clock.now(), words))
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
