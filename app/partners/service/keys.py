"""The registered keys of terminals and operators, as the assertion checker asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, union_all

from app.core.database import Database
from app.partners.models import ClientState, Operator, Terminal, TerminalState


class TerminalKeys:
    """Finds public keys by client id (`app.core.jose.client_assertion.ClientKeys`)."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def jwks(self, client_id: str) -> Sequence[Mapping[str, object]] | None:
        """The public JWKs of an active client, or None: a suspended one cannot log in."""
        terminal = select(Terminal.jwks).where(
            Terminal.id == client_id, Terminal.state == TerminalState.ACTIVE
        )
        operator = select(Operator.jwks).where(
            Operator.id == client_id, Operator.state == ClientState.ACTIVE
        )
        with self._database.transaction() as tx:
            return tx.scalars(union_all(terminal, operator)).one_or_none()
