"""The key that never leaves the phone."""

import base64
import hashlib
import json
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

_COORDINATE_BYTES = 32


class DeviceKey:
    """A P-256 key pair and its public face."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        """Wrap a key; ``ValueError`` unless it is on P-256."""
        if not isinstance(private.curve, ec.SECP256R1):
            message = "a device key is on P-256"
            raise ValueError(message)  # noqa: TRY004 -- the type is right, the curve is not
        self.private = private

    @classmethod
    def generate(cls) -> "DeviceKey":
        """Make a new key from the system's randomness."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def load(cls, path: Path) -> "DeviceKey":
        """Read an unencrypted PKCS #8 PEM file; ``ValueError`` if it holds anything else."""
        return cls.from_pem(path.read_bytes())

    @classmethod
    def from_pem(cls, pem: bytes) -> "DeviceKey":
        """Read the content of such a file."""
        key = serialization.load_pem_private_key(pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            message = "the file holds no elliptic-curve key"
            raise ValueError(message)  # noqa: TRY004 -- a wrong file, not a wrong argument type
        return cls(key)

    def pem(self) -> bytes:
        """Return the private key, unencrypted, as `save` writes it."""
        return self.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def save(self, path: Path) -> None:
        """Write a new file, readable by its owner only; ``FileExistsError`` if it is there."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self.pem())

    def public_jwk(self) -> dict[str, str]:
        """Return the public key as a JWK (RFC 7517) with its required members only."""
        point = self.private.public_key().public_numbers()
        return {
            "kty": "EC",
            "crv": "P-256",
            "x": base64url(point.x.to_bytes(_COORDINATE_BYTES, "big")),
            "y": base64url(point.y.to_bytes(_COORDINATE_BYTES, "big")),
        }

    def thumbprint(self) -> str:
        """Return the public key's thumbprint."""
        return thumbprint(self.public_jwk())


def load_or_generate(path: Path | None) -> DeviceKey:
    """Return the key at ``path``, made and saved there if absent; without a path a fresh one."""
    if path is not None and path.exists():
        return DeviceKey.load(path)
    key = DeviceKey.generate()
    if path is not None:
        key.save(path)
    return key


def thumbprint(jwk: dict[str, str]) -> str:
    """Return the SHA-256 thumbprint of a JWK's required members (RFC 7638, section 3)."""
    text = json.dumps(jwk, sort_keys=True, separators=(",", ":"))
    return base64url(hashlib.sha256(text.encode()).digest())


def base64url(data: bytes) -> str:
    """Return base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
