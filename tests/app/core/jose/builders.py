"""A sender who can say anything: tokens, proofs and assertions with every part replaceable."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ISSUER: Final = "https://id.example.org"
URL: Final = "https://id.example.org/oauth/token"


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final[Any] = _Absent()


@dataclass
class SetClock:
    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment


@dataclass
class MemoryReplay:
    claimed: dict[str, timedelta] = field(default_factory=dict)

    def claim(self, key: str, ttl: timedelta) -> bool:
        fresh = key not in self.claimed
        self.claimed.setdefault(key, ttl)
        return fresh


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def changed(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with members replaced, or left out where the new value is ABSENT."""
    return {name: value for name, value in {**base, **changes}.items() if value is not ABSENT}


class Sender:
    """Somebody with a key, P-256 unless told otherwise."""

    def __init__(self, curve: ec.EllipticCurve | None = None) -> None:
        self.private = ec.generate_private_key(curve or ec.SECP256R1())
        self.kid = "key-1"
        self.algorithm = "ES256"

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key; said to be on P-256, whatever it is."""
        numbers = self.private.public_key().public_numbers()
        size = (self.private.curve.key_size + 7) // 8
        x, y = (b64(number.to_bytes(size, "big")) for number in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    @property
    def private_jwk(self) -> dict[str, Any]:
        exported: dict[str, Any] = json.loads(ECAlgorithm.to_jwk(self.private))
        return exported

    def sign(self, message: bytes) -> bytes:
        return ECAlgorithm(ECAlgorithm.SHA256).sign(message, self.private)

    def jws(self, header: Mapping[str, Any] | bytes, payload: Mapping[str, Any] | bytes) -> str:
        """A compact JWS of exactly these parts; bytes stand as they are."""
        parts = [p if isinstance(p, bytes) else json.dumps(p).encode() for p in (header, payload)]
        signing_input = ".".join(b64(part) for part in parts)
        return f"{signing_input}.{b64(self.sign(signing_input.encode()))}"

    def proof(self, *, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """A DPoP proof for POST to URL at NOON."""
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk}
        body = {"jti": "proof-1", "htm": "POST", "htu": URL, "iat": int(NOON.timestamp())}
        return self.jws(changed(head, header or {}), changed(body, claims))

    def assertion(self, *, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """A client assertion by the till `till-1` at NOON, valid for 60 s."""
        head = {"typ": "JWT", "alg": "ES256", "kid": self.kid}
        at = int(NOON.timestamp())
        body = {"iss": "till-1", "sub": "till-1", "aud": ISSUER, "jti": "assertion-1"}
        times = {"iat": at, "exp": at + 60}
        return self.jws(changed(head, header or {}), changed(body | times, claims))

    def token(self, *, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """An access token at NOON, valid for 600 s."""
        head = {"typ": "at+jwt", "alg": "ES256", "kid": self.kid}
        at = int(NOON.timestamp())
        body = {"iss": ISSUER, "aud": f"{ISSUER}/v1", "sub": "s-1", "iat": at, "exp": at + 600}
        return self.jws(changed(head, header or {}), changed(body, claims))


class OneKeyRing:
    """A ring with the public key of one sender."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def find(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        return self._sender.private.public_key() if kid == self._sender.kid else None
