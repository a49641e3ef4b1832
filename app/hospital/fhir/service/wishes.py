"""What a window looks for, wants, and gets."""

from __future__ import annotations

from dataclasses import dataclass

from app.hospital.fhir.service.dates import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a window looks for."""

    span: Span
    channel: str
    practitioner: str | None = None
    """The hospital's own id."""
    department: str | None = None
    """Likewise."""
    limit: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A place that somebody at the window wants."""

    presence: str
    """The presence token of their card's code."""
    unit_id: str | None = None
    """It must be this place."""
    session_id: str | None = None
    """Or else the lowest number of this session that is free."""
    channel: str = "window"
    """Of the session; a place has its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of it."""

    appointment_id: str
    new: bool
    """Whether this call made it; False: it was there already, if only as a hold."""
