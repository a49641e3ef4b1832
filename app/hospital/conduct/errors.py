"""Why conduct refuses."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

BOOKING_RESTRICTED: Final = ErrorKind(
    "BOOKING_RESTRICTED",
    403,
    "因多次爽约或临时取消，暂时不能预约；可查看原因并申诉。",
    "Missed or late cancelled appointments keep you from booking until then. You can see each of "
    "them and appeal.",
)
CONDUCT_POINT_UNKNOWN: Final = ErrorKind(
    "CONDUCT_POINT_UNKNOWN", 404, "没有这条记录。", "There is no such point."
)
APPEAL_NOT_POSSIBLE: Final = ErrorKind(
    "APPEAL_NOT_POSSIBLE",
    409,
    "此记录已申诉过、已免除或已过期太久。",
    "The point was appealed already, is forgiven, or expired too long ago.",
)
APPEAL_NOT_OPEN: Final = ErrorKind(
    "APPEAL_NOT_OPEN",
    409,
    "没有等待处理的申诉。",
    "There is no appeal that waits for a decision.",
)
OUTAGE_INVALID: Final = ErrorKind(
    "OUTAGE_INVALID",
    422,
    "故障时间无效：结束须晚于开始，最长三十一天，且不在将来。",
    "An outage ends after it began, lasts 31 days at most, and is not in the future.",
)

ALL: Final = (
    BOOKING_RESTRICTED,
    CONDUCT_POINT_UNKNOWN,
    APPEAL_NOT_POSSIBLE,
    APPEAL_NOT_OPEN,
    OUTAGE_INVALID,
)
"""For the published table."""
