"""What tills and holders ask about purchases. All money is whole fen."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.core.http.bodies import JsonBody
from app.core.ids import ID_PATTERN

MsgId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{8,64}$")]
"""A merchant's own name for a request, never used for another."""
_Fen = Annotated[int, Field(ge=0, le=10**12)]
_Id = Annotated[str, Field(pattern=ID_PATTERN)]
_MOST_LINES = 100


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
