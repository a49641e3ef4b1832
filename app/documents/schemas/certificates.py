"""A person's certificates on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN


class IssueBody(JsonBody):
    """Which certificate is wanted."""

    type: str = Field(min_length=1, max_length=64, examples=["household_registration"])
    """A code of `GET /v1/certificate-types`."""


class CertificatePath(BaseModel):
    """Which certificate."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class CertificatesQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=50, ge=1, le=100)


class TitlesReply(Reply):
    """The same words in both languages."""

    zh: str
    en: str


class StatusPlaceReply(Reply):
    """Where a status is published (Token Status List): the list's address and the place in it."""

    uri: str
    idx: int


class CertificateReply(Reply):
    """A certificate."""

    id: str
    type: str
    titles: TitlesReply
    number: str
    """Identifier in the form of GB/T 36904, printed on the certificate."""
    version: int
    status: str
    """valid, suspended, superseded, revoked or expired."""
    issued_at: datetime
    valid_until: datetime
    provisional: bool
    """Made of data a little older than wished, and not confirmed so far."""
    confirmed_at: datetime | None
    """When a department confirmed them; the file goes on saying that it is provisional."""
    signature_level: str
    """PAdES level of the file: B-B at once, B-LTA when a trusted time and proof were added."""
    archived_at: datetime | None
    """When they were."""
    status_list: StatusPlaceReply | None


class IssuedReply(CertificateReply):
    """A new certificate. The check code is told this once; it is printed in the file."""

    check_code: str
    check_url: str


class CheckLinkReply(Reply):
    """What the QR of a certificate holds."""

    check_url: str
    """Whoever opens it sees the verdict and the holder's masked name."""


class CertificatesReply(Reply):
    """A page of certificates, newest first."""

    items: list[CertificateReply]
    next: str | None


class TypeReply(Reply):
    """A type of certificate."""

    code: str
    titles: TitlesReply
    legal_basis: TitlesReply
    level: str
    """Assurance level that is needed."""
    validity_days: int
    sources: dict[str, list[str]]
    """Which departments are asked, and for which fields."""
    source_names: dict[str, TitlesReply]
    """What these are called."""
    available: bool
    """False while a department it needs is not connected."""


class TypesReply(Reply):
    """All types of certificates."""

    items: list[TypeReply]
