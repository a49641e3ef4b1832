"""Signs and checks the JWS of a credential with a department's key, P-256 or RSA-2048."""

import json
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwt.types import Options

from certificates.base64url import encode
from certificates.signers import PublicKey, SigningKey

_HALF = 32
_BY_US: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_sub": False,
}
"""Times and audience are judged by the caller's clock and expectation."""


def algorithm_name(key: PublicKey) -> str:
    """Return the `alg` of a key's signatures (RFC 7518, 3.1)."""
    return "ES256" if isinstance(key, ec.EllipticCurvePublicKey) else "RS256"


def sign_compact(header: Mapping[str, Any], claims: Mapping[str, Any], *, key: SigningKey) -> str:
    """Sign claims as a compact JWS (RFC 7515, 7.1); `alg` is the key's.

    The key may live in a hardware module: it is only asked to sign.
    """
    public = key.public_key()
    parts = ({**header, "alg": algorithm_name(public)}, claims)
    signing_input = ".".join(encode(_json(part)) for part in parts)
    signature = key.sign(signing_input.encode("ascii"))
    if isinstance(public, ec.EllipticCurvePublicKey):
        # A token writes r and s one after the other (RFC 7518, 3.4), documents as DER.
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
    return f"{signing_input}.{encode(signature)}"


def verify_compact(text: str, *, key: PublicKey) -> dict[str, Any]:
    """Return the claims of a JWS whose signature by this key holds.

    Raises:
        jwt.PyJWTError: it does not, or the text is none.
    """
    claims: dict[str, Any] = jwt.decode(text, key, algorithms=[algorithm_name(key)], options=_BY_US)
    return claims


def unverified_claims(text: str) -> dict[str, Any]:
    """Return claims nobody has vouched for yet: fit to choose a key by, and for nothing else.

    Raises:
        jwt.PyJWTError: the text is no JWS.
    """
    claims: dict[str, Any] = jwt.decode(text, options={"verify_signature": False, **_BY_US})
    return claims


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
