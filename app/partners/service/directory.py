"""Looking merchants and terminals up, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core.database import Database
from app.partners.errors import MERCHANT_UNKNOWN, TERMINAL_UNKNOWN
from app.partners.models import Merchant, Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantsPage:
    """Some merchants, newest first, and the cursor of the next page."""

    items: Sequence[Merchant]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalsPage:
    """Some terminals, newest first, and the cursor of the next page."""

    items: Sequence[Terminal]
    next: str | None


class PartnerDirectory:
    """What an operator sees of partners."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def merchant(self, merchant_id: str) -> Merchant:
        """One merchant.

        Raises:
            DomainError: MERCHANT_UNKNOWN.
        """
        with self._database.transaction() as tx:
            found = tx.get(Merchant, merchant_id, populate_existing=True)
        if found is None:
            raise MERCHANT_UNKNOWN()
        return found

    def terminal(self, terminal_id: str) -> Terminal:
        """One terminal.

        Raises:
            DomainError: TERMINAL_UNKNOWN.
        """
        with self._database.transaction() as tx:
            found = tx.get(Terminal, terminal_id, populate_existing=True)
        if found is None:
            raise TERMINAL_UNKNOWN()
        return found

    def merchants(self, *, before: str | None, limit: int) -> MerchantsPage:
        """All merchants, newest first.

        Args:
            before: cursor: the last id of the page before.
            limit: merchants a page.
        """
        query = select(Merchant)
        if before is not None:
            query = query.where(Merchant.id < before)
        with self._database.transaction() as tx:
            found = tx.scalars(query.order_by(Merchant.id.desc()).limit(limit + 1)).all()
        return MerchantsPage(
            items=found[:limit], next=found[limit - 1].id if len(found) > limit else None
        )

    def terminals(
        self, *, merchant_id: str | None, before: str | None, limit: int
    ) -> TerminalsPage:
        """The terminals of a merchant, or all, newest first.

        Args:
            merchant_id: whose; None: everybody's.
            before: cursor: the last id of the page before.
            limit: terminals a page.
        """
        query = select(Terminal)
        if merchant_id is not None:
            query = query.where(Terminal.merchant_id == merchant_id)
        if before is not None:
            query = query.where(Terminal.id < before)
        with self._database.transaction() as tx:
            found = tx.scalars(query.order_by(Terminal.id.desc()).limit(limit + 1)).all()
        return TerminalsPage(
            items=found[:limit], next=found[limit - 1].id if len(found) > limit else None
        )
