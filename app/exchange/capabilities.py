"""Capabilities: leave to ask one question once, for one case.

Whoever opens a case gets one for each question it needs; an exchange without one, or with one that
was spent, has expired or is for anything else, does not happen.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.engine import CursorResult

from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.ids import new_id
from app.exchange.contracts.contract import Contract
from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.models import Capability
from app.exchange.ports import Question

LIFE: Final = timedelta(minutes=5)
"""From the case's opening to its last question."""


class Capabilities:
    """Grants and spends them."""

    def __init__(self, *, database: Database, cipher: FieldCipher, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    def grant(self, contract: Contract, question: Question) -> str:
        """Give leave to ask a question under a contract; committed at once.

        Returns:
            The capability's id.

        Raises:
            ExchangeFailed: REQUEST_REFUSED, where the contract does not allow it anyway.
            DomainError: UNAVAILABLE.
        """
        contract.allow(question)
        now = self._clock.now()
        capability = Capability(
            id=new_id("cap", now),
            case_id=question.case_id,
            source=contract.source,
            contract=contract.title,
            subject=self._subject(question),
            fields=sorted(question.fields),
            purpose=question.purpose,
            granted_at=now,
            expires_at=now + LIFE,
        )
        with self._database.separate() as tx:
            tx.add(capability)
        return capability.id

    def spend(self, capability_id: str, contract: Contract, question: Question) -> None:
        """Use a capability up, by one conditional update that outlives whatever follows.

        1. It is there and was not spent. 2. It has not expired. 3. It is for this source, under
        this very version of its contract. 4. It is about this person. 5. It covers these fields.
        6. It is for this purpose. 7. It is of this case.

        Raises:
            ExchangeFailed: NOT_PERMITTED, where one of these does not hold; nothing is spent then.
            DomainError: UNAVAILABLE.
        """
        now, table = self._clock.now(), Capability
        spending = (
            update(table)
            .where(
                table.id == capability_id,
                table.spent_at.is_(None),  # 1
                table.expires_at > now,  # 2
                table.source == contract.source,  # 3
                table.contract == contract.title,
                table.subject == self._subject(question),  # 4
                table.fields.contains(list(question.fields)),  # 5
                table.purpose == question.purpose,  # 6
                table.case_id == question.case_id,  # 7
            )
            .values(spent_at=now)
            .returning(table.id)
        )
        with self._database.separate() as tx:
            spent = tx.scalar(spending)
        if spent is None:
            raise ExchangeFailed(Failure.NOT_PERMITTED)

    def sweep(self) -> int:
        """Delete those nobody used in time; returns how many. Spent ones are part of the record."""
        over = Capability.spent_at.is_(None) & (Capability.expires_at <= self._clock.now())
        with self._database.separate() as tx:
            deleted = tx.execute(delete(Capability).where(over))
        return deleted.rowcount if isinstance(deleted, CursorResult) else 0

    def _subject(self, question: Question) -> bytes:
        return self._cipher.index(
            "capability-subject", f"{question.citizen_number}\n{question.name}"
        )
