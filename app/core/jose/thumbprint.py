"""The thumbprint of a public key (RFC 7638): the same for the same key, however it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from app.core.jose import base64url, members
from app.core.jose.errors import JoseRefused, Reason

# RFC 7638 §3.2 and RFC 8037 §2: what identifies a key of each type, in lexicographic order.
_IDENTIFYING: Final = {
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
    "RSA": ("e", "kty", "n"),
}


def thumbprint(jwk: Mapping[str, object]) -> str:
    """The SHA-256 thumbprint of a JWK, base64url, 43 characters.

    Members that do not identify the key (`kid`, `use`, …, and any private ones) have no influence.

    Raises:
        JoseRefused: KEY, where the type is unknown or an identifying member is missing.
    """
    names = _IDENTIFYING.get(str(jwk.get("kty")))
    if names is None:
        raise JoseRefused(Reason.KEY)
    values = {name: jwk.get(name) for name in names}
    if not all(isinstance(value, str) and value for value in values.values()):
        raise JoseRefused(Reason.KEY)
    return base64url.encode(hashlib.sha256(members.write_object(values)).digest())


@lru_cache(maxsize=4096)
def thumbprint_of_point(x: str, y: str) -> str:
    """The thumbprint of a P-256 key whose coordinates were found canonical."""
    return thumbprint({"crv": "P-256", "kty": "EC", "x": x, "y": y})
