"""A hospital's desk calls people in (叫号): the next, the same again, or passes them over."""

from __future__ import annotations

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.hospital.errors import (
    APPOINTMENT_NOT_CALLED,
    CALL_NOBODY_WAITS,
)
from app.hospital.service.booking.acting import PURPOSE
from app.hospital.service.claiming.calling import Called, call_again, call_next, pass_over
from app.hospital.service.directory import HospitalDirectory
from app.hospital.service.ownership import require_appointment, require_session


class Calling:
    """Calls people who were checked in.

    1. The terminal belongs to a hospital, and the session or appointment is that hospital's.
    2. One conditional update: of two desks at once each calls somebody else.
    3. The person's log says so.
    """

    def __init__(
        self, *, database: Database, clock: Clock, directory: HospitalDirectory, accesses: AccessLog
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._directory = directory
        self._accesses = accesses

    def next(self, terminal: Terminal, session_id: str, room: str) -> str:
        """Call the first of a session's line into a room; returns the appointment's id.

        Raises:
            DomainError: HOSPITAL_NOT_YOURS, SESSION_UNKNOWN or CALL_NOBODY_WAITS.
        """
        hospital_id = self._directory.of(terminal)  # 1
        now = self._clock.now()
        with self._database.direct() as tx:
            require_session(tx, session_id, hospital_id)  # 1
            called = call_next(tx, session_id, hospital_id=hospital_id, room=room, now=now)  # 2
            if called is None:
                raise CALL_NOBODY_WAITS()
            return self._noted(terminal, called, actions.APPOINTMENT_CALLED)  # 3

    def again(self, terminal: Terminal, appointment_id: str, room: str) -> str:
        """Call somebody once more who is called, perhaps into another room; returns the id.

        Raises:
            DomainError: HOSPITAL_NOT_YOURS, APPOINTMENT_UNKNOWN or APPOINTMENT_NOT_CALLED.
        """
        hospital_id = self._directory.of(terminal)  # 1
        now = self._clock.now()
        with self._database.direct() as tx:
            require_appointment(tx, appointment_id, hospital_id)  # 1
            called = call_again(
                tx, appointment_id, hospital_id=hospital_id, room=room, now=now
            )  # 2
            if called is None:
                raise APPOINTMENT_NOT_CALLED()
            return self._noted(terminal, called, actions.APPOINTMENT_CALLED)  # 3

    def pass_over(self, terminal: Terminal, appointment_id: str) -> str:
        """Put somebody who did not come back into the line, behind the next three.

        Raises:
            DomainError: HOSPITAL_NOT_YOURS, APPOINTMENT_UNKNOWN or APPOINTMENT_NOT_CALLED.
        """
        hospital_id = self._directory.of(terminal)  # 1
        now = self._clock.now()
        with self._database.direct() as tx:
            require_appointment(tx, appointment_id, hospital_id)  # 1
            passed = pass_over(tx, appointment_id, hospital_id=hospital_id, now=now)  # 2
            if passed is None:
                raise APPOINTMENT_NOT_CALLED()
            return self._noted(terminal, passed, actions.APPOINTMENT_PASSED_OVER)  # 3

    def _noted(self, terminal: Terminal, called: Called, action: str) -> str:
        appointment_id, person_id = called
        self._accesses.record(
            person_id=person_id,
            actor=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
            action=action,
            purpose=PURPOSE,
            fields=("appointment", "name"),
        )
        return appointment_id
