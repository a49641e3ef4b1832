"""Reconciliation on the wire. All money is whole fen, all days are in Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN
from app.settlement.schemas.asked import MsgId

_Fen = Annotated[int, Field(ge=0, le=10**14)]
_Id = Annotated[str, Field(pattern=ID_PATTERN)]
_MOST_LINES = 500
Kind = Literal["settlement", "refund"]
Class = Literal["late", "missing_here", "missing_there", "amount", "duplicate"]
ComparedBooks = Literal[
    "merchant", "ledger", "refund", "entries", "cash", "payment", "provider", "year", "balance"
]
Reason = Literal["merchant_error", "city_error", "provider_error", "rounding", "unexplained"]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TotalsBody(_Strict):
    """What a day's lines of one kind add up to."""

    count: Annotated[int, Field(ge=0, le=10**7)]
    fund: _Fen
    account: _Fen
    """Mutual aid included."""
    cash: _Fen


class DayTotalsBody(_Strict):
    """Both kinds."""

    settlement: TotalsBody
    refund: TotalsBody


class DetailBody(_Strict):
    """One purchase or return."""

    kind: Kind
    msgid: MsgId
    """Of the request that made it."""
    settlement_id: _Id | None = None
    """Of the purchase; of a return: what it was given back from."""
    fund: _Fen
    account: _Fen
    cash: _Fen


class ReconciliationBody(JsonBody):
    """A merchant's day. Without `lines` the totals alone are compared."""

    date: Annotated[date, Field(strict=False)]
    totals: DayTotalsBody
    lines: Annotated[list[DetailBody], Field(max_length=_MOST_LINES)] | None = None


_Net = Annotated[int, Field(ge=-(10**14), le=10**14)]


class NetBody(_Strict):
    """What a period's settlements less its returns come to."""

    count: Annotated[int, Field(ge=0, le=10**8)]
    """Of both."""
    total: _Net
    fund: _Net
    account: _Net
    cash: _Net


class PeriodBody(JsonBody):
    """A merchant's totals of a period, both days included; left out: all of them count."""

    begin: Annotated[date, Field(strict=False)]
    end: Annotated[date, Field(strict=False)]
    purpose: Literal["01301", "02121"] | None = None
    region: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None
    scheme: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")] | None = None
    refunds: bool = True
    totals: NetBody


class FilePath(BaseModel):
    """Names a file by the id of its comparison."""

    id: _Id


class DayPath(BaseModel):
    """Names a day."""

    date: date


class TotalsReply(Reply):
    """One side's totals."""

    count: int
    fund: int
    account: int
    cash: int


class KindReply(Reply):
    """Both sides' totals of a kind."""

    kind: Kind
    equal: bool
    theirs: TotalsReply
    ours: TotalsReply


class NetReply(Reply):
    """One side's totals of a period."""

    count: int
    total: int
    fund: int
    account: int
    cash: int


class PeriodReply(Reply):
    """Both sides of a period."""

    begin: date
    end: date
    code: Literal["000000", "000103"]
    differing: list[str]
    """Names of figures that are not equal."""
    theirs: NetReply
    ours: NetReply


class DifferenceReply(Reply):
    """One difference."""

    id: str
    kind: Class
    about: str
    """Id of the purchase or return; as the merchant named it where only the merchant has it."""
    date: date
    theirs: dict[str, int | str] | None = None
    """Left out where the other book has none."""
    ours: dict[str, int | str] | None = None
    amounts: dict[str, int]
    """Theirs less ours, by component."""
    owner: Literal["merchant", "city"]
    """Who has to look into it first."""
    status: Literal["OPEN", "PROPOSED", "BOOKED", "EQUAL"]
    since: datetime


class ReconciliationReply(Reply):
    """How a day stands."""

    id: str
    date: date
    code: Literal["000000", "000103"]
    """As the national interface 3201 says it: totals equal, or different."""
    totals: list[KindReply]
    lines: int | None = None
    """How many were compared; left out where none were sent."""
    found: int | None = None
    """How many differences the details had then."""
    at: datetime
    open: int
    """How many of this day are not closed now; 1001 stands for more than a thousand."""
    differences: list[DifferenceReply]
    """The first two hundred of those."""


class DifferencesQuery(BaseModel):
    """Which differences."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["open", "closed"] = "open"
    compared: ComparedBooks | None = None
    kind: Class | None = None
    merchant_id: _Id | None = None
    cursor: _Id | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class DifferencePath(BaseModel):
    """Names a difference."""

    id: _Id


class ProposalBody(JsonBody):
    """Why it is to be booked against suspense."""

    reason: Reason


class OperatorDifferenceReply(DifferenceReply):
    """One difference, with what operators know of it."""

    compared: ComparedBooks
    merchant_id: str | None = None
    run_id: str | None = None
    age_seconds: int
    """Since it was found first; until it was closed."""
    last_seen_at: datetime
    seen: int
    taken_by: str | None = None
    proposed_by: str | None = None
    proposed_at: datetime | None = None
    reason: str | None = None
    approved_by: str | None = None
    txn_id: str | None = None
    closed_at: datetime | None = None
    other_day: date | None = None


class CursorReply(Reply):
    """How far a continuous comparison has come."""

    compared: ComparedBooks
    rounds: int
    moved_at: datetime


class DifferencesReply(Reply):
    """A page of differences, the oldest first."""

    items: list[OperatorDifferenceReply]
    next: str | None = None


class WatchReply(Reply):
    """The continuous comparison."""

    items: list[CursorReply]
