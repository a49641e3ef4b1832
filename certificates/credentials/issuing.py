"""Issues a credential: always-visible claims signed, the rest as digests (RFC 9901; SD-JWT VC)."""

import base64
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from certificates.credentials.disclosures import Disclosure, disclose
from certificates.credentials.jws import sign_compact
from certificates.signers import SigningKey

MEDIA_TYPE = "dc+sd-jwt"
HASH = "sha-256"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialSigner:
    """An issuer ready to sign."""

    key: SigningKey
    kid: str
    """Under which readers find its public half."""
    chain: tuple[bytes, ...] = ()
    """Certificates as DER, the signer's first, without the root: the header's `x5c`."""


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
    status: Mapping[str, Any] | None
    """`{"status_list": {"idx": …, "uri": …}}`; None where nobody publishes one."""
    open_claims: Mapping[str, Any]
    """Seen by every reader."""
    hidden_claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Shown one by one, as the holder wishes."""
    hidden_groups: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    """Likewise, each below an object of its own, where no name can meet one of the format's."""


def issue_credential(
    credential: Credential,
    *,
    signer: CredentialSigner,
    randomness: Callable[[int], bytes],
) -> str:
    """Sign a credential.

    Digests stand in the order of their own letters, so that they tell nothing of the claims'.

    Args:
        credential: what is attested.
        signer: the issuer.
        randomness: `secrets.token_bytes`, for the salts.

    Returns:
        The signed part and all disclosures, each followed by `~`.

    Raises:
        ValueError: a claim's name is one the format keeps for itself.
    """
    shown: list[Disclosure] = disclose(credential.hidden_claims, randomness=randomness)
    own = _own(credential, shown)
    for name, claims in credential.hidden_groups.items():
        group = disclose(claims, randomness=randomness)
        own[name] = {"_sd": _digests(group)}
        shown += group
    taken = (own.keys() | {"status"}) & credential.open_claims.keys()
    if taken or "status" in credential.hidden_groups or len(own) != _expected(credential):
        msg = "an open claim has a name of the format's own"
        raise ValueError(msg)
    signed = sign_compact(_header(signer), {**credential.open_claims, **own}, key=signer.key)
    return "".join(f"{part}~" for part in (signed, *(one.text for one in shown)))


def _own(credential: Credential, shown: list[Disclosure]) -> dict[str, Any]:
    own: dict[str, Any] = {
        "iss": credential.issuer,
        "vct": credential.vct,
        "iat": int(credential.issued_at.timestamp()),
        "exp": int(credential.expires_at.timestamp()),
        "cnf": {"jwk": dict(credential.holder)},
        "_sd_alg": HASH,
        "_sd": _digests(shown),
    }
    return own if credential.status is None else {**own, "status": dict(credential.status)}


def _expected(credential: Credential) -> int:
    """How many claims are the format's own and the groups', where no group took another's name."""
    return _ALWAYS + (credential.status is not None) + len(credential.hidden_groups)


def _digests(shown: list[Disclosure]) -> list[str]:
    return sorted(one.digest for one in shown)


def _header(signer: CredentialSigner) -> dict[str, Any]:
    header: dict[str, Any] = {"typ": MEDIA_TYPE, "kid": signer.kid}
    if signer.chain:  # plain base64, not the URL's alphabet (RFC 7515, 4.1.6)
        header["x5c"] = [base64.b64encode(one).decode("ascii") for one in signer.chain]
    return header


_ALWAYS = 7
"""`iss`, `vct`, `iat`, `exp`, `cnf`, `_sd_alg`, `_sd`; and `status` where there is one."""
