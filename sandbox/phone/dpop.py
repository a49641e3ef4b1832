"""Proofs that a request comes from the holder of the device key (RFC 9449)."""

import hashlib
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import jwt

from sandbox.phone.keys import DeviceKey, base64url


class Prover:
    """Signs one proof for each request, ES256."""

    def __init__(self, *, key: DeviceKey, clock: Callable[[], float]) -> None:
        """Take the key and a wall clock in seconds since 1970."""
        self.key = key
        self._clock = clock

    def proof(
        self, method: str, url: str, *, access_token: str | None = None, nonce: str | None = None
    ) -> str:
        """Return the value of the ``DPoP`` header (RFC 9449, section 4.2).

        ``url`` may carry a query or a fragment; ``htu`` goes without them.
        """
        target = urlunsplit((*urlsplit(url)[:3], "", ""))
        claims: dict[str, str | int] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": target,
            "iat": int(self._clock()),
        }
        if access_token is not None:
            claims["ath"] = base64url(hashlib.sha256(access_token.encode()).digest())
        if nonce is not None:
            claims["nonce"] = nonce
        headers = {"typ": "dpop+jwt", "jwk": self.key.public_jwk()}
        return jwt.encode(claims, self.key.private, algorithm="ES256", headers=headers)
