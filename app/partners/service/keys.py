"""The registered keys of terminals, as the assertion checker asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from app.core.database import Database
from app.partners.models import Terminal, TerminalState


class TerminalKeys:
    """Finds public keys by client id (`app.core.jose.client_assertion.ClientKeys`)."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def jwks(self, client_id: str) -> Sequence[Mapping[str, object]] | None:
        """The public JWKs of an active terminal, or None: a suspended one cannot log in."""
        query = select(Terminal.jwks).where(
            Terminal.id == client_id, Terminal.state == TerminalState.ACTIVE
        )
        with self._database.transaction() as tx:
            return tx.scalars(query).one_or_none()
