"""Family agreements on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN

Purpose = Literal["01101", "01301", "01302", "02121"]
"""01101 registration, 01301 settlement, 01302 dispensing, 02121 pharmacy purchase."""
MerchantKind = Literal["pharmacy", "hospital", "clinic", "office"]
CitizenNumber = Annotated[str, Field(pattern=r"^[1-9][0-9]{16}[0-9X]$")]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Fen = Annotated[int, Field(ge=1, le=10_000_000)]
"""Hundredths of a yuan; at most 100,000 yuan."""


class MandateTerms(JsonBody):
    """What an agent may do."""

    purposes: Annotated[list[Purpose], Field(min_length=1, max_length=4)]
    merchant_kinds: Annotated[list[MerchantKind], Field(min_length=1, max_length=4)]
    purchase_limit: Fen
    """For each purchase."""
    yearly_limit: Fen
    """For each calendar year."""
    expires_at: AwareDatetime
    """At most a year from now."""


class MandateBody(MandateTerms):
    """A mandate offered to an agent."""

    citizen_number: CitizenNumber
    """The agent's."""
    name: Name
    """The agent's."""


class ChildBody(JsonBody):
    """A child without a phone."""

    citizen_number: CitizenNumber
    name: Name


class ChildMandateBody(MandateTerms):
    """A mandate of a child under sixteen, made by a parent for themselves."""

    child: ChildBody


class MutualAidBody(JsonBody):
    """Mutual aid offered to a beneficiary."""

    citizen_number: CitizenNumber
    """The beneficiary's."""
    name: Name
    """The beneficiary's."""
    yearly_limit: Fen
    expires_at: AwareDatetime
    """At most a year from now."""


class AgreementPath(BaseModel):
    """Which agreement."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class AgreementsQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=50, ge=1, le=100)


class AgreementReply(Reply):
    """An agreement as the caller sees it."""

    id: str
    status: Literal["OFFERED", "ACTIVE", "REVOKED", "EXPIRED", "DECLINED"]
    basis: Literal["consent", "birth_record"]
    role: str
    """Of the caller: principal or agent, payer or beneficiary."""
    counterpart: str
    """The other's name: as you gave it, or masked."""
    yearly_limit: int
    spent: int
    """Fen, this calendar year."""
    created_at: datetime
    expires_at: datetime


class MandateReply(AgreementReply):
    """A mandate."""

    purposes: list[str]
    merchant_kinds: list[str]
    purchase_limit: int


class MandatesReply(Reply):
    """A page of mandates, newest first."""

    items: list[MandateReply]
    next: str | None


class MutualAidReply(AgreementReply):
    """Mutual aid."""


class MutualAidsReply(Reply):
    """A page of mutual aid agreements, newest first."""

    items: list[MutualAidReply]
    next: str | None
