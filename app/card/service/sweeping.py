"""Writing down what time has ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.card.models import CardToken, CodeGrant, Presentation
from app.card.policy import CardPolicy
from app.card.service.offline.revoking import (
    forget_credentials,
    forget_revocations,
    revoke_of_tokens,
)
from app.card.states import GrantState, TokenState
from app.core.clock import Clock
from app.core.database import Database

_SLACK: Final = timedelta(days=1)


class CardSweep:
    """Housekeeping. Nothing depends on its being on time: every use case looks at the clock."""

    def __init__(self, *, database: Database, clock: Clock, policy: CardPolicy) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._policy = policy

    def sweep(self) -> int:
        """Expire codes, mark devices stale, forget what ended and was not used.

        A device that goes stale loses its credentials for offline codes.

        Returns:
            How many rows were touched.
        """
        now = self._clock.now()
        with self._database.separate() as tx:
            expired = _expire(tx, now)
            stale = _mark_stale(tx, now, verified_before=now - self._policy.face_max_age)
            forgotten = _forget(tx, now - self._policy.keep_unused_codes)
            over = forget_credentials(tx, now - self._policy.upload_within - _SLACK)
            return expired + stale + forgotten + over + forget_revocations(tx, now)


def _expire(tx: Session, now: datetime) -> int:
    over = (
        update(CodeGrant)
        .where(CodeGrant.state == GrantState.ISSUED, CodeGrant.expires_at <= now)
        .values(state=GrantState.EXPIRED, ended_at=now)
        .returning(CodeGrant.id)
    )
    return len(tx.scalars(over).all())


def _mark_stale(tx: Session, now: datetime, *, verified_before: datetime) -> int:
    stale = (
        update(CardToken)
        .where(CardToken.state == TokenState.ACTIVE, CardToken.verified_at < verified_before)
        .values(state=TokenState.STALE, state_changed_at=now)
        .returning(CardToken.id)
    )
    ended = tx.scalars(stale).all()
    revoke_of_tokens(tx, ended, now)
    return len(ended)


def _forget(tx: Session, ended_before: datetime) -> int:
    used = select(Presentation.id).where(Presentation.grant_id == CodeGrant.id).exists()
    forgotten = (
        delete(CodeGrant).where(CodeGrant.ended_at < ended_before, ~used).returning(CodeGrant.id)
    )
    return len(tx.scalars(forgotten).all())
