"""A calendar as a file (RFC 5545).

An event keeps its UID for life and its SEQUENCE rises with every change (§3.8.7.4), so that a
calendar replaces what it has; what was cancelled says so for a while instead of vanishing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.hospital.calendar.models import DEPARTMENT
from app.hospital.calendar.service.entries import Entry

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCT: Final = "-//Zero-Run//Hospital appointments//ZH"
_NAME: Final = "医院预约"
"""Of the calendar, and of each event where no more is to be shown."""
_REFRESH: Final = timedelta(hours=1)


def calendar_file(entries: Sequence[Entry], *, shows: str, public_url: str) -> bytes:
    """Write a calendar; the same appointments give the same bytes.

    Times are in UTC. Without a METHOD, DTSTAMP is when the event last changed (§3.8.7.2).

    Args:
        entries: what is in it.
        shows: `discreet` or `department`.
        public_url: its host makes the UIDs unique in the world (§3.8.4.7).
    """
    from icalendar import Calendar  # noqa: PLC0415 - ten megabytes for those who ask for one

    host = urlsplit(public_url).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _NAME)
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})  # RFC 7986 §5.7
    for entry in entries:
        calendar.add_component(_event(entry, host=host, more=shows == DEPARTMENT))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: Entry, *, host: str, more: bool) -> Event:
    from icalendar import Event  # noqa: PLC0415 - as above

    event = Event()
    event.add("uid", f"{entry.appointment_id}@{host}")
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("dtstamp", entry.changed_at.replace(microsecond=0))
    event.add("created", entry.created_at.replace(microsecond=0))
    event.add("class", "PRIVATE")
    event.add("summary", f"{entry.hospital} {entry.department}" if more else _NAME)
    if more:
        event.add("location", f"{entry.hospital} {entry.campus} {entry.address}")
    return event
