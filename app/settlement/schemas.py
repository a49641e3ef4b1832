"""Purchases on the wire. All money is whole fen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN
from app.settlement.benefits.catalogue import LONGEST_SEARCH, MOST_FOUND

MsgId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{8,64}$")]
"""A merchant's own name for a request, never used for another."""
_Fen = Annotated[int, Field(ge=0, le=10**12)]
_Id = Annotated[str, Field(pattern=ID_PATTERN)]
_MOST_LINES = 100
Status = Literal["HOLDING", "CASH_PENDING", "SETTLED", "PARTIALLY_REFUNDED", "REVERSED", "VOIDED"]


class LineBody(BaseModel):
    """One line of a basket: one of `code` and `barcode`."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,40}$")] | None = None
    barcode: Annotated[str, Field(pattern=r"^[0-9]{8,14}$")] | None = None
    quantity: Annotated[int, Field(ge=1, le=9_999)]
    unit_price_fen: Annotated[int, Field(ge=1, le=100_000_000)]

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.code is None) == (self.barcode is None):
            msg = "one of code and barcode"
            raise ValueError(msg)
        return self


class QuoteBody(JsonBody):
    """What somebody who stands at the till wants to buy."""

    presence_token: Annotated[str, Field(min_length=1, max_length=4096)]
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=_MOST_LINES)]


class StandingBody(BaseModel):
    """Where a person would stand."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    deductible_left: _Fen
    cap_left: _Fen
    account: _Fen = 0
    mutual: _Fen = 0
    beyond: _Fen = 0
    """In scope above the deductible this year so far."""


class WhatIfBody(JsonBody):
    """A basket, and whom to suppose before the till."""

    region: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    scheme: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    purpose: Literal["02121", "01301"] = "02121"
    age: Annotated[int, Field(ge=0, le=150)] = 40
    standing: StandingBody
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=_MOST_LINES)]


class ItemsQuery(BaseModel):
    """What a cashier looks for: one of the two."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(min_length=1, max_length=LONGEST_SEARCH)] | None = None
    """Part of a name, Chinese or English, or of the initials of its pinyin."""
    barcode: Annotated[str, Field(pattern=r"^[0-9]{8,14}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_FOUND)] = 20

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.q is None) == (self.barcode is None):
            msg = "one of q and barcode"
            raise ValueError(msg)
        return self


class SettleBody(JsonBody):
    """Settle a quote."""

    quote_id: _Id
    msgid: MsgId
    cash: Literal["till", "provider"]
    """Who collects the cash part, where there is one."""
    mandate_id: _Id | None = None
    """A family mandate, where a representative showed the code."""


class UnitsBody(BaseModel):
    """Units of one line that come back."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    n: Annotated[int, Field(ge=1, le=_MOST_LINES)]
    quantity: Annotated[int, Field(ge=1, le=9_999)]


class RefundBody(JsonBody):
    """Give units back."""

    msgid: MsgId
    lines: Annotated[list[UnitsBody], Field(min_length=1, max_length=_MOST_LINES)]


class ReversalBody(JsonBody):
    """Give all back that is left."""

    msgid: MsgId


class SettlementPath(BaseModel):
    """Names a settlement, a purchase or a quote."""

    id: str = Field(pattern=ID_PATTERN)


class MessagePath(BaseModel):
    """Names a message."""

    msgid: MsgId


class MessageQuery(BaseModel):
    """How to look a message up."""

    fence: Literal["0", "1"] = "0"
    """1: make sure that it can never take effect, unless it has already."""


class PurchasesQuery(BaseModel):
    """Which page of purchases."""

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=20, ge=1, le=100)


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


class NamesReply(Reply):
    """What an item is called."""

    zh: str
    en: str


class ItemReply(Reply):
    """An item of the catalogue as it is today. Its price is the shop's own."""

    code: str
    barcode: str
    names: NamesReply
    initials: str
    """Of the Chinese name's pinyin."""
    kind: Literal["medicine", "remedy", "device", "service"]
    specification: str
    unit: str
    category: str
    limit_fen: int | None
    """What insurance looks at of a unit at most; left out where there is no limit."""
    prescription: bool


class ItemsReply(Reply):
    """Items, the best first."""

    items: list[ItemReply]


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
