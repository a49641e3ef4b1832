"""Suspends, resumes, supersedes and revokes certificates."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND, DomainError
from app.documents.errors import REASON_INVALID, STATE_CONFLICT, STATE_UNCHANGED
from app.documents.models import REVOKED, SUPERSEDED, SUSPENDED, VALID, Certificate
from app.documents.moves import REASONS, SOURCES, Reason
from app.documents.service.changes import note_change

ACTIONS: Final = {
    VALID: actions.CERTIFICATE_RESUMED,
    SUSPENDED: actions.CERTIFICATE_SUSPENDED,
    SUPERSEDED: actions.CERTIFICATE_SUPERSEDED,
    REVOKED: actions.CERTIFICATE_REVOKED,
}


NOT_MOVED: Final = frozenset({STATE_CONFLICT.code, STATE_UNCHANGED.code})
"""Codes of a move that came too late: another one was first."""


def staff(staff_id: str) -> Actor:
    """A member of staff or an operator: the log keeps the id, and shows the holder no name."""
    return Actor(kind="staff", id=staff_id, name="工作人员 staff")


class CertificateStanding:
    """Changes where a certificate stands, for those who may."""

    def __init__(self, *, database: Database, clock: Clock, accesses: AccessLog) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accesses = accesses

    def move(self, certificate_id: str, *, to: str, reason: str, by: Actor) -> None:
        """Change a certificate's state.

        1. The reason is one that may lead to the state.
        2. One conditional update: of two at once that exclude each other, one succeeds.
        3. The change, the message to holder and checkers, and the row in the holder's access log
           are written in the same transaction.

        Args:
            certificate_id: which.
            to: valid, suspended, superseded or revoked.
            reason: a value of `Reason`.
            by: who does it.

        Raises:
            DomainError: CERTIFICATE_REASON_INVALID, NOT_FOUND, CERTIFICATE_STATE_UNCHANGED where it
                stands there already, CERTIFICATE_STATE_CONFLICT where no move leads there; both
                with the member `state`.
        """
        why = _reason(to, reason)  # 1
        change = (
            update(Certificate)
            .where(Certificate.id == certificate_id, Certificate.state.in_(SOURCES[to]))
            .values(state=to)
            .returning(Certificate.person_id, Certificate.type)
            .execution_options(synchronize_session=False)
        )
        with self._database.transaction() as tx:
            moved = tx.execute(change).one_or_none()  # 2
            if moved is None:
                raise _refusal(tx, certificate_id, to=to)
            note_change(  # 3
                tx, certificate_id, state=to, reason=why, by=by.id, now=self._clock.now()
            )
            self._accesses.record(
                person_id=moved.person_id,
                actor=by,
                action=ACTIONS[to],
                purpose=f"certificate:{moved.type}",
                fields=("status",),
            )


def _reason(to: str, given: str) -> Reason:
    try:
        reason = Reason(given)
    except ValueError:
        raise REASON_INVALID(pointer="/reason") from None
    if reason not in REASONS.get(to, frozenset()):
        raise REASON_INVALID(pointer="/reason")
    return reason


def _refusal(tx: Session, certificate_id: str, *, to: str) -> DomainError:
    state = tx.scalar(select(Certificate.state).where(Certificate.id == certificate_id))
    if state is None:
        return NOT_FOUND()
    kind = STATE_UNCHANGED if state == to else STATE_CONFLICT
    return kind(members={"state": state})
