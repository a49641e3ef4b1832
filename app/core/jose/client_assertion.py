"""Clients that prove who they are with a key of theirs (`private_key_jwt`, RFC 7523 §2.2, §3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from app.core.clock import Clock
from app.core.jose import members, tokens, verification
from app.core.jose.compact import MAX_BYTES, parse_compact
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.jwk import read_public_key
from app.core.jose.replay import ReplayStore, replay_key

ASSERTION_TYPES: Final = ("JWT", "client-authentication+jwt")
"""RFC 7523 asks for no `typ`, so these or none; a DPoP proof by the same key never passes."""
_MAX_JTI: Final = 256


class ClientKeys(Protocol):
    """The keys clients registered."""

    def jwks(
        self, client_id: str, *, kid: str | None = None
    ) -> Sequence[Mapping[str, object]] | None:
        """The public JWKs registered for a client that may log in, or None.

        Args:
            client_id: whose.
            kid: the key that an assertion names, so that a set that is kept elsewhere can be
                looked up anew where it does not hold it.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatedClient:
    """A client that passed every check."""

    client_id: str
    jti: str
    expires_at: datetime
    """The assertion's `exp`, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAssertionVerifier:
    """Checks client assertions."""

    issuer: str
    """Our own issuer address: the only audience accepted. Empty refuses."""
    keys: ClientKeys = field(repr=False)
    clock: Clock = field(repr=False)
    replay: ReplayStore = field(repr=False)
    algorithms: frozenset[str] = frozenset()
    """Allowed `alg`s; the empty set refuses every assertion."""
    max_life: timedelta = timedelta(seconds=60)
    """How far ahead `exp` may lie."""
    leeway: timedelta = timedelta(0)
    """Allowed difference of clocks."""
    max_bytes: int = MAX_BYTES

    def check(self, assertion: str, *, client_id: str | None = None) -> AuthenticatedClient:
        """Check an assertion.

        1. A compact JWS within the size.
        2. `typ`, where given, is one for client assertions.
        3. `alg` is on the list.
        4. No key from the sender, no extension.
        5. `iss` names a registered client, the one that asks. Until 7 it only chooses the keys.
        6. `kid` names one of its keys; it may be absent where only one is registered.
        7. The signature is that key's.
        8. `sub` is `iss`.
        9. `aud` is our issuer and nothing else.
        10. `exp` lies ahead, at most `max_life`; `iat` is there and not in the future.
        11. `jti` was not used before by this client.

        Args:
            assertion: the `client_assertion` parameter.
            client_id: the `client_id` parameter, where the request has one (RFC 7521 §4.2).

        Raises:
            JoseRefused: with the reason of the first check that failed.
            redis.RedisError: the shared replay memory cannot be asked.
        """
        jws = parse_compact(assertion, max_bytes=self.max_bytes)  # 1
        if "typ" in jws.header and jws.header["typ"] not in ASSERTION_TYPES:  # 2
            raise JoseRefused(Reason.TYPE)
        algorithm = verification.require_algorithm(jws.header, self.algorithms)  # 3
        verification.refuse_untrusted(jws.header)  # 4
        claims = jws.claims()
        issuer = members.text_of(claims, "iss")
        key = self._key(issuer, client_id, jws.header, algorithm)  # 5, 6
        verification.require_signature(jws, key=key, algorithm=algorithm)  # 7
        if members.text_of(claims, "sub") != issuer:  # 8
            raise JoseRefused(Reason.SUBJECT)
        tokens.require_audience(claims, self.issuer)  # 9
        expires = self._require_period(claims)  # 10
        jti = self._require_first_use(claims, issuer, expires)  # 11
        return AuthenticatedClient(
            client_id=issuer, jti=jti, expires_at=datetime.fromtimestamp(expires, UTC)
        )

    def _key(
        self, issuer: str, asking: str | None, header: Mapping[str, object], algorithm: str
    ) -> ec.EllipticCurvePublicKey:
        kid = header.get("kid")
        wanted = kid if isinstance(kid, str) else None
        registered = self.keys.jwks(issuer, kid=wanted) if asking in (None, issuer) else None
        if registered is None:
            raise JoseRefused(Reason.CLIENT)
        named = [jwk for jwk in registered if jwk.get("kid") == kid]
        chosen = named if "kid" in header else registered
        if len(chosen) != 1:
            raise JoseRefused(Reason.KEY_ID)
        return read_public_key(chosen[0], algorithm=algorithm)

    def _require_period(self, claims: Mapping[str, object]) -> float:
        now = self.clock.now()
        members.seconds_of(claims, "iat")
        tokens.require_period(claims, now=now, leeway=self.leeway)
        expires = members.seconds_of(claims, "exp")
        if expires > (now + self.max_life + self.leeway).timestamp():
            raise JoseRefused(Reason.LIFETIME)
        return expires

    def _require_first_use(self, claims: Mapping[str, object], owner: str, expires: float) -> str:
        jti = members.text_of(claims, "jti")
        if len(jti) > _MAX_JTI:
            raise JoseRefused(Reason.CLAIM_TYPE)
        ahead = timedelta(seconds=expires) - timedelta(seconds=self.clock.now().timestamp())
        ttl = ahead + self.leeway + timedelta(seconds=1)
        if not self.replay.claim(replay_key("assertion", owner, jti), ttl):
            raise JoseRefused(Reason.REPLAYED)
        return jti
