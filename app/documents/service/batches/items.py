"""Items of batches: claimed by one worker at a time, ended once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Update, delete, or_, select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.fields import FieldCipher, Place
from app.documents.batch_models import (
    ISSUED,
    QUEUED,
    REFUSED,
    RUNNING,
    BatchItem,
    CertificateBatch,
)
from app.documents.records import Holder
from app.documents.service.batches.problems import problem_bytes

CLAIM_LASTS: Final = timedelta(seconds=60)
"""Longer than an item takes, so that a claim is only taken over from a dead process."""
_KEPT: Final = timedelta(hours=24)


class ClaimLost(Exception):  # noqa: N818 - reads as what happened
    """Another worker has taken the item over: what was done for it must be undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to work on one item."""

    batch_id: str
    position: int
    token: str
    type: str
    holder: Holder
    attempts: int
    """How often it was begun, this time included."""
    until: datetime
    """When the request stops standing."""


class BatchItems:
    """The queue: rows of the database, so that it outlives every process."""

    def __init__(self, *, database: Database, cipher: FieldCipher, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    def claim(self) -> Claim | None:
        """Claim the oldest item that nobody works on; one conditional update decides.

        Raises:
            DomainError: UNAVAILABLE.
        """
        token = secrets.token_hex(16)
        with self._database.separate() as tx:
            taken = tx.execute(_taking(token, self._clock.now())).one_or_none()
            if taken is None:
                return None
            batch = tx.get_one(CertificateBatch, taken.batch_id)
        return Claim(
            batch_id=taken.batch_id,
            position=taken.position,
            token=token,
            type=taken.type,
            holder=Holder(person_id=batch.person_id, level=batch.level, device=batch.device),
            attempts=taken.attempts,
            until=batch.until,
        )

    def issued(self, claim: Claim, certificate_id: str) -> None:
        """End an item in the transaction that issues its certificate.

        Raises:
            ClaimLost: which rolls the certificate back.
        """
        with self._database.transaction() as tx:
            _end(tx, claim, state=ISSUED, certificate_id=certificate_id)

    def refused(self, claim: Claim, refusal: DomainError) -> None:
        """End an item without a certificate.

        Raises:
            ClaimLost: somebody else is at it.
        """
        place = problem_place(claim.batch_id, claim.position)
        sealed = self._cipher.seal(problem_bytes(refusal), place)
        with self._database.separate() as tx:
            _end(tx, claim, state=REFUSED, problem=sealed)

    def sweep(self) -> int:
        """Delete batches that are over for a day; returns how many. Certificates stay."""
        over = CertificateBatch.until <= self._clock.now() - _KEPT
        with self._database.separate() as tx:
            gone = delete(CertificateBatch).where(over).returning(CertificateBatch.id)
            return len(tx.scalars(gone).all())


def problem_place(batch_id: str, position: int) -> Place:
    """Where an item's problem lives."""
    return Place("certificate_batch_items", "problem", f"{batch_id}/{position}")


def _taking(token: str, now: datetime) -> Update:
    item = BatchItem
    free = or_(item.state == QUEUED, (item.state == RUNNING) & (item.claimed_until <= now))
    # Rows that another worker is just claiming are passed over, never waited for.
    following = (
        select(item.batch_id, item.position)
        .where(free)
        .order_by(item.batch_id, item.position)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("following")
    )
    return (
        update(item)
        .where(item.batch_id == following.c.batch_id, item.position == following.c.position)
        .values(
            state=RUNNING,
            claim=token,
            claimed_until=now + CLAIM_LASTS,
            attempts=item.attempts + 1,
        )
        .returning(item.batch_id, item.position, item.type, item.attempts)
    )


def _end(tx: Session, claim: Claim, **values: object) -> None:
    ended = tx.execute(
        update(BatchItem)
        .where(
            BatchItem.batch_id == claim.batch_id,
            BatchItem.position == claim.position,
            BatchItem.state == RUNNING,
            BatchItem.claim == claim.token,
        )
        .values(claim=None, claimed_until=None, **values)
        .returning(BatchItem.position)
    ).one_or_none()
    if ended is None:
        raise ClaimLost
