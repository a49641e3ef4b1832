"""What the QR of a printed receipt holds: which purchase, how it stood, and a code of ours.

A whole receipt is far more than a QR code holds. So the QR repeats what the check compares, and a
keyed hash of it, which nobody else can write. It is for the public page; without us, the receipt
that is attached to the file is checked.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlencode

from app.core.fields import FieldCipher
from app.core.ids import ID_PATTERN

PAGE: Final = "/receipt-check"
_USE: Final = "settlement-receipt"
_ID: Final = re.compile(ID_PATTERN)
_STATE: Final = re.compile(r"(0|[1-9][0-9]{0,11})\.(0|[1-9][0-9]{0,14})\.(0|[1-9][0-9]{0,3})")
_CODE_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """How a purchase stood when its receipt was made."""

    settlement_id: str
    made_at: int
    """Seconds since 1970, UTC."""
    returned: int
    """Fen."""
    adjustments: int
    """How many there were."""

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> Self:
        """Take what matters out of a receipt."""
        return cls(
            settlement_id=str(claims["settlement"]),
            made_at=claims["iat"],
            returned=claims["returned"],
            adjustments=len(claims["adjustments"]),
        )

    @property
    def state(self) -> str:
        """All but the purchase, as text."""
        return f"{self.made_at}.{self.returned}.{self.adjustments}"


class ReceiptCodes:
    """Writes and reads the addresses in QR codes."""

    def __init__(self, *, cipher: FieldCipher, public_url: str) -> None:
        """Take the key of look-ups, and where the page is."""
        self._cipher = cipher
        self.page: Final = f"{public_url.rstrip('/')}{PAGE}"

    def address(self, printed: Printed) -> str:
        """What the QR holds."""
        members = {"id": printed.settlement_id, "s": printed.state, "c": self._code(printed)}
        return f"{self.page}?{urlencode(members)}"

    def read(self, settlement_id: str, state: str, code: str) -> Printed | None:
        """What an address says, or None where we did not write it; compared in constant time."""
        found = _STATE.fullmatch(state)
        if _ID.fullmatch(settlement_id) is None or found is None or not state.isascii():
            return None
        made_at, returned, adjustments = (int(one) for one in found.groups())
        printed = Printed(
            settlement_id=settlement_id,
            made_at=made_at,
            returned=returned,
            adjustments=adjustments,
        )
        genuine = hmac.compare_digest(self._code(printed).encode(), code.encode())
        return printed if genuine else None

    def _code(self, printed: Printed) -> str:
        value = f"{printed.settlement_id}.{printed.state}"
        digest = self._cipher.index(_USE, value)[:_CODE_BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
