"""The provider's signature under its webhooks (Standard Webhooks 1.0, `v1a`: Ed25519)."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.departments.veterans.signing import thumbprint


def signed_headers(
    body: bytes, *, message_id: str, at: int, key: Ed25519PrivateKey
) -> dict[str, str]:
    """Return the headers of a webhook.

    Args:
        body: what is sent.
        message_id: the same at each attempt.
        at: seconds since 1970, of this attempt.
        key: what signs.
    """
    signature = base64.b64encode(key.sign(f"{message_id}.{at}.".encode() + body)).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1a,{signature}",
    }


def jwks(key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return the key set merchants check signatures with (RFC 7517, RFC 8037)."""
    point = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": base64.urlsafe_b64encode(point).rstrip(b"=").decode(),
        "kid": thumbprint(key),
        "use": "sig",
        "alg": "EdDSA",
    }
    return {"keys": [jwk]}
