"""What the facade shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from app.hospital.states import AppointmentState, SessionState, UnitState

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A doctor, department or campus by the hospital's own id."""

    external_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whom and where a session is."""

    hospital_id: str
    session_id: str
    external_id: str
    """Of the session."""
    practitioner: Party
    department: Party
    campus: Party
    fee_class: str
    fee: int
    """Fen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    """A session."""

    place: Place
    state: SessionState
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """A numbered place."""

    id: str
    place: Place
    channel: str
    number: int
    starts_at: datetime
    ends_at: datetime
    state: UnitState
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentView:
    """An appointment as its hospital sees it."""

    id: str
    place: Place
    unit_id: str
    number: int
    state: AppointmentState
    sequence: int
    """Number of its last event: the version."""
    starts_at: datetime
    ends_at: datetime
    deadline: datetime | None
    """Of an offer or a hold that is live."""
    created_at: datetime
    changed_at: datetime
    alias: str = field(repr=False)
    """The patient, the same at each visit to this hospital, and at no other."""
    name: str | None = field(repr=False)
    """Masked; None where the hospital does not see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T]):
    """A page."""

    items: Sequence[T]
    next: str | None
    """Cursor of the next page."""
