"""Calling sessions off, on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN
from app.hospital.stop_reasons import StopReason
from app.hospital.stopping.service.ordering import MOST_SESSIONS

Name = Annotated[str, Field(min_length=1, max_length=100)]
"""The hospital's own id, or ours."""


class StopBody(JsonBody):
    """Sessions to call off: named one by one, or a doctor's on some days."""

    session_ids: Annotated[list[Name], Field(min_length=1, max_length=MOST_SESSIONS)] | None = None
    doctor: Name | None = None
    days: Annotated[list[date], Field(min_length=1, max_length=31)] | None = None
    """In China."""
    reason: StopReason
    """Every patient is told."""
    dry_run: bool = False
    """Tell what would happen with the places that are free now; do nothing."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_doctor = self.doctor is not None and self.days is not None
        half = (self.doctor is None) != (self.days is None)
        if half or by_doctor == (self.session_ids is not None):
            message = "either session_ids, or doctor and days"
            raise ValueError(message)
        return self


class StopPath(BaseModel):
    """Which stop."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=ID_PATTERN)


class StoppedReply(Reply):
    """What became of a session, in numbers."""

    session_id: str
    external_id: str
    """The hospital's own."""
    status: Literal["DRAFT", "PUBLISHED", "STOPPED", "CLOSED"]
    """CLOSED: it was over. DRAFT and PUBLISHED: in a dry run, it can be called off."""
    stop_id: str | None = None
    reason: StopReason | None = None
    at: datetime | None = None
    replanned: int
    """Patients who were given another place, by consent."""
    cancelled: int
    """Bookings that ended; what was paid goes back."""
    released: int
    """Offers and holds that ended."""
    refund: int
    """Fen that go back; in a dry run, at most."""


class StopsReply(Reply):
    """What became of each session of the call."""

    dry_run: bool
    sessions: list[StoppedReply]


class StopOutcomeReply(Reply):
    """What became of one appointment."""

    appointment_id: str
    number: int
    """Of its place: what its patient knows it by."""
    outcome: Literal["replanned", "cancelled", "released"]
    was: str
    """The state it was in."""
    replaced_by: str | None = None
    """The appointment given instead."""
    replaced_at: datetime | None = None
    """When that one begins."""
    refund: int
    """Fen."""


class StopReply(StoppedReply):
    """A stop, with every outcome."""

    outcomes: list[StopOutcomeReply]
