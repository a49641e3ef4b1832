"""Terminals and operators as OAuth clients: who logs in, and who still may at each request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from app.core.access.principals import Terminal as TerminalPrincipal
from app.core.access.tokens import TokenClaims
from app.core.database import Database
from app.core.errors import DomainError
from app.core.jose.errors import JoseRefused
from app.partners.errors import INVALID_CLIENT
from app.partners.models import ClientState, Operator, Terminal
from app.partners.ports import AssertionChecker
from app.partners.service.keys import may_act

# What `may_act` says, with what is told of those who may.
_MAY_ACT: Final = """
SELECT terminal.merchant_id, merchant.name, merchant.kind, merchant.region, terminal.purposes,
  terminal.scopes
FROM terminals AS terminal JOIN merchants AS merchant ON merchant.id = terminal.merchant_id
WHERE terminal.id = %(id)s AND terminal.state = 'ACTIVE' AND merchant.state = 'ACTIVE'
"""
log = structlog.get_logger("partners")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatedTerminal:
    """A client that proved itself at the token endpoint."""

    client_id: str
    terminal_id: str
    """The same as the client id."""
    scopes: frozenset[str]
    """What its token may carry at most."""


class TerminalClients:
    """Authenticates terminals and operators, and finds the terminal behind a token."""

    def __init__(self, *, database: Database, assertions: AssertionChecker) -> None:
        """Take the database and the checker, which must know the keys by `TerminalKeys`."""
        self._database = database
        self._assertions = assertions

    def authenticate(
        self, assertion: str, *, client_id: str | None = None
    ) -> AuthenticatedTerminal:
        """Authenticate a client by its assertion.

        1. The assertion passes every check of RFC 7523, by a registered key of an active client.
        2. The client is active now: it may have been suspended while the signature was checked.

        Args:
            assertion: the `client_assertion` parameter.
            client_id: the `client_id` parameter, where the request has one.

        Raises:
            DomainError: INVALID_CLIENT, whatever the cause.
            redis.RedisError: the shared replay memory cannot be asked.
        """
        try:
            proven = self._assertions.check(assertion, client_id=client_id)  # 1
        except JoseRefused as refused:
            log.info("assertion_refused", kind=refused.reason.value)
            raise _invalid_client() from None
        with self._database.transaction() as tx:
            scopes = _scopes(tx, proven.client_id)
        if scopes is None:  # 2
            raise _invalid_client()
        return AuthenticatedTerminal(
            client_id=proven.client_id, terminal_id=proven.client_id, scopes=frozenset(scopes)
        )

    def find(self, claims: TokenClaims) -> TerminalPrincipal | None:
        """The active terminal of an active merchant behind a verified token, or None.

        Asked at each request, so a suspension of either takes effect at once. A scope that was
        withdrawn from the terminal is gone from its tokens too.
        """
        found = self._database.look(_MAY_ACT, {"id": claims.client_id})
        for merchant_id, name, kind, region, purposes, scopes in found:
            return TerminalPrincipal(
                terminal_id=claims.client_id,
                merchant_id=merchant_id,
                merchant_name=name,
                merchant_kind=kind,
                merchant_region=region,
                thumbprint=claims.thumbprint,
                purposes=frozenset(purposes),
                scope=claims.scope & frozenset(scopes),
            )
        return None


def _scopes(tx: Session, client_id: str) -> list[str] | None:
    terminal = select(Terminal.scopes).where(*may_act(client_id))
    operator = select(Operator.scopes).where(
        Operator.id == client_id, Operator.state == ClientState.ACTIVE
    )
    return tx.scalars(union_all(terminal, operator)).one_or_none()


def _invalid_client() -> DomainError:
    return INVALID_CLIENT(members={"error": "invalid_client"})
