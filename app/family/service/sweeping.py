"""Writing down which agreements time has ended."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, update

from app.core.clock import Clock
from app.core.database import Database
from app.family.models import FamilyAgreement
from app.family.policy import FamilyPolicy
from app.family.ports import ShownCodes
from app.family.service.rows import lapsed
from app.family.states import AgreementState

_BATCH: Final = 500


class FamilySweep:
    """Housekeeping. Nothing depends on its being on time: every use case looks at the clock."""

    def __init__(
        self, *, database: Database, clock: Clock, codes: ShownCodes, policy: FamilyPolicy
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._codes = codes
        self._policy = policy

    def sweep(self) -> int:
        """Expire agreements, at most 500 a time; returns how many."""
        row, now = FamilyAgreement, self._clock.now()
        due = (
            select(row.id)
            .where(lapsed(now, self._policy))
            .order_by(row.id)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        )
        change = (
            update(row)
            .where(row.id.in_(due))
            .values(state=AgreementState.EXPIRED, state_changed_at=now)
            .returning(row.id)
            .execution_options(synchronize_session=False)
        )
        with self._database.separate() as tx:
            ended = tx.scalars(change).all()
            for agreement_id in sorted(ended):
                self._codes.end(tx, agreement_id)
        return len(ended)
