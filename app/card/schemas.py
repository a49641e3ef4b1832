"""The card on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply

Purpose = Literal["01101", "01301", "01302", "02121"]
"""01101 registration, 01301 settlement, 01302 dispensing, 02121 pharmacy purchase."""

_OFFLINE_CODE: Final = r"ZR1:[0-9A-Z $%*+\-./:]{1,479}"


class CardReply(Reply):
    """A card."""

    id: str
    scheme: str
    status: Literal["ISSUED", "ACTIVE", "FROZEN", "LOST", "REISSUED", "CANCELLED"]
    created_at: datetime
    on_this_device: Literal["PENDING", "ACTIVE", "STALE", "REVOKED"] | None
    """Left out where the card is not bound to the calling device."""


class CodeBody(JsonBody):
    """What a code is wanted for."""

    purpose: Purpose


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

    code: Annotated[str, Field(pattern=rf"^([0-9]{{18}}|{_OFFLINE_CODE})$")]
    """18 digits, or an offline code: `ZR1:` and base45."""
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
