"""Closing a difference against suspense: one operator proposes, another one approves.

A booking explains a difference without pretending that either book was right. It moves nothing but
accounts of the kind suspense, which may be below zero: `payable` may not, and a purchase that was
taken out of it here could still be given back later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.access.principals import Operator
from app.core.clock import Clock
from app.core.database import Database
from app.settlement.reconciliation.errors import (
    DIFFERENCE_CLOSED,
    DIFFERENCE_NEEDS_ANOTHER,
    DIFFERENCE_NOT_PROPOSED,
    DIFFERENCE_UNKNOWN,
    DIFFERENCE_WITHOUT_AMOUNT,
)
from app.settlement.reconciliation.models import Difference
from app.settlement.reconciliation.states import OPEN, DifferenceState
from app.settlement.service.ledger.accounts import Accounts
from app.settlement.service.ledger.content import Entry
from app.settlement.service.ledger.posting import post

KIND: Final = "reconcile"
"""Of the ledger's transactions."""
_BOOKS: Final = "books"


class DifferenceClosing:
    """Takes differences to their end."""

    def __init__(self, *, database: Database, clock: Clock, accounts: Accounts) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accounts = accounts

    def take(self, operator: Operator, difference_id: str) -> None:
        """Say who looks into it.

        Raises:
            DomainError: DIFFERENCE_UNKNOWN or DIFFERENCE_CLOSED.
        """
        with self._database.transaction() as tx:
            row = _locked(tx, difference_id)
            if row.state not in OPEN:
                raise DIFFERENCE_CLOSED()
            row.taken_by = operator.operator_id

    def propose(self, operator: Operator, difference_id: str, *, reason: str) -> None:
        """Propose a booking of the difference as it is now.

        Raises:
            DomainError: DIFFERENCE_UNKNOWN, DIFFERENCE_CLOSED, or DIFFERENCE_WITHOUT_AMOUNT: it
                has to be repaired, there is nothing to book.
        """
        values = {
            "proposed_by": operator.operator_id,
            "proposed_at": self._clock.now(),
            "reason": reason,
        }
        with self._database.transaction() as tx:
            if not any(_locked(tx, difference_id).amounts.values()):
                raise DIFFERENCE_WITHOUT_AMOUNT()
            if not _move(tx, difference_id, DifferenceState.OPEN, DifferenceState.PROPOSED, values):
                raise DIFFERENCE_CLOSED()

    def withdraw(self, difference_id: str) -> None:
        """Open it again: the proposal was a mistake, or another operator does not agree.

        Raises:
            DomainError: DIFFERENCE_UNKNOWN or DIFFERENCE_NOT_PROPOSED.
        """
        values = dict.fromkeys(("proposed_by", "proposed_at", "reason"))
        with self._database.transaction() as tx:
            _locked(tx, difference_id)
            if not _move(tx, difference_id, DifferenceState.PROPOSED, DifferenceState.OPEN, values):
                raise DIFFERENCE_NOT_PROPOSED()

    def approve(self, operator: Operator, difference_id: str) -> None:
        """Book what another operator proposed.

        1. It is proposed, and its figures are those the proposal was made for: one that was found
           with other figures since is open again.
        2. The caller is not who proposed it; the database's constraint repeats this.
        3. One balanced transaction on accounts of suspense alone, in the same transaction.

        Raises:
            DomainError: DIFFERENCE_UNKNOWN, DIFFERENCE_NOT_PROPOSED, DIFFERENCE_NEEDS_ANOTHER.
        """
        now = self._clock.now()
        with self._database.transaction() as tx:
            row = _locked(tx, difference_id)
            if row.state is not DifferenceState.PROPOSED:  # 1
                raise DIFFERENCE_NOT_PROPOSED()
            if row.proposed_by == operator.operator_id:  # 2
                raise DIFFERENCE_NEEDS_ANOTHER()
            values = {
                "approved_by": operator.operator_id,
                "txn_id": self._book(tx, row, now),  # 3
                "closed_at": now,
            }
            _move(tx, row.id, DifferenceState.PROPOSED, DifferenceState.BOOKED, values)

    def _book(self, tx: Session, row: Difference, now: datetime) -> str:
        entries = entries_for(row)
        self._accounts.open([entry.account_id for entry in entries])
        return post(tx, entries, kind=KIND, about=row.id, now=now)


def entries_for(row: Difference) -> list[Entry]:
    """What a booking moves: each component on its own account, the rest on its owner's.

    `suspense:claimed:<merchant>` is what the merchant claims beyond our books (below zero: less);
    `suspense:claimed:books` the same of differences among our own.
    """
    claimed = f"suspense:claimed:{row.merchant_id or _BOOKS}"
    parts = [
        Entry(f"suspense:differing:{name}", amount)
        for name, amount in sorted(row.amounts.items())
        if amount
    ]
    rest = sum(part.amount for part in parts)
    return [*parts, Entry(claimed, -rest)] if rest else parts


def _locked(tx: Session, difference_id: str) -> Difference:
    query = (
        select(Difference)
        .where(Difference.id == difference_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = tx.scalars(query).one_or_none()
    if found is None:
        raise DIFFERENCE_UNKNOWN()
    return found


def _move(
    tx: Session,
    difference_id: str,
    old: DifferenceState,
    new: DifferenceState,
    values: dict[str, object],
) -> bool:
    change = (
        update(Difference)
        .where(Difference.id == difference_id, Difference.state == old)
        .values(state=new, **values)
        .returning(Difference.id)
        .execution_options(synchronize_session=False)
    )
    return tx.scalar(change) is not None
