"""Offline codes on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply

_CODE_CHARS: Final = 483
_FEN: Final = 100_000_00


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class OfflineKey(_Part):
    """A key the phone made for one credential."""

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{44}$")]
    """Compressed P-256 point, 33 bytes, base64url."""
    proof: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{86}$")]
    """ES256 by that key over the statement of docs/offline-codes.md, 64 bytes, base64url."""


class OfflineCredentialsBody(JsonBody):
    """Keys that credentials are wanted for."""

    keys: Annotated[list[OfflineKey], Field(min_length=1, max_length=60)]


class OfflineCredentialsReply(Reply):
    """Credentials, in the order of the keys."""

    credentials: list[str]
    """COSE_Sign1 each, base64url."""
    expires_at: datetime
    cap_fen: int
    """The most that may be sold on one of them."""


class SoldLineBody(_Part):
    """One line of a sale."""

    item: Annotated[str, Field(min_length=1, max_length=64)]
    quantity: Annotated[int, Field(ge=1, le=9999)]
    amount_fen: Annotated[int, Field(ge=0, le=_FEN)]


class SaleBody(_Part):
    """What was sold on a code."""

    sale_id: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,64}$")]
    """The till's own name of the sale."""
    lines: Annotated[list[SoldLineBody], Field(max_length=50)]


class UploadBody(_Part):
    """A code that was taken without a network, and what was sold on it."""

    code: Annotated[str, Field(min_length=1, max_length=_CODE_CHARS)]
    sale: SaleBody


class UploadsBody(JsonBody):
    """Up to fifty uploads; each is judged on its own."""

    uploads: Annotated[list[UploadBody], Field(min_length=1, max_length=50)]


class OutcomeReply(Reply):
    """What was made of one upload."""

    sale_id: str
    verdict: str
    """ACCEPTED, or the code of a refusal as in docs/errors.md."""
    detail: str | None
    """For the cashier, in the language asked for; left out where it was accepted."""
    action: str | None
    """What the cashier does next: RESCAN, RETRY, QUERY, CANCEL or CONTACT."""
    upload_id: str | None
    repeated: bool
    """Whether it was judged before: the verdict is that of the first time."""
    presence_token: str | None
    expires_at: datetime | None


class UploadsReply(Reply):
    """Outcomes, in the order of the uploads."""

    outcomes: list[OutcomeReply]


class RevocationsQuery(BaseModel):
    """From where on."""

    model_config = ConfigDict(extra="forbid")

    since: int = Field(default=0, ge=0, le=2**53)
    """`upto` of the last piece."""


class CancelBody(JsonBody):
    """Whose card is cancelled, and why."""

    citizen_number: Annotated[str, Field(pattern=r"^[0-9]{17}[0-9X]$")]
    reason: Literal["DEATH", "MOVED", "ISSUED_IN_ERROR"]


class CancelledReply(Reply):
    """A card that was cancelled."""

    card_id: str
    status: Literal["CANCELLED"]
