"""Base64url without padding, in its one canonical form (RFC 7515 §2, RFC 4648 §3.5)."""

from __future__ import annotations

import base64
import binascii

from app.core.jose.errors import JoseRefused, Reason


def encode(data: bytes) -> str:
    """The text of `data`, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str, *, reason: Reason = Reason.MALFORMED) -> bytes:
    """The bytes of `text`.

    Python drops foreign characters and unused bits silently, so one value would have many
    spellings; whatever does not encode back to itself is refused.

    Args:
        text: base64url without padding.
        reason: what to refuse with.

    Raises:
        JoseRefused: the text is not canonical.
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise JoseRefused(reason) from None
    if encode(data) != text:
        raise JoseRefused(reason)
    return data
