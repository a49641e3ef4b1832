"""Frames of earlier sessions are refused, byte for byte and by likeness, for a day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import Clock
from app.core.database import Database
from app.identity.models.seen_frame import SeenCapture, SeenFrame
from app.identity.models.verification import VerificationSession
from app.identity.ports import Frame
from app.identity.service.seals import SessionSeals

REMEMBERED: Final = timedelta(hours=24)
_HASH_BYTES: Final = 32
_CAPTURES_COMPARED: Final = 200  # of one person in a day; the rate limits allow far fewer


class Replays:
    """Remembers what was seen, without pixels."""

    def __init__(self, *, database: Database, seals: SessionSeals, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._seals = seals
        self._clock = clock

    def first_seen_in(self, session_id: str, frames: Sequence[Frame]) -> bool:
        """Remember the files of a capture; False when another session sent one of them before.

        The primary key decides between two sessions that send the same file at the same moment.
        """
        now = self._clock.now()
        # Sorted: two sessions with the same files take the rows' locks in the same order.
        digests = sorted({hashlib.sha256(frame.content).digest() for frame in frames})
        rows = [
            {"digest": digest, "session_id": session_id, "expires_at": now + REMEMBERED}
            for digest in digests
        ]
        with self._database.separate() as tx:
            tx.execute(insert(SeenFrame).values(rows).on_conflict_do_nothing())
            owners = select(SeenFrame.session_id).where(SeenFrame.digest.in_(digests)).distinct()
            return set(tx.scalars(owners)) == {session_id}

    def remember(self, session: VerificationSession, n: int, likeness: Sequence[bytes]) -> None:
        """Remember how the frames of a step looked; sent again after a fault of ours, once more."""
        sealed = self._seals.seal_step(SeenCapture, session.id, n, b"".join(likeness))
        told = {"likeness": sealed, "expires_at": self._clock.now() + REMEMBERED}
        with self._database.transaction() as tx:
            tx.execute(
                insert(SeenCapture)
                .values(session_id=session.id, n=n, person_hash=session.person_hash, **told)
                .on_conflict_do_update(
                    index_elements=[SeenCapture.session_id, SeenCapture.n], set_=told
                )
            )

    def earlier(self, session: VerificationSession) -> list[tuple[bytes, ...]]:
        """Perceptual hashes of the same person's other sessions, one tuple a captured step.

        A recording can only help against the person it shows, so others need not be compared.
        """
        with self._database.transaction() as tx:
            rows = tx.scalars(
                select(SeenCapture)
                .where(
                    SeenCapture.person_hash == session.person_hash,
                    SeenCapture.session_id != session.id,
                    SeenCapture.expires_at > self._clock.now(),
                )
                .order_by(SeenCapture.expires_at.desc())
                .limit(_CAPTURES_COMPARED)
            ).all()
        return [self._opened(row) for row in rows]

    def sweep(self) -> int:
        """Forget what is older than a day; returns how many frames."""
        now = self._clock.now()
        with self._database.separate() as tx:
            tx.execute(delete(SeenCapture).where(SeenCapture.expires_at <= now))
            gone = delete(SeenFrame).where(SeenFrame.expires_at <= now).returning(SeenFrame.digest)
            return len(tx.scalars(gone).all())

    def _opened(self, row: SeenCapture) -> tuple[bytes, ...]:
        joined = self._seals.open_step(SeenCapture, row.session_id, row.n, row.likeness)
        return tuple(joined[i : i + _HASH_BYTES] for i in range(0, len(joined), _HASH_BYTES))
