"""Calling sessions off: each in one transaction, once for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.ids import new_id
from app.core.statements import changed, row, rows
from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.service.claiming.quotas import QUOTAS
from app.hospital.states import (
    SESSION_MOVES,
    AppointmentState,
    SessionState,
    UnitState,
    sources,
)
from app.hospital.stop_reasons import StopReason
from app.hospital.stopping.models import CANCELLED, RELEASED, REPLANNED
from app.hospital.stopping.ports import Fees, Rules, Watcher
from app.hospital.stopping.service.outcomes import Outcome, Stopped, note_outcomes, recorded
from app.hospital.stopping.service.replanning import (
    Candidate,
    Engagements,
    Patient,
    Stopping,
    places_for,
)
from app.hospital.stopping.service.rows import (
    candidates_for,
    engagements_of,
    patients_of,
    session_of,
)

_LOCK_SESSION: Final = "SELECT state FROM clinic_sessions WHERE id = %(session)s FOR UPDATE"
_LOCK_PLACES: Final = """
SELECT id FROM slot_units WHERE session_id = %(session)s ORDER BY number FOR UPDATE
"""
_STOP: Final = """
UPDATE clinic_sessions SET state = 'STOPPED', state_changed_at = %(now)s
WHERE id = %(session)s AND state = ANY(%(sources)s)
"""
_BLOCK: Final = """
UPDATE slot_units SET state = 'BLOCKED', state_changed_at = %(now)s
WHERE session_id = %(session)s AND state IN ('DRAFT', 'FREE')
"""
_NOTE: Final = """
INSERT INTO clinic_stops (id, session_id, hospital_id, terminal_id, reason, at)
VALUES (%(id)s, %(session)s, %(hospital)s, %(terminal)s, %(reason)s, %(now)s)
"""
_STOPPABLE: Final = [state.value for state in sources(SESSION_MOVES, SessionState.STOPPED)]
_KEPT: Final = (AppointmentState.BOOKED, AppointmentState.ARRIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a hospital wants called off, and why."""

    hospital_id: str
    terminal_id: str
    reason: StopReason
    session_ids: Sequence[str]
    """All sessions of the call: none of their patients is put into another of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One session being called off."""

    stop_id: str
    stopping: Stopping
    reason: StopReason
    candidates: dict[str, Candidate]
    engagements: Engagements
    now: datetime


class ClinicStopping:
    """Calls sessions off.

    1. The session is locked, then all its places in the order of their numbers: who claims passes
       over them, who moves an appointment has done so or waits.
    2. Everything after that happens in the same transaction, once: a session is called off or not.
    3. Every live appointment gets exactly one outcome; a place that is given instead is taken as
       every place is, with the person's quotas kept by the database.
    4. Nothing stays free or booked: the database refuses the commit otherwise.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        rules: Rules,
        fees: Fees,
        watchers: Sequence[Watcher] = (),
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._rules = rules
        self._fees = fees
        self._watchers = tuple(watchers)

    def stop(self, order: Order, session_id: str) -> Stopped:
        """Call one session off, or tell what became of it when that was done.

        Returns:
            What became of it; of a session that is over already, that it is.

        Raises:
            DomainError: UNAVAILABLE: somebody holds a place for longer than a lock is waited for.
        """
        with self._database.transaction() as tx:
            before = row(tx, _LOCK_SESSION, {"session": session_id})
            if before is None or before[0] not in _STOPPABLE:
                return recorded(tx, session_id)
            rows(tx, _LOCK_PLACES, {"session": session_id})  # 1
            run = self._begun(tx, order, session_id)
            outcomes = [self._end(tx, run, one) for one in patients_of(tx, session_id)]  # 3
            changed(tx, _BLOCK, {"session": session_id, "now": run.now})  # 4
            note_outcomes(tx, run.stop_id, outcomes)
            for watcher in self._watchers:
                watcher.session_stopped(tx, session_id, run.now)
            return recorded(tx, session_id)

    def _begun(self, tx: Session, order: Order, session_id: str) -> _Run:
        now, stopping = self._clock.now(), session_of(tx, session_id)
        policy = self._rules.for_hospital(stopping.hospital_id)
        values = {"session": session_id, "now": now}
        changed(tx, _STOP, {**values, "sources": _STOPPABLE})
        stop = {
            **values,
            "id": new_id("stp", now),
            "hospital": order.hospital_id,
            "terminal": order.terminal_id,
            "reason": order.reason.value,
        }
        changed(tx, _NOTE, stop)
        candidates = candidates_for(tx, stopping, policy=policy, without=order.session_ids, now=now)
        persons = [one.person_id for one in patients_of(tx, session_id)] if candidates else []
        return _Run(
            stop_id=str(stop["id"]),
            stopping=stopping,
            reason=order.reason,
            candidates={one.session_id: one for one in candidates},
            engagements=engagements_of(tx, stopping, persons, policy=policy),
            now=now,
        )

    def _end(self, tx: Session, run: _Run, patient: Patient) -> Outcome:
        replacement = self._replanned(tx, run, patient)
        if replacement is not None:
            self._fees.carry_over(tx, patient.appointment_id, replacement, run.now)
            return Outcome(patient=patient, kind=REPLANNED, replaced_by=replacement)
        step = _step(run, AppointmentState.CANCELLED_HOSPITAL)
        if move(tx, patient.appointment_id, step, run.now) is None:
            raise RuntimeError(patient.appointment_id)  # its place is locked: nobody else moves it
        refund = self._fees.refund(tx, patient.appointment_id, run.now)
        kind = CANCELLED if patient.state in _KEPT else RELEASED
        return Outcome(patient=patient, kind=kind, refund=refund)

    def _replanned(self, tx: Session, run: _Run, patient: Patient) -> str | None:
        """Give another place; returns the new appointment, or None and nothing was done."""
        places = list(
            places_for(patient, run.stopping, list(run.candidates.values()), run.engagements)
        )
        if not places:
            return None
        with tx.begin_nested() as whole:
            move(tx, patient.appointment_id, _step(run, AppointmentState.RESCHEDULED), run.now)
            for place in places:
                taken = _claimed(tx, run, patient, place)
                if taken is not None:
                    return taken
            whole.rollback()
        return None


def _claimed(tx: Session, run: _Run, patient: Patient, place: Candidate) -> str | None:
    wanted = Wanted(
        person_id=patient.person_id,
        session_id=place.session_id,
        state=AppointmentState.BOOKED,
        deadline=None,
        source="hospital",
        actor="hospital",
        consent=patient.consent,
        opened=run.now,
        agent_id=patient.agent_id,
        mandate_id=patient.mandate_id,
        replaces=patient.appointment_id,
        detail=_detail(run),
    )
    try:
        with tx.begin_nested() as tried:
            claimed = claim(tx, wanted, run.now)
            if claimed is not None and claimed.fee != patient.fee:
                tried.rollback()  # the session has just been given another fee
                return None
    except DomainError as refused:
        if refused.kind not in QUOTAS:
            raise
        return None  # the person has just booked something else
    if claimed is None:
        run.candidates.pop(place.session_id, None)  # full by now, for everybody
        return None
    return claimed.appointment_id


def _step(run: _Run, state: AppointmentState) -> Move:
    return Move(state=state, actor="hospital", leaves=UnitState.BLOCKED, detail=_detail(run))


def _detail(run: _Run) -> dict[str, object]:
    return {"stop": run.stop_id, "reason": run.reason.value}
