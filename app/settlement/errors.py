"""Why settlement refuses, and what a cashier is told to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.core.cashier import Action, general_action
from app.core.errors import DomainError, ErrorKind

PRESENCE_PURPOSE: Final = ErrorKind(
    "PRESENCE_PURPOSE",
    409,
    "此码的用途不能用于结算，请持卡人选择购药或结算用途。",
    "The code was shown for a purpose that pays for nothing. Ask for one for purchase.",
)
PRESENCE_USED: Final = ErrorKind(
    "PRESENCE_USED",
    409,
    "此次出示已用于一笔结算，请先查询结果。",
    "This presentation has paid for a purchase already. Look up what came of it.",
)
CODE_CAP_EXCEEDED: Final = ErrorKind(
    "CODE_CAP_EXCEEDED",
    409,
    "总金额超过此码的限额。",
    "The purchase costs more than this code may be used for.",
)
NOT_INSURED: Final = ErrorKind(
    "NOT_INSURED",
    409,
    "没有查到持卡人的有效参保信息，请联系医保经办机构。",
    "The holder is not insured today. They should ask their insurance office.",
)
RULE_NOT_IN_FORCE: Final = ErrorKind(
    "RULE_NOT_IN_FORCE",
    409,
    "参保地今天没有适用的待遇规则，请联系医保经办机构。",
    "No benefit rule is in force for this holder and purchase today.",
)
ITEM_UNKNOWN: Final = ErrorKind(
    "ITEM_UNKNOWN",
    422,
    "目录中没有此商品，请核对编码或条码。",
    "The catalogue has no such item. Check its code or barcode.",
)
ITEM_NOT_IN_FORCE: Final = ErrorKind(
    "ITEM_NOT_IN_FORCE",
    422,
    "此商品今天不在目录有效期内。",
    "The catalogue's entry for this item is not in force today.",
)
BASKET_REFUSED: Final = ErrorKind(
    "BASKET_REFUSED",
    422,
    "购物清单的数量或金额超出允许范围。",
    "A quantity or an amount of the basket is outside what is allowed.",
)
QUOTE_UNKNOWN: Final = ErrorKind(
    "QUOTE_UNKNOWN", 404, "没有这份预结算。", "This terminal was given no such quote."
)
QUOTE_EXPIRED: Final = ErrorKind(
    "QUOTE_EXPIRED",
    409,
    "预结算已过期，请重新预结算。",
    "The quote has expired. Ask for a new one.",
)
QUOTE_USED: Final = ErrorKind(
    "QUOTE_USED",
    409,
    "此预结算已用于另一笔结算，请先查询结果。",
    "Another message has settled this quote. Look up what came of it.",
)
QUOTE_STALE: Final = ErrorKind(
    "QUOTE_STALE",
    409,
    "待遇规则、累计额或余额已变化，请按新的预结算与顾客确认。",
    "A rule, the year's figures or a balance has moved. Confirm the fresh quote with the holder.",
)
CASH_PROVIDER_ABSENT: Final = ErrorKind(
    "CASH_PROVIDER_ABSENT",
    409,
    "本系统未接入线上支付，请由收银台收取现金部分。",
    "No payment provider is connected. Take the cash part at the till.",
)
MANDATE_REFUSED: Final = ErrorKind(
    "MANDATE_REFUSED",
    409,
    "没有可用于此次结算的亲情账户授权。",
    "There is no family mandate that allows this purchase.",
)
MSGID_REUSED: Final = ErrorKind(
    "MSGID_REUSED",
    422,
    "同一报文编号不能用于不同的请求。",
    "This msgid was used with another request.",
)
MSGID_FENCED: Final = ErrorKind(
    "MSGID_FENCED",
    409,
    "此报文编号已被作废，请用新的编号重新结算。",
    "This msgid was fenced off: it can never take effect. Use a new one.",
)
SETTLEMENT_UNKNOWN: Final = ErrorKind(
    "SETTLEMENT_UNKNOWN", 404, "没有这笔结算。", "There is no such settlement."
)
SETTLEMENT_NOT_DONE: Final = ErrorKind(
    "SETTLEMENT_NOT_DONE",
    409,
    "这笔结算尚未完成或已作废，不能退款。",
    "The settlement is not done, or was voided: nothing can be given back.",
)
SETTLEMENT_REVERSED: Final = ErrorKind(
    "SETTLEMENT_REVERSED",
    409,
    "这笔结算已全部退回。",
    "All of this settlement has been given back already.",
)
REFUND_TOO_LARGE: Final = ErrorKind(
    "REFUND_TOO_LARGE",
    422,
    "退货数量超过尚未退回的数量。",
    "More units are to be taken back than are left of that line.",
)
BALANCE_MOVED: Final = ErrorKind(
    "BALANCE_MOVED",
    409,
    "余额已变化，请重试。",
    "A balance has moved in the same moment. Try again.",
)
PURCHASE_UNKNOWN: Final = ErrorKind(
    "PURCHASE_UNKNOWN", 404, "没有这笔购药记录。", "You have no such purchase."
)
IMPORT_FILE_UNREADABLE: Final = ErrorKind(
    "IMPORT_FILE_UNREADABLE",
    422,
    "无法读取参保数据文件。",
    "The file cannot be read, or it is too large.",
)
ACTIONS: Final[Mapping[ErrorKind, Action]] = MappingProxyType(
    {
        PRESENCE_PURPOSE: Action.RESCAN,
        PRESENCE_USED: Action.QUERY,
        CODE_CAP_EXCEEDED: Action.CANCEL,
        NOT_INSURED: Action.CANCEL,
        RULE_NOT_IN_FORCE: Action.CANCEL,
        ITEM_UNKNOWN: Action.CANCEL,
        ITEM_NOT_IN_FORCE: Action.CANCEL,
        BASKET_REFUSED: Action.CANCEL,
        QUOTE_UNKNOWN: Action.CONTACT,
        QUOTE_EXPIRED: Action.RETRY,
        QUOTE_USED: Action.QUERY,
        QUOTE_STALE: Action.RETRY,
        CASH_PROVIDER_ABSENT: Action.CONTACT,
        MANDATE_REFUSED: Action.CANCEL,
        MSGID_REUSED: Action.CONTACT,
        MSGID_FENCED: Action.CANCEL,
        SETTLEMENT_UNKNOWN: Action.CONTACT,
        SETTLEMENT_NOT_DONE: Action.QUERY,
        SETTLEMENT_REVERSED: Action.QUERY,
        REFUND_TOO_LARGE: Action.CANCEL,
        BALANCE_MOVED: Action.RETRY,
    }
)
"""By kind; a kind without one is told to no terminal."""
ALL: Final = (*ACTIONS, PURCHASE_UNKNOWN, IMPORT_FILE_UNREADABLE)


def action_of(refusal: DomainError) -> Action:
    """What a cashier does after any refusal of a terminal's route, ours or a general one."""
    known = ACTIONS.get(refusal.kind) or refusal.members.get("action")
    if known is not None:
        return Action(str(known))
    return general_action(refusal.kind)
