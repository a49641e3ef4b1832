"""The states of a session, a numbered place, an appointment and its fee, and their moves.

The moves are data: use cases take the sources of their conditional updates from here, and a trigger
refuses every other move inside the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar


class SessionState(StrEnum):
    """A doctor's half-day (出诊)."""

    DRAFT = "DRAFT"
    """Imported or planned; nobody sees it."""
    PUBLISHED = "PUBLISHED"
    STOPPED = "STOPPED"
    """The hospital called it off (停诊)."""
    CLOSED = "CLOSED"
    """Over: whoever did not come is a no-show."""


class UnitState(StrEnum):
    """One numbered place of a session (号源)."""

    DRAFT = "DRAFT"
    FREE = "FREE"
    HELD = "HELD"
    """For somebody who has yet to pay."""
    OFFERED = "OFFERED"
    """To the first of the waitlist."""
    BOOKED = "BOOKED"
    CHECKED_IN = "CHECKED_IN"
    SERVED = "SERVED"
    BLOCKED = "BLOCKED"
    """Called off together with its session."""


class AppointmentState(StrEnum):
    """One person's claim on one place, from the first moment to the last."""

    OFFERED = "OFFERED"
    """A waitlist offer with a deadline."""
    PENDING_PAYMENT = "PENDING_PAYMENT"
    """A hold with a deadline."""
    BOOKED = "BOOKED"
    ARRIVED = "ARRIVED"
    FULFILLED = "FULFILLED"
    CANCELLED_PATIENT = "CANCELLED_PATIENT"
    CANCELLED_HOSPITAL = "CANCELLED_HOSPITAL"
    DECLINED = "DECLINED"
    """An offer that was not wanted."""
    EXPIRED = "EXPIRED"
    """An offer or hold whose deadline passed."""
    RESCHEDULED = "RESCHEDULED"
    """Another appointment took its place."""
    NOSHOW = "NOSHOW"
    EXCUSED = "EXCUSED"
    """A no-show that does not count."""


class FeeState(StrEnum):
    """One attempt at paying an appointment's fee."""

    BEGUN = "BEGUN"
    """Perhaps it was paid, and the answer was lost."""
    HELD = "HELD"
    """Its cash part waits for the person, or for the payment provider."""
    PAID = "PAID"
    DROPPED = "DROPPED"
    """It came to nothing, and nothing can come of it."""
    RETURNING = "RETURNING"
    """It was paid and has to go back."""
    RETURNED = "RETURNED"


S = TypeVar("S", bound=StrEnum)
Moves = Mapping[S, frozenset[S]]
_N, _U, _A, _F = SessionState, UnitState, AppointmentState, FeeState

SESSION_MOVES: Final[Moves[SessionState]] = MappingProxyType(
    {
        _N.DRAFT: frozenset({_N.PUBLISHED, _N.STOPPED}),
        _N.PUBLISHED: frozenset({_N.STOPPED, _N.CLOSED}),
        _N.STOPPED: frozenset(),
        _N.CLOSED: frozenset(),
    }
)
UNIT_MOVES: Final[Moves[UnitState]] = MappingProxyType(
    {
        _U.DRAFT: frozenset({_U.FREE, _U.BLOCKED}),
        _U.FREE: frozenset({_U.HELD, _U.OFFERED, _U.BOOKED, _U.BLOCKED}),
        _U.HELD: frozenset({_U.BOOKED, _U.FREE, _U.OFFERED, _U.BLOCKED}),
        _U.OFFERED: frozenset({_U.HELD, _U.BOOKED, _U.FREE, _U.BLOCKED}),
        _U.BOOKED: frozenset({_U.CHECKED_IN, _U.FREE, _U.OFFERED, _U.BLOCKED}),
        _U.CHECKED_IN: frozenset({_U.SERVED, _U.BLOCKED}),
        _U.SERVED: frozenset(),
        _U.BLOCKED: frozenset(),
    }
)
APPOINTMENT_MOVES: Final[Moves[AppointmentState]] = MappingProxyType(
    {
        _A.OFFERED: frozenset(
            {_A.PENDING_PAYMENT, _A.BOOKED, _A.DECLINED, _A.EXPIRED, _A.CANCELLED_HOSPITAL}
        ),
        _A.PENDING_PAYMENT: frozenset(
            {_A.BOOKED, _A.EXPIRED, _A.CANCELLED_PATIENT, _A.CANCELLED_HOSPITAL}
        ),
        _A.BOOKED: frozenset(
            {
                _A.ARRIVED,
                _A.CANCELLED_PATIENT,
                _A.CANCELLED_HOSPITAL,
                _A.RESCHEDULED,
                _A.NOSHOW,
            }
        ),
        _A.ARRIVED: frozenset({_A.FULFILLED, _A.CANCELLED_HOSPITAL}),
        _A.NOSHOW: frozenset({_A.EXCUSED}),
        _A.FULFILLED: frozenset(),
        _A.CANCELLED_PATIENT: frozenset(),
        _A.CANCELLED_HOSPITAL: frozenset(),
        _A.DECLINED: frozenset(),
        _A.EXPIRED: frozenset(),
        _A.RESCHEDULED: frozenset(),
        _A.EXCUSED: frozenset(),
    }
)
FEE_MOVES: Final[Moves[FeeState]] = MappingProxyType(
    {
        _F.BEGUN: frozenset({_F.HELD, _F.PAID, _F.DROPPED, _F.RETURNING, _F.RETURNED}),
        _F.HELD: frozenset({_F.PAID, _F.DROPPED, _F.RETURNING, _F.RETURNED}),
        _F.PAID: frozenset({_F.RETURNING, _F.RETURNED}),
        _F.RETURNING: frozenset({_F.RETURNED}),
        _F.DROPPED: frozenset(),
        _F.RETURNED: frozenset(),
    }
)
FEE_OPEN: Final = (_F.BEGUN, _F.HELD)
"""Neither paid nor given up."""
FEE_STANDING: Final = (*FEE_OPEN, _F.PAID)
"""An appointment has one of these at most."""
LIVE: Final = (_A.OFFERED, _A.PENDING_PAYMENT, _A.BOOKED, _A.ARRIVED)
"""What counts against a person's quotas and keeps their time taken."""
CLAIMING: Final[Mapping[AppointmentState, UnitState]] = MappingProxyType(
    {
        _A.OFFERED: _U.OFFERED,
        _A.PENDING_PAYMENT: _U.HELD,
        _A.BOOKED: _U.BOOKED,
        _A.NOSHOW: _U.BOOKED,
        _A.EXCUSED: _U.BOOKED,
        _A.ARRIVED: _U.CHECKED_IN,
        _A.FULFILLED: _U.SERVED,
    }
)
"""The appointments that have a place for themselves, and the state that place is in then. A place
has one of them at most; without one it is a draft, free or blocked."""


def sources(moves: Moves[S], new: S) -> tuple[S, ...]:
    """The states from which `new` can be reached in one move, in the table's order."""
    return tuple(old for old in moves if new in moves[old])
