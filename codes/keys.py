"""P-256 keys as codes carry and name them."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from codes.errors import MalformedError

POINT_BYTES: Final = 33
ALIAS_BYTES: Final = 16
KEY_ID_BYTES: Final = 8
SIGNATURE_BYTES: Final = 64
_COORDINATE_BYTES: Final = 32
_ALIAS: Final = b"zr-card-alias-1\x00"
_CURVE: Final = ec.SECP256R1()
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve's group (SEC 2 §2.4.2)."""
_ES256: Final = ec.ECDSA(hashes.SHA256())
Signer = Callable[[bytes], bytes]
"""Signs a message: ES256, r and s of 32 bytes each."""


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """The compressed point of a key (SEC 1 §2.3.3); 33 bytes."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)


def read_point(point: bytes) -> ec.EllipticCurvePublicKey:
    """The key of a compressed point.

    Raises:
        MalformedError: not 33 bytes, or not a point of the curve.
    """
    if len(point) != POINT_BYTES:
        raise MalformedError
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    except ValueError:
        raise MalformedError from None


def alias_of(point: bytes) -> bytes:
    """The name of a credential: a hash of its key, so that neither can be had twice; 16 bytes."""
    return hashlib.sha256(_ALIAS + point).digest()[:ALIAS_BYTES]


def signer_of(private: ec.EllipticCurvePrivateKey) -> Signer:
    """What signs with a key that is at hand."""

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(private.sign(message, _ES256))
        return r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")

    return sign


def low(signature: bytes) -> bytes:
    """The one accepted spelling of a signature: of s and n - s, which both verify, the lesser.

    Otherwise anybody could write one code in two ways.
    """
    s = int.from_bytes(signature[_COORDINATE_BYTES:], "big")
    return signature[:_COORDINATE_BYTES] + min(s, _ORDER - s).to_bytes(_COORDINATE_BYTES, "big")


def verifies(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """Whether a raw ES256 signature, `low`, is this key's. Any bytes may be given."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    r = int.from_bytes(signature[:_COORDINATE_BYTES], "big")
    s = int.from_bytes(signature[_COORDINATE_BYTES:], "big")
    if s > _ORDER // 2:
        return False
    try:
        key.verify(encode_dss_signature(r, s), message, _ES256)
    except InvalidSignature:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerKeys:
    """The keys an issuer publishes. The empty set believes nothing."""

    by_id: Mapping[bytes, ec.EllipticCurvePublicKey] = field(repr=False)

    @classmethod
    def read(cls, jwks: Mapping[str, object]) -> Self:
        """Read a JWK set (RFC 7517 §5) as the issuer publishes it.

        Raises:
            MalformedError: it is none, or a member is not a public P-256 key.
        """
        listed = jwks.get("keys")
        if not isinstance(listed, list | tuple):
            raise MalformedError
        return cls(by_id=dict(_read_jwk(one) for one in listed))

    @classmethod
    def of(cls, keys: Iterable[ec.EllipticCurvePublicKey]) -> Self:
        """Take keys that are at hand."""
        return cls(by_id={key_id(key): key for key in keys})


def key_id(key: ec.EllipticCurvePublicKey) -> bytes:
    """The first 8 bytes of the key's thumbprint (RFC 7638, SHA-256)."""
    numbers = key.public_numbers()
    jwk = {
        "crv": "P-256",
        "kty": "EC",
        "x": base64url(numbers.x.to_bytes(_COORDINATE_BYTES, "big")),
        "y": base64url(numbers.y.to_bytes(_COORDINATE_BYTES, "big")),
    }
    text = json.dumps(jwk, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).digest()[:KEY_ID_BYTES]


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read_base64url(text: str) -> bytes:
    """The bytes of `text` in its one canonical form.

    Raises:
        MalformedError: it has another.
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise MalformedError from None
    if base64url(data) != text:
        raise MalformedError
    return data


def _read_jwk(jwk: object) -> tuple[bytes, ec.EllipticCurvePublicKey]:
    if not isinstance(jwk, Mapping) or (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256"):
        raise MalformedError
    x, y = (read_base64url(str(jwk.get(name, ""))) for name in "xy")
    if "d" in jwk or len(x) != _COORDINATE_BYTES or len(y) != _COORDINATE_BYTES:
        raise MalformedError
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, b"\x04" + x + y)
    except ValueError:
        raise MalformedError from None
    return key_id(key), key
