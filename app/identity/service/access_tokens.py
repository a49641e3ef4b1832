"""Access tokens: JWTs after RFC 9068, bound to a device's key (RFC 9449 §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from app.core.access.principals import LEVELS
from app.core.access.tokens import TokenClaims
from app.core.clock import Clock
from app.core.ids import new_id
from app.core.jose import members
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.tokens import TokenPolicy, require_period, sign_token, verify_token
from app.core.keys.provider import SigningRing
from app.identity.service.seen_tokens import SeenToken, SeenTokens

TYPE: Final = "at+jwt"
_ACR_PREFIX: Final = "face:"
_OPERATOR: Final = "opr_"
_REQUIRED: Final = frozenset({"sub", "client_id", "iat", "jti", "cnf", "scope"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenGrant:
    """What a citizen's token states."""

    subject: str
    client_id: str
    family_id: str
    level: str
    authenticated_at: datetime
    receipt_digest: str | None
    """Of the receipt of the verification behind it; none where there is no receipt."""
    thumbprint: str
    scope: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalGrant:
    """What a token of a terminal, or of an operator, states."""

    client_id: str
    thumbprint: str
    scope: frozenset[str]


class AccessTokens:
    """Makes and verifies access tokens."""

    def __init__(
        self, *, ring: SigningRing, issuer: str, lifetime: timedelta, clock: Clock
    ) -> None:
        """Take the ring to sign with and what tokens state of their origin."""
        self._ring = ring
        self._issuer = issuer
        self._audience = f"{issuer}/v1"
        self._clock = clock
        self.lifetime: Final = lifetime
        self._policy: Final = TokenPolicy(
            typ=TYPE,
            algorithms=frozenset({"ES256"}),
            issuer=issuer,
            audience=self._audience,
            required=_REQUIRED,
        )
        self._seen = SeenTokens()

    def for_citizen(self, grant: CitizenGrant) -> str:
        """A token of a signed-in person."""
        proven = {} if grant.receipt_digest is None else {"vrf": grant.receipt_digest}
        return self._sign(
            subject=grant.subject,
            client_id=grant.client_id,
            thumbprint=grant.thumbprint,
            scope=grant.scope,
            more={
                "sid": grant.family_id,
                "acr": _ACR_PREFIX + grant.level,
                "amr": ["face", "pop"],
                "auth_time": int(grant.authenticated_at.timestamp()),
                **proven,
            },
        )

    def for_terminal(self, grant: TerminalGrant) -> str:
        """A token of a client that has a key instead of a face."""
        return self._sign(
            subject=grant.client_id,
            client_id=grant.client_id,
            thumbprint=grant.thumbprint,
            scope=grant.scope,
            more={},
        )

    def read(self, token: str) -> TokenClaims:
        """Verify a token and read it. The caller still owes the proof and the revocation.

        1. A token that passed every check before is known by its hash: its text is the same, so
           what its text says is. What may have changed since is asked again each time:
        2. its key is still published, and still the same one;
        3. the present lies in its time.

        Raises:
            JoseRefused: any check failed.
        """
        now, seen = self._clock.now(), self._seen.find(token)  # 1
        if seen is not None and self._ring.find(seen.kid) == seen.key:  # 2
            require_period(seen.members, now=now, leeway=self._policy.leeway)  # 3
            return seen.claims
        verified = verify_token(token, policy=self._policy, ring=self._ring, now=now)
        claims, key = _claims(verified.claims), self._ring.find(verified.kid)
        if key is not None:
            members_of, kid = verified.claims, verified.kid
            self._seen.add(token, SeenToken(kid=kid, key=key, members=members_of, claims=claims))
        return claims

    def _sign(
        self,
        *,
        subject: str,
        client_id: str,
        thumbprint: str,
        scope: frozenset[str],
        more: Mapping[str, object],
    ) -> str:
        now = self._clock.now()
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": subject,
            "client_id": client_id,
            "iat": int(now.timestamp()),
            "exp": int((now + self.lifetime).timestamp()),
            "jti": new_id("tok", now),
            "cnf": {"jkt": thumbprint},
            "scope": " ".join(sorted(scope)),
            **more,
        }
        return sign_token(claims, typ=TYPE, key=self._ring.active)


def _claims(claims: Mapping[str, object]) -> TokenClaims:
    is_citizen = "sid" in claims
    return TokenClaims(
        kind="citizen" if is_citizen else client_kind(members.text_of(claims, "client_id")),
        subject=members.text_of(claims, "sub"),
        client_id=members.text_of(claims, "client_id"),
        session_id=members.text_of(claims, "sid") if is_citizen else "",
        level=_level(claims) if is_citizen else "",
        authenticated_at=_time(claims, "auth_time" if is_citizen else "iat"),
        scope=frozenset(members.text_of(claims, "scope").split()),
        thumbprint=_thumbprint(claims),
        token_id=members.text_of(claims, "jti"),
        expires_at=_time(claims, "exp"),
        receipt_digest=members.text_of(claims, "vrf") if "vrf" in claims else "",
    )


def client_kind(client_id: str) -> Literal["terminal", "operator"]:
    """Ids name their kind; whether there is such a client, its directory knows."""
    return "operator" if client_id.startswith(_OPERATOR) else "terminal"


def _time(claims: Mapping[str, object], name: str) -> datetime:
    return datetime.fromtimestamp(members.seconds_of(claims, name), UTC)


def _level(claims: Mapping[str, object]) -> str:
    level = members.text_of(claims, "acr").removeprefix(_ACR_PREFIX)
    if level not in LEVELS:
        raise JoseRefused(Reason.CLAIM_TYPE)
    return level


def _thumbprint(claims: Mapping[str, object]) -> str:
    confirmation = claims.get("cnf")
    if not isinstance(confirmation, Mapping):
        raise JoseRefused(Reason.KEY_BINDING)
    return members.text_of(confirmation, "jkt")
