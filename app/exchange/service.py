"""Asks a department about a person, under its contract, and records every exchange."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from math import ceil
from typing import Final

import structlog

from app.core.clock import Clock
from app.core.ids import new_id
from app.exchange.attempt import Attempt
from app.exchange.capabilities import Capabilities
from app.exchange.contracts.contract import Contract
from app.exchange.errors import SOURCE_UNAVAILABLE, ExchangeFailed, Fault, naming
from app.exchange.kept import KeptAnswers
from app.exchange.notes import ExchangeNotes
from app.exchange.ports import Connector, ExchangeRecord, Question

_RETRY_AFTER_S: Final = 5
log = structlog.get_logger("exchange")


class ExchangeService:
    """One department's data, field by field."""

    def __init__(
        self,
        *,
        contract: Callable[[], Contract],
        connector: Connector,
        notes: ExchangeNotes,
        kept: KeptAnswers,
        capabilities: Capabilities,
        clock: Clock,
        timer: Callable[[], float],
    ) -> None:
        """Take the ports.

        Args:
            contract: tells what may be asked, each time anew: contracts change while we run.
            connector: carries a request to the department.
            notes: writes every exchange down.
            kept: earlier answers, for the time the department fails.
            capabilities: leave to ask.
            clock: the time of day.
            timer: monotonic seconds, for the latency.
        """
        self._contract = contract
        self._connector = connector
        self._notes = notes
        self._kept = kept
        self._capabilities = capabilities
        self._clock = clock
        self._timer = timer

    def open(
        self,
        *,
        citizen_number: str,
        name: str,
        fields: tuple[str, ...],
        purpose: str,
        case_id: str,
    ) -> str:
        """Open a case at this source: take leave to ask one question of it, once, within minutes.

        Returns:
            The capability that `lookup` wants.

        Raises:
            DomainError: UPSTREAM_FAILED (502) where the contract does not allow the question.
        """
        contract = self._contract()
        question = Question(
            citizen_number=citizen_number,
            name=name,
            fields=tuple(sorted(set(fields))),
            purpose=purpose,
            case_id=case_id,
        )
        try:
            return self._capabilities.grant(contract, question)
        except ExchangeFailed as failed:
            _warn(contract, failed)
            raise naming(failed.kind, contract.authority)() from None

    def lookup(
        self,
        *,
        capability: str,
        citizen_number: str,
        name: str,
        fields: tuple[str, ...],
        purpose: str,
        case_id: str,
        person_id: str | None = None,
        kept: bool = False,
    ) -> ExchangeRecord | None:
        """Ask for some fields of a person's record.

        The exchange is written down in a transaction of its own, together with the look that the
        person can see, before anything is returned: it happened, whatever becomes of the request.

        Args:
            capability: what `open` gave for this very question; it is spent, whatever comes of it.
            citizen_number: whose; the number and the name must both fit.
            name: as registered.
            fields: the members that are needed.
            purpose: of the contract, optionally with `:detail`.
            case_id: opaque id of what they are needed for.
            person_id: the person, once known and committed; the look is then shown to them.
            kept: whether an earlier answer to the same question would do while the department
                fails, until the age its contract allows. The record then says that it is not live.

        Returns:
            The record, or None when the department knows nobody of that number and name.

        Raises:
            DomainError: SOURCE_UNAVAILABLE or SOURCE_NOT_CONNECTED (503) when it does not answer,
                UPSTREAM_FAILED (502) when its answer cannot be used.
        """
        attempt = Attempt(
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
            capability=capability,
            kept=kept,
            started=self._timer(),
        )
        self._exchange(attempt)
        # An empty context has no transaction under way: what is noted there outlives a refusal.
        Context().run(self._notes.write, attempt)
        return _result(attempt)

    def _exchange(self, attempt: Attempt) -> None:
        contract, question = attempt.contract, attempt.question
        try:
            request = contract.request(question)
            self._capabilities.spend(attempt.capability, contract, question)
            attempt.permitted = True
            attempt.request = request.body
            attempt.answer = self._connector.ask(request)
            attempt.found = contract.read(attempt.answer, question, now=self._clock.now())
        except ExchangeFailed as failed:
            attempt.failed = failed
            attempt.answer = attempt.answer or failed.answer
            # Where the fault is ours they may have said no: nothing stands in for that.
            if attempt.kept and failed.fault is Fault.THEIRS:
                attempt.earlier = self._kept.find(contract, question)


def _result(attempt: Attempt) -> ExchangeRecord | None:
    if attempt.failed is not None:
        _warn(attempt.contract, attempt.failed)
    if attempt.failed is not None and attempt.earlier is None:
        kind = naming(attempt.failed.kind, attempt.contract.authority)
        raise kind(retry_after=_retry_after(attempt.failed))
    if attempt.told is None:
        return None
    return ExchangeRecord(
        exchange_id=attempt.id,
        records=attempt.told.records,
        record_version=attempt.told.record_version,
        as_of=attempt.told.as_of,
        live=attempt.earlier is None,
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
