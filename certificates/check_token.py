"""The signed token in a certificate's QR: who holds the public key sees offline that it is ours.

It binds the certificate's id and check code, which stand beside it in the address, to the time of
issue and of expiry. Binary, then base64url: key id (4 bytes), issued and until (4 bytes each, Unix
seconds), ECDSA P-256 signature over SHA-256 as r ‖ s (64 bytes): 102 characters.
"""

import datetime as dt
import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from certificates.base64url import decode, encode
from certificates.errors import CertificateError, ErrorCode

_HEAD = struct.Struct(">4sII")
_HALF = 32
_LENGTH = _HEAD.size + 2 * _HALF
_TEXT_LENGTH = 102
_CONTEXT = b"zero-run check token 1\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckToken:
    """What a token says once its signature holds."""

    certificate_id: str
    check_code: str
    issued_at: dt.datetime
    valid_until: dt.datetime


def key_id(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return the 4 bytes that name a key in a token."""
    spki = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(spki).digest()[:4]


def sign_check_token(token: CheckToken, *, key: ec.EllipticCurvePrivateKey) -> str:
    """Write and sign a token; times are cut to whole seconds."""
    head = _HEAD.pack(
        key_id(key.public_key()),
        int(token.issued_at.timestamp()),
        int(token.valid_until.timestamp()),
    )
    message = _message(head, token.certificate_id, token.check_code)
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    raw = head + r.to_bytes(_HALF) + s.to_bytes(_HALF)
    return encode(raw)


def read_check_token(
    text: str,
    *,
    certificate_id: str,
    check_code: str,
    keys: Mapping[bytes, ec.EllipticCurvePublicKey],
) -> CheckToken:
    """Read a token and check that it was signed for this certificate.

    Whether its time is over is the caller's to judge.

    Args:
        text: the token.
        certificate_id: as in the address beside it.
        check_code: as in the address beside it.
        keys: trusted keys by `key_id`; an empty mapping trusts nothing.

    Raises:
        CertificateError: TOKEN_INVALID.
    """
    raw = _decoded(text)
    kid, issued, until = _HEAD.unpack_from(raw)
    message = _message(raw[: _HEAD.size], certificate_id, check_code)
    r = int.from_bytes(raw[_HEAD.size : -_HALF])
    s = int.from_bytes(raw[-_HALF:])
    try:
        keys[kid].verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (KeyError, InvalidSignature) as refused:
        raise CertificateError(ErrorCode.TOKEN_INVALID) from refused
    return CheckToken(
        certificate_id=certificate_id,
        check_code=check_code,
        issued_at=dt.datetime.fromtimestamp(issued, dt.UTC),
        valid_until=dt.datetime.fromtimestamp(until, dt.UTC),
    )


def _message(head: bytes, certificate_id: str, check_code: str) -> bytes:
    # Each text with its length: no two pairs of texts make one message.
    texts = (certificate_id.encode(), check_code.encode())
    return _CONTEXT + head + b"".join(struct.pack(">H", len(text)) + text for text in texts)


def _decoded(text: str) -> bytes:
    if len(text) != _TEXT_LENGTH:
        raise CertificateError(ErrorCode.TOKEN_INVALID)
    try:
        raw = decode(text)
    except ValueError as refused:
        raise CertificateError(ErrorCode.TOKEN_INVALID) from refused
    if len(raw) != _LENGTH:
        raise CertificateError(ErrorCode.TOKEN_INVALID)
    return raw
