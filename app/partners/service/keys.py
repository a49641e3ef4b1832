"""The registered keys of terminals and operators, as the assertion checker asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, select, union_all

from app.core.database import Database
from app.partners.models import (
    ClientState,
    Merchant,
    MerchantState,
    Operator,
    Terminal,
    TerminalState,
)


class TerminalKeys:
    """Finds public keys by client id (`app.core.jose.client_assertion.ClientKeys`)."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def jwks(self, client_id: str) -> Sequence[Mapping[str, object]] | None:
        """The public JWKs of an active client, or None: a suspended one cannot log in."""
        terminal = select(Terminal.jwks).where(*may_act(client_id))
        operator = select(Operator.jwks).where(
            Operator.id == client_id, Operator.state == ClientState.ACTIVE
        )
        with self._database.transaction() as tx:
            return tx.scalars(union_all(terminal, operator)).one_or_none()


def may_act(client_id: str) -> tuple[ColumnElement[bool], ...]:
    """What holds of a terminal that may act now: it is active, and so is its merchant."""
    return (
        Terminal.id == client_id,
        Terminal.state == TerminalState.ACTIVE,
        Merchant.id == Terminal.merchant_id,
        Merchant.state == MerchantState.ACTIVE.value,
    )
