"""The presentation: what the phone shows, one code for one minute and one purpose."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from codes import base45, cbor, cose, credential
from codes.errors import MalformedError
from codes.keys import Signer, read_point

PREFIX: Final = "ZR1:"
"""By which a till tells an offline code from the 18 digits of an online one."""
USE: Final = "zr-card-presentation-1"
SLICE: Final = timedelta(seconds=60)
NONCE_BYTES: Final = 8
MAX_CHARS: Final = 483
"""What a QR code of version 13, level M, holds in alphanumeric mode (ISO/IEC 18004, table 7)."""
_CREDENTIAL, _SLICE, _PURPOSE, _NONCE = range(1, 5)
_PURPOSE_DIGITS: Final = 5
_MOST_SLICES: Final = 1 << 27


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """A code taken apart. Nothing in it is to be trusted before both signatures were found good."""

    issued: credential.SignedCredential
    slice_number: int
    """Minutes since 1970-01-01T00:00Z."""
    purpose: str
    """National purpose, five digits."""
    nonce: bytes
    signed: cose.Signed = field(repr=False)

    @property
    def slice_start(self) -> datetime:
        """Beginning of its minute, UTC."""
        return datetime.fromtimestamp(self.slice_number * SLICE.total_seconds(), UTC)

    def is_by_holder(self) -> bool:
        """Whether the key in the credential signed it."""
        key = read_point(self.issued.credential.point)
        return self.signed.is_by(key, use=USE)


def slice_of(moment: datetime) -> int:
    """The number of the minute a moment is in."""
    return int(moment.timestamp() // SLICE.total_seconds())


def present(issued: bytes, *, signer: Signer, slice_number: int, purpose: str, nonce: bytes) -> str:
    """Make the code a phone shows.

    Args:
        issued: the credential as the issuer signed it.
        signer: signs with the credential's key.
        slice_number: of the present minute.
        purpose: five digits.
        nonce: 8 random bytes.

    Returns:
        About 400 characters of QR code's alphanumeric mode.

    Raises:
        ValueError: purpose or nonce are of another form, or it would not fit into the QR code.
    """
    if len(purpose) != _PURPOSE_DIGITS or not purpose.isdecimal() or len(nonce) != NONCE_BYTES:
        msg = "a purpose has five digits, a nonce eight bytes"
        raise ValueError(msg)
    payload: dict[int, cbor.Item] = {
        _CREDENTIAL: issued,
        _SLICE: slice_number,
        _PURPOSE: int(purpose),
        _NONCE: nonce,
    }
    text = PREFIX + base45.encode(cose.sign(cbor.encode(payload), use=USE, signer=signer))
    if len(text) > MAX_CHARS:
        msg = "longer than its QR code takes"
        raise ValueError(msg)
    return text


def read(text: str) -> Presentation:
    """Take a code apart.

    Raises:
        MalformedError: it is none; nothing longer than a code is looked at.
    """
    if not text.startswith(PREFIX) or len(text) > MAX_CHARS:
        raise MalformedError
    signed = cose.read(base45.decode(text.removeprefix(PREFIX)))
    claims = cbor.decode(signed.payload)
    if signed.key_id is not None or not isinstance(claims, dict):
        raise MalformedError
    if list(claims) != [_CREDENTIAL, _SLICE, _PURPOSE, _NONCE]:
        raise MalformedError
    issued, number, purpose, nonce = claims.values()
    if not isinstance(issued, bytes) or not isinstance(nonce, bytes) or len(nonce) != NONCE_BYTES:
        raise MalformedError
    return Presentation(
        issued=credential.read(issued),
        slice_number=_below(number, _MOST_SLICES),
        purpose=f"{_below(purpose, 10**_PURPOSE_DIGITS):0{_PURPOSE_DIGITS}d}",
        nonce=nonce,
        signed=signed,
    )


def _below(item: cbor.Item, bound: int) -> int:
    if not isinstance(item, int) or not 0 <= item < bound:
        raise MalformedError
    return item
