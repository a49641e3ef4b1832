"""Settles provisional certificates: their departments are asked again until they answer.

A certificate made with a kept answer was given out although a department was down. It is confirmed
as it is, ended, or recalled (docs/decisions/0014-a-confirmed-certificate-stays-itself.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import SYSTEM, AccessLog
from app.core.clock import Clock
from app.core.database import Database
from app.documents.confirmation_models import (
    CHANGED,
    CONFIRMED,
    OVER,
    RECALLED,
    CertificateConfirmation,
)
from app.documents.models import REVOKED, SUSPENDED, VALID, Certificate
from app.documents.moves import Reason
from app.documents.service import turns
from app.documents.service.changes import note_change
from app.documents.service.confirmation_cases import ConfirmationCase, ConfirmationCases
from app.documents.service.correcting import Correcting, RecordChange
from app.documents.service.standing import CertificateStanding
from app.documents.service.turns import Turn, TurnPolicy

CONFIRMATION_POLICY: Final = TurnPolicy(first_pause=timedelta(minutes=1))
_PUT_OFF: Final = "put_off"
_LOST: Final = "lost"
"""Somebody else has the turn by now, and their outcome counts."""
log = structlog.get_logger("documents")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmingRound:
    """What one round did, in certificates."""

    confirmed: int
    changed: int
    """Ended: a department said something else."""
    recalled: int
    """Revoked: nobody confirmed them in time."""
    over: int
    """Had ended before."""
    put_off: int
    """Their department gave no answer to go by; they are tried again."""


class Confirming:
    """Settles what is due. Safe in any number of processes; each certificate once."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        cases: ConfirmationCases,
        correcting: Correcting,
        standing: CertificateStanding,
        policy: TurnPolicy = CONFIRMATION_POLICY,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._cases = cases
        self._correcting = correcting
        self._standing = standing
        self._policy = policy

    def run(self, *, most: int) -> ConfirmingRound:
        """Settle what is due, one after the other.

        1. A certificate is claimed by one update. 2. The departments in doubt are asked, outside
        any transaction; each question has its row and its look in the person's log, whatever
        follows. 3. While the claim is ours the outcome is written, with the messages to all who
        must hear of it: all of it or nothing.

        Args:
            most: certificates of this round.
        """
        done: Counter[str] = Counter()
        while done.total() < most and (turn := self._taken()):  # 1
            done[self._settled(turn)] += 1  # 2, 3
        if done:
            log.info("provisional_round", count=done.total())
        return ConfirmingRound(
            confirmed=done[CONFIRMED],
            changed=done[CHANGED],
            recalled=done[RECALLED],
            over=done[OVER],
            put_off=done[_PUT_OFF],
        )

    def _taken(self) -> Turn | None:
        with self._database.separate() as tx:
            return turns.take(
                tx, CertificateConfirmation, now=self._clock.now(), lease=self._policy.lease
            )

    def _settled(self, turn: Turn) -> str:
        """What becomes of a certificate.

        1. One that has ended is left alone. 2. Another record, or none: it ends as after every
        correction. 3. The same from all: it is confirmed. 4. Nothing to go by: it is tried again,
        and recalled once its time is over.
        """
        case = self._cases.open(turn.id)
        if case is None:
            return self._end(turn, OVER)  # 1
        said = self._cases.ask(case)
        if said.changes:
            return self._change(turn, case, said.changes)  # 2
        if said.failure is None:
            return self._confirm(turn, case)  # 3
        if self._clock.now() < case.until:
            return self._put_off(turn, case, said.failure)  # 4
        return self._recall(turn, case)  # 4

    def _end(self, turn: Turn, state: str) -> str:
        with self._database.transaction() as tx:
            settled = turns.end(
                tx, CertificateConfirmation, turn, state=state, settled_at=self._clock.now()
            )
        return state if settled else _LOST

    def _change(self, turn: Turn, case: ConfirmationCase, changes: Sequence[RecordChange]) -> str:
        with self._database.transaction() as tx:
            if _live_state(tx, case) is None:
                return self._end(turn, OVER)
            if self._end(turn, CHANGED) == _LOST:
                return _LOST
            for change in changes:
                self._correcting.apply(change)
        return CHANGED

    def _confirm(self, turn: Turn, case: ConfirmationCase) -> str:
        now = self._clock.now()
        with self._database.transaction() as tx:
            state = _live_state(tx, case)
            if state is None:
                return self._end(turn, OVER)
            if self._end(turn, CONFIRMED) == _LOST:
                return _LOST
            note_change(
                tx,
                case.certificate_id,
                state=state,
                reason=Reason.CONFIRMED,
                by=SYSTEM.id,
                now=now,
            )
            self._accesses.record(
                person_id=case.person_id,
                actor=SYSTEM,
                action=actions.CERTIFICATE_CONFIRMED,
                purpose=f"certificate:{case.type}",
                fields=("status",),
            )
        return CONFIRMED

    def _recall(self, turn: Turn, case: ConfirmationCase) -> str:
        with self._database.transaction() as tx:
            if _live_state(tx, case) is None:
                return self._end(turn, OVER)
            if self._end(turn, RECALLED) == _LOST:
                return _LOST
            self._standing.move(
                case.certificate_id, to=REVOKED, reason=Reason.NOT_CONFIRMED, by=SYSTEM
            )
        log.warning("provisional_recalled", count=turn.attempts)
        return RECALLED

    def _put_off(self, turn: Turn, case: ConfirmationCase, failure: str) -> str:
        # Never past the end: then it is asked a last time.
        until = min(self._clock.now() + self._policy.pause(turn.attempts), case.until)
        log.warning("provisional_not_confirmed", kind=failure, count=turn.attempts)
        with self._database.transaction() as tx:
            put_off = turns.put_off(tx, CertificateConfirmation, turn, failure=failure, until=until)
        return _PUT_OFF if put_off else _LOST


def _live_state(tx: Session, case: ConfirmationCase) -> str | None:
    """Where a live certificate stands, locked until the transaction ends; None: it has ended."""
    query = select(Certificate.state).where(
        Certificate.id == case.certificate_id, Certificate.state.in_((VALID, SUSPENDED))
    )
    return tx.scalar(query.with_for_update())
