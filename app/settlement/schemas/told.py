"""Purchases as they are told. All money is whole fen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN
from app.settlement.schemas.items import NamesReply

_Fen = Annotated[int, Field(ge=0, le=10**12)]
_Id = Annotated[str, Field(pattern=ID_PATTERN)]
Status = Literal["HOLDING", "CASH_PENDING", "SETTLED", "PARTIALLY_REFUNDED", "REVERSED", "VOIDED"]


class SplitReply(Reply):
    """Who pays what."""

    total: int
    own: int
    over: int
    self_first: int
    in_scope: int
    deductible: int
    fund: int
    person: int
    account: int
    """Own account and mutual aid together."""
    mutual: int
    cash: int


class LineReply(SplitReply):
    """One line's share of it."""

    n: int
    code: str
    names: NamesReply
    category: str
    quantity: int
    unit_price: int
    returned_quantity: int = 0


class TraceStepReply(Reply):
    """One step of how it came about."""

    code: str
    text: str
    """One sentence, in the language `Accept-Language` asks for."""
    numbers: dict[str, int]
    line: int | None
    """Left out where a step is about the whole basket."""


class RuleReply(Reply):
    """Which rule it was made by."""

    id: str
    version: str
    sha256: str


class WhatIfReply(Reply):
    """What a basket would cost."""

    rule: RuleReply
    split: SplitReply
    lines: list[LineReply]
    trace: list[TraceStepReply]


class QuoteReply(WhatIfReply):
    """What a purchase would cost, until it ends."""

    quote_id: str
    expires_at: datetime


class RefundReply(Reply):
    """What was given back."""

    id: str
    settlement_id: str
    msgid: str
    whole: bool
    total: int
    fund: int
    account: int
    mutual: int
    cash: int
    at: datetime


class AdjustmentReply(Reply):
    """What a recomputation of the year changed."""

    id: str
    deductible: int
    fund: int
    account: int
    due: int
    at: datetime


class SettlementReply(Reply):
    """A settlement."""

    settlement_id: str
    msgid: str
    status: Status
    cash_by: Literal["none", "till", "provider"]
    split: SplitReply
    lines: list[LineReply]
    rule: RuleReply
    created_at: datetime
    settled_at: datetime | None
    refunds: list[RefundReply]
    cash_order_id: str | None = None
    """What the person pays at the provider, where it collects."""


class MessageReply(Reply):
    """What became of a message."""

    msgid: str
    status: Literal["COMMITTED", "PENDING", "REJECTED", "NEVER_SEEN"]
    """PENDING: it is held until the payment provider has answered; nothing is paid yet."""
    fenced: bool
    """It can never take effect."""
    kind: Literal["settle", "refund", "reverse"] | None = None
    code: str | None = None
    """Why it was rejected."""
    settlement_id: str | None = None
    settlement_status: Status | None = None
    refund_id: str | None = None


class PurchaseItem(Reply):
    """A purchase in the holder's list."""

    id: str
    at: datetime
    merchant: str
    status: Status
    total: int
    fund: int
    account: int
    cash: int
    returned: int


class PurchasesReply(Reply):
    """A page of purchases, newest first."""

    items: list[PurchaseItem]
    next: str | None = None


class PurchaseReply(Reply):
    """A purchase, every line and every change of it explained."""

    id: str
    at: datetime
    merchant: str
    status: Status
    split: SplitReply
    lines: list[LineReply]
    rule: RuleReply
    trace: list[TraceStepReply]
    refunds: list[RefundReply]
    adjustments: list[AdjustmentReply]
