"""Giving a place up."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.audit import actions
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Tx, rows
from app.hospital.errors import APPOINTMENT_MOVED_ON, APPOINTMENT_TOO_LATE
from app.hospital.ports import Conduct, Rules, Succession
from app.hospital.service.booking.acting import ActingPeople
from app.hospital.service.claiming.moves import Move, Moved, move
from app.hospital.service.fees.rows import look_into, owe_back
from app.hospital.service.local import free_until
from app.hospital.states import AppointmentState

_TERMS: Final = """
SELECT a.hospital_id, s.fee_class, a.day, a.starts_at, a.ends_at,
  EXISTS (SELECT FROM stop_outcomes AS o WHERE o.replaced_by = a.id)
FROM appointments AS a JOIN clinic_sessions AS s ON s.id = a.session_id WHERE a.id = %(id)s
"""
_BOOKED: Final = frozenset({AppointmentState.BOOKED})
_HELD: Final = frozenset({AppointmentState.PENDING_PAYMENT})


class Cancelling:
    """Cancels appointments for patients."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        people: ActingPeople,
        rules: Rules,
        conduct: Conduct,
        succession: Succession,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._people = people
        self._rules = rules
        self._conduct = conduct
        self._succession = succession

    def cancel(self, citizen: Citizen, appointment_id: str) -> None:
        """Give up a place that is booked or held.

        1. The caller may act for the patient.
        2. The place's time is not over.
        3. The appointment is booked or held now: one conditional update. A check-in that came
           first refuses it.
        4. In time it costs nothing. Later it counts, and the fee goes back if the rules say so; a
           hold never counts.
        5. The waitlist gets the place before anybody else sees that it is free.

        Raises:
            DomainError: APPOINTMENT_UNKNOWN, MANDATE_…, APPOINTMENT_TOO_LATE or
                APPOINTMENT_MOVED_ON.
        """
        now = self._clock.now()
        with self._database.direct() as tx:
            acting = self._people.of(tx, citizen, appointment_id)  # 1
            late, refunded = self._terms(tx, appointment_id, now)  # 2
            moved, counts = _given_up(tx, appointment_id, acting.actor, late=late, now=now)  # 3
            if counts:  # 4
                self._conduct.cancelled_late(tx, appointment_id, acting.person_id, now)
            give_back = owe_back if refunded or not counts else look_into
            give_back(tx, appointment_id, now)
            self._succession.vacated(tx, moved.unit_id, moved.session_id, now)  # 5
            self._people.note(acting, actions.APPOINTMENT_CANCELLED)

    def _terms(self, tx: Tx, appointment_id: str, now: datetime) -> tuple[bool, bool]:
        """Whether it is late, and whether the fee goes back even so."""
        ((hospital_id, fee_class, day, starts_at, ends_at, put_there),) = rows(
            tx, _TERMS, {"id": appointment_id}
        )
        if ends_at <= now:
            raise APPOINTMENT_TOO_LATE()
        policy = self._rules.for_hospital(hospital_id)
        free = free_until(
            policy, fee_class=fee_class, day=day, starts_at=starts_at, put_there=put_there
        )
        return now > free, policy.refunds_late


def _given_up(
    tx: Tx, appointment_id: str, actor: str, *, late: bool, now: datetime
) -> tuple[Moved, bool]:
    """Cancel what is booked, or else what is held; returns it, and whether it counts."""
    state = AppointmentState.CANCELLED_PATIENT
    step = Move(state=state, actor=actor, only_from=_BOOKED, detail={"late": late})
    moved = move(tx, appointment_id, step, now)
    if moved is not None:
        return moved, late
    moved = move(tx, appointment_id, Move(state=state, actor=actor, only_from=_HELD), now)
    if moved is None:
        raise APPOINTMENT_MOVED_ON()
    return moved, False
