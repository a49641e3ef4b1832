"""Why the waitlist refuses."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

WAITLIST_ENTRY_UNKNOWN: Final = ErrorKind(
    "WAITLIST_ENTRY_UNKNOWN",
    404,
    "您没有这个候补。",
    "There is no such waitlist entry of yours.",
)
WAITLIST_NOWHERE: Final = ErrorKind(
    "WAITLIST_NOWHERE",
    422,
    "没有这样的医院、科室、医生或出诊，或它们不相符。",
    "There is no such hospital, department, doctor or session, or they do not belong together.",
)
WAITLIST_DAYS: Final = ErrorKind(
    "WAITLIST_DAYS",
    422,
    "候补日期须在已放号的日期之内。",
    "The days must be among those that can be booked now, the first before the last.",
)
WAITLIST_MEMBER_TWICE: Final = ErrorKind(
    "WAITLIST_MEMBER_TWICE",
    422,
    "同一人不能在一个候补中出现两次。",
    "Somebody is in this entry twice.",
)
WAITLIST_TOO_MANY: Final = ErrorKind(
    "WAITLIST_TOO_MANY",
    409,
    "候补数量已达上限，请先取消一个。",
    "There are as many open waitlist entries as a person may have. Withdraw one first.",
)
WAITLIST_PLACE_FREE: Final = ErrorKind(
    "WAITLIST_PLACE_FREE",
    409,
    "现在就有号可约，无需候补。",
    "There are free places now: book one of them.",
)
WAITLIST_MOVED_ON: Final = ErrorKind(
    "WAITLIST_MOVED_ON",
    409,
    "此候补的状态已改变，不能再这样操作。",
    "The waitlist entry has moved on: this can no longer be done.",
)
WAITLIST_OFFER_OVER: Final = ErrorKind(
    "WAITLIST_OFFER_OVER",
    409,
    "没有等待答复的号，或确认时间已过。",
    "There is no offer, or its time is over.",
)

ALL: Final = (
    WAITLIST_ENTRY_UNKNOWN,
    WAITLIST_NOWHERE,
    WAITLIST_DAYS,
    WAITLIST_MEMBER_TWICE,
    WAITLIST_TOO_MANY,
    WAITLIST_PLACE_FREE,
    WAITLIST_MOVED_ON,
    WAITLIST_OFFER_OVER,
)
"""For the published table."""
