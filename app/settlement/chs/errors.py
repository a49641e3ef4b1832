"""Why the national facade itself refuses; all else is what settlement says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.core.cashier import Action
from app.core.errors import ErrorKind

CHS_INFNO_UNKNOWN: Final = ErrorKind(
    "CHS_INFNO_UNKNOWN",
    404,
    "不支持此交易编号，或与报文中的交易编号不一致。",
    "There is no such transaction number here, or the envelope names another one.",
)
CHS_MERCHANT_WRONG: Final = ErrorKind(
    "CHS_MERCHANT_WRONG",
    422,
    "定点医药机构编号与终端所属机构不一致。",
    "The envelope's fixmedins_code is not that of the terminal's merchant.",
)
CHS_MSGID_WRONG: Final = ErrorKind(
    "CHS_MSGID_WRONG",
    422,
    "发送方报文编号应为机构编号加时间加四位流水号。",
    "The msgid must be fixmedins_code, the time as yyyyMMddHHmmss, and four digits.",
)
CHS_TOTAL_DIFFERS: Final = ErrorKind(
    "CHS_TOTAL_DIFFERS",
    422,
    "总额与明细不一致。",
    "An amount is not the sum of its details.",
)
CHS_PERIOD_WRONG: Final = ErrorKind(
    "CHS_PERIOD_WRONG",
    422,
    "对账期间与文件的日期不一致。",
    "The file is of another day than the period says.",
)
ACTIONS: Final[Mapping[ErrorKind, Action]] = MappingProxyType(
    {
        CHS_INFNO_UNKNOWN: Action.CONTACT,
        CHS_MERCHANT_WRONG: Action.CONTACT,
        CHS_MSGID_WRONG: Action.CONTACT,
        CHS_TOTAL_DIFFERS: Action.CONTACT,
        CHS_PERIOD_WRONG: Action.CONTACT,
    }
)
"""What a cashier does next, by kind."""
ALL: Final = tuple(ACTIONS)
