"""Asks a department about a person, under its contract, and records every exchange."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from math import ceil
from typing import Final

import structlog

from app.audit import actions
from app.audit.service import SYSTEM, AccessLog
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.ids import new_id
from app.exchange.contracts.contract import Contract, Found
from app.exchange.errors import SOURCE_UNAVAILABLE, ExchangeFailed, naming
from app.exchange.models import Exchange
from app.exchange.ports import Connector, ExchangeRecord, Question

_RETRY_AFTER_S: Final = 5
log = structlog.get_logger("exchange")


@dataclass(slots=True, kw_only=True)
class _Attempt:
    """An exchange under way: filled in as it goes, then written down."""

    id: str
    contract: Contract
    """The one in force when it began, until its end."""
    question: Question
    person_id: str | None
    started: float
    request: bytes | None = None
    answer: bytes | None = None
    found: Found | None = None
    failed: ExchangeFailed | None = None

    @property
    def outcome(self) -> str:
        """What came of it."""
        if self.failed is not None:
            return "failed"
        return "live" if self.found is not None else "not_found"


class ExchangeService:
    """One department's data, field by field."""

    def __init__(
        self,
        *,
        contract: Callable[[], Contract],
        connector: Connector,
        database: Database,
        accesses: AccessLog,
        cipher: FieldCipher,
        clock: Clock,
        timer: Callable[[], float],
    ) -> None:
        """Take the ports.

        Args:
            contract: tells what may be asked, each time anew: contracts change while we run.
            connector: carries a request to the department.
            database: for the record of exchanges.
            accesses: the log each person can read.
            cipher: for keyed hashes of what was exchanged.
            clock: the time of day.
            timer: monotonic seconds, for the latency.
        """
        self._contract = contract
        self._connector = connector
        self._database = database
        self._accesses = accesses
        self._cipher = cipher
        self._clock = clock
        self._timer = timer

    def lookup(
        self,
        *,
        citizen_number: str,
        name: str,
        fields: tuple[str, ...],
        purpose: str,
        case_id: str,
        person_id: str | None = None,
    ) -> ExchangeRecord | None:
        """Ask for some fields of a person's record.

        The exchange is written down in a transaction of its own, together with the look that the
        person can see, before anything is returned: it happened, whatever becomes of the request.

        Args:
            citizen_number: whose; the number and the name must both fit.
            name: as registered.
            fields: the members that are needed.
            purpose: of the contract, optionally with `:detail`.
            case_id: opaque id of what they are needed for.
            person_id: the person, once known and committed; the look is then shown to them.

        Returns:
            The record, or None when the department knows nobody of that number and name.

        Raises:
            DomainError: SOURCE_UNAVAILABLE (503) when it does not answer, UPSTREAM_FAILED (502)
                when its answer cannot be used.
        """
        attempt = _Attempt(
            id=new_id("xch", self._clock.now()),
            contract=self._contract(),
            question=Question(
                citizen_number=citizen_number,
                name=name,
                fields=tuple(sorted(set(fields))),
                purpose=purpose,
                case_id=case_id,
            ),
            person_id=person_id,
            started=self._timer(),
        )
        try:
            self._exchange(attempt)
        except ExchangeFailed as failed:
            attempt.failed = failed
            attempt.answer = attempt.answer or failed.answer
        # An empty context has no transaction under way: what is noted there outlives a refusal.
        Context().run(self._note, attempt)
        return self._result(attempt)

    def _exchange(self, attempt: _Attempt) -> None:
        contract, question = attempt.contract, attempt.question
        request = contract.request(question)
        attempt.request = request.body
        attempt.answer = self._connector.ask(request)
        attempt.found = contract.read(attempt.answer, question, now=self._clock.now())

    def _note(self, attempt: _Attempt) -> None:
        with self._database.transaction() as tx:
            tx.add(self._row(attempt))
            if attempt.person_id is not None and attempt.outcome == "live":
                self._accesses.record(
                    person_id=attempt.person_id,
                    actor=SYSTEM,
                    action=actions.REGISTRY_READ,
                    purpose=attempt.question.purpose,
                    fields=attempt.question.fields,
                )

    def _row(self, attempt: _Attempt) -> Exchange:
        failed, found, question = attempt.failed, attempt.found, attempt.question
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
            record_version=found.record_version if found else None,
            request_hash=self._hash("exchange-request", attempt.request),
            answer_hash=self._hash("exchange-answer", attempt.answer),
        )

    def _hash(self, use: str, body: bytes | None) -> bytes | None:
        # Latin-1 maps each byte to one character, so any bytes can be hashed, text or not.
        return None if body is None else self._cipher.index(use, body.decode("latin-1"))

    def _result(self, attempt: _Attempt) -> ExchangeRecord | None:
        if attempt.failed is not None:
            _warn(attempt.contract, attempt.failed)
            kind = naming(attempt.failed.kind, attempt.contract.authority)
            raise kind(retry_after=_retry_after(attempt.failed))
        if attempt.found is None:
            return None
        return ExchangeRecord(
            exchange_id=attempt.id,
            records=attempt.found.records,
            record_version=attempt.found.record_version,
            as_of=attempt.found.as_of,
        )


def _warn(contract: Contract, failed: ExchangeFailed) -> None:
    log.warning(
        "exchange_failed",
        source=contract.source,
        kind=failed.failure.value,
        outcome=failed.fault.value,
    )


def _retry_after(failed: ExchangeFailed) -> int | None:
    """Whole seconds, where another try may help at all."""
    if failed.kind is not SOURCE_UNAVAILABLE:
        return None
    return max(1, ceil(failed.retry_after_s or _RETRY_AFTER_S))
