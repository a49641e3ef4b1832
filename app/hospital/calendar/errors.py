"""Why the calendar refuses."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

CALENDAR_UNKNOWN: Final = ErrorKind(
    "CALENDAR_UNKNOWN",
    404,
    "没有这个日历，或链接已失效。",
    "There is no such calendar, or its link has ended.",
)

ALL: Final = (CALENDAR_UNKNOWN,)
"""For the published table."""
