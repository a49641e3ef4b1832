"""Why a slip is refused."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

SLIP_UNKNOWN: Final = ErrorKind(
    "SLIP_UNKNOWN",
    404,
    "不是本院的预约单，或无法识别。",
    "This is no slip of an appointment in this hospital.",
)
SLIP_NOT_BOOKED: Final = ErrorKind(
    "SLIP_NOT_BOOKED",
    409,
    "只有已预约成功的号才能打印预约单。",
    "A slip is printed of a booked appointment only.",
)

ALL: Final = (SLIP_UNKNOWN, SLIP_NOT_BOOKED)
"""For the published table."""
