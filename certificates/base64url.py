"""Base64url without padding (RFC 4648, 5), one spelling each."""

import base64
import binascii


def encode(raw: bytes) -> str:
    """Write bytes."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Read what `encode` wrote.

    The last letter may have bits that mean nothing; another spelling of the same bytes is refused.

    Raises:
        ValueError: anything else.
    """
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        raw = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raw = b""
    if encode(raw) != text:
        msg = "not base64url"
        raise ValueError(msg)
    return raw
