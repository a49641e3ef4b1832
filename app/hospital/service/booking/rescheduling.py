"""Exchanging a place for another, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.audit import actions
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Tx, rows
from app.hospital.errors import (
    APPOINTMENT_FEE_DIFFERS,
    APPOINTMENT_MOVED_ON,
    APPOINTMENT_TOO_LATE,
)
from app.hospital.ports import Admissions, Rules, Succession
from app.hospital.service.booking.acting import Acting, ActingPeople
from app.hospital.service.booking.holding import take
from app.hospital.service.booking.sessions import OpenSession, open_session
from app.hospital.service.claiming.claims import Wanted
from app.hospital.service.claiming.moves import Move, move
from app.hospital.service.fees.rows import carry
from app.hospital.service.local import free_until
from app.hospital.states import AppointmentState

_OLD: Final = """
SELECT a.hospital_id, s.fee_class, a.day, a.starts_at, a.fee, s.item_code, a.consent, a.agent_id,
  a.mandate_id, EXISTS (SELECT FROM stop_outcomes AS o WHERE o.replaced_by = a.id)
FROM appointments AS a JOIN clinic_sessions AS s ON s.id = a.session_id WHERE a.id = %(id)s
"""
_BOOKED: Final = frozenset({AppointmentState.BOOKED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """The place somebody wants instead."""

    session_id: str
    window: datetime | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Old:
    """What is given up."""

    hospital_id: str
    fee_class: str
    fee: int
    item_code: str
    consent: str
    agent_id: str | None
    mandate_id: str | None


class Rescheduling:
    """Moves appointments to other places."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        people: ActingPeople,
        rules: Rules,
        admissions: Admissions,
        succession: Succession,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._people = people
        self._rules = rules
        self._admissions = admissions
        self._succession = succession

    def reschedule(self, citizen: Citizen, appointment_id: str, instead: Instead) -> str:
        """Exchange a booked place for another; returns the new appointment's id.

        1. The caller may act for the patient.
        2. It could still be cancelled at no cost.
        3. The other session is open, of the same hospital, at the same fee: it is paid already.
        4. The old place is given up and the new one taken in one transaction, or neither is.
        5. What was paid is handed on.
        6. The waitlist gets the old place before anybody else sees that it is free.

        Raises:
            DomainError: APPOINTMENT_UNKNOWN, MANDATE_…; APPOINTMENT_TOO_LATE; SESSION_UNKNOWN,
                SESSION_NOT_OPEN, APPOINTMENT_FEE_DIFFERS; what `Admissions.require` refuses;
                APPOINTMENT_MOVED_ON, SESSION_FULL, WINDOW_FULL or a quota.
        """
        now = self._clock.now()
        with self._database.direct() as tx:
            acting = self._people.of(tx, citizen, appointment_id)  # 1
            old = self._old(tx, appointment_id, now)  # 2
            session = open_session(tx, instead.session_id, rules=self._rules, now=now)
            _require_equal(old, session)  # 3
            admitted = self._admissions.require(
                tx, citizen.person_id, instead.session_id, instead.ticket, now
            )
            step = Move(state=AppointmentState.RESCHEDULED, actor=acting.actor, only_from=_BOOKED)
            left = move(tx, appointment_id, step, now)  # 4
            if left is None:
                raise APPOINTMENT_MOVED_ON()
            wanted = _wanted(acting, old, appointment_id, instead, admitted=admitted, now=now)
            claimed = take(tx, wanted, now)  # 4
            carry(tx, appointment_id, claimed.appointment_id)  # 5
            if claimed.unit_id != left.unit_id:
                self._succession.vacated(tx, left.unit_id, left.session_id, now)  # 6
            self._people.note(acting, actions.APPOINTMENT_RESCHEDULED)
        return claimed.appointment_id

    def _old(self, tx: Tx, appointment_id: str, now: datetime) -> _Old:
        ((hospital_id, fee_class, day, starts_at, *others),) = rows(
            tx, _OLD, {"id": appointment_id}
        )
        policy = self._rules.for_hospital(hospital_id)
        fee, item_code, consent, agent_id, mandate_id, put_there = others
        if now > free_until(
            policy, fee_class=fee_class, day=day, starts_at=starts_at, put_there=put_there
        ):
            raise APPOINTMENT_TOO_LATE()
        return _Old(
            hospital_id=hospital_id,
            fee_class=fee_class,
            fee=fee,
            item_code=item_code,
            consent=consent,
            agent_id=agent_id,
            mandate_id=mandate_id,
        )


def _require_equal(old: _Old, session: OpenSession) -> None:
    new = (session.hospital_id, session.fee, session.item_code)
    if new != (old.hospital_id, old.fee, old.item_code):
        raise APPOINTMENT_FEE_DIFFERS()


def _wanted(
    acting: Acting, old: _Old, old_id: str, instead: Instead, *, admitted: bool, now: datetime
) -> Wanted:
    return Wanted(
        person_id=acting.person_id,
        session_id=instead.session_id,
        state=AppointmentState.BOOKED,
        deadline=None,
        source="ticket" if admitted else "public",
        actor=acting.actor,
        consent=old.consent,
        opened=now,
        fee=old.fee,
        window=instead.window,
        agent_id=old.agent_id,
        mandate_id=old.mandate_id,
        replaces=old_id,
        detail={"instead_of": old_id},
    )
