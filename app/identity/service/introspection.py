"""Whether a token is good (RFC 7662), and ending one (RFC 7009)."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.access.tokens import OperatorDirectory, TerminalDirectory, TokenClaims
from app.core.jose.errors import JoseRefused
from app.identity.errors import CLIENT_UNKNOWN
from app.identity.ports import ClientAuthenticator
from app.identity.service.access_tokens import AccessTokens, client_kind
from app.identity.service.families import TokenFamilies


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks about a token."""

    thumbprint: str
    """Of the key the asker proved to hold."""
    is_partner: bool
    """An authenticated partner may ask about any token, a device about its own only."""


class TokenDesk:
    """Answers questions about tokens and ends them."""

    def __init__(
        self,
        *,
        tokens: AccessTokens,
        families: TokenFamilies,
        terminals: TerminalDirectory,
        operators: OperatorDirectory,
        clients: ClientAuthenticator,
    ) -> None:
        """Take the ports."""
        self._clients = clients
        self._tokens = tokens
        self._families = families
        self._terminals = terminals
        self._operators = operators

    def require_partner(self, assertion: str) -> None:
        """Make sure that a partner's client asks; an operator is none.

        Raises:
            DomainError: INVALID_CLIENT.
        """
        client = self._clients.authenticate(assertion, client_id=None)
        if client_kind(client.client_id) == "operator":
            raise CLIENT_UNKNOWN(members={"error": "invalid_client"})

    def introspect(self, token: str, asker: Asker) -> TokenClaims | None:
        """What an access token states, or None when it is not good or not the asker's business.

        1. The token passes every check of its own.
        2. The asker is a partner, or holds the key the token is bound to.
        3. What stands behind the token still lives.
        """
        try:
            claims = self._tokens.read(token)  # 1
        except JoseRefused:
            return None
        if not asker.is_partner and claims.thumbprint != asker.thumbprint:  # 2
            return None
        return claims if self._lives(claims) else None  # 3

    def revoke(self, token: str, *, thumbprint: str) -> None:
        """End the family of an access or refresh token of the asking device; silent otherwise."""
        try:
            claims = self._tokens.read(token)
        except JoseRefused:
            self._families.revoke_by_refresh_token(token, thumbprint=thumbprint)
            return
        if claims.kind == "citizen":
            self._families.revoke(claims.session_id, thumbprint=thumbprint)

    def _lives(self, claims: TokenClaims) -> bool:
        if claims.kind == "terminal":
            return self._terminals.find(claims) is not None
        if claims.kind == "operator":
            return self._operators.find(claims) is not None
        return self._families.person_of(claims) is not None
