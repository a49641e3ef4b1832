"""Where a patient of a session that is called off may be put without being asked again.

Nothing here reads a database or a clock: what is possible is a function of what is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.hospital.states import AppointmentState

SAME_DOCTOR: Final = "same_doctor"
SAME_DEPARTMENT: Final = "same_department"
MOST_TRIES: Final = 8
"""Sessions that are tried for one patient: what bounds the time of a stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """A session that is called off."""

    session_id: str
    external_id: str
    hospital_id: str
    department_id: str
    practitioner_id: str
    day: date
    starts_at: datetime
    fee_class: str
    fee: int
    """Fen."""
    item_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """An appointment that cannot stay."""

    appointment_id: str
    person_id: str
    agent_id: str | None
    mandate_id: str | None
    state: AppointmentState
    consent: str
    fee: int
    """Fen, as it was when the place was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Another session with free places."""

    session_id: str
    practitioner_id: str
    day: date
    starts_at: datetime
    ends_at: datetime
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """Another live appointment of a patient."""

    department_id: str
    practitioner_id: str
    day: date
    starts_at: datetime
    ends_at: datetime


Engagements = Mapping[str, Sequence[Engagement]]
"""By person."""


def places_for(
    patient: Patient,
    stopping: Stopping,
    candidates: Sequence[Candidate],
    engagements: Engagements,
) -> Iterator[Candidate]:
    """The sessions a patient may be put into, the best first.

    1. Only a booking is moved: a hold or an offer is nobody's yet, and whoever has arrived is told
       at the desk.
    2. Only by consent, and no further than it goes: to the same doctor, or within the department.
    3. Never for another fee than was paid: the candidates cost what the session costs.
    4. Never onto a day with an appointment in the department or with the doctor, nor into a
       session that another appointment reaches into.
    """
    if patient.state is not AppointmentState.BOOKED or patient.fee != stopping.fee:  # 1, 3
        return
    tries = 0
    for candidate in sorted(candidates, key=lambda one: _distance(one, stopping)):
        if not _allows(patient.consent, candidate, stopping):  # 2
            continue
        if any(
            _clashes(one, candidate, stopping) for one in engagements.get(patient.person_id, ())
        ):
            continue  # 4
        tries += 1
        if tries > MOST_TRIES:
            return
        yield candidate


def _allows(consent: str, candidate: Candidate, stopping: Stopping) -> bool:
    if consent == SAME_DEPARTMENT:
        return True
    return consent == SAME_DOCTOR and candidate.practitioner_id == stopping.practitioner_id


def _clashes(one: Engagement, candidate: Candidate, stopping: Stopping) -> bool:
    if one.starts_at < candidate.ends_at and candidate.starts_at < one.ends_at:
        return True
    return one.day == candidate.day and (
        one.department_id == stopping.department_id
        or one.practitioner_id == candidate.practitioner_id
    )


def _distance(candidate: Candidate, stopping: Stopping) -> tuple[bool, int, datetime, str]:
    """The same doctor first, then the nearest in time."""
    return (
        candidate.practitioner_id != stopping.practitioner_id,
        abs(int((candidate.starts_at - stopping.starts_at).total_seconds())),
        candidate.starts_at,
        candidate.session_id,
    )
