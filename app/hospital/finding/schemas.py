"""Finding on the wire."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN

_POINT: Final = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,8})?),(-?[0-9]{1,3}(?:\.[0-9]{1,8})?)")
_MOST_DAYS: Final = 31
Day = Annotated[date, Field(ge=date(2020, 1, 1), le=date(2200, 1, 1))]


def _point(text: object) -> tuple[float, float]:
    found = _POINT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        message = "latitude,longitude"
        raise ValueError(message)
    return float(found[1]), float(found[2])


Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Point = Annotated[tuple[Latitude, Longitude], BeforeValidator(_point, json_schema_input_type=str)]
"""`latitude,longitude` in degrees (WGS 84), such as `30.25,120.17`."""
Id = Annotated[str, Field(pattern=ID_PATTERN)]
Words = Annotated[str, Field(min_length=1, max_length=64)]
"""Parts of a name, or its pinyin initials."""


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid")

    q: Words | None = None
    cursor: Id | None = None
    limit: int = Field(default=20, ge=1, le=50)


class _NearQuery(_Query):
    near: Point | None = None
    within: int | None = Field(default=None, ge=1, le=500_000)
    """Metres around `near`."""

    @model_validator(mode="after")
    def _within_of_somewhere(self) -> Self:
        if self.within is not None and self.near is None:
            message = "within needs near"
            raise ValueError(message)
        return self


class HospitalsQuery(_NearQuery):
    """Which hospitals."""


class DepartmentsQuery(_NearQuery):
    """Which departments."""

    hospital: Id | None = None


class PractitionersQuery(_Query):
    """Which doctors."""

    hospital: Id | None = None
    department: Id | None = None


class ClinicSessionsQuery(_NearQuery):
    """Which sessions. Each word of `q` is of the hospital, the department or the doctor."""

    hospital: Id | None = None
    department: Id | None = None
    practitioner: Id | None = None
    day_from: Day | None = None
    """In China; today if it is not given."""
    day_to: Day | None = None
    """Included; 31 days from the first at most."""
    half_day: Literal["morning", "afternoon", "evening"] | None = None
    fee_class: Literal["ordinary", "expert", "special"] | None = None

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if self.day_from is not None and self.day_to is not None:
            days = (self.day_to - self.day_from).days
            if not 0 <= days < _MOST_DAYS:
                message = "31 days at most, from the first to the last"
                raise ValueError(message)
        return self


class ClinicSessionPath(BaseModel):
    """Which session."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class _View(Reply):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class NamedItem(_View):
    """One thing in short."""

    id: str
    name: str


class CampusItem(_View):
    """An address of a hospital. `distance` is in metres, where `near` was given."""

    id: str
    name: str
    address: str
    latitude: float
    longitude: float
    distance: int | None


class HospitalItem(_View):
    """A hospital."""

    id: str
    name: str
    region: str
    campuses: list[CampusItem]


class HospitalsReply(_View):
    """A page of hospitals."""

    items: list[HospitalItem]
    next: str | None


class DepartmentItem(_View):
    """A department."""

    id: str
    name: str
    hospital: NamedItem
    campus: CampusItem


class DepartmentsReply(_View):
    """A page of departments."""

    items: list[DepartmentItem]
    next: str | None


class PractitionerItem(_View):
    """A doctor, and the departments where they see patients from today on."""

    id: str
    name: str
    title: str
    hospital: NamedItem
    departments: list[NamedItem]


class PractitionersReply(_View):
    """A page of doctors."""

    items: list[PractitionerItem]
    next: str | None


class DoctorItem(_View):
    """A doctor in short."""

    id: str
    name: str
    title: str


class SessionItem(_View):
    """A doctor's half-day. Of its public `places` so many are `free` in this moment."""

    id: str
    status: Literal["PUBLISHED", "STOPPED", "CLOSED"]
    hospital: NamedItem
    campus: CampusItem
    department: NamedItem
    practitioner: DoctorItem
    day: date
    half_day: Literal["morning", "afternoon", "evening"]
    starts_at: datetime
    ends_at: datetime
    fee_class: Literal["ordinary", "expert", "special"]
    fee: int
    """Fen."""
    opens_at: datetime
    open: bool
    """Whether it can be booked now; before `opens_at` it cannot."""
    places: int
    free: int


class ClinicSessionsReply(_View):
    """A page of sessions."""

    items: list[SessionItem]
    next: str | None


class WindowItem(_View):
    """A time at which places are free."""

    starts_at: datetime
    ends_at: datetime
    free: int


class ClinicSessionReply(SessionItem):
    """A session with the times that are free."""

    windows: list[WindowItem]
