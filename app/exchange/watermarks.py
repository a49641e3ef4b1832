"""The newest drop of each department that was ever used."""

from __future__ import annotations

from sqlalchemy import and_, or_
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import Clock
from app.core.database import Database
from app.exchange.models import DropWatermark


class DropWatermarks:
    """Keeps an old drop from coming back: after a restart, in another process, by any hand."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def advance(self, department: str, *, sequence: int, digest: bytes) -> bool:
        """Note a drop, in one conditional statement and a transaction of its own.

        Args:
            department: whose.
            sequence: the drop's number.
            digest: SHA-256 of its manifest: of two with one number the first counts.

        Returns:
            Whether it is newer than all before, or the newest itself.

        Raises:
            DomainError: UNAVAILABLE.
        """
        table, now = DropWatermark, self._clock.now()
        statement = insert(table).values(
            department=department, sequence=sequence, digest=digest, at=now
        )
        new = statement.excluded
        newer = new.sequence > table.sequence
        same = and_(new.sequence == table.sequence, new.digest == table.digest)
        noted = statement.on_conflict_do_update(
            index_elements=[table.department],
            set_={"sequence": new.sequence, "digest": new.digest, "at": new.at},
            where=or_(newer, same),
        ).returning(table.department)
        with self._database.separate() as tx:
            return tx.scalar(noted) is not None
