"""How a till proves which pharmacy it belongs to (private_key_jwt, RFC 7523)."""

import secrets
from collections.abc import Callable

import jwt

from sandbox.phone.keys import DeviceKey

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME_S = 60


class ClientAssertions:
    """Signs client assertions with the key the pharmacy registered, ES256."""

    def __init__(
        self, *, client_id: str, key: DeviceKey, issuer: str, clock: Callable[[], float]
    ) -> None:
        """Take a wall clock in seconds since 1970."""
        self._client_id = client_id
        self._key = key
        self._issuer = issuer
        self._clock = clock

    def fields(self) -> dict[str, str]:
        """Return the token request's fields; each assertion is good for one request."""
        now = int(self._clock())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._issuer,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + _LIFETIME_S,
        }
        headers = {"kid": self._key.thumbprint()}
        signed = jwt.encode(claims, self._key.private, algorithm="ES256", headers=headers)
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
