"""What was measured in a session, sealed, from one upload to the next; no pixels."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select

from app.core.database import Database
from app.identity.models.verification import WHOLE, StepEvidence
from app.identity.service.seals import SessionSeals, StepRow
from app.identity.service.sessions import StepClaim


class Evidence:
    """Keeps measurements as long as their session lives."""

    def __init__(self, *, database: Database, seals: SessionSeals) -> None:
        """Take the ports."""
        self._database = database
        self._seals = seals

    def of_parts(self, claim: StepClaim) -> list[bytes]:
        """The parts of the claimed step so far, in order."""
        return self._found(claim, StepEvidence.n == claim.n, StepEvidence.part != WHOLE)

    def of_steps(self, claim: StepClaim) -> list[bytes]:
        """The steps before the claimed one, in order."""
        return self._found(claim, StepEvidence.n < claim.n, StepEvidence.part == WHOLE)

    def keep(self, claim: StepClaim, content: bytes) -> None:
        """Keep a part, or a whole step in place of its parts, in the transaction under way."""
        row = StepRow(StepEvidence, claim.session.id, claim.n, claim.part)
        sealed = self._seals.seal_step(row, content)
        table = StepEvidence
        with self._database.transaction() as tx:
            if claim.completes:
                parts = delete(table).where(table.session_id == row.session_id, table.n == row.n)
                tx.execute(parts)
            tx.add(table(session_id=row.session_id, n=row.n, part=row.part, content=sealed))
            tx.flush()

    def _found(self, claim: StepClaim, *conditions: ColumnElement[bool]) -> list[bytes]:
        table = StepEvidence
        with self._database.transaction() as tx:
            rows = tx.scalars(
                select(table)
                .where(table.session_id == claim.session.id, *conditions)
                .order_by(table.n, table.part)
            ).all()
        return [
            self._seals.open_step(StepRow(table, row.session_id, row.n, row.part), row.content)
            for row in rows
        ]
