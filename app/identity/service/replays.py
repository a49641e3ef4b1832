"""Frames of earlier sessions are refused, byte for byte and by likeness, for a day."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import Clock
from app.core.database import Database
from app.identity.models.seen_frame import SeenCapture, SeenFrame
from app.identity.models.verification import VerificationSession
from app.identity.ports import Frame
from app.identity.service.seals import SessionSeals, StepRow

REMEMBERED: Final = timedelta(hours=24)
_HASH_BYTES: Final = 32
_CAPTURES_COMPARED: Final = 200  # of one person in a day; the rate limits allow far fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Likenesses:
    """Perceptual hashes of whole sessions."""

    own: Sequence[bytes]
    others: Sequence[Sequence[bytes]]
    """One each for the sessions of the last day."""


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
        sealed = self._seals.seal_step(StepRow(SeenCapture, session.id, n), b"".join(likeness))
        told = {"likeness": sealed, "expires_at": self._clock.now() + REMEMBERED}
        with self._database.transaction() as tx:
            tx.execute(
                insert(SeenCapture)
                .values(session_id=session.id, n=n, person_hash=session.person_hash, **told)
                .on_conflict_do_update(
                    index_elements=[SeenCapture.session_id, SeenCapture.n], set_=told
                )
            )

    def likenesses(self, session: VerificationSession) -> Likenesses:
        """How this session looked so far, and how the same person's others did.

        A recording can only help against the person it shows, so others need not be compared.
        """
        table = SeenCapture
        with self._database.transaction() as tx:
            rows = tx.scalars(
                select(table)
                .where(
                    table.person_hash == session.person_hash,
                    table.expires_at > self._clock.now(),
                )
                .order_by(table.expires_at.desc())
                .limit(_CAPTURES_COMPARED)
            ).all()
        found: defaultdict[str, list[bytes]] = defaultdict(list)
        for row in rows:
            found[row.session_id] += self._opened(row)
        own = found.pop(session.id, [])
        return Likenesses(own=own, others=list(found.values()))

    def sweep(self) -> int:
        """Forget what is older than a day; returns how many frames."""
        now = self._clock.now()
        with self._database.separate() as tx:
            tx.execute(delete(SeenCapture).where(SeenCapture.expires_at <= now))
            gone = delete(SeenFrame).where(SeenFrame.expires_at <= now).returning(SeenFrame.digest)
            return len(tx.scalars(gone).all())

    def _opened(self, row: SeenCapture) -> list[bytes]:
        joined = self._seals.open_step(StepRow(SeenCapture, row.session_id, row.n), row.likeness)
        return [joined[i : i + _HASH_BYTES] for i in range(0, len(joined), _HASH_BYTES)]
