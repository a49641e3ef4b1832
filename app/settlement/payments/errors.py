"""Why a payment is refused, and why what a provider said of one is not believed."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final

from app.core.errors import ErrorKind

PAYMENTS_NOT_CONNECTED: Final = ErrorKind(
    "PAYMENTS_NOT_CONNECTED",
    503,
    "尚未接入支付机构，请改用其他方式支付现金部分。",
    "No payment provider is connected. Pay the cash part in another way.",
)
PAYMENT_ORDER_UNKNOWN: Final = ErrorKind(
    "PAYMENT_ORDER_UNKNOWN",
    404,
    "没有此支付订单。",
    "There is no payment order of this id.",
)
PAYMENT_ORDER_REUSED: Final = ErrorKind(
    "PAYMENT_ORDER_REUSED",
    409,
    "此支付订单号已用于其他金额。",
    "This payment order's id was used with another amount.",
)
PAYMENT_REFUND_REUSED: Final = ErrorKind(
    "PAYMENT_REFUND_REUSED",
    409,
    "此退款单号已用于其他退款。",
    "This refund's id was used for another refund.",
)
PAYMENT_REFUND_TOO_MUCH: Final = ErrorKind(
    "PAYMENT_REFUND_TOO_MUCH",
    409,
    "退款金额超过可退金额。",
    "More would be refunded than is left of the payment.",
)
PAYMENT_NOTICE_INVALID: Final = ErrorKind(
    "PAYMENT_NOTICE_INVALID",
    400,
    "支付通知不完整或格式不正确。",
    "The notification lacks a header or a member, or one is not in its form.",
)
PAYMENT_NOTICE_STALE: Final = ErrorKind(
    "PAYMENT_NOTICE_STALE",
    400,
    "支付通知的时间不在允许范围内。",
    "The notification's time is more than five minutes from ours.",
)
PAYMENT_NOTICE_FORGED: Final = ErrorKind(
    "PAYMENT_NOTICE_FORGED",
    403,
    "支付通知的签名无效。",
    "No published key of the provider made this signature.",
)
PAYMENT_NOTICE_CONTRADICTS: Final = ErrorKind(
    "PAYMENT_NOTICE_CONTRADICTS",
    422,
    "支付通知与订单不符。",
    "The notification does not agree with the order: amount, reference or state is another.",
)
PAYMENT_ALERT_UNKNOWN: Final = ErrorKind(
    "PAYMENT_ALERT_UNKNOWN",
    404,
    "没有此未处理的支付告警。",
    "No open alert has this id.",
)
ALL: Final = (
    PAYMENTS_NOT_CONNECTED,
    PAYMENT_ORDER_UNKNOWN,
    PAYMENT_ORDER_REUSED,
    PAYMENT_REFUND_REUSED,
    PAYMENT_REFUND_TOO_MUCH,
    PAYMENT_NOTICE_INVALID,
    PAYMENT_NOTICE_STALE,
    PAYMENT_NOTICE_FORGED,
    PAYMENT_NOTICE_CONTRADICTS,
    PAYMENT_ALERT_UNKNOWN,
)


@unique
class Doubt(StrEnum):
    """Stable names of why nothing is known. They may be logged: none carries what was said."""

    UNREACHABLE = "unreachable"
    """No connection; nothing was sent."""
    CROWDED = "crowded"
    """As many calls as may be are under way; nothing was sent."""
    TIMED_OUT = "timed_out"
    """No whole answer within the time; it may have been done."""
    BROKEN_OFF = "broken_off"
    """The connection ended before a whole answer; it may have been done."""
    OVERLOADED = "overloaded"
    """429 or 5xx; it may have been done."""
    NOT_THERE = "not_there"
    """404: the provider has no such order yet; a request may still be on its way."""
    VANISHED = "vanished"
    """404 for an order it has confirmed before."""
    NOT_AUTHENTICATED = "not_authenticated"
    """401 or 403: our service token is not accepted."""
    CONFLICT = "conflict"
    """409: it holds our request to contradict an earlier one."""
    REFUSED = "refused"
    """Another 4xx: it holds our request to be wrong."""
    UNEXPECTED_STATUS = "unexpected_status"
    """A redirect or any other status that is not agreed on."""
    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    MISSHAPEN = "misshapen"
    """JSON, but not the members that are agreed on."""
    NOT_OURS = "not_ours"
    """It speaks of an order that we never made."""
    OTHER_ORDER = "other_order"
    """It speaks of an order that we did not ask about, or of a refund that is not this order's."""
    OTHER_AMOUNT = "other_amount"
    """It names another amount than was ordered."""
    OTHER_REFERENCE = "other_reference"
    """It calls the order by another reference than before."""
    IMPOSSIBLE = "impossible"
    """A state that contradicts its own amounts, our records, or the clock."""
    ID_REUSED = "id_reused"
    """A notification's id came again with another content."""

    @property
    def nothing_sent(self) -> bool:
        """Whether the provider cannot have heard of it."""
        return self in _UNSENT

    @property
    def alerts(self) -> bool:
        """Whether somebody has to look: it does not pass by itself."""
        return self not in _PASSING


_UNSENT: Final = frozenset({Doubt.UNREACHABLE, Doubt.CROWDED})
_PASSING: Final = _UNSENT | {
    Doubt.TIMED_OUT,
    Doubt.BROKEN_OFF,
    Doubt.OVERLOADED,
    Doubt.NOT_THERE,
}


class Doubted(Exception):  # noqa: N818 - reads as what happened
    """What came from the provider, or did not, tells nothing about the money."""

    def __init__(self, doubt: Doubt) -> None:
        """Keep the reason; the message holds nothing else."""
        super().__init__(doubt.value)
        self.doubt = doubt
