"""Proofs that a wallet holds the key a credential is to be bound to (OpenID4VCI 1.0, F.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import structlog

from app.core.clock import Clock
from app.core.errors import DomainError
from app.core.jose import members, tokens, verification
from app.core.jose.compact import parse_compact
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.jwk import read_public_key, write_public_key
from app.core.jose.thumbprint import thumbprint
from app.credentials.errors import NONCE_INVALID, PROOF_INVALID
from app.credentials.service.nonces import ProofNonces

PROOF_TYPE: Final = "openid4vci-proof+jwt"
ALGORITHMS: Final = frozenset({"ES256"})
MOST: Final = 10
"""Proofs of one request, and so credentials of one answer."""
_KEY_MEMBERS: Final = frozenset({"jwk", "kid", "x5c"})
_AGE: Final = timedelta(minutes=5)
_AHEAD: Final = timedelta(minutes=1)
log = structlog.get_logger("credentials")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenKey:
    """A public key whose private half signed a proof for us just now."""

    jwk: Mapping[str, str] = field(repr=False)
    """`kty, crv, x, y` and nothing the sender added."""
    thumbprint: str
    """RFC 7638."""


class KeyProofs:
    """Checks proofs of keys."""

    def __init__(self, *, issuer: str, nonces: ProofNonces, clock: Clock) -> None:
        """Take the ports.

        Args:
            issuer: the credential issuer's identifier: the only audience accepted.
            nonces: makes and spends nonces.
            clock: tells the time.
        """
        self._issuer = issuer
        self._nonces = nonces
        self._clock = clock

    def check(self, proofs: Sequence[str]) -> list[ProvenKey]:
        """Check the proofs of one request and spend their nonce, in the transaction under way.

        For the request:

        1. There is at least one proof, and not more than `MOST`.

        For each proof:

        2. A compact JWS within the size, its JSON without a repeated member.
        3. `typ` is `openid4vci-proof+jwt`: a token or another proof by the same key never passes.
        4. `alg` is on the list; `none` and every symmetric one are not.
        5. Exactly one of `jwk`, `kid` and `x5c` names the key, and it is `jwk`, the one binding
           method the metadata offer; nothing demands an extension or a fetch (`crit`, `x5u`).
        6. The key is a public one of the algorithm, without any private member.
        7. The signature is that key's.
        8. `aud` is our identifier and nothing else.
        9. `iat` is there, not older than five minutes and not more than one ahead.
        10. `iss` is absent: every token here was had without a client id.
        11. `exp` and `nbf`, where given, hold.
        12. `nonce` is there.

        For all of them together:

        13. They carry one and the same nonce.
        14. No two are by the same key: each credential of a batch is bound to another.
        15. The nonce is ours, is not over and was not spent: one insert decides.

        Args:
            proofs: compact JWTs of a stranger.

        Returns:
            The keys in the order of the proofs.

        Raises:
            DomainError: KEY_PROOF_INVALID or KEY_PROOF_NONCE_INVALID.
        """
        if not 1 <= len(proofs) <= MOST:  # 1
            raise PROOF_INVALID()
        found = [self._checked(one) for one in proofs]  # 2-12
        nonces = {nonce for _, nonce in found}
        if len(nonces) > 1:  # 13
            raise NONCE_INVALID()
        if len({key.thumbprint for key, _ in found}) != len(found):  # 14
            raise _refused(Reason.KEY)
        self._nonces.spend(nonces.pop())  # 15
        return [key for key, _ in found]

    def _checked(self, proof: str) -> tuple[ProvenKey, str]:
        try:
            key, claims = _own_signature(proof)  # 2-7
            self._require_claims(claims)  # 8-11
            nonce = members.text_of(claims, "nonce")  # 12
        except JoseRefused as refused:
            raise _refused(refused.reason) from None
        return key, nonce

    def _require_claims(self, claims: Mapping[str, object]) -> None:
        now = self._clock.now()
        tokens.require_audience(claims, self._issuer)  # 8
        issued = members.seconds_of(claims, "iat")  # 9
        if not (now - _AGE).timestamp() <= issued <= (now + _AHEAD).timestamp():
            raise JoseRefused(Reason.NOT_FRESH)
        if "iss" in claims:  # 10
            raise JoseRefused(Reason.ISSUER)
        present = now.timestamp()  # 11
        if "exp" in claims and members.seconds_of(claims, "exp") <= present:
            raise JoseRefused(Reason.EXPIRED)
        if "nbf" in claims and members.seconds_of(claims, "nbf") > (now + _AHEAD).timestamp():
            raise JoseRefused(Reason.NOT_YET_VALID)


def _own_signature(proof: str) -> tuple[ProvenKey, Mapping[str, object]]:
    jws = parse_compact(proof)  # 2
    verification.require_type(jws.header, PROOF_TYPE)  # 3
    algorithm = verification.require_algorithm(jws.header, ALGORITHMS)  # 4
    if _KEY_MEMBERS & jws.header.keys() != {"jwk"}:  # 5
        raise JoseRefused(Reason.HEADER_MEMBER)
    verification.refuse_untrusted(jws.header, allowed=frozenset({"jwk"}))
    key = read_public_key(jws.header["jwk"], algorithm=algorithm)  # 6
    verification.require_signature(jws, key=key, algorithm=algorithm)  # 7
    jwk = write_public_key(key)
    return ProvenKey(jwk=jwk, thumbprint=thumbprint(jwk)), jws.claims()


def _refused(reason: Reason) -> DomainError:
    log.info("key_proof_refused", kind=reason.value)
    return PROOF_INVALID(members={"reason": reason.value})
