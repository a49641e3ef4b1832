"""The card on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN

Purpose = Literal["01101", "01301", "01302", "02121"]
"""01101 registration, 01301 settlement, 01302 dispensing, 02121 pharmacy purchase."""

_MOST_IN_A_PICTURE: Final = 7089
"""Characters that a QR code holds at most (ISO/IEC 18004, table 7)."""


class CardReply(Reply):
    """A card."""

    id: str
    scheme: str
    status: Literal["ISSUED", "ACTIVE", "FROZEN", "LOST", "REISSUED", "CANCELLED"]
    created_at: datetime
    on_this_device: Literal["PENDING", "ACTIVE", "STALE", "REVOKED"] | None
    """Left out where the card is not bound to the calling device."""


class CodeBody(JsonBody):
    """What a code is wanted for, and of whose card."""

    purpose: Purpose
    mandate_id: Annotated[str, Field(pattern=ID_PATTERN)] | None = None
    """A family mandate: the code is of the principal's card. Your own card where it is left out."""


class CodeReply(Reply):
    """A code and its pictures."""

    code: str
    """18 digits."""
    expires_at: datetime
    refresh_after_s: int
    qr_svg: str
    code128_svg: str


class DecodeBody(JsonBody):
    """What a terminal scanned, and for what."""

    code: Annotated[str, Field(min_length=1, max_length=_MOST_IN_A_PICTURE)]
    """What was scanned, whatever it is: 18 digits, or an offline code, `ZR1:` and base45."""
    purpose: Purpose


class HolderReply(Reply):
    """The holder, masked as the purpose demands."""

    name: str
    citizen_number: str


class DecodeReply(Reply):
    """What a terminal gets for a code."""

    holder: HolderReply
    presence_token: str
    """JWT, `typ` `presence+jwt`, for this terminal only."""
    expires_at: datetime
    shown_by: str
    """holder, representative (by a family mandate) or paper."""
    amount_cap: int | None
    """Fen that may be paid with the code at most; left out where it is not capped."""


class PaperCodesBody(JsonBody):
    """Which codes to print, and for whom."""

    citizen_number: Annotated[str, Field(pattern=r"^[1-9][0-9]{16}[0-9X]$")]
    name: Annotated[str, Field(min_length=1, max_length=64)]
    purpose: Purpose
    count: Annotated[int, Field(ge=1, le=10)]
    days: Annotated[int, Field(ge=1, le=30)]
    amount_cap: Annotated[int, Field(ge=1, le=100_000)]
    """Fen for each code; at most 1,000 yuan."""


class SheetPath(BaseModel):
    """Which sheet."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class PaperCodesReply(Reply):
    """A sheet, told once: the codes are kept nowhere in clear."""

    sheet_id: str
    expires_at: datetime
    codes: list[str]
    """18 digits each."""
    svg: str
    """The sheet to print, A4."""


class SheetReply(Reply):
    """A sheet that was ended."""

    sheet_id: str
    revoked: int
    """Codes that were still good."""
