"""Coming to the hospital: checked in by the card's code, and seen by the doctor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.statements import Row, Tx, row, rows
from app.hospital.errors import (
    APPOINTMENT_MOVED_ON,
    APPOINTMENT_UNKNOWN,
    CHECK_IN_NOTHING,
    CHECK_IN_TOO_EARLY,
    CHECK_IN_TOO_LATE,
)
from app.hospital.ports import Codes, Rules
from app.hospital.service.booking.acting import PURPOSE
from app.hospital.service.claiming.moves import Move, move
from app.hospital.service.directory import HospitalDirectory
from app.hospital.service.local import today
from app.hospital.states import AppointmentState

_A: Final = AppointmentState
_TODAY: Final = """
SELECT a.id, a.state, a.starts_at, s.ends_at
FROM appointments AS a JOIN clinic_sessions AS s ON s.id = a.session_id
WHERE a.person_id = %(person)s AND a.hospital_id = %(hospital)s AND a.day = %(day)s
  AND a.state IN ('BOOKED', 'ARRIVED', 'NOSHOW')
ORDER BY a.starts_at
"""
_STATE: Final = """
SELECT person_id, state FROM appointments WHERE id = %(id)s AND hospital_id = %(hospital)s
"""


class Attending:
    """What a hospital's desk, kiosk and doctors tell of people who came."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        directory: HospitalDirectory,
        codes: Codes,
        rules: Rules,
        accesses: AccessLog,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._directory = directory
        self._codes = codes
        self._rules = rules
        self._accesses = accesses

    def check_in(self, terminal: Terminal, code: str) -> str:
        """Check in whoever shows a code; returns the appointment's id.

        1. The terminal belongs to a hospital.
        2. The code is used up, for the purpose registration: the card's own checks.
        3. The person has an appointment here today, and it is time.
        4. It is still booked: one conditional update. A cancellation that came first refuses it.
        5. The person's log says so.

        Somebody who is checked in already and shows another code is told the same.

        Raises:
            DomainError: HOSPITAL_NOT_YOURS; what `Codes.read` refuses; CHECK_IN_NOTHING,
                CHECK_IN_TOO_EARLY with the member `from`, or CHECK_IN_TOO_LATE.
        """
        hospital_id = self._directory.of(terminal)  # 1
        person_id = self._codes.read(terminal, code)  # 2
        now = self._clock.now()
        values = {"person": person_id, "hospital": hospital_id, "day": today(now)}
        with self._database.direct() as tx:
            found = rows(tx, _TODAY, values)
            appointment_id = self._due(found, hospital_id, now)  # 3
            arrived = [one[0] for one in found if one[1] == _A.ARRIVED]
            if appointment_id not in arrived:
                self._move(tx, appointment_id, _A.ARRIVED, terminal, now)  # 4
            self._note(terminal, person_id, actions.APPOINTMENT_ARRIVED)  # 5
        return appointment_id

    def serve(self, terminal: Terminal, appointment_id: str) -> None:
        """Write down that the doctor has seen somebody; a second time changes nothing.

        1. The terminal belongs to a hospital, and the appointment is that hospital's.
        2. The person was checked in: one conditional update.
        3. The person's log says so.

        Raises:
            DomainError: HOSPITAL_NOT_YOURS, APPOINTMENT_UNKNOWN or APPOINTMENT_MOVED_ON.
        """
        hospital_id = self._directory.of(terminal)  # 1
        now = self._clock.now()
        with self._database.direct() as tx:
            found = row(tx, _STATE, {"id": appointment_id, "hospital": hospital_id})
            if found is None:  # 1
                raise APPOINTMENT_UNKNOWN()
            if found[1] == _A.FULFILLED:
                return
            self._move(tx, appointment_id, _A.FULFILLED, terminal, now)  # 2
            self._note(terminal, found[0], actions.APPOINTMENT_SERVED)  # 3

    def _due(self, found: Sequence[Row], hospital_id: str, now: datetime) -> str:
        """The appointment a person has come for: one that is due, or else one they came for."""
        before = self._rules.for_hospital(hospital_id).check_in_before
        booked = [one for one in found if one[1] == _A.BOOKED and one[3] > now]
        for appointment_id, _, starts_at, _ in booked:
            if starts_at - now <= before:
                return str(appointment_id)
        for appointment_id, state, _, _ in found:
            if state == _A.ARRIVED:
                return str(appointment_id)
        if booked:
            opens = booked[0][2] - before
            raise CHECK_IN_TOO_EARLY(members={"from": opens.isoformat()})
        raise _missed(found)

    def _move(
        self,
        tx: Tx,
        appointment_id: str,
        state: AppointmentState,
        terminal: Terminal,
        now: datetime,
    ) -> None:
        detail = {"terminal": terminal.terminal_id}
        step = Move(state=state, actor="hospital", detail=detail)
        if move(tx, appointment_id, step, now) is None:
            raise APPOINTMENT_MOVED_ON()

    def _note(self, terminal: Terminal, person_id: str, action: str) -> None:
        self._accesses.record(
            person_id=person_id,
            actor=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
            action=action,
            purpose=PURPOSE,
            fields=("appointment",),
        )


def _missed(found: Sequence[Row]) -> DomainError:
    return CHECK_IN_TOO_LATE() if found else CHECK_IN_NOTHING()
