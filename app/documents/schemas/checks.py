"""The public check on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.documents.schemas.certificates import StatusPlaceReply, TitlesReply


class CheckBody(JsonBody):
    """What is printed under the QR of a certificate."""

    id: str = Field(min_length=1, max_length=128, pattern=r"^[!-~]+$")
    """The id in the QR's address, or the number at the head of the certificate."""
    code: str = Field(min_length=1, max_length=64, examples=["7K2M-9QRT-04XW-ZB3C"])
    token: str = Field(default="", max_length=128, pattern=r"^[A-Za-z0-9_-]*$")
    """`t` in the QR's address, where it was scanned: our signature over id, code and times."""


class PartReply(Reply):
    """One of the five questions. `ok` is absent when it was not examined."""

    ok: bool | None
    code: str


class VerdictReply(Reply):
    """The five questions, kept apart."""

    integrity: PartReply
    issuer: PartReply
    status: PartReply
    freshness: PartReply
    in_our_log: PartReply


class CheckedReply(Reply):
    """The certificate that was recognised; of its holder the masked name alone."""

    type: str
    titles: TitlesReply
    number: str
    version: int
    status: str
    issued_at: datetime
    valid_until: datetime
    provisional: bool
    confirmed_at: datetime | None
    signature_level: str
    archived_at: datetime | None
    status_list: StatusPlaceReply | None
    holder: str


class CheckReply(Reply):
    """What a check found."""

    valid: bool
    """The one answer: rely on it or not."""
    verdict: VerdictReply
    certificate: CheckedReply | None
