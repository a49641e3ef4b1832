"""The keys of terminals and operators, as the assertion checker asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, select

from app.core.database import Database
from app.partners.models import (
    ClientState,
    Merchant,
    MerchantState,
    Operator,
    Terminal,
    TerminalState,
)
from app.partners.service.published_keys import KeptKeys, PublishedTerminalKeys


class TerminalKeys:
    """Finds public keys by client id (`app.core.jose.client_assertion.ClientKeys`)."""

    def __init__(
        self, *, database: Database, published: PublishedTerminalKeys | None = None
    ) -> None:
        """Take the database, and who knows keys that are elsewhere; None: nobody does."""
        self._database = database
        self._published = published

    def jwks(
        self, client_id: str, *, kid: str | None = None
    ) -> Sequence[Mapping[str, object]] | None:
        """The public JWKs of an active client, or None: a suspended one cannot log in.

        Args:
            client_id: whose.
            kid: the key that an assertion names: a set at a merchant's address that lacks it is
                fetched anew.
        """
        known = self._terminal(client_id)
        if known is None or isinstance(known, list):
            return known or self._operator(client_id)
        return None if self._published is None else self._published.current(known, kid=kid)

    def _terminal(self, client_id: str) -> list[dict[str, str]] | KeptKeys | None:
        """Keys that were registered here, or what is known of those elsewhere."""
        query = select(
            Terminal.jwks, Terminal.jwks_uri, Terminal.jwks_fetched_at, Terminal.merchant_id
        ).where(*may_act(client_id))
        with self._database.transaction() as tx:
            found = tx.execute(query).one_or_none()
        if found is None or found.jwks_uri is None:
            return None if found is None else found.jwks
        return KeptKeys(
            terminal_id=client_id,
            merchant_id=found.merchant_id,
            uri=found.jwks_uri,
            keys=found.jwks,
            fetched_at=found.jwks_fetched_at,
        )

    def _operator(self, client_id: str) -> Sequence[Mapping[str, object]] | None:
        query = select(Operator.jwks).where(
            Operator.id == client_id, Operator.state == ClientState.ACTIVE
        )
        with self._database.transaction() as tx:
            return tx.scalars(query).one_or_none()


def may_act(client_id: str) -> tuple[ColumnElement[bool], ...]:
    """What holds of a terminal that may act now: it is active, and so is its merchant."""
    return (
        Terminal.id == client_id,
        Terminal.state == TerminalState.ACTIVE,
        Merchant.id == Terminal.merchant_id,
        Merchant.state == MerchantState.ACTIVE.value,
    )
