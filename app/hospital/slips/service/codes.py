"""What the QR of a slip holds: which appointment, as of which change, and a code of ours.

`ZRA1.<appointment>.<sequence>.<code>`: the code is a keyed hash of the rest, which nobody else can
write. It names nobody, and it opens nothing by itself: people check in with their card.
"""

from __future__ import annotations

import base64
import hmac
import re
from typing import Final

from app.core.fields import FieldCipher

LONGEST: Final = 100
_USE: Final = "appointment-slip"
_CODE_BYTES: Final = 16
_TEXT: Final = re.compile(
    r"ZRA1\.(apt_[0-9a-v]{26})\.([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{22})", re.ASCII
)


class SlipCodes:
    """Writes and reads the codes of slips."""

    def __init__(self, *, cipher: FieldCipher) -> None:
        """Take the key of look-ups."""
        self._cipher = cipher

    def write(self, appointment_id: str, sequence: int) -> str:
        """What the QR holds."""
        return f"ZRA1.{appointment_id}.{sequence}.{self._code(appointment_id, sequence)}"

    def read(self, text: str) -> tuple[str, int] | None:
        """Appointment and sequence, or None where we did not write it; in constant time."""
        found = _TEXT.fullmatch(text)
        if found is None:
            return None
        appointment_id, sequence, code = found[1], int(found[2]), found[3]
        expected = self._code(appointment_id, sequence)
        return (appointment_id, sequence) if hmac.compare_digest(expected, code) else None

    def _code(self, appointment_id: str, sequence: int) -> str:
        digest = self._cipher.index(_USE, f"{appointment_id}.{sequence}")[:_CODE_BYTES]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
