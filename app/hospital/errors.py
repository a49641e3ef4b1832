"""Why the hospital service refuses."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

HOSPITAL_UNKNOWN: Final = ErrorKind(
    "HOSPITAL_UNKNOWN", 404, "没有这家医院。", "There is no such hospital."
)
HOSPITAL_NOT_YOURS: Final = ErrorKind(
    "HOSPITAL_NOT_YOURS",
    403,
    "此终端不属于任何已接入的医院。",
    "This terminal belongs to no hospital that is connected.",
)
SESSION_UNKNOWN: Final = ErrorKind(
    "SESSION_UNKNOWN", 404, "没有这个出诊安排。", "There is no such session."
)
SESSION_NOT_OPEN: Final = ErrorKind(
    "SESSION_NOT_OPEN",
    409,
    "此出诊尚未放号或已停诊。",
    "This session is not open for booking yet, or was called off.",
)
SESSION_FULL: Final = ErrorKind(
    "SESSION_FULL",
    409,
    "号已约满，可以加入候补。",
    "All places are taken. You can join the waitlist.",
)
APPOINTMENT_UNKNOWN: Final = ErrorKind(
    "APPOINTMENT_UNKNOWN", 404, "您没有这个预约。", "There is no such appointment of yours."
)
APPOINTMENT_MOVED_ON: Final = ErrorKind(
    "APPOINTMENT_MOVED_ON",
    409,
    "此预约的状态已改变，不能再这样操作。",
    "The appointment has moved on: this can no longer be done.",
)
APPOINTMENT_SAME_DEPARTMENT_DAY: Final = ErrorKind(
    "APPOINTMENT_SAME_DEPARTMENT_DAY",
    409,
    "同一科室同一天只能预约一次。",
    "There is an appointment in this department on this day already.",
)
APPOINTMENT_SAME_DOCTOR_DAY: Final = ErrorKind(
    "APPOINTMENT_SAME_DOCTOR_DAY",
    409,
    "同一医生同一天只能预约一次。",
    "There is an appointment with this doctor on this day already.",
)
APPOINTMENT_OVERLAPS: Final = ErrorKind(
    "APPOINTMENT_OVERLAPS",
    409,
    "与您已有的预约时间冲突。",
    "It overlaps with another appointment.",
)
APPOINTMENT_REPLACED: Final = ErrorKind(
    "APPOINTMENT_REPLACED",
    409,
    "此预约已改约。",
    "The appointment was rescheduled already.",
)

WINDOW_FULL: Final = ErrorKind(
    "WINDOW_FULL",
    409,
    "这个时段已约满，请换一个时段。",
    "This window is taken. Choose another one, or leave it open.",
)
APPOINTMENT_HELD_BEFORE: Final = ErrorKind(
    "APPOINTMENT_HELD_BEFORE",
    409,
    "您刚才的占号未完成支付，请稍后再试。",
    "A place of this session was held for you and not paid. Try again later.",
)
APPOINTMENT_EXPIRED: Final = ErrorKind(
    "APPOINTMENT_EXPIRED",
    409,
    "支付时限已过，号已释放。",
    "The time to pay is over, and the place was given up.",
)
APPOINTMENT_FREE: Final = ErrorKind(
    "APPOINTMENT_FREE",
    409,
    "此预约无需支付。",
    "Nothing has to be paid for this appointment.",
)
APPOINTMENT_NOT_PAID: Final = ErrorKind(
    "APPOINTMENT_NOT_PAID",
    409,
    "支付未成功，未扣任何款项，请重试。",
    "The payment came to nothing and nothing was taken. Try again.",
)
APPOINTMENT_TOO_LATE: Final = ErrorKind(
    "APPOINTMENT_TOO_LATE",
    409,
    "已过可操作的时间。",
    "It is too late for this now.",
)
APPOINTMENT_FEE_DIFFERS: Final = ErrorKind(
    "APPOINTMENT_FEE_DIFFERS",
    409,
    "只能改约到同一医院、同一费用的号，请取消后重新预约。",
    "An appointment can be moved within its hospital and its fee only. Cancel it and book anew.",
)
HOSPITAL_TAKES_NO_FEES: Final = ErrorKind(
    "HOSPITAL_TAKES_NO_FEES",
    409,
    "这家医院目前不能在线缴费。",
    "Fees of this hospital cannot be paid on a phone now.",
)
CHECK_IN_NOTHING: Final = ErrorKind(
    "CHECK_IN_NOTHING",
    404,
    "持卡人今天在本院没有预约。",
    "The holder has no appointment in this hospital today.",
)
CHECK_IN_TOO_EARLY: Final = ErrorKind(
    "CHECK_IN_TOO_EARLY",
    409,
    "还没到签到时间。",
    "It is too early to check in.",
)
CHECK_IN_TOO_LATE: Final = ErrorKind(
    "CHECK_IN_TOO_LATE",
    409,
    "签到时间已过。",
    "It is too late to check in.",
)
CALL_NOBODY_WAITS: Final = ErrorKind(
    "CALL_NOBODY_WAITS",
    409,
    "此出诊没有等候叫号的人。",
    "Nobody of this session waits to be called.",
)
APPOINTMENT_NOT_CALLED: Final = ErrorKind(
    "APPOINTMENT_NOT_CALLED",
    409,
    "此人尚未被叫号、已过号或已就诊。",
    "This person is not called now: not yet, passed over, or seen already.",
)

ALL: Final = (
    HOSPITAL_UNKNOWN,
    HOSPITAL_NOT_YOURS,
    SESSION_UNKNOWN,
    SESSION_NOT_OPEN,
    SESSION_FULL,
    APPOINTMENT_UNKNOWN,
    APPOINTMENT_MOVED_ON,
    APPOINTMENT_SAME_DEPARTMENT_DAY,
    APPOINTMENT_SAME_DOCTOR_DAY,
    APPOINTMENT_OVERLAPS,
    APPOINTMENT_REPLACED,
    WINDOW_FULL,
    APPOINTMENT_HELD_BEFORE,
    APPOINTMENT_EXPIRED,
    APPOINTMENT_FREE,
    APPOINTMENT_NOT_PAID,
    APPOINTMENT_TOO_LATE,
    APPOINTMENT_FEE_DIFFERS,
    HOSPITAL_TAKES_NO_FEES,
    CHECK_IN_NOTHING,
    CHECK_IN_TOO_EARLY,
    CHECK_IN_TOO_LATE,
    CALL_NOBODY_WAITS,
    APPOINTMENT_NOT_CALLED,
)
"""For the published table."""
