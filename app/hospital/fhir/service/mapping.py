"""Our states in FHIR's words, and back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.hospital.states import AppointmentState, UnitState

_A, _U = AppointmentState, UnitState
APPOINTMENT_STATUS: Final[Mapping[AppointmentState, str]] = MappingProxyType(
    {
        _A.OFFERED: "waitlist",
        _A.PENDING_PAYMENT: "pending",
        _A.BOOKED: "booked",
        _A.ARRIVED: "arrived",
        _A.FULFILLED: "fulfilled",
        _A.CANCELLED_PATIENT: "cancelled",
        _A.CANCELLED_HOSPITAL: "cancelled",
        _A.DECLINED: "cancelled",
        _A.EXPIRED: "cancelled",
        _A.RESCHEDULED: "cancelled",
        _A.NOSHOW: "noshow",
        _A.EXCUSED: "noshow",
    }
)
"""`Appointment.status` (R4, AppointmentStatus)."""
CANCELLATION_REASON: Final[Mapping[AppointmentState, str]] = MappingProxyType(
    {
        _A.CANCELLED_PATIENT: "pat",
        _A.CANCELLED_HOSPITAL: "prov",
        _A.DECLINED: "pat",
        _A.EXPIRED: "other",
        _A.RESCHEDULED: "pat",
        _A.EXCUSED: "other",
    }
)
"""`Appointment.cancelationReason` (R4, appointment-cancellation-reason); our state stands beside it
and tells more."""
SLOT_STATUS: Final[Mapping[UnitState, str]] = MappingProxyType(
    {
        _U.DRAFT: "busy-unavailable",
        _U.FREE: "free",
        _U.HELD: "busy-tentative",
        _U.OFFERED: "busy-tentative",
        _U.BOOKED: "busy",
        _U.CHECKED_IN: "busy",
        _U.SERVED: "busy",
        _U.BLOCKED: "busy-unavailable",
    }
)
"""`Slot.status` (R4, SlotStatus)."""
SETTABLE: Final[Mapping[str, AppointmentState]] = MappingProxyType(
    {
        "arrived": _A.ARRIVED,
        "checked-in": _A.ARRIVED,
        "fulfilled": _A.FULFILLED,
        "cancelled": _A.CANCELLED_HOSPITAL,
    }
)
"""What a hospital may make of an appointment. Nobody but the system makes a no-show."""
NAMED: Final = frozenset({_A.BOOKED, _A.ARRIVED, _A.FULFILLED, _A.NOSHOW, _A.EXCUSED})
"""Where the hospital sees the patient's masked name: somebody it expects, or expected."""


def states_of(status: str) -> list[AppointmentState]:
    """The states that FHIR calls so; `checked-in` is what we call arrived."""
    meant = "arrived" if status == "checked-in" else status
    return [state for state, told in APPOINTMENT_STATUS.items() if told == meant]


def unit_states_of(status: str) -> list[UnitState]:
    """The states of a place that FHIR calls so."""
    return [state for state, told in SLOT_STATUS.items() if told == status]
