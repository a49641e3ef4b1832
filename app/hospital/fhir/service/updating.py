"""What a hospital makes of an appointment: arrived, fulfilled, cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Row, Tx, row
from app.hospital.errors import APPOINTMENT_MOVED_ON
from app.hospital.fhir.errors import (
    FHIR_ARRIVAL_NOT_TODAY,
    FHIR_RESOURCE_UNKNOWN,
    FHIR_STATUS_NOT_YOURS,
    FHIR_VERSION_CONFLICT,
)
from app.hospital.fhir.ports import Refunds, Succession
from app.hospital.fhir.service.appointments import PURPOSE
from app.hospital.fhir.service.dates import CHINA
from app.hospital.fhir.service.mapping import APPOINTMENT_STATUS, SETTABLE
from app.hospital.service.claiming.moves import Move, Moved, move
from app.hospital.states import AppointmentState

_A: Final = AppointmentState
_FOUND: Final = """
SELECT a.state, a.sequence, a.day, s.ends_at, a.person_id
FROM appointments a JOIN clinic_sessions s ON s.id = a.session_id
WHERE a.id = %(id)s AND a.hospital_id = %(hospital)s
"""
_NOTED: Final = {
    _A.ARRIVED: actions.APPOINTMENT_ARRIVED,
    _A.FULFILLED: actions.APPOINTMENT_SERVED,
    _A.CANCELLED_HOSPITAL: actions.APPOINTMENT_CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to become of an appointment."""

    status: str
    """In FHIR's words."""
    version: int | None = None
    """The version it was read in; None: whichever it has."""
    reason: str | None = None
    """Of a cancellation: a code, never words about a person."""


class AppointmentUpdating:
    """Changes appointments for their hospital."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        succession: Succession,
        refunds: Refunds,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._succession = succession
        self._refunds = refunds

    def update(
        self, terminal: Terminal, hospital_id: str, appointment_id: str | None, change: Change
    ) -> None:
        """Make a change, once: what is so already stays as it is.

        1. The appointment is this hospital's.
        2. It has the version the caller read, where the caller says which.
        3. The status is one that hospitals give.
        4. Arrival is told on the day, before the session is over.
        5. The table of moves allows it: one conditional update.
        6. What was paid for a cancelled one is owed back, and the waitlist gets its place first,
           in the same transaction. A hospital's cancellation never counts against the patient.
        7. The patient's log says so.

        Raises:
            DomainError: FHIR_RESOURCE_UNKNOWN, FHIR_VERSION_CONFLICT, FHIR_STATUS_NOT_YOURS,
                FHIR_ARRIVAL_NOT_TODAY or APPOINTMENT_MOVED_ON.
        """
        now = self._clock.now()
        with self._database.direct() as tx:
            found = row(tx, _FOUND, {"id": appointment_id, "hospital": hospital_id})
            if found is None or appointment_id is None:  # 1
                raise FHIR_RESOURCE_UNKNOWN()
            if change.version not in {None, found[1]}:  # 2
                raise FHIR_VERSION_CONFLICT()
            if _is_so(found, change):
                return
            state = SETTABLE.get(change.status)
            if state is None:  # 3
                raise FHIR_STATUS_NOT_YOURS(pointer="/status")
            if state is _A.ARRIVED:
                _require_today(found, now)  # 4
            moved = self._moved(tx, appointment_id, state, change, terminal=terminal, now=now)  # 5
            if state is _A.CANCELLED_HOSPITAL:  # 6
                self._refunds.owe(tx, appointment_id, now)
                self._succession.vacated(tx, moved.unit_id, moved.session_id, now)
            self._note(terminal, found[4], _NOTED[state])  # 7

    def _moved(
        self,
        tx: Tx,
        appointment_id: str,
        state: AppointmentState,
        change: Change,
        *,
        terminal: Terminal,
        now: datetime,
    ) -> Moved:
        detail = {"terminal": terminal.terminal_id}
        if change.reason is not None:
            detail["reason"] = change.reason
        step = Move(state=state, actor="hospital", detail=detail)
        moved = move(tx, appointment_id, step, now)
        if moved is None:
            raise APPOINTMENT_MOVED_ON()
        if change.version is not None and moved.sequence != change.version + 1:
            raise FHIR_VERSION_CONFLICT()  # somebody came between the look and the move
        return moved

    def _note(self, terminal: Terminal, person_id: str, action: str) -> None:
        self._accesses.record(
            person_id=person_id,
            actor=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
            action=action,
            purpose=PURPOSE,
            fields=("appointment",),
        )


def _is_so(found: Row, change: Change) -> bool:
    state = AppointmentState(found[0])
    return APPOINTMENT_STATUS[state] == change.status or SETTABLE.get(change.status) is state


def _require_today(found: Row, now: datetime) -> None:
    if found[2] != now.astimezone(CHINA).date() or found[3] <= now:
        raise FHIR_ARRIVAL_NOT_TODAY()
