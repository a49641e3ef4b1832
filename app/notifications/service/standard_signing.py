"""Signs calls as Standard Webhooks 1.0.0 says: HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime


def standard_headers(
    *, body: bytes, message_id: str, now: datetime, secrets: Sequence[bytes]
) -> dict[str, str]:
    """The header of the signatures, one by each secret, so that a receiver may have any of them.

    Id and time stand in `webhook-id` and `webhook-timestamp`; neither has a full stop in it, so
    what is signed cannot be read in two ways. The secret is the receiver's alone: a call recorded
    at one receiver is worthless at another.

    Args:
        body: what is sent.
        message_id: the same at each attempt.
        now: the time of this attempt.
        secrets: newest first; without one there is no header.
    """
    if not secrets:
        return {}
    signed = f"{message_id}.{int(now.timestamp())}.".encode() + body
    return {"webhook-signature": " ".join(_signature(one, signed) for one in secrets)}


def _signature(secret: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
