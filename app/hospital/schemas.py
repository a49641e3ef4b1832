"""What comes in and goes out: appointments, and what a hospital's desk does."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN

_Id = Annotated[str, Field(pattern=ID_PATTERN)]
_Consent = Literal["none", "same_doctor", "same_department"]
_State = Literal[
    "OFFERED",
    "PENDING_PAYMENT",
    "BOOKED",
    "ARRIVED",
    "FULFILLED",
    "CANCELLED_PATIENT",
    "CANCELLED_HOSPITAL",
    "DECLINED",
    "EXPIRED",
    "RESCHEDULED",
    "NOSHOW",
    "EXCUSED",
]
_Ticket = Annotated[str, Field(min_length=1, max_length=4096)]
# JSON has no type for times: strict mode would refuse the text.
_Moment = Annotated[AwareDatetime, Field(strict=False)]


class AppointmentBody(JsonBody):
    """A place that somebody wants."""

    session_id: _Id
    window: _Moment | None = None
    mandate_id: _Id | None = None
    consent: _Consent = "none"
    ticket: _Ticket | None = None


class ReschedulingBody(JsonBody):
    """The place that somebody wants instead."""

    session_id: _Id
    window: _Moment | None = None
    ticket: _Ticket | None = None


class CheckInBody(JsonBody):
    """The code on a phone or a card, as a reader saw it."""

    code: Annotated[str, Field(min_length=1, max_length=4096)]


class AppointmentPath(BaseModel):
    """An appointment."""

    id: _Id


class AppointmentsQuery(BaseModel):
    """A page of appointments."""

    cursor: _Id | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class AppointmentReply(Reply):
    """An appointment."""

    id: str
    status: _State
    hospital_id: str
    hospital: str
    campus: str
    address: str
    department_id: str
    department: str
    practitioner_id: str
    practitioner: str
    title: str
    session_id: str
    day: date
    half_day: str
    number: int
    starts_at: datetime
    ends_at: datetime
    fee_class: str
    fee: int
    deadline: datetime | None
    free_until: datetime
    consent: str
    replaces: str | None
    mandate_id: str | None
    fee_status: str | None
    settlement_id: str | None
    source: str
    sequence: int
    called_at: datetime | None
    """When the hospital called the person in. Left out: not yet, or they were passed over."""
    room: str | None
    """Into which."""
    created_at: datetime
    changed_at: datetime


class EventReply(Reply):
    """One thing that happened to it."""

    sequence: int
    kind: str
    at: datetime
    actor: str
    detail: dict[str, Any]


class AppointmentDetailReply(AppointmentReply):
    """An appointment with all that happened to it."""

    events: list[EventReply]


class AppointmentsReply(Reply):
    """Some appointments, newest first."""

    items: list[AppointmentReply]
    next: str | None


class PaymentReply(Reply):
    """What came of a payment."""

    status: Literal["PAID", "UNDER_WAY"]
    settlement_id: str | None
    cash_order_id: str | None
    appointment: AppointmentReply


class AttendanceReply(Reply):
    """An appointment as a hospital's desk sees it."""

    id: str
    status: _State
    session_id: str
    department_id: str
    practitioner_id: str
    department: str
    practitioner: str
    number: int
    starts_at: datetime
    ends_at: datetime


class CallBody(JsonBody):
    """Where the doctor is."""

    room: Annotated[
        str, Field(min_length=1, max_length=20, pattern=r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")
    ]


class DaySessionPath(BaseModel):
    """Which session, by our id."""

    model_config = ConfigDict(extra="forbid")

    id: _Id


class DaySessionsQuery(BaseModel):
    """A page of today's sessions."""

    model_config = ConfigDict(extra="forbid")

    cursor: _Id | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class DaySessionReply(Reply):
    """A session of today, and how many are where."""

    id: str
    external_id: str
    """The hospital's own."""
    department: str
    practitioner: str
    half_day: Literal["morning", "afternoon", "evening"]
    starts_at: datetime
    ends_at: datetime
    status: Literal["PUBLISHED", "STOPPED", "CLOSED"]
    booked: int
    """Not here yet."""
    arrived: int
    """Wait, or are with the doctor."""
    called: int
    """Of those: called in, and not passed over since."""
    served: int
    free: int
    """Places."""


class DaySessionsReply(Reply):
    """A page of today's sessions, in the order of their beginnings."""

    items: list[DaySessionReply]
    next: str | None


class LineQuery(BaseModel):
    """How much of a line."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class InLineReply(Reply):
    """Somebody of a session, as its desk sees them."""

    id: str
    """The appointment's."""
    name: str
    """Masked."""
    status: Literal["BOOKED", "ARRIVED", "FULFILLED", "NOSHOW", "EXCUSED"]
    number: int
    starts_at: datetime
    ends_at: datetime
    called_at: datetime | None
    """Left out: not called, or passed over since."""
    calls: int
    """How often, whatever came of it."""
    room: str | None


class SessionLineReply(Reply):
    """The first of a session's line: called now, waiting, expected, done."""

    items: list[InLineReply]
    more: bool
    """There are others behind."""
