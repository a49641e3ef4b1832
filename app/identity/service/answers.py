"""What was answered to an upload; a natural repeat of it gets the same answer again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select

from app.core.clock import Clock
from app.core.database import Database
from app.identity.models.verification import VerificationStep
from app.identity.ports import Upload
from app.identity.service.lockouts import Notice
from app.identity.service.seals import SessionSeals, StepRow
from app.identity.service.sessions import StepClaim, StepKey

LAST_KEPT: Final = timedelta(seconds=60)
"""The answer that ends a session holds the code and is kept no longer than the code lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the device is told after an upload."""

    id: str
    status: str
    step: Mapping[str, object] | None = None
    received: int | None = None
    """After a part: frames of the step so far."""
    next_part: int | None = None
    """After a part: the number of the one that would follow."""
    level: str | None = None
    code: str | None = None
    code_expires_at: datetime | None = None
    retry_code: str | None = None
    notice: Notice | None = None
    """After a pass: what happened since the last one."""

    def to_json(self) -> bytes:
        """As bytes to be sealed."""
        return json.dumps(asdict(self), default=datetime.isoformat).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Answer:
        """Read what `to_json` wrote."""
        told: dict[str, Any] = json.loads(content)
        notice = told.pop("notice")
        told["code_expires_at"] = _moment(told["code_expires_at"])
        if notice is not None:
            at = datetime.fromisoformat(notice["last_failed_at"])
            notice = Notice(failed_sessions=notice["failed_sessions"], last_failed_at=at)
        return cls(**told, notice=notice)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer and what it was the answer to."""

    fingerprint: bytes
    answer: Answer


def fingerprint_of(upload: Upload) -> bytes:
    """SHA-256 over what the device claims, and of each frame the digest of its content."""
    digest = hashlib.sha256(f"{upload.shown_ms} ".encode())
    for frame in upload.frames:
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
        """The answer given to an upload, while it is kept."""
        table = VerificationStep
        with self._database.transaction() as tx:
            row = tx.scalars(
                select(table).where(
                    table.session_id == key.session_id,
                    table.n == key.n,
                    table.part == key.part,
                    table.kept_until > self._clock.now(),
                )
            ).one_or_none()
        if row is None:
            return None
        place = StepRow(table, row.session_id, row.n, row.part)
        content = self._seals.open_step(place, row.answer)
        return KeptAnswer(fingerprint=row.fingerprint, answer=Answer.from_json(content))

    def keep(self, claim: StepClaim, kept: KeptAnswer, *, until: datetime) -> None:
        """Keep an answer, in the transaction that made it true."""
        row = StepRow(VerificationStep, kept.answer.id, claim.n, claim.part)
        sealed = self._seals.seal_step(row, kept.answer.to_json())
        with self._database.transaction() as tx:
            tx.add(
                VerificationStep(
                    session_id=row.session_id,
                    n=row.n,
                    part=row.part,
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


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
