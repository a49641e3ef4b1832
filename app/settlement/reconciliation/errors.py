"""Why reconciliation refuses."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.core.cashier import Action
from app.core.errors import ErrorKind

RECONCILIATION_DAY: Final = ErrorKind(
    "RECONCILIATION_DAY",
    422,
    "对账日期不能晚于今天，也不能早于四百天前。",
    "The day has not begun yet, or is more than 400 days ago.",
)
RECONCILIATION_SUMS: Final = ErrorKind(
    "RECONCILIATION_SUMS",
    422,
    "合计与明细不一致，请核对后重新发送。",
    "The totals are not what the details add up to. Nothing was compared.",
)
RECONCILIATION_TOO_LARGE: Final = ErrorKind(
    "RECONCILIATION_TOO_LARGE",
    422,
    "当日明细过多，请联系医保经办机构。",
    "The day has more lines than are compared at once.",
)
RECONCILIATION_FILE: Final = ErrorKind(
    "RECONCILIATION_FILE",
    422,
    "无法读取对账文件，请按接口规范打包。",
    "The file is not a ZIP archive with one plain file in it, or it is too large unpacked.",
)
RECONCILIATION_LINES: Final = ErrorKind(
    "RECONCILIATION_LINES",
    422,
    "对账文件中有无法接受的行，未进行对账。",
    "Lines of the file cannot be accepted; `lines` says which and why. Nothing was compared.",
)
RECONCILIATION_UNKNOWN: Final = ErrorKind(
    "RECONCILIATION_UNKNOWN",
    404,
    "该日没有对账记录。",
    "Nothing was sent for this day.",
)
RECONCILIATION_PERIOD: Final = ErrorKind(
    "RECONCILIATION_PERIOD",
    422,
    "对账结束日期不能早于开始日期，期间不能超过三十一天。",
    "The period ends before it begins, or is longer than 31 days.",
)
RECONCILIATION_FILE_UNKNOWN: Final = ErrorKind(
    "RECONCILIATION_FILE_UNKNOWN",
    404,
    "没有此编号的对账文件，或已过下载期限。",
    "There is no such file, or it was kept long enough.",
)
DIFFERENCE_UNKNOWN: Final = ErrorKind(
    "DIFFERENCE_UNKNOWN", 404, "没有这条差异。", "There is no such difference."
)
DIFFERENCE_CLOSED: Final = ErrorKind(
    "DIFFERENCE_CLOSED",
    409,
    "此差异已关闭，或已有人提出处理。",
    "The difference is closed, or somebody has proposed a booking already.",
)
DIFFERENCE_NOT_PROPOSED: Final = ErrorKind(
    "DIFFERENCE_NOT_PROPOSED",
    409,
    "此差异尚无待批准的处理意见。",
    "No booking is proposed for this difference; it may have changed since.",
)
DIFFERENCE_NEEDS_ANOTHER: Final = ErrorKind(
    "DIFFERENCE_NEEDS_ANOTHER",
    403,
    "提出人不能批准自己的处理意见。",
    "Whoever proposed a booking cannot approve it.",
)
DIFFERENCE_WITHOUT_AMOUNT: Final = ErrorKind(
    "DIFFERENCE_WITHOUT_AMOUNT",
    409,
    "此差异没有可入账的金额，须先修复数据。",
    "There is no amount to book. What is wrong has to be repaired.",
)
ACTIONS: Final[Mapping[ErrorKind, Action]] = MappingProxyType(
    {
        RECONCILIATION_DAY: Action.CONTACT,
        RECONCILIATION_PERIOD: Action.CONTACT,
        RECONCILIATION_SUMS: Action.CONTACT,
        RECONCILIATION_TOO_LARGE: Action.CONTACT,
        RECONCILIATION_FILE: Action.CONTACT,
        RECONCILIATION_LINES: Action.CONTACT,
        RECONCILIATION_UNKNOWN: Action.CONTACT,
        RECONCILIATION_FILE_UNKNOWN: Action.CONTACT,
    }
)
"""What a merchant's system does next, by kind; a kind without one is told to operators alone."""
ALL: Final = (
    *ACTIONS,
    DIFFERENCE_UNKNOWN,
    DIFFERENCE_CLOSED,
    DIFFERENCE_NOT_PROPOSED,
    DIFFERENCE_NEEDS_ANOTHER,
    DIFFERENCE_WITHOUT_AMOUNT,
)
