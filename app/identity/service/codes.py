"""Redeems the one-time code of a passed verification, for the token endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.identity.models.verification import VerificationSession
from app.identity.service.conclusions import CODE_USE


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPerson:
    """Whose face was verified, how well, and when."""

    person_id: str
    level: str
    authenticated_at: datetime
    verification_id: str
    receipt_digest: str | None
    """Of the verification's receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReused:
    """A code that had been redeemed before was presented again.

    It is in two hands, or a phone repeats itself: what was issued for it must be revoked (RFC 6749
    §4.1.2).
    """

    verification_id: str


class CodeRedeemer:
    """Exchanges codes, each at most once."""

    def __init__(self, *, database: Database, cipher: FieldCipher, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._cipher = cipher
        self._clock = clock

    def redeem(self, code: str, thumbprint: str) -> VerifiedPerson | CodeReused | None:
        """Consume a code in the transaction under way; one update decides.

        1. the code is that of a passed session,
        2. of this device,
        3. not yet expired, and
        4. not yet consumed.

        Returns:
            The person; `CodeReused` when only (4) fails or a consumed code comes from elsewhere;
            None for everything else, and then nothing has changed.
        """
        table, now = VerificationSession, self._clock.now()
        hashed = self._cipher.index(CODE_USE, code)
        statement = (
            update(table)
            .where(
                table.code_hash == hashed,  # 1
                table.thumbprint == thumbprint,  # 2
                table.code_expires_at > now,  # 3
                table.code_consumed_at.is_(None),  # 4
            )
            .values(code_consumed_at=now)
            .returning(table.id, table.person_id, table.level, table.ended_at, table.receipt_digest)
            .execution_options(synchronize_session=False)
        )
        with self._database.transaction() as tx:
            row = tx.execute(statement).one_or_none()
            if row is None:
                return self._reused(hashed)
        return VerifiedPerson(
            person_id=row.person_id,
            level=row.level,
            authenticated_at=row.ended_at,
            verification_id=row.id,
            receipt_digest=row.receipt_digest,
        )

    def _reused(self, hashed: bytes) -> CodeReused | None:
        table = VerificationSession
        consumed = select(table.id).where(
            table.code_hash == hashed, table.code_consumed_at.is_not(None)
        )
        with self._database.transaction() as tx:
            session_id = tx.scalar(consumed)
        return None if session_id is None else CodeReused(verification_id=session_id)
