"""Partners on the operator's wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN

Kind = Literal["pharmacy", "hospital", "clinic", "office"]
Region = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["990100"])]
"""Administrative division (GB/T 2260)."""
Purpose = Annotated[str, Field(min_length=1, max_length=16, examples=["02121"])]
_DECODE: Final = "card.decode"
Scope = Annotated[str, Field(min_length=1, max_length=64, examples=[_DECODE])]


class Jwk(JsonBody):
    """A public P-256 key (RFC 7517). A private member is refused like every unknown one."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Annotated[str, Field(min_length=1, max_length=64)]
    y: Annotated[str, Field(min_length=1, max_length=64)]
    kid: Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{1,128}$")] | None = None
    """Its thumbprint (RFC 7638) where none is given."""
    use: Literal["sig"] | None = None
    alg: Literal["ES256"] | None = None


class Jwks(JsonBody):
    """One to five keys."""

    keys: Annotated[list[Jwk], Field(min_length=1, max_length=5)]


class MerchantBody(JsonBody):
    """A merchant to be."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    """What holders read in their access log."""
    kind: Kind
    region: Region


KeyAddress = Annotated[str, Field(min_length=1, max_length=500)]


class TerminalBody(JsonBody):
    """A terminal to be."""

    merchant_id: Annotated[str, Field(pattern=ID_PATTERN)]
    jwks: Jwks | None = None
    jwks_uri: KeyAddress | None = None
    """Instead of keys: the https address at which the merchant publishes them."""
    purposes: Annotated[list[Purpose], Field(min_length=1, max_length=16)]
    scopes: Annotated[
        list[Scope], Field(min_length=1, max_length=16, default_factory=lambda: [_DECODE])
    ]


class TerminalPatch(JsonBody):
    """What is changed of a terminal."""

    purposes: Annotated[list[Purpose], Field(min_length=1, max_length=16)]


class KeyBody(JsonBody):
    """A key to add."""

    key: Jwk


class KeyAddressBody(JsonBody):
    """Where the keys are from now on."""

    jwks_uri: KeyAddress
    """The https address at which the merchant publishes them."""


class PartnerPath(BaseModel):
    """Which merchant or terminal."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class KeyPath(BaseModel):
    """Which key of which terminal."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)
    kid: str = Field(min_length=1, max_length=128)


class PartnersQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=50, ge=1, le=100)


class TerminalsQuery(PartnersQuery):
    """Whose terminals, and which page of them."""

    merchant_id: str | None = Field(default=None, pattern=ID_PATTERN)


class MerchantReply(Reply):
    """A merchant."""

    id: str
    name: str
    kind: Kind
    region: str | None
    """Left out of merchants that were added without one."""
    status: Literal["ACTIVE", "SUSPENDED"]
    created_at: datetime
    status_changed_at: datetime


class MerchantsReply(Reply):
    """A page of merchants, newest first."""

    items: list[MerchantReply]
    next: str | None


class TerminalReply(Reply):
    """A terminal."""

    client_id: str
    merchant_id: str
    status: Literal["ACTIVE", "SUSPENDED"]
    """Its own: a suspended merchant stops it as well."""
    kids: list[str]
    """Names of its keys; where they are at an address, of those fetched last."""
    jwks_uri: str | None
    """Where its keys are published; left out where they were registered here."""
    keys_fetched_at: datetime | None
    keys_failure: str | None
    """Why the last attempt to fetch them brought nothing."""
    purposes: list[str]
    scopes: list[str]
    created_at: datetime
    status_changed_at: datetime


class TerminalsReply(Reply):
    """A page of terminals, newest first."""

    items: list[TerminalReply]
    next: str | None


class PartnerChangeReply(Reply):
    """What was done to a partner."""

    id: str
    at: datetime
    actor: str
    """Id of the operator, or `commands`."""
    action: str
    terminal: str | None
    """Left out where it concerned the merchant as a whole."""
    detail: list[str]


class PartnerChangesReply(Reply):
    """A page of what was done, newest first."""

    items: list[PartnerChangeReply]
    next: str | None
