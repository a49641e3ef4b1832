"""Tokens signed with one of our own rings: made here, and checked against a policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from app.core.jose import base64url, members, verification
from app.core.jose.compact import MAX_BYTES, parse_compact
from app.core.jose.errors import JoseRefused, Reason


class PublicRing(Protocol):
    """The keys a token may be signed with."""

    def find(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        """The published key of that id, or None."""
        ...


class Signer(Protocol):
    """A private key that need not be in this process."""

    @property
    def kid(self) -> str:
        """The id under which its public half is published."""
        ...

    @property
    def algorithm(self) -> str:
        """The `alg` of its signatures."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The raw JWS signature (RFC 7518 §3.4): r and s, 32 bytes each for ES256."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPolicy:
    """Which tokens are acceptable. The empty policy refuses every one."""

    typ: str = ""
    """The exact `typ`, such as `at+jwt` (RFC 9068 §2.1)."""
    algorithms: frozenset[str] = frozenset()
    issuer: str = ""
    audience: str = ""
    """Compared exactly; a token for several audiences is refused."""
    required: frozenset[str] = frozenset()
    """Claims that must be there besides `iss`, `aud` and `exp`."""
    leeway: timedelta = timedelta(0)
    """Allowed difference of clocks, for `exp`, `nbf` and `iat` alike."""
    max_bytes: int = MAX_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token that passed every check of its policy."""

    kid: str
    claims: Mapping[str, object] = field(repr=False)
    """Read-only. Types beyond those of `iss, aud, exp, nbf, iat` are the caller's to check."""


def verify_token(text: str, *, policy: TokenPolicy, ring: PublicRing, now: datetime) -> Token:
    """Check a token.

    1. A compact JWS within the size.
    2. `typ` exactly the policy's.
    3. `alg` on the policy's list.
    4. No key from the sender, no extension.
    5. `kid` present and in the ring; the key on P-256.
    6. The signature.
    7. Claims: one JSON object, no member twice, every required one present.
    8. `iss` and `aud` exactly the policy's.
    9. `exp`, `nbf`, `iat` against the clock.

    The caller still owes: binding to the sender's key (`cnf.jkt` against the DPoP proof),
    revocation, scope and level.

    Args:
        text: the token.
        policy: what is acceptable.
        ring: the published keys.
        now: the present moment, aware.

    Raises:
        JoseRefused: with the reason of the first check that failed.
    """
    jws = parse_compact(text, max_bytes=policy.max_bytes)  # 1
    verification.require_type(jws.header, policy.typ)  # 2
    algorithm = verification.require_algorithm(jws.header, policy.algorithms)  # 3
    verification.refuse_untrusted(jws.header)  # 4
    kid = jws.header.get("kid")
    key = ring.find(kid) if isinstance(kid, str) else None
    if not isinstance(kid, str) or key is None:  # 5
        raise JoseRefused(Reason.KEY_ID)
    verification.require_signature(jws, key=key, algorithm=algorithm)  # 6
    claims = jws.claims()
    if not (policy.required | {"iss", "aud", "exp"}).issubset(claims):  # 7
        raise JoseRefused(Reason.CLAIM_MISSING)
    require_issuer(claims, policy.issuer)  # 8
    require_audience(claims, policy.audience)
    require_period(claims, now=now, leeway=policy.leeway)  # 9
    return Token(kid=kid, claims=MappingProxyType(dict(claims)))


def sign_token(claims: Mapping[str, object], *, typ: str, key: Signer) -> str:
    """Make a token.

    Args:
        claims: JSON values; times in whole seconds.
        typ: the kind of token.
        key: the ring's active key.

    Raises:
        ValueError: a claim has no JSON form.
    """
    header = {"typ": typ, "alg": key.algorithm, "kid": key.kid}
    parts = (members.write_object(header), members.write_object(claims))
    signing_input = ".".join(base64url.encode(part) for part in parts)
    return f"{signing_input}.{base64url.encode(key.sign(signing_input.encode('ascii')))}"


def require_issuer(claims: Mapping[str, object], issuer: str) -> None:
    """`iss` is exactly `issuer`.

    Raises:
        JoseRefused: ISSUER; always, where `issuer` is empty.
    """
    if not issuer or claims.get("iss") != issuer:
        raise JoseRefused(Reason.ISSUER)


def require_audience(claims: Mapping[str, object], audience: str) -> None:
    """`aud` is `audience` alone, as a text or a list of one (RFC 7519 §4.1.3).

    Raises:
        JoseRefused: AUDIENCE; always, where `audience` is empty.
    """
    if not audience or claims.get("aud") not in (audience, [audience]):
        raise JoseRefused(Reason.AUDIENCE)


def require_period(claims: Mapping[str, object], *, now: datetime, leeway: timedelta) -> None:
    """The present lies before `exp`, and not before `nbf` and `iat` where these are given.

    Raises:
        JoseRefused: EXPIRED, NOT_YET_VALID, CLAIM_MISSING or CLAIM_TYPE.
    """
    present, slack = now.timestamp(), leeway.total_seconds()
    if present >= members.seconds_of(claims, "exp") + slack:
        raise JoseRefused(Reason.EXPIRED)
    for name in ("nbf", "iat"):
        if name in claims and members.seconds_of(claims, name) > present + slack:
            raise JoseRefused(Reason.NOT_YET_VALID)
