"""Conduct on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN

Kind = Literal["NO_SHOW", "LATE_CANCEL"]


class AppealBody(JsonBody):
    """Why a point is wrong."""

    text: Annotated[str, Field(min_length=1, max_length=500)]


class AppealDecisionBody(JsonBody):
    """What is decided about an appeal."""

    granted: bool
    """The point goes."""
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """What the person is told."""


class BookingOutageBody(JsonBody):
    """A time at which people could not come or cancel, through no fault of theirs."""

    hospital_id: Annotated[str, Field(pattern=ID_PATTERN)] | None = None
    """The whole city's, unless given."""
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class ConductPointPath(BaseModel):
    """Which point."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class ConductQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=50, ge=1, le=100)


class ConductPointReply(Reply):
    """One missed or late cancelled appointment."""

    id: str
    kind: Kind
    status: Literal["COUNTS", "APPEALED", "UPHELD", "REVOKED", "FORGIVEN"]
    counts: bool
    """Now: it was not taken away and has not expired."""
    hospital_id: str
    appointment_id: str
    at: datetime
    expires_at: datetime
    rules: str
    """Version of the rules it was made by."""
    forgiven_for: Literal["REFILLED", "STOPPED", "OUTAGE"] | None
    appealed_at: datetime | None
    decision: str | None
    decided_at: datetime | None


class RestrictionReply(Reply):
    """Why and until when the person may not book."""

    kind: Kind
    since: datetime
    until: datetime


class ConductRulesReply(Reply):
    """The city's rules; a hospital may have its own for its own places."""

    version: str
    sha256: str
    """Of the file, hex."""
    no_shows: int
    """So many within `no_show_within_days` restrict for `no_show_restricts_days`."""
    no_show_within_days: int
    no_show_restricts_days: int
    late_cancels: int
    late_cancel_within_days: int
    late_cancel_restricts_days: int


class ConductReply(Reply):
    """How a person has kept their appointments."""

    restriction: RestrictionReply | None
    """By the city's rules; left out: they may book."""
    rules: ConductRulesReply | None
    points: list[ConductPointReply]
    """Newest first."""
    next: str | None


class AppealReply(Reply):
    """An appeal that waits for a decision."""

    id: str
    kind: Kind
    hospital_id: str
    appointment_id: str
    at: datetime
    expires_at: datetime
    text: str
    appealed_at: datetime


class AppealsReply(Reply):
    """A page of appeals, the oldest point first."""

    items: list[AppealReply]
    next: str | None


class AppealDecidedReply(Reply):
    """A decision that was taken."""

    id: str
    status: Literal["UPHELD", "REVOKED"]


class BookingOutageReply(Reply):
    """An outage."""

    id: str
    hospital_id: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str
    recorded_at: datetime


class BookingOutagesReply(Reply):
    """A page of outages, newest first."""

    items: list[BookingOutageReply]
    next: str | None
