"""The two kinds of key: how each is made, and read from a record."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from app.core.jose.jwk import COORDINATE_BYTES, write_public_key
from app.core.jose.thumbprint import thumbprint
from app.core.keys.provider import SecretKey, SigningKey
from app.core.keys.records import KeyRecord

SECRET_BYTES: Final = 32
KeyT = TypeVar("KeyT", SigningKey, SecretKey)


@dataclass(frozen=True, slots=True)
class Kind(Generic[KeyT]):
    """What a ring must know of its keys."""

    generate: Callable[[], tuple[str, bytes]]
    """Makes a key; returns its id and its secret material."""
    load: Callable[[KeyRecord], KeyT]
    """Reads a key; ValueError or TypeError where the material is not such a key."""


def generate_signing() -> tuple[str, bytes]:
    """A new P-256 key: its thumbprint and its PKCS#8 DER."""
    private = ec.generate_private_key(ec.SECP256R1())
    material = private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return thumbprint(write_public_key(private.public_key())), material


def load_signing(record: KeyRecord) -> SigningKey:
    """The signing key of a record.

    Raises:
        ValueError: not a P-256 key, or not the one the id names.
    """
    private = serialization.load_der_private_key(record.material, password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ValueError  # noqa: TRY004 - the file's content is wrong, not the program
    public = private.public_key()
    if not isinstance(public.curve, ec.SECP256R1):
        raise ValueError  # noqa: TRY004 - as above
    if thumbprint(write_public_key(public)) != record.kid:
        raise ValueError
    return SigningKey(
        kid=record.kid,
        algorithm="ES256",
        public=public,
        signer=lambda message: _sign(private, message),
    )


def generate_secret() -> tuple[str, bytes]:
    """A new secret: a random id and 32 random bytes."""
    return secrets.token_hex(4), secrets.token_bytes(SECRET_BYTES)


def load_secret(record: KeyRecord) -> SecretKey:
    """The secret key of a record.

    Raises:
        ValueError: the material is of another length.
    """
    if len(record.material) != SECRET_BYTES:
        raise ValueError
    return SecretKey(kid=record.kid, material=record.material)


def _sign(private: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    r, s = decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(COORDINATE_BYTES, "big") + s.to_bytes(COORDINATE_BYTES, "big")


SIGNING: Final = Kind(generate=generate_signing, load=load_signing)
SECRET: Final = Kind(generate=generate_secret, load=load_secret)
