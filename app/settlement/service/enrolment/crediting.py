"""Putting money into own accounts, once a person and period."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.settlement.models.enrolment import AccountCredit, Enrolment
from app.settlement.service.ledger import accounts as names
from app.settlement.service.ledger.accounts import Accounts
from app.settlement.service.ledger.posting import credit, debit, post

OPENING: Final = "opening"
_PAGE: Final = 500
_OWED: Final = text("SELECT posted FROM ledger_accounts WHERE id = :id FOR NO KEY UPDATE")


class AccountCrediting:
    """Credits own accounts from what was paid in for a scheme."""

    def __init__(self, *, database: Database, clock: Clock, accounts: Accounts) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accounts = accounts

    def credit(self, enrolment: Enrolment, *, period: str, amount: int) -> bool:
        """Credit a person for a period, in the transaction under way; what they owe comes first.

        Returns:
            Whether it was done now; False: it was done before.
        """
        person_id, now = enrolment.person_id, self._clock.now()
        source = names.premiums(enrolment.region, enrolment.scheme)
        with self._database.transaction() as tx:
            _take_turns(tx, person_id)
            if tx.get(AccountCredit, (person_id, period)) is not None:
                return False
            mine, owed = names.own(person_id), names.due(person_id)
            self._accounts.open([source, mine, owed])
            against = min(amount, tx.scalar(_OWED, {"id": owed}) or 0)
            entries = [
                *debit(source, amount),
                *credit(owed, against),
                *credit(mine, amount - against),
            ]
            txn_id = post(tx, entries, kind="credit", about=enrolment.id, now=now)
            tx.add(
                AccountCredit(
                    person_id=person_id, period=period, amount=amount, txn_id=txn_id, at=now
                )
            )
            tx.flush()
        return True

    def was_credited(self, person_id: str, period: str) -> bool:
        """Whether a person was credited for a period."""
        with self._database.transaction() as tx:
            return tx.get(AccountCredit, (person_id, period)) is not None

    def credit_month(self, month: date) -> dict[str, int]:
        """Credit everybody who is insured on the first day of a month with their monthly amount.

        It may be stopped and run again: whoever was credited is passed over.

        Returns:
            How many were credited now and had been before, and the fen credited now.
        """
        first, period = month.replace(day=1), f"{month.year:04d}-{month.month:02d}"
        told, after = {"credited": 0, "before": 0, "fen": 0}, ""
        while page := self._page(first, after):
            for enrolment in page:
                with self._database.transaction():
                    done = self.credit(enrolment, period=period, amount=enrolment.monthly_fen)
                told["credited" if done else "before"] += 1
                told["fen"] += enrolment.monthly_fen if done else 0
            after = page[-1].id
        return told

    def _page(self, first: date, after: str) -> list[Enrolment]:
        query = (
            select(Enrolment)
            .where(
                Enrolment.id > after,
                Enrolment.since <= first,
                Enrolment.until.is_(None) | (Enrolment.until > first),
                Enrolment.monthly_fen > 0,
            )
            .order_by(Enrolment.id)
            .limit(_PAGE)
        )
        with self._database.separate() as tx:
            return list(tx.scalars(query))


def _take_turns(tx: Session, person_id: str) -> None:
    # Two runs at once would both find no credit yet; the primary key would then stop one of them.
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(person_id, 0))))
