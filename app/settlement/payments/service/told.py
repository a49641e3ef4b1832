"""What a notification says, and whether it agrees with our records."""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy.orm import Session

from app.settlement.payments.errors import PAYMENT_NOTICE_INVALID, Doubt, Doubted
from app.settlement.payments.models import ID, PaymentOrder, PaymentRefund, RefundState
from app.settlement.payments.service.orders import end_refund_in, name_in, refund_of

_STATES: Final = {
    "payment.succeeded": "PAID",
    "payment.failed": "FAILED",
    "refund.succeeded": "REFUNDED",
}


class PaymentTold(BaseModel):
    """What it is about."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    order_id: str = Field(pattern=ID)
    refund_id: str | None = Field(pattern=ID)
    provider_ref: str = Field(pattern=ID)
    state: Literal["PAID", "FAILED", "REFUNDED"]
    amount_fen: int = Field(ge=1)


class PaymentNotice(BaseModel):
    """The body of a notification (Standard Webhooks 1.0): type, time of the event, data."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    type: Literal["payment.succeeded", "payment.failed", "refund.succeeded"]
    timestamp: AwareDatetime
    data: PaymentTold

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        refund = self.data.refund_id is not None
        if self.data.state != _STATES[self.type] or refund != (self.data.state == "REFUNDED"):
            msg = "type, state and refund must agree"
            raise ValueError(msg)
        return self


def read_notice(body: bytes) -> PaymentNotice:
    """Read the body of a signed notification: exactly the members that are agreed on.

    Raises:
        DomainError: PAYMENT_NOTICE_INVALID.
    """
    try:
        return PaymentNotice.model_validate_json(body)
    except ValidationError:
        raise PAYMENT_NOTICE_INVALID() from None


def agree(tx: Session, order: PaymentOrder, told: PaymentTold) -> None:
    """Compare a notification with our record of its order, and write down what it adds.

    1. A refund is ours, and of this order.
    2. The amount is what was ordered, or what the refund was asked for.
    3. The order is called by the reference it had before; a refund has one of its own.
    4. A refund that failed does not succeed afterwards.

    Raises:
        Doubted: OTHER_ORDER, OTHER_AMOUNT, OTHER_REFERENCE, IMPOSSIBLE.
    """
    refund = None if told.refund_id is None else _refund(tx, order, told.refund_id)  # 1
    if told.amount_fen != (order if refund is None else refund).amount:  # 2
        raise Doubted(Doubt.OTHER_AMOUNT)
    if refund is None:
        if not name_in(tx, order.order_id, told.provider_ref):  # 3
            raise Doubted(Doubt.OTHER_REFERENCE)
    elif not end_refund_in(tx, refund, RefundState.DONE):  # 4
        raise Doubted(Doubt.IMPOSSIBLE)


def _refund(tx: Session, order: PaymentOrder, refund_id: str) -> PaymentRefund:
    found = refund_of(tx, refund_id)
    if found is None or found.order_id != order.order_id:
        raise Doubted(Doubt.OTHER_ORDER)
    return found
