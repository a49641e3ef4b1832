"""What the services see of the keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from cryptography.hazmat.primitives.asymmetric import ec

SigningName = Literal[
    "access-token", "presence", "receipt", "status-list", "webhook", "card", "queue-ticket"
]
SecretName = Literal["fields", "index", "card-code", "idempotency", "cursor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """An ES256 key whose private half may live elsewhere."""

    kid: str
    """Its RFC 7638 thumbprint."""
    algorithm: str
    public: ec.EllipticCurvePublicKey = field(repr=False)
    signer: Callable[[bytes], bytes] = field(repr=False, compare=False)

    def sign(self, message: bytes) -> bytes:
        """The raw signature of `message` (RFC 7518 §3.4): r and s, 32 bytes each."""
        return self.signer(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretKey:
    """A key for AES-256 or HMAC-SHA-256."""

    kid: str
    """8 hexadecimal digits, to be stored beside what was made with the key."""
    material: bytes = field(repr=False)
    """32 bytes."""


class SigningRing(Protocol):
    """The signing keys of one name. A live view: it may be kept, and follows every rotation."""

    @property
    def active(self) -> SigningKey:
        """The key to sign with now."""
        ...

    def find(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The published public key of that id, or None."""
        ...

    def public_jwks(self) -> Mapping[str, Sequence[Mapping[str, str]]]:
        """The JWK set to publish: the next, the active and the outgoing keys."""
        ...


class SecretRing(Protocol):
    """The secret keys of one name. A live view: it may be kept, and follows every rotation."""

    @property
    def active(self) -> SecretKey:
        """The key to make new things with now."""
        ...

    @property
    def known(self) -> Sequence[SecretKey]:
        """Every key ever active, newest first: for look-ups by HMAC during a rotation."""
        ...

    def find(self, kid: str) -> SecretKey | None:
        """The key of that id, however old, or None."""
        ...


class KeyProvider(Protocol):
    """Where keys come from."""

    def signing(self, name: SigningName) -> SigningRing:
        """The signing ring of that name."""
        ...

    def secrets(self, name: SecretName) -> SecretRing:
        """The secret ring of that name."""
        ...
