"""What the gatekeeper needs to know of tokens; the identity service implements it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from app.core.access.principals import Operator, Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenClaims:
    """A verified access token: signature, issuer, audience, type and times have been checked."""

    kind: Literal["citizen", "terminal", "operator"]
    subject: str
    client_id: str
    session_id: str
    """The token family of a citizen; empty for others."""
    level: str
    """L1 to L3 of a citizen; empty for others."""
    authenticated_at: datetime
    scope: frozenset[str]
    thumbprint: str
    """The key the token is bound to (`cnf.jkt`)."""
    token_id: str
    expires_at: datetime
    receipt_digest: str = ""
    """Of the receipt of the verification behind a citizen's token; empty where there is none."""


class TokenReader(Protocol):
    """Verifies access tokens."""

    def read(self, token: str) -> TokenClaims:
        """Verify an access token.

        Raises:
            JoseRefused: any check failed.
        """
        ...


class CitizenSessions(Protocol):
    """Knows which token families live."""

    def person_of(self, claims: TokenClaims) -> str | None:
        """The person behind a token, or None when the family was revoked or is unknown."""
        ...


class TerminalDirectory(Protocol):
    """Knows which terminals are active."""

    def find(self, claims: TokenClaims) -> Terminal | None:
        """The terminal behind a token, or None when it is suspended or unknown."""
        ...


class OperatorDirectory(Protocol):
    """Knows which operators are active."""

    def find(self, claims: TokenClaims) -> Operator | None:
        """The operator behind a token, or None when it is suspended or unknown."""
        ...
