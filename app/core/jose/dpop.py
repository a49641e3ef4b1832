"""Proof that the sender of a request holds a key (DPoP, RFC 9449)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from app.core.clock import Clock
from app.core.jose import base64url, members, verification
from app.core.jose.compact import MAX_BYTES, CompactJws, parse_compact
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.jwk import read_public_key
from app.core.jose.replay import ReplayStore, replay_key
from app.core.jose.target_uri import normal_target
from app.core.jose.thumbprint import thumbprint_of_point

PROOF_TYPE: Final = "dpop+jwt"
_MAX_JTI: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof that passed every check."""

    thumbprint: str
    """RFC 7638 thumbprint of the sender's key: what a token's `cnf.jkt` holds."""
    jti: str
    issued_at: datetime
    """By the sender's clock, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DpopVerifier:
    """Checks proofs."""

    clock: Clock = field(repr=False)
    replay: ReplayStore = field(repr=False)
    algorithms: frozenset[str] = frozenset()
    """Allowed `alg`s; the empty set refuses every proof."""
    window: timedelta = timedelta(seconds=60)
    """How far `iat` may lie on either side of the present."""
    max_bytes: int = MAX_BYTES

    def check(
        self,
        headers: Sequence[str],
        *,
        method: str,
        url: str,
        access_token: str | None = None,
        expected_thumbprint: str | None = None,
        nonces: frozenset[str] | None = None,
    ) -> Proof:
        """Check the proof of one request (RFC 9449 §4.3, §7.1).

        1. Exactly one DPoP header.
        2. A compact JWS within the size; no extension demanded, no address to fetch a key from.
        3. `typ` is `dpop+jwt`.
        4. `alg` is on the list.
        5. `jwk` is a public key of that algorithm and nothing more.
        6. The signature is that key's.
        7. `htm` is the request's method.
        8. `htu` is the request's address, normalised, without query and fragment.
        9. `iat` lies inside the window.
        10. `nonce` is one of the server's, where one is demanded.
        11. `jti` was not used before with this key.
        12. `ath` is the hash of the access token, where there is one.
        13. The key is the expected one, where one is expected. With an access token one always
            is: a token that names no key is refused.

        The caller still owes the access token's own checks, before this one, and must take `url`
        from its own configured address and the path, never from the Host header.

        Args:
            headers: every DPoP header of the request.
            method: the request's method, upper case.
            url: the request's absolute address.
            access_token: as it was received, where the request brings one.
            expected_thumbprint: the token's `cnf.jkt`, or the key a session belongs to.
            nonces: the server nonces in force; None where none is demanded.

        Raises:
            JoseRefused: with the reason of the first check that failed.
            redis.RedisError: the shared replay memory cannot be asked.
        """
        jws = self._read(headers)  # 1, 2
        key_thumbprint = self._require_own_signature(jws)  # 3-6
        claims = jws.claims()
        _require_request(claims, method=method, url=url)  # 7, 8
        issued_at = self._require_fresh(claims)  # 9
        _require_nonce(claims, nonces)  # 10
        jti = self._require_first_use(claims, key_thumbprint)  # 11
        _require_token_hash(claims, access_token)  # 12
        if expected_thumbprint is not None or access_token is not None:  # 13
            _require_binding(key_thumbprint, expected_thumbprint)
        return Proof(
            thumbprint=key_thumbprint, jti=jti, issued_at=datetime.fromtimestamp(issued_at, UTC)
        )

    def _read(self, headers: Sequence[str]) -> CompactJws:
        if len(headers) != 1:
            raise JoseRefused(Reason.HEADER_COUNT)
        jws = parse_compact(headers[0], max_bytes=self.max_bytes)
        verification.refuse_untrusted(jws.header, allowed=frozenset({"jwk"}))
        return jws

    def _require_own_signature(self, jws: CompactJws) -> str:
        verification.require_type(jws.header, PROOF_TYPE)
        algorithm = verification.require_algorithm(jws.header, self.algorithms)
        jwk = jws.header.get("jwk")
        key = read_public_key(jwk, algorithm=algorithm)
        verification.require_signature(jws, key=key, algorithm=algorithm)
        return _thumbprint(jwk)

    def _require_fresh(self, claims: Mapping[str, object]) -> float:
        issued_at = members.seconds_of(claims, "iat")
        if abs(self.clock.now().timestamp() - issued_at) > self.window.total_seconds():
            raise JoseRefused(Reason.NOT_FRESH)
        return issued_at

    def _require_first_use(self, claims: Mapping[str, object], owner: str) -> str:
        jti = members.text_of(claims, "jti")
        if len(jti) > _MAX_JTI:
            raise JoseRefused(Reason.CLAIM_TYPE)
        # A proof from the far end of the window stays acceptable for the whole of it.
        ttl = 2 * self.window + timedelta(seconds=1)
        if not self.replay.claim(replay_key("dpop", owner, jti), ttl):
            raise JoseRefused(Reason.REPLAYED)
        return jti


def access_token_hash(access_token: str) -> str:
    """The `ath` of an access token (RFC 9449 §4.2)."""
    return base64url.encode(hashlib.sha256(access_token.encode()).digest())


def _require_request(claims: Mapping[str, object], *, method: str, url: str) -> None:
    if members.text_of(claims, "htm") != method:
        raise JoseRefused(Reason.METHOD)
    if normal_target(members.text_of(claims, "htu")) != normal_target(url):
        raise JoseRefused(Reason.TARGET)


def _require_nonce(claims: Mapping[str, object], nonces: frozenset[str] | None) -> None:
    if nonces is None:
        return
    given = claims.get("nonce")
    if not isinstance(given, str) or not any(_same(given, nonce) for nonce in nonces):
        raise JoseRefused(Reason.NONCE)


def _require_token_hash(claims: Mapping[str, object], access_token: str | None) -> None:
    if access_token is None:
        return
    given = claims.get("ath")
    if not isinstance(given, str) or not _same(given, access_token_hash(access_token)):
        raise JoseRefused(Reason.ACCESS_TOKEN_HASH)


def _require_binding(key_thumbprint: str, expected: str | None) -> None:
    if expected is None or not _same(key_thumbprint, expected):
        raise JoseRefused(Reason.KEY_BINDING)


def _thumbprint(jwk: object) -> str:
    """Of a key that was read: its coordinates have one spelling."""
    members_of: Mapping[str, str] = jwk if isinstance(jwk, Mapping) else {}
    return thumbprint_of_point(members_of["x"], members_of["y"])


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
