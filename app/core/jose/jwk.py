"""Public keys as JWK (RFC 7517, RFC 7518 §6.2.1): P-256 and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from app.core.jose import base64url
from app.core.jose.errors import JoseRefused, Reason

SUPPORTED_ALGORITHMS: Final = frozenset({"ES256"})
"""A policy chooses among these. No symmetric one can ever be added by a setting."""

COORDINATE_BYTES: Final = 32
_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})


def read_public_key(jwk: object, *, algorithm: str) -> ec.EllipticCurvePublicKey:
    """Read the public key that may verify signatures of `algorithm`.

    1. A JSON object.
    2. No private member: whoever sends one has given the key away.
    3. Of the algorithm's type and curve; so no RSA, no symmetric key, no smaller or other curve.
    4. Meant for signatures: `use`, `key_ops` and `alg`, where present, say so.
    5. Both coordinates canonical and of full length, the point on the curve (RFC 7518 §6.2.1.2).

    Raises:
        JoseRefused: KEY, PRIVATE_KEY or ALGORITHM.
    """
    if algorithm not in SUPPORTED_ALGORITHMS:
        raise JoseRefused(Reason.ALGORITHM)
    if not isinstance(jwk, Mapping):  # 1
        raise JoseRefused(Reason.KEY)
    if not _PRIVATE_MEMBERS.isdisjoint(jwk):  # 2
        raise JoseRefused(Reason.PRIVATE_KEY)
    if (jwk.get("kty"), jwk.get("crv")) != ("EC", "P-256"):  # 3
        raise JoseRefused(Reason.KEY)
    _require_verifying(jwk, algorithm)  # 4
    x, y = jwk.get("x"), jwk.get("y")
    if not isinstance(x, str) or not isinstance(y, str):
        raise JoseRefused(Reason.KEY)
    return _point(x, y)  # 5


def write_public_key(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """The JWK of a P-256 public key: `kty, crv, x, y`."""
    numbers = key.public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": base64url.encode(numbers.x.to_bytes(COORDINATE_BYTES, "big")),
        "y": base64url.encode(numbers.y.to_bytes(COORDINATE_BYTES, "big")),
    }


def _require_verifying(jwk: Mapping[str, object], algorithm: str) -> None:
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm:
        raise JoseRefused(Reason.KEY)
    # RFC 7517 §4.3. A public key that claims anything more than verifying is somebody's mistake.
    if jwk.get("key_ops", ["verify"]) != ["verify"]:
        raise JoseRefused(Reason.KEY)


@lru_cache(maxsize=4096)
def _point(x: str, y: str) -> ec.EllipticCurvePublicKey:
    """The key of two coordinates; a phone or a till sends the same two with every request."""
    numbers = ec.EllipticCurvePublicNumbers(_coordinate(x), _coordinate(y), ec.SECP256R1())
    try:
        return numbers.public_key()
    except ValueError:
        raise JoseRefused(Reason.KEY) from None


def _coordinate(value: str) -> int:
    data = base64url.decode(value, reason=Reason.KEY)
    if len(data) != COORDINATE_BYTES:
        raise JoseRefused(Reason.KEY)
    return int.from_bytes(data, "big")
