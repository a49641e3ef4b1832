"""Issues a credential: always-visible claims signed, the rest as digests (RFC 9901; SD-JWT VC)."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.credentials.disclosures import disclose

MEDIA_TYPE = "dc+sd-jwt"
HASH = "sha-256"
_OWN = 8
"""Claims the format adds; `status` and `cnf` are among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What is to be attested."""

    issuer: str
    """URI; readers find the keys from it."""
    vct: str
    """The type's URI."""
    holder: Mapping[str, str] = field(repr=False)
    """JWK of the holder's public key: who has the private one may present."""
    issued_at: dt.datetime
    expires_at: dt.datetime
    status: Mapping[str, Any]
    """`{"status_list": {"idx": …, "uri": …}}`."""
    open_claims: Mapping[str, Any]
    """Seen by every reader."""
    hidden_claims: Mapping[str, Any] = field(repr=False)
    """Shown one by one, as the holder wishes."""


def issue_credential(
    credential: Credential,
    *,
    key: ec.EllipticCurvePrivateKey,
    kid: str,
    randomness: Callable[[int], bytes],
) -> str:
    """Sign a credential.

    Digests stand in the order of their own letters, so that they tell nothing of the claims'.

    Args:
        credential: what is attested.
        key: P-256, of the issuer.
        kid: under which readers find its public half.
        randomness: `secrets.token_bytes`, for the salts.

    Returns:
        The signed part and all disclosures, each followed by `~`.

    Raises:
        ValueError: a claim's name is one the format keeps for itself.
    """
    disclosures = disclose(credential.hidden_claims, randomness=randomness)
    claims = {
        **credential.open_claims,
        "iss": credential.issuer,
        "vct": credential.vct,
        "iat": int(credential.issued_at.timestamp()),
        "exp": int(credential.expires_at.timestamp()),
        "cnf": {"jwk": dict(credential.holder)},
        "status": dict(credential.status),
        "_sd_alg": HASH,
        "_sd": sorted(one.digest for one in disclosures),
    }
    if len(claims) != len(credential.open_claims) + _OWN:
        msg = "an open claim has a name of the format's own"
        raise ValueError(msg)
    signed = jwt.encode(claims, key, algorithm="ES256", headers={"typ": MEDIA_TYPE, "kid": kid})
    return "".join(f"{part}~" for part in (signed, *(one.text for one in disclosures)))
