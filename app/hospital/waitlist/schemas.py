"""The waitlist on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN
from app.hospital.waitlist.models import MOST_MEMBERS

Id = Annotated[str, Field(pattern=ID_PATTERN)]
HalfDay = Literal["morning", "afternoon", "evening"]


class WaitlistMemberBody(JsonBody):
    """Somebody who is to get a place."""

    mandate_id: Id | None = None
    """Whom the caller may book for; without it the place is the caller's own."""


class WaitlistBody(JsonBody):
    """What somebody waits for."""

    hospital_id: Id
    department_id: Id
    practitioner_id: Id | None = None
    """Any doctor, unless given."""
    session_id: Id | None = None
    """Any session, unless given."""
    from_day: date
    to_day: date
    """Included; days in China."""
    half_days: Annotated[list[HalfDay], Field(min_length=1, max_length=3)]
    most_fee: Annotated[int, Field(ge=0, le=1_000_000)]
    """Fen, for each place."""
    mode: Literal["offer", "automatic"] = "offer"
    """`automatic` books what costs nothing at once. What has to be paid for is offered in any case:
    a booked place is a paid one."""
    people: Annotated[
        list[WaitlistMemberBody],
        Field(
            min_length=1,
            max_length=MOST_MEMBERS,
            default_factory=lambda: [WaitlistMemberBody.model_construct(mandate_id=None)],
        ),
    ]
    """Everybody gets a place in the same session, or nobody does. The caller alone, unless
    given."""


class WaitlistPath(BaseModel):
    """Which entry."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class WaitlistQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=20, ge=1, le=50)


class WaitlistMemberReply(Reply):
    """Somebody who is to get a place."""

    mandate_id: str | None
    """Left out: the caller."""


class WaitlistPlaceReply(Reply):
    """A place the entry was given, as an appointment."""

    appointment_id: str
    status: str
    """Of the appointment."""
    session_id: str
    mandate_id: str | None
    number: int
    starts_at: datetime
    ends_at: datetime
    fee: int
    """Fen."""
    deadline: datetime | None
    """Of the offer."""


class WaitlistSkipReply(Reply):
    """A session that had a free place, and why the entry was passed over."""

    session_id: str
    reason: Literal[
        "QUOTA",
        "OVERLAP",
        "RESTRICTED",
        "MANDATE",
        "TOO_LATE",
        "TOO_FEW_FOR_GROUP",
    ]
    first_at: datetime
    last_at: datetime


class WaitlistReply(Reply):
    """A waitlist entry."""

    id: str
    status: Literal["WAITING", "OFFERED", "BOOKED", "DECLINED", "LAPSED", "WITHDRAWN", "CLOSED"]
    before: int | None
    """How many entries come first; while it waits."""
    hospital_id: str
    department_id: str
    practitioner_id: str | None
    session_id: str | None
    from_day: date
    to_day: date
    half_days: list[str]
    most_fee: int
    mode: Literal["offer", "automatic"]
    people: list[WaitlistMemberReply]
    places: list[WaitlistPlaceReply]
    skips: list[WaitlistSkipReply]
    created_at: datetime
    changed_at: datetime


class WaitlistPageReply(Reply):
    """A page of entries, newest first."""

    items: list[WaitlistReply]
    next: str | None
