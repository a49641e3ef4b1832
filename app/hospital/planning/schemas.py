"""Planning on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN

Region = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["990100"])]
"""Administrative division (GB/T 2260)."""


class HospitalBody(JsonBody):
    """A hospital to be."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    """What patients read."""
    region: Region
    merchant_id: Annotated[str, Field(pattern=ID_PATTERN)] | None = None
    """A merchant of the kind hospital; left out: a new one."""


class HospitalPath(BaseModel):
    """Which hospital."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class ListedHospitalsQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=50, ge=1, le=100)


class HospitalReply(Reply):
    """A hospital."""

    id: str
    merchant_id: str
    name: str
    initials: str
    region: str
    status: Literal["ACTIVE", "SUSPENDED"]
    created_at: datetime
    status_changed_at: datetime


class ListedHospitalsReply(Reply):
    """A page of hospitals, newest first."""

    items: list[HospitalReply]
    next: str | None


class ImportQuery(BaseModel):
    """How a file is taken."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["campus", "department", "practitioner", "session", "holiday"] | None = None
    """What the lines of a CSV file are; NDJSON says it in each line."""
    dry_run: bool = False
    """Only tell what would happen."""
    atomic: bool = False
    """All lines or none, 2,000 at most; otherwise each by itself."""


class RefusedLineReply(Reply):
    """A line that was not taken."""

    line: int
    """From 1; the head of a CSV file counts."""
    id: str | None
    """The hospital's own, where it could be read."""
    code: str
    pointer: str | None
    """The field; in a CSV file the column."""
    detail: str


class ImportReply(Reply):
    """What came of a file: every line is counted once."""

    mode: Literal["each", "atomic", "dry_run"]
    written: bool
    """Whether what is counted has been done."""
    created: int
    updated: int
    unchanged: int
    refused: int
    next_line: int | None
    """There was no time from this line on: send the file again. Left out: it was read whole."""
    lines: list[RefusedLineReply]
    """Every line that was refused."""


class PlannedSessionsQuery(BaseModel):
    """Which sessions, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    day: date
    """In China."""
    department: str | None = Field(default=None, min_length=1, max_length=64)
    """The hospital's own id."""
    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=100, ge=1, le=500)


class PlannedSessionPath(BaseModel):
    """Which session: our id or the hospital's own."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class SubstitutionBody(JsonBody):
    """Who takes over."""

    practitioner: Annotated[str, Field(min_length=1, max_length=64)]
    """The hospital's own id."""


class PoolReply(Reply):
    """The places of a channel; the four counts are all of them."""

    channel: str
    size: int
    gives_back_at: datetime | None
    free: int
    held: int
    """By somebody who has yet to pay, or offered to the waitlist."""
    booked: int
    """Also those who have come or gone."""
    blocked: int


class PlannedSessionReply(Reply):
    """A session."""

    id: str
    external_id: str
    department: str
    """The hospital's own id, as `practitioner`."""
    department_name: str
    practitioner: str
    practitioner_name: str
    day: date
    half_day: Literal["morning", "afternoon", "evening"]
    starts_at: datetime
    ends_at: datetime
    fee_class: Literal["ordinary", "expert", "special"]
    fee: int
    """Fen."""
    opens_at: datetime
    status: Literal["DRAFT", "PUBLISHED", "STOPPED", "CLOSED"]
    pools: list[PoolReply]


class PlannedSessionsReply(Reply):
    """A page of sessions."""

    items: list[PlannedSessionReply]
    next: str | None


class SessionRecordReply(Reply):
    """A session as a line of a file."""

    record: dict[str, Any]
    """For `POST /v1/hospital/imports`, as it is or with other members."""


class PlanBody(JsonBody):
    """How far to plan."""

    days: Annotated[int, Field(ge=1, le=60)] | None = None
    """Today included; left out: what can be booked, and a week."""


class NotPlannedReply(Reply):
    """A template that could not be held on a day."""

    template: str
    day: date
    code: str
    detail: str


class PlanReply(Reply):
    """What came of planning."""

    first: date
    last: date
    created: int
    updated: int
    unchanged: int
    refused: list[NotPlannedReply]
    next_day: date | None
    """There was no time from this day on: plan again. Left out: all days were planned."""
