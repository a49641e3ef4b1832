"""Dates of FHIR searches: `ge2026-12-01`, a day in China or a time with its zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from app.hospital.fhir.errors import FHIR_DATE_INVALID, FHIR_SEARCH_UNBOUNDED

CHINA: Final = timezone(timedelta(hours=8))
"""It has no summer time."""
_DATE: Final = re.compile(
    r"(eq|ge|gt|le|lt)?"
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?"
)
_MOST: Final = timedelta(days=31)
_DAY: Final = timedelta(days=1)
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From one moment to before another."""

    since: datetime
    until: datetime

    @property
    def first(self) -> date:
        """The day in China on which it begins."""
        return self.since.astimezone(CHINA).date()

    @property
    def last(self) -> date:
        """The day on which it ends."""
        return (self.until - timedelta(microseconds=1)).astimezone(CHINA).date()


def span_of(texts: Sequence[str]) -> Span:
    """What all the dates of a search have in common (R4, search, date).

    Raises:
        DomainError: FHIR_DATE_INVALID, or FHIR_SEARCH_UNBOUNDED for more than 31 days.
    """
    since, until = _EARLIEST, _LATEST
    for text in texts:
        low, high = _bounds(text)
        since, until = max(since, low), min(until, high)
    if until - since > _MOST:
        raise FHIR_SEARCH_UNBOUNDED(pointer="/date")
    return Span(since=since, until=max(since + timedelta(microseconds=1), until))


def _bounds(text: str) -> tuple[datetime, datetime]:
    found = _DATE.fullmatch(text)
    if found is None:
        raise FHIR_DATE_INVALID(pointer="/date")
    prefix = found[1] or "eq"
    try:
        begins, ends = _moments(found[2], found[3])
    except (ValueError, OverflowError):
        raise FHIR_DATE_INVALID(pointer="/date") from None
    return {
        "eq": (begins, ends),
        "ge": (begins, _LATEST),
        "gt": (ends, _LATEST),
        "le": (_EARLIEST, ends),
        "lt": (_EARLIEST, begins),
    }[prefix]


def _moments(day: str, time: str | None) -> tuple[datetime, datetime]:
    """When what is written begins, and when it is over; whole UTC moments that can be compared."""
    if time is None:
        begins = datetime.combine(date.fromisoformat(day), datetime.min.time(), tzinfo=CHINA)
        return begins.astimezone(UTC), (begins + _DAY).astimezone(UTC)
    begins = datetime.fromisoformat(day + time).astimezone(UTC)
    return begins, begins + timedelta(seconds=1)
