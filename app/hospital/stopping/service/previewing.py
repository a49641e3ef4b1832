"""What calling a session off would do, without doing any of it and without a lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Tx
from app.hospital.states import SESSION_MOVES, AppointmentState, SessionState, sources
from app.hospital.stopping.ports import Rules
from app.hospital.stopping.service.outcomes import Stopped, recorded
from app.hospital.stopping.service.replanning import Candidate, Patient, places_for
from app.hospital.stopping.service.rows import (
    candidates_for,
    engagements_of,
    patients_of,
    session_of,
)

_STOPPABLE = sources(SESSION_MOVES, SessionState.STOPPED)
_PAID = (AppointmentState.BOOKED, AppointmentState.ARRIVED)


class StopPreview:
    """Reckons with the places that are free now; what is taken meanwhile changes the outcome."""

    def __init__(self, *, database: Database, clock: Clock, rules: Rules) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._rules = rules

    def preview(self, session_ids: Sequence[str]) -> list[Stopped]:
        """What would become of these sessions, one after the other.

        Fees of bookings are counted as if all had been paid and all went back.
        """
        taken: dict[str, int] = {}
        with self._database.direct() as tx:
            return [self._one(tx, one, session_ids, taken) for one in session_ids]

    def _one(
        self, tx: Tx, session_id: str, session_ids: Sequence[str], taken: dict[str, int]
    ) -> Stopped:
        known = recorded(tx, session_id)
        if known.state not in _STOPPABLE:
            return known
        stopping, patients = session_of(tx, session_id), patients_of(tx, session_id)
        policy = self._rules.for_hospital(stopping.hospital_id)
        candidates = candidates_for(
            tx, stopping, policy=policy, without=session_ids, now=self._clock.now()
        )
        persons = [one.person_id for one in patients]
        engagements = engagements_of(tx, stopping, persons, policy=policy)
        outcome = known
        for patient in patients:
            left = [one for one in candidates if one.free > taken.get(one.session_id, 0)]
            place = next(places_for(patient, stopping, left, engagements), None)
            outcome = _counted(outcome, patient, place)
            if place is not None:
                taken[place.session_id] = taken.get(place.session_id, 0) + 1
        return outcome


def _counted(outcome: Stopped, patient: Patient, place: Candidate | None) -> Stopped:
    if place is not None:
        return replace(outcome, replanned=outcome.replanned + 1)
    if patient.state not in _PAID:
        return replace(outcome, released=outcome.released + 1)
    return replace(outcome, cancelled=outcome.cancelled + 1, refund=outcome.refund + patient.fee)
