"""Stopping terminals and whole merchants at once, and letting them in again."""

from __future__ import annotations

from sqlalchemy import update

from app.core.clock import Clock
from app.core.database import Database
from app.partners.errors import MERCHANT_UNKNOWN, TERMINAL_UNKNOWN
from app.partners.models import Merchant, MerchantState, Terminal, TerminalState
from app.partners.service.changes import (
    MERCHANT_RESUMED,
    MERCHANT_SUSPENDED,
    TERMINAL_RESUMED,
    TERMINAL_SUSPENDED,
    PartnerChanges,
)


class PartnerStanding:
    """Whether partners may act. Each request asks anew, so a change counts from its commit on.

    Doing what is done already changes nothing and is recorded once.
    """

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._changes = PartnerChanges(database=database, clock=clock)

    def suspend_terminal(self, terminal_id: str, *, by: str) -> None:
        """Shut a terminal out: from now on neither its keys nor its tokens count.

        Raises:
            DomainError: TERMINAL_UNKNOWN.
        """
        self._move_terminal(terminal_id, TerminalState.SUSPENDED, TERMINAL_SUSPENDED, by)

    def resume_terminal(self, terminal_id: str, *, by: str) -> None:
        """Let a suspended terminal in again.

        Raises:
            DomainError: TERMINAL_UNKNOWN.
        """
        self._move_terminal(terminal_id, TerminalState.ACTIVE, TERMINAL_RESUMED, by)

    def suspend_merchant(self, merchant_id: str, *, by: str) -> None:
        """Shut a merchant out with all its terminals, those added later too.

        Raises:
            DomainError: MERCHANT_UNKNOWN.
        """
        self._move_merchant(merchant_id, MerchantState.SUSPENDED, MERCHANT_SUSPENDED, by)

    def resume_merchant(self, merchant_id: str, *, by: str) -> None:
        """Let a merchant in again. Terminals that were suspended one by one stay so.

        Raises:
            DomainError: MERCHANT_UNKNOWN.
        """
        self._move_merchant(merchant_id, MerchantState.ACTIVE, MERCHANT_RESUMED, by)

    def _move_terminal(self, terminal_id: str, state: TerminalState, action: str, by: str) -> None:
        change = (
            update(Terminal)
            .where(Terminal.id == terminal_id, Terminal.state != state)
            .values(state=state, state_changed_at=self._clock.now())
            .returning(Terminal.merchant_id)
        )
        with self._database.transaction() as tx:
            merchant_id = tx.scalar(change)
            if merchant_id is not None:
                self._changes.record(
                    action, by=by, merchant_id=merchant_id, terminal_id=terminal_id
                )
            elif tx.get(Terminal, terminal_id) is None:
                raise TERMINAL_UNKNOWN()

    def _move_merchant(self, merchant_id: str, state: MerchantState, action: str, by: str) -> None:
        change = (
            update(Merchant)
            .where(Merchant.id == merchant_id, Merchant.state != state.value)
            .values(state=state.value, state_changed_at=self._clock.now())
            .returning(Merchant.id)
        )
        with self._database.transaction() as tx:
            if tx.scalar(change) is not None:
                self._changes.record(action, by=by, merchant_id=merchant_id)
            elif tx.get(Merchant, merchant_id) is None:
                raise MERCHANT_UNKNOWN()
