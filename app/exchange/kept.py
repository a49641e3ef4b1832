"""Answers kept for the time a source fails: sealed, of few fields, and gone with their age.

Only what a caller would accept is kept at all. Never kept is that nothing is registered: a fact
that somebody has not is told live or not at all.
"""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher, FieldUnreadable, Place
from app.exchange.attempt import Attempt, Earlier
from app.exchange.contracts.contract import Contract
from app.exchange.errors import ExchangeFailed
from app.exchange.models import KeptAnswer
from app.exchange.ports import Question


class KeptAnswers:
    """Keeps and finds them."""

    def __init__(self, *, database: Database, cipher: FieldCipher, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    def find(self, contract: Contract, question: Question) -> Earlier | None:
        """The answer kept for this very question, if it still holds.

        It is read again under the contract in force, believing nothing: its age, its fields, its
        person, its form.

        Raises:
            DomainError: UNAVAILABLE.
        """
        row_id = self._id(contract.source, question)
        with self._database.transaction() as tx:
            row = tx.get(KeptAnswer, row_id)
        if row is None:
            return None
        try:
            body = self._cipher.open(row.answer, _place(row_id))
            found = contract.read(body, question, now=self._clock.now())
        except (FieldUnreadable, ExchangeFailed):
            return None
        return None if found is None else Earlier(exchange_id=row.exchange_id, found=found)

    def learn(self, tx: Session, attempt: Attempt) -> None:
        """Take in a live answer.

        What it contradicts goes. It is kept where the caller would accept it another time, and it
        tells of a record.
        """
        found, source = attempt.found, attempt.contract.source
        subject = self._subject(attempt.question.citizen_number)
        version = None if found is None else found.record_version
        mine = (KeptAnswer.source == source) & (KeptAnswer.subject == subject)
        tx.execute(
            delete(KeptAnswer).where(mine, KeptAnswer.record_version.is_distinct_from(version))
        )
        if attempt.kept and found is not None and found.records and attempt.answer is not None:
            self._keep(tx, attempt, subject=subject, answer=attempt.answer)

    def forget(self, source: str, citizen_number: str) -> int:
        """Drop what is kept of a person, when a source corrects a record; returns how many."""
        subject = self._subject(citizen_number)
        mine = (KeptAnswer.source == source) & (KeptAnswer.subject == subject)
        with self._database.transaction() as tx:
            return _count(tx.execute(delete(KeptAnswer).where(mine)))

    def sweep(self) -> int:
        """Delete what is too old to be used; returns how many."""
        over = KeptAnswer.expires_at <= self._clock.now()
        with self._database.separate() as tx:
            return _count(tx.execute(delete(KeptAnswer).where(over)))

    def _keep(self, tx: Session, attempt: Attempt, *, subject: bytes, answer: bytes) -> None:
        found, contract = attempt.found, attempt.contract
        if found is None:
            return
        row_id = self._id(contract.source, attempt.question)
        values = {
            "exchange_id": attempt.id,
            "record_version": found.record_version,
            "as_of": found.as_of,
            "expires_at": found.as_of + contract.terms.max_age,
            "answer": self._cipher.seal(answer, _place(row_id)),
        }
        new = insert(KeptAnswer).values(
            id=row_id, source=contract.source, subject=subject, **values
        )
        tx.execute(
            new.on_conflict_do_update(
                index_elements=[KeptAnswer.id],
                set_=values,
                where=KeptAnswer.as_of <= new.excluded.as_of,
            )
        )

    def _id(self, source: str, question: Question) -> str:
        """The same for the same question, and nothing can be guessed from it."""
        parts = (source, question.citizen_number, question.name, *question.fields)
        return self._cipher.index("kept-answer", "\n".join(parts)).hex()

    def _subject(self, citizen_number: str) -> bytes:
        return self._cipher.index("kept-subject", citizen_number)


def _place(row_id: str) -> Place:
    return Place(KeptAnswer.__tablename__, "answer", row_id)


def _count(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
