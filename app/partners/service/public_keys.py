"""Public keys as they are registered: read and written anew, each with a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.core.errors import DomainError
from app.core.jose.errors import JoseRefused
from app.core.jose.jwk import read_public_key, write_public_key
from app.core.jose.thumbprint import thumbprint
from app.partners.errors import TERMINAL_KEYS_INVALID

MAX_KEYS: Final = 5
_MAX_KID: Final = 128


def registered(jwks: Sequence[Mapping[str, object]]) -> list[dict[str, str]]:
    """One to five keys, each with a `kid` of its own; its thumbprint where none is given.

    Raises:
        DomainError: TERMINAL_KEYS_INVALID.
    """
    keys = [_public(jwk) for jwk in jwks]
    if not 1 <= len(keys) <= MAX_KEYS or len({key["kid"] for key in keys}) < len(keys):
        raise _refused()
    return keys


def _public(jwk: Mapping[str, object]) -> dict[str, str]:
    # Read and written anew: whatever else stood in the JWK does not reach the database.
    try:
        public = write_public_key(read_public_key(jwk, algorithm="ES256"))
    except JoseRefused:
        raise _refused() from None
    kid = jwk.get("kid", thumbprint(public))
    if not isinstance(kid, str) or not 1 <= len(kid) <= _MAX_KID:
        raise _refused()
    return {**public, "kid": kid}


def _refused() -> DomainError:
    return TERMINAL_KEYS_INVALID(pointer="/jwks")
