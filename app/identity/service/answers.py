"""What was answered to a step; a natural repeat of the step gets the same answer again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select

from app.core.clock import Clock
from app.core.database import Database
from app.identity.models.verification import VerificationStep
from app.identity.ports import Frame
from app.identity.service.seals import SessionSeals
from app.identity.service.sessions import StepKey

LAST_KEPT: Final = timedelta(seconds=60)
"""The answer that ends a session holds the code and is kept no longer than the code lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the device is told after a step."""

    id: str
    status: str
    step: Mapping[str, object] | None = None
    level: str | None = None
    code: str | None = None
    code_expires_at: datetime | None = None
    retry_code: str | None = None

    def to_json(self) -> bytes:
        """As bytes to be sealed."""
        told = asdict(self)
        at = self.code_expires_at
        told["code_expires_at"] = None if at is None else at.isoformat()
        return json.dumps(told).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Answer:
        """Read what `to_json` wrote."""
        told: dict[str, Any] = json.loads(content)
        at = told["code_expires_at"]
        told["code_expires_at"] = None if at is None else datetime.fromisoformat(at)
        return cls(**told)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer and what it was the answer to."""

    fingerprint: bytes
    answer: Answer


def fingerprint_of(frames: Sequence[Frame]) -> bytes:
    """SHA-256 over what the device claims of each frame and the digest of its content."""
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(f"{frame.seq} {frame.t_ms} {frame.link.hex()} ".encode())
        digest.update(hashlib.sha256(frame.content).digest())
    return digest.digest()


class Answers:
    """Keeps answers as long as they may be repeated."""

    def __init__(self, *, database: Database, seals: SessionSeals, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._seals = seals
        self._clock = clock

    def kept(self, key: StepKey) -> KeptAnswer | None:
        """The answer given to a step, while it is kept."""
        table = VerificationStep
        with self._database.transaction() as tx:
            row = tx.scalars(
                select(table).where(
                    table.session_id == key.session_id,
                    table.n == key.n,
                    table.kept_until > self._clock.now(),
                )
            ).one_or_none()
        if row is None:
            return None
        content = self._seals.open_step(table, row.session_id, row.n, row.answer)
        return KeptAnswer(fingerprint=row.fingerprint, answer=Answer.from_json(content))

    def keep(self, n: int, kept: KeptAnswer, *, until: datetime) -> None:
        """Keep an answer, in the transaction that made it true."""
        session_id = kept.answer.id
        sealed = self._seals.seal_step(VerificationStep, session_id, n, kept.answer.to_json())
        with self._database.transaction() as tx:
            tx.add(
                VerificationStep(
                    session_id=session_id,
                    n=n,
                    fingerprint=kept.fingerprint,
                    answer=sealed,
                    kept_until=until,
                )
            )
            tx.flush()

    def sweep(self) -> int:
        """Delete answers that may no longer be repeated; returns how many."""
        over = VerificationStep.kept_until <= self._clock.now()
        with self._database.separate() as tx:
            gone = delete(VerificationStep).where(over).returning(VerificationStep.n)
            return len(tx.scalars(gone).all())
