"""Writes exchanges down: the row, the look the person can see, the answer kept for bad times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.audit import actions
from app.audit.service import SYSTEM, AccessLog
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.exchange.attempt import Attempt, Outcome
from app.exchange.kept import KeptAnswers
from app.exchange.models import Exchange

_ANSWERED: Final = frozenset({Outcome.LIVE, Outcome.NOT_FOUND})


class ExchangeNotes:
    """The record of exchanges."""

    def __init__(
        self,
        *,
        database: Database,
        accesses: AccessLog,
        cipher: FieldCipher,
        clock: Clock,
        timer: Callable[[], float],
        kept: KeptAnswers,
    ) -> None:
        """Take the ports.

        Args:
            database: for the record of exchanges.
            accesses: the log each person can read.
            cipher: for keyed hashes of what was exchanged.
            clock: the time of day.
            timer: monotonic seconds, for the latency.
            kept: answers for the time a source fails.
        """
        self._database = database
        self._accesses = accesses
        self._cipher = cipher
        self._clock = clock
        self._timer = timer
        self._kept = kept

    def write(self, attempt: Attempt) -> None:
        """Write an exchange down, all of it or nothing.

        Raises:
            DomainError: UNAVAILABLE.
        """
        with self._database.transaction() as tx:
            tx.add(self._row(attempt))
            tx.flush()
            if attempt.outcome in _ANSWERED:
                self._kept.learn(tx, attempt)
            if attempt.person_id is not None:
                self._accesses.record(
                    person_id=attempt.person_id,
                    actor=SYSTEM,
                    action=actions.REGISTRY_READ,
                    purpose=attempt.question.purpose,
                    fields=attempt.question.fields,
                    source=attempt.contract.source,
                    outcome=attempt.outcome,
                )

    def _row(self, attempt: Attempt) -> Exchange:
        failed, told, question = attempt.failed, attempt.told, attempt.question
        return Exchange(
            id=attempt.id,
            at=self._clock.now(),
            case_id=question.case_id,
            person_id=attempt.person_id,
            source=attempt.contract.source,
            contract=attempt.contract.title,
            purpose=question.purpose,
            fields=list(question.fields),
            outcome=attempt.outcome,
            failure=failed.failure if failed else None,
            fault=failed.fault if failed else None,
            latency_ms=max(0, round((self._timer() - attempt.started) * 1000)),
            record_version=told.record_version if told else None,
            capability_id=attempt.capability if attempt.permitted else None,
            kept_from=attempt.earlier.exchange_id if attempt.earlier else None,
            request_hash=self._hash("exchange-request", attempt.request),
            answer_hash=self._hash("exchange-answer", attempt.answer),
        )

    def _hash(self, use: str, body: bytes | None) -> bytes | None:
        # Latin-1 maps each byte to one character, so any bytes can be hashed, text or not.
        return None if body is None else self._cipher.index(use, body.decode("latin-1"))
