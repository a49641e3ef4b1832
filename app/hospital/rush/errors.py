"""Why the rush refuses."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

RELEASE_UNKNOWN: Final = ErrorKind(
    "RELEASE_UNKNOWN", 404, "没有这次放号。", "There is no such release."
)
RELEASE_TERMS_INVALID: Final = ErrorKind(
    "RELEASE_TERMS_INVALID",
    422,
    "放号条件无效：请检查时间先后、方式与摇号所需内容。",
    "The terms of the release do not fit together: look at its moments, its mode and what a "
    "lottery needs.",
)
RELEASE_SESSIONS_INVALID: Final = ErrorKind(
    "RELEASE_SESSIONS_INVALID",
    422,
    "有出诊不能参加此次放号：须为本院尚未结束的出诊，且不晚于放号时刻开放。",
    "A session cannot be part of this release: it must be the hospital's own, not over, and open "
    "no later than the release.",
)
RELEASE_SESSION_TAKEN: Final = ErrorKind(
    "RELEASE_SESSION_TAKEN",
    409,
    "有出诊已属于另一次放号。",
    "A session belongs to another release already.",
)
RELEASE_BEGUN: Final = ErrorKind(
    "RELEASE_BEGUN",
    409,
    "放号已开始或已撤回。",
    "The release has begun, or was withdrawn already.",
)
QUEUE_NOT_OPEN: Final = ErrorKind(
    "QUEUE_NOT_OPEN", 409, "现在不能取排队号。", "No tickets are given out now."
)
QUEUE_FULL: Final = ErrorKind(
    "QUEUE_FULL", 409, "排队号已发完。", "All tickets of this release have been given out."
)
QUEUE_TICKET_UNKNOWN: Final = ErrorKind(
    "QUEUE_TICKET_UNKNOWN", 404, "您没有这个排队号。", "There is no such ticket of yours."
)
QUEUE_TICKET_REQUIRED: Final = ErrorKind(
    "QUEUE_TICKET_REQUIRED",
    403,
    "此出诊需凭排队号预约，请先取号。",
    "This session is booked with a queue ticket: take one first.",
)
QUEUE_TICKET_INVALID: Final = ErrorKind(
    "QUEUE_TICKET_INVALID",
    403,
    "排队号无效，或不属于此次放号。",
    "The queue ticket is not genuine, or is of another release.",
)
QUEUE_TICKET_NOT_YOURS: Final = ErrorKind(
    "QUEUE_TICKET_NOT_YOURS",
    403,
    "排队号属于另一个人。",
    "The queue ticket is somebody else's.",
)
QUEUE_NOT_ADMITTED: Final = ErrorKind(
    "QUEUE_NOT_ADMITTED", 429, "还没有轮到您。", "It is not your turn yet."
)
QUEUE_ADMISSION_OVER: Final = ErrorKind(
    "QUEUE_ADMISSION_OVER",
    409,
    "您的预约时段已过。",
    "Your turn is over.",
)
QUEUE_TICKET_USED: Final = ErrorKind(
    "QUEUE_TICKET_USED", 409, "排队号已使用。", "The queue ticket was used already."
)
DRAW_UNKNOWN: Final = ErrorKind("DRAW_UNKNOWN", 404, "没有这次摇号。", "There is no such lottery.")
DRAW_TOO_EARLY: Final = ErrorKind(
    "DRAW_TOO_EARLY",
    409,
    "登记尚未截止，不能封存或摇号。",
    "Entries are not closed yet: close the lottery after its last moment, then draw.",
)
DRAW_TICKETS_GONE: Final = ErrorKind(
    "DRAW_TICKETS_GONE",
    410,
    "公示期已过，排队号已删除。",
    "The tickets were published for a year after the lottery and are deleted now.",
)
DRAW_DONE: Final = ErrorKind(
    "DRAW_DONE",
    409,
    "已用另一个公开数摇号。",
    "It was drawn already, with another public value.",
)

ALL: Final = (
    RELEASE_UNKNOWN,
    RELEASE_TERMS_INVALID,
    RELEASE_SESSIONS_INVALID,
    RELEASE_SESSION_TAKEN,
    RELEASE_BEGUN,
    QUEUE_NOT_OPEN,
    QUEUE_FULL,
    QUEUE_TICKET_UNKNOWN,
    QUEUE_TICKET_REQUIRED,
    QUEUE_TICKET_INVALID,
    QUEUE_TICKET_NOT_YOURS,
    QUEUE_NOT_ADMITTED,
    QUEUE_ADMISSION_OVER,
    QUEUE_TICKET_USED,
    DRAW_UNKNOWN,
    DRAW_TOO_EARLY,
    DRAW_TICKETS_GONE,
    DRAW_DONE,
)
"""For the published table."""
