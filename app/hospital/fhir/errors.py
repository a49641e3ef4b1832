"""Why the FHIR facade refuses."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

FHIR_RESOURCE_UNKNOWN: Final = ErrorKind(
    "FHIR_RESOURCE_UNKNOWN",
    404,
    "本院没有此资源。",
    "Your hospital has no such resource.",
)
FHIR_NOT_SUPPORTED: Final = ErrorKind(
    "FHIR_NOT_SUPPORTED",
    404,
    "不支持此资源类型或操作，可用的见 /fhir/R4/metadata。",
    "This type or operation is not supported. /fhir/R4/metadata tells what is.",
)
FHIR_SEARCH_UNBOUNDED: Final = ErrorKind(
    "FHIR_SEARCH_UNBOUNDED",
    422,
    "请用日期限定查询范围，最多 31 天。",
    "Bound the search by `date`: 31 days at most.",
)
FHIR_DATE_INVALID: Final = ErrorKind(
    "FHIR_DATE_INVALID",
    422,
    "日期参数应为 eq、ge、gt、le 或 lt 加日期或带时区的时间。",
    "A date is eq, ge, gt, le or lt and a day, or a time with its zone.",
)
FHIR_STATUS_NOT_YOURS: Final = ErrorKind(
    "FHIR_STATUS_NOT_YOURS",
    422,
    "医院只能将预约改为 arrived、checked-in、fulfilled 或 cancelled。",
    "A hospital sets arrived, checked-in, fulfilled or cancelled. No-shows are told by the system.",
)
FHIR_ELEMENT_READ_ONLY: Final = ErrorKind(
    "FHIR_ELEMENT_READ_ONLY",
    422,
    "只能修改 status 和 cancelationReason。",
    "Only `status` and `cancelationReason` can be changed.",
)
FHIR_VERSION_CONFLICT: Final = ErrorKind(
    "FHIR_VERSION_CONFLICT",
    412,
    "预约已有新版本，请重新读取。",
    "The appointment has a newer version. Read it again.",
)
FHIR_ARRIVAL_NOT_TODAY: Final = ErrorKind(
    "FHIR_ARRIVAL_NOT_TODAY",
    409,
    "只能在就诊当天、出诊结束前签到。",
    "Arrival is told on the day of the session, before it is over.",
)
FHIR_CHANNEL_NOT_YOURS: Final = ErrorKind(
    "FHIR_CHANNEL_NOT_YOURS",
    409,
    "此号源属于公众渠道，医院不能占用。",
    "This place is the public's. A hospital books from its own channels.",
)
FHIR_PRESENCE_PURPOSE: Final = ErrorKind(
    "FHIR_PRESENCE_PURPOSE",
    422,
    "出示的动态码不是用于挂号（01101）。",
    "The code was shown for another purpose than registration (01101).",
)
FHIR_SLOT_BUSY: Final = ErrorKind(
    "FHIR_SLOT_BUSY",
    409,
    "此号已被占用。",
    "This place is taken.",
)
FHIR_HOLD_AGAIN: Final = ErrorKind(
    "FHIR_HOLD_AGAIN",
    409,
    "此人刚占号未付，请稍后再占或直接预约。",
    "A hold of this person has just expired here. Book at once, or wait.",
)
FHIR_HOLD_OVER: Final = ErrorKind(
    "FHIR_HOLD_OVER",
    409,
    "占号已失效或不是本院窗口所占。",
    "The hold is over, or was not made by your hospital.",
)
ALL: Final = (
    FHIR_RESOURCE_UNKNOWN,
    FHIR_NOT_SUPPORTED,
    FHIR_SEARCH_UNBOUNDED,
    FHIR_DATE_INVALID,
    FHIR_STATUS_NOT_YOURS,
    FHIR_ELEMENT_READ_ONLY,
    FHIR_VERSION_CONFLICT,
    FHIR_ARRIVAL_NOT_TODAY,
    FHIR_CHANNEL_NOT_YOURS,
    FHIR_PRESENCE_PURPOSE,
    FHIR_SLOT_BUSY,
    FHIR_HOLD_AGAIN,
    FHIR_HOLD_OVER,
)
"""For the published table."""
