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
)
"""For the published table."""
