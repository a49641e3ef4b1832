"""The public key behind the proof of the current request, once the guard has checked it."""

from __future__ import annotations

import hmac

from flask import request

from app.core.errors import UNAUTHENTICATED
from app.core.jose.compact import parse_compact
from app.core.jose.errors import JoseRefused
from app.core.jose.jwk import read_public_key, write_public_key
from app.core.jose.thumbprint import thumbprint


def proven_key(expected: str) -> dict[str, str]:
    """The JWK of the key whose proof admitted the caller: `kty, crv, x, y`.

    Args:
        expected: the thumbprint the guard proved; a header that names another key is not the one
            that was checked.

    Raises:
        DomainError: UNAUTHENTICATED.
    """
    try:
        header = parse_compact(request.headers.get("DPoP", "")).header
        jwk = write_public_key(read_public_key(header.get("jwk"), algorithm="ES256"))
    except JoseRefused:
        raise UNAUTHENTICATED() from None
    if not hmac.compare_digest(thumbprint(jwk).encode(), expected.encode()):
        raise UNAUTHENTICATED()
    return jwk
