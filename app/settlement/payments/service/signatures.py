"""Whether a notification is the provider's (Standard Webhooks 1.0, asymmetric signatures `v1a`)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.settlement.payments.errors import PAYMENT_NOTICE_INVALID, PAYMENT_NOTICE_STALE
from app.settlement.payments.models import ID

TOLERANCE: Final = timedelta(minutes=5)
"""Between the time of a notification and ours, either way."""
MOST_SIGNATURES: Final = 4
"""Under one notification: while the provider changes keys there are two."""
_SCHEME: Final = "v1a,"
_SIGNATURE_BYTES: Final = 64
_LONGEST_HEADER: Final = 1000
_ID: Final = re.compile(ID, re.ASCII)
_SECONDS: Final = re.compile(r"[0-9]{1,11}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeHeaders:
    """The three headers as they came; each may come several times, or not at all."""

    ids: Sequence[str]
    timestamps: Sequence[str]
    signatures: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNotice:
    """A notification that is well-formed and of now; nobody has vouched for it yet."""

    id: str
    seconds: int
    """Since 1970, of this attempt."""
    signatures: tuple[bytes, ...] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def signed(self) -> bytes:
        """What the signature covers."""
        return b".".join((self.id.encode(), str(self.seconds).encode(), self.body))

    def is_signed_by(self, keys: Iterable[Ed25519PublicKey]) -> bool:
        """Whether one of these keys made one of the signatures."""
        return any(
            _fits(key, signature, self.signed) for key in keys for signature in self.signatures
        )


def read_signed(headers: NoticeHeaders, body: bytes, *, now: datetime) -> SignedNotice:
    """Read the headers of a notification.

    1. Each header once; the id of 1 to 64 plain characters, the time in seconds, one to four
       signatures of the scheme `v1a`. Those of other schemes are passed over.
    2. The time is within five minutes of ours.

    Raises:
        DomainError: PAYMENT_NOTICE_INVALID, PAYMENT_NOTICE_STALE.
    """
    message_id, timestamp = _only(headers.ids), _only(headers.timestamps)  # 1
    if _ID.fullmatch(message_id) is None or _SECONDS.fullmatch(timestamp) is None:
        raise PAYMENT_NOTICE_INVALID()
    notice = SignedNotice(
        id=message_id,
        seconds=_canonical(timestamp),
        signatures=_signatures(_only(headers.signatures)),
        body=body,
    )
    if abs(datetime.fromtimestamp(notice.seconds, UTC) - now) > TOLERANCE:  # 2
        raise PAYMENT_NOTICE_STALE()
    return notice


def _only(values: Sequence[str]) -> str:
    if len(values) != 1 or len(values[0]) > _LONGEST_HEADER:
        raise PAYMENT_NOTICE_INVALID()
    return values[0]


def _canonical(timestamp: str) -> int:
    # The text is what was signed: one with a leading zero would be another text.
    if str(int(timestamp)) != timestamp:
        raise PAYMENT_NOTICE_INVALID()
    return int(timestamp)


def _signatures(header: str) -> tuple[bytes, ...]:
    listed = [part for part in header.split(" ") if part.startswith(_SCHEME)]
    if not 1 <= len(listed) <= MOST_SIGNATURES:
        raise PAYMENT_NOTICE_INVALID()
    return tuple(_raw(part.removeprefix(_SCHEME)) for part in listed)


def _raw(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise PAYMENT_NOTICE_INVALID() from None
    if len(raw) != _SIGNATURE_BYTES:
        raise PAYMENT_NOTICE_INVALID()
    return raw


def _fits(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True
