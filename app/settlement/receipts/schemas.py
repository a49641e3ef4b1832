"""Receipts of purchases on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.settlement.receipts.service.checking import MOST_BYTES


class SettlementReceiptReply(Reply):
    """A receipt of the purchase as it stands."""

    receipt: str
    """Compact JWS, `typ` `settlement-receipt+jwt`, ES256, by a key of `/.well-known/jwks.json`."""
    check_url: str
    """What the QR of the printed receipt holds: the page that tells anybody how it stands."""


class SettlementReceiptCheckBody(JsonBody):
    """What somebody was shown."""

    receipt: str = Field(min_length=1, max_length=MOST_BYTES + 1)


class StandingReply(Reply):
    """How the purchase stands now."""

    settlement_id: str
    status: Literal["SETTLED", "PARTIALLY_REFUNDED", "REVERSED"]
    total: int
    returned: int
    since: list[Literal["refunded", "reversed", "adjusted"]]
    """What happened after the receipt was made; empty: it is how things are."""


class SettlementReceiptCheckReply(Reply):
    """What a check found."""

    genuine: bool
    """Made here, unchanged, not too old."""
    code: str
    """OK, or why it is not genuine."""
    standing: StandingReply | None = None
    """Of a genuine one."""
