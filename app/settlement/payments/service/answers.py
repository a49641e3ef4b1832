"""What the provider answers, read against what we ordered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.settlement.payments.errors import Doubt, Doubted
from app.settlement.payments.models import ID, MOST_FEN, PaymentOrder, PaymentRefund
from app.settlement.payments.ports import CashState, CashStatus

SKEW: Final = timedelta(minutes=5)
"""How far the provider's clock may be ahead of ours."""


class _ProviderAnswer(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    order_id: str = Field(pattern=ID)
    provider_ref: str = Field(pattern=ID)
    amount_fen: int = Field(ge=1)
    at: AwareDatetime


class _AnsweredOrder(_ProviderAnswer):
    state: Literal["PENDING", "PAID", "FAILED", "CLOSED", "REFUNDED"]
    refunded_fen: int = Field(ge=0, le=MOST_FEN)


class _AnsweredRefund(_ProviderAnswer):
    refund_id: str = Field(pattern=ID)
    state: Literal["PENDING", "REFUNDED", "FAILED"]


Answered = TypeVar("Answered", bound=_ProviderAnswer)


def read_order(body: bytes, order: PaymentOrder, *, now: datetime) -> CashStatus:
    """Read an answer about an order.

    1. Exactly the members that are agreed on.
    2. It is the order we asked about.
    3. Its amount is what we ordered.
    4. It is called by the reference it had before.
    5. State, refunded amount and time do not contradict each other.

    Raises:
        Doubted: MISSHAPEN, OTHER_ORDER, OTHER_AMOUNT, OTHER_REFERENCE, IMPOSSIBLE.
    """
    told = _parsed(_AnsweredOrder, body)  # 1
    if told.order_id != order.order_id:  # 2
        raise Doubted(Doubt.OTHER_ORDER)
    if told.amount_fen != order.amount:  # 3
        raise Doubted(Doubt.OTHER_AMOUNT)
    if order.provider_ref not in {None, told.provider_ref}:  # 4
        raise Doubted(Doubt.OTHER_REFERENCE)
    if not _is_possible(told) or told.at > now + SKEW:  # 5
        raise Doubted(Doubt.IMPOSSIBLE)
    return CashStatus(
        state=CashState(told.state),
        amount=order.amount,
        provider_ref=told.provider_ref,
        at=told.at,
    )


def _is_possible(told: _AnsweredOrder) -> bool:
    if told.state == "REFUNDED":
        return told.refunded_fen == told.amount_fen
    return told.refunded_fen == 0 or (told.state == "PAID" and told.refunded_fen < told.amount_fen)


def read_refund(body: bytes, refund: PaymentRefund, *, now: datetime) -> CashStatus:
    """Read an answer about a refund.

    1. Exactly the members that are agreed on.
    2. It is the refund, of the order, that we asked about.
    3. Its amount is what we asked for.
    4. Its time is not yet to come.

    Raises:
        Doubted: MISSHAPEN, OTHER_ORDER, OTHER_AMOUNT, IMPOSSIBLE.
    """
    told = _parsed(_AnsweredRefund, body)  # 1
    if (told.refund_id, told.order_id) != (refund.refund_id, refund.order_id):  # 2
        raise Doubted(Doubt.OTHER_ORDER)
    if told.amount_fen != refund.amount:  # 3
        raise Doubted(Doubt.OTHER_AMOUNT)
    if told.at > now + SKEW:  # 4
        raise Doubted(Doubt.IMPOSSIBLE)
    return CashStatus(
        state=CashState(told.state),
        amount=refund.amount,
        provider_ref=told.provider_ref,
        at=told.at,
        refund_id=refund.refund_id,
    )


def _parsed(kind: type[Answered], body: bytes) -> Answered:
    try:
        return kind.model_validate_json(body)
    except ValidationError:
        raise Doubted(Doubt.MISSHAPEN) from None
