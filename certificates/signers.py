"""Keys that sign documents, P-256 or RSA-2048 with SHA-256, wherever the private number lives."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from certificates.der import NULL, SEQUENCE, oid, tlv

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

# Parameters absent with ECDSA (RFC 5758, 3.2), NULL with RSA (RFC 8017, A.2).
ECDSA_SHA256 = tlv(SEQUENCE, oid("2a8648ce3d040302"))
RSA_SHA256 = tlv(SEQUENCE, oid("2a864886f70d01010b"), NULL)
_HASH = hashes.SHA256()


class Algorithm(StrEnum):
    """What a department's key is."""

    P256 = "p256"
    RSA_2048 = "rsa2048"


class SigningKey(Protocol):
    """Signs; nothing here ever asks for the private number."""

    @property
    def algorithm(self) -> bytes:
        """DER of the AlgorithmIdentifier of its signatures."""

    def public_key(self) -> PublicKey:
        """Return what is certified."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature as CMS wants it: DER of r and s, or 256 bytes of RSA."""


@dataclass(frozen=True, slots=True)
class P256Key:
    """A P-256 key in memory."""

    key: ec.EllipticCurvePrivateKey
    algorithm: bytes = ECDSA_SHA256

    def public_key(self) -> PublicKey:
        """Return what is certified."""
        return self.key.public_key()

    def sign(self, message: bytes) -> bytes:
        """Return DER of r and s."""
        return self.key.sign(message, _ECDSA)


@dataclass(frozen=True, slots=True)
class RsaKey:
    """An RSA-2048 key in memory; PKCS #1 v1.5, which every reader of PDF knows."""

    key: rsa.RSAPrivateKey
    algorithm: bytes = RSA_SHA256

    def public_key(self) -> PublicKey:
        """Return what is certified."""
        return self.key.public_key()

    def sign(self, message: bytes) -> bytes:
        """Return 256 bytes."""
        return self.key.sign(message, _PKCS1, _HASH)


def signing_key(key: PrivateKey) -> SigningKey:
    """Return a key in memory as one that signs documents."""
    return P256Key(key) if isinstance(key, ec.EllipticCurvePrivateKey) else RsaKey(key)


def new_private_key(algorithm: Algorithm) -> PrivateKey:
    """Make a key."""
    if algorithm is Algorithm.P256:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def algorithm_of(key: object) -> Algorithm | None:
    """Return what a key is; None for one that signs no documents here."""
    if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey):
        return Algorithm.P256 if key.curve.name == "secp256r1" else None
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey):
        return Algorithm.RSA_2048 if key.key_size == _RSA_BITS else None
    return None


_RSA_BITS = 2048
_ECDSA = ec.ECDSA(_HASH)
_PKCS1 = padding.PKCS1v15()
