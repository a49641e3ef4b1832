"""What is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A hospital or department in short."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampusView:
    """An address of a hospital."""

    id: str
    name: str
    address: str
    latitude: float
    longitude: float
    distance: int | None
    """Metres; None where nobody said where they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalView:
    """A hospital with its campuses, the nearest first."""

    id: str
    name: str
    region: str
    campuses: Sequence[CampusView]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentView:
    """A department."""

    id: str
    name: str
    hospital: Named
    campus: CampusView


@dataclass(frozen=True, slots=True, kw_only=True)
class PractitionerView:
    """A doctor."""

    id: str
    name: str
    title: str
    hospital: Named
    departments: Sequence[Named]
    """Where they see patients from today on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorView:
    """A doctor in short."""

    id: str
    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """A doctor's half-day and what is still free of it."""

    id: str
    status: str
    hospital: Named
    campus: CampusView
    department: Named
    practitioner: DoctorView
    day: date
    half_day: str
    starts_at: datetime
    ends_at: datetime
    fee_class: str
    fee: int
    """Fen."""
    opens_at: datetime
    open: bool
    """Whether the public may book now."""
    places: int
    """Of the public's."""
    free: int
    """Of these, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowView:
    """A time at which places are free."""

    starts_at: datetime
    ends_at: datetime
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T]):
    """A page."""

    items: Sequence[T]
    next: str | None
    """Cursor of the next page."""
