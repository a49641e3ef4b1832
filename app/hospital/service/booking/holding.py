"""Holding a place until it is paid; one that costs nothing is booked at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.audit import actions
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Tx, row
from app.hospital.errors import APPOINTMENT_HELD_BEFORE, SESSION_FULL, WINDOW_FULL
from app.hospital.policy import BookingPolicy
from app.hospital.ports import Admissions, Conduct, Rules
from app.hospital.service.booking.acting import Acting, ActingPeople
from app.hospital.service.booking.sessions import OpenSession, open_session
from app.hospital.service.claiming.claims import Claimed, Wanted, claim
from app.hospital.states import AppointmentState

LONGEST_HOLD: Final = timedelta(minutes=10)
"""Whatever a hospital's policy says."""
# What was held and never booked, whether time ended it or the person did.
_HELD_LAST: Final = """
SELECT max(held.state_changed_at) FROM appointments AS held
WHERE held.person_id = %(person)s AND held.session_id = %(session)s
  AND held.state IN ('EXPIRED', 'CANCELLED_PATIENT') AND held.source <> 'waitlist'
  AND NOT EXISTS (SELECT FROM appointment_events AS event
    WHERE event.appointment_id = held.id AND event.kind = 'booked')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A place somebody asks for."""

    session_id: str
    window: datetime | None = None
    """When it must begin; None: the lowest number."""
    mandate_id: str | None = None
    """By which they ask for somebody else."""
    consent: str = "none"
    """What the hospital may give instead, should it call the session off."""
    ticket: str | None = None
    """Of the rush, where the session is released through one."""


class Holding:
    """Holds places."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        people: ActingPeople,
        rules: Rules,
        conduct: Conduct,
        admissions: Admissions,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._people = people
        self._rules = rules
        self._conduct = conduct
        self._admissions = admissions

    def hold(self, citizen: Citizen, asked: Asked) -> str:
        """Hold a place; returns the appointment's id.

        1. The caller is the patient, or has their mandate, which stays until the end.
        2. The session is open to the public, within the hospital's window of days.
        3. The patient is not restricted.
        4. They did not let a place of this session go unpaid a moment ago: a hold is not renewed.
        5. A release that many want at once is entered with an admission of the caller's, also where
           they act for somebody else; it is used up.
        6. A place is free; the patient's quotas allow it.

        Raises:
            DomainError: MANDATE_…; SESSION_UNKNOWN, SESSION_NOT_OPEN; what `Conduct.may_book` and
                `Admissions.require` refuse; APPOINTMENT_HELD_BEFORE; SESSION_FULL, WINDOW_FULL,
                APPOINTMENT_SAME_DEPARTMENT_DAY, APPOINTMENT_SAME_DOCTOR_DAY, APPOINTMENT_OVERLAPS.
        """
        now = self._clock.now()
        with self._database.direct() as tx:
            acting = self._people.for_new(tx, citizen, asked.mandate_id)  # 1
            session = open_session(tx, asked.session_id, rules=self._rules, now=now)  # 2
            policy = self._rules.for_hospital(session.hospital_id)
            self._conduct.may_book(tx, acting.person_id, session.hospital_id, now)  # 3
            if session.fee:
                _require_pause(tx, citizen.person_id, asked.session_id, policy, now)  # 4
            admitted = self._admissions.require(  # 5
                tx, citizen.person_id, asked.session_id, asked.ticket, now
            )
            source = "ticket" if admitted else "public"
            wanted = _wanted(acting, session, asked, policy=policy, source=source, now=now)
            claimed = take(tx, wanted, now)  # 6
            self._people.note(acting, actions.APPOINTMENT_MADE)
        return claimed.appointment_id


def take(tx: Tx, wanted: Wanted, now: datetime) -> Claimed:
    """Take a place, or say that none is left.

    Raises:
        DomainError: SESSION_FULL, WINDOW_FULL, or what `claim` refuses.
    """
    claimed = claim(tx, wanted, now)
    if claimed is None:
        raise SESSION_FULL() if wanted.window is None else WINDOW_FULL(pointer="/window")
    return claimed


def _wanted(
    acting: Acting,
    session: OpenSession,
    asked: Asked,
    *,
    policy: BookingPolicy,
    source: str,
    now: datetime,
) -> Wanted:
    paid_first = session.fee > 0
    return Wanted(
        person_id=acting.person_id,
        session_id=session.id,
        state=AppointmentState.PENDING_PAYMENT if paid_first else AppointmentState.BOOKED,
        deadline=now + min(policy.hold, LONGEST_HOLD) if paid_first else None,
        source=source,
        actor=acting.actor,
        consent=asked.consent,
        opened=now,
        fee=session.fee,
        window=asked.window,
        agent_id=acting.agent_id,
        mandate_id=acting.mandate_id,
    )


def _require_pause(
    tx: Tx, person_id: str, session_id: str, policy: BookingPolicy, now: datetime
) -> None:
    found = row(tx, _HELD_LAST, {"person": person_id, "session": session_id})
    last = None if found is None else found[0]
    if last is None:
        return
    left = policy.hold_again_after - (now - last)
    if left > timedelta(0):
        raise APPOINTMENT_HELD_BEFORE(retry_after=_seconds(left))


def _seconds(left: timedelta) -> int:
    return min(int(left.total_seconds()) + 1, 86_400)
