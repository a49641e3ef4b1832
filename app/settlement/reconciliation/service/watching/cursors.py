"""How far a continuous comparison has come: kept, so that another process goes on from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.settlement.reconciliation.models import Difference, ReconciliationCursor
from app.settlement.reconciliation.service.watching.check import Check
from app.settlement.reconciliation.states import OPEN, Compared

WINDOW: Final = timedelta(days=3)
"""How far back the comparisons that follow time go. What is open is looked at however old."""
_AGAIN: Final = 200
_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows of a comparison."""

    rows: Sequence[Row[Any]]
    """The next ones, and those that are open."""
    position: str
    """Where the next page begins; empty: at the beginning."""

    @property
    def ended(self) -> bool:
        """Whether this was the last page."""
        return not self.position


def alone(tx: Session, compared: Compared) -> bool:
    """Hold a comparison until the transaction ends, unless another process does."""
    return bool(tx.scalar(_LOCK, {"name": f"reconciliation:{compared}"}))


def next_page(tx: Session, check: Check, *, now: datetime, most: int) -> Page:
    """Read on, and read again what is open."""
    row = tx.get(ReconciliationCursor, check.compared.value)
    after = "" if row is None else row.position
    values = {"after": after, "floor": check.floor(now - WINDOW), "most": most}
    rows = tx.execute(text(check.page()), values).all()
    again = tx.execute(text(check.again()), {"ids": _open(tx, check.compared), "most": _AGAIN})
    seen = {one.about for one in rows}
    return Page(
        rows=[*rows, *(one for one in again if one.about not in seen)],
        position=rows[-1].about if len(rows) == most else "",
    )


def move_on(tx: Session, check: Check, page: Page, *, now: datetime) -> None:
    """Remember where to go on."""
    rounds = 1 if page.ended else 0
    write = insert(ReconciliationCursor).values(
        compared=check.compared.value, position=page.position, rounds=rounds, moved_at=now
    )
    tx.execute(
        write.on_conflict_do_update(
            index_elements=["compared"],
            set_={
                "position": page.position,
                "rounds": ReconciliationCursor.rounds + rounds,
                "moved_at": now,
            },
        )
    )


def _open(tx: Session, compared: Compared) -> list[str]:
    """What is open; what was looked at longest ago first."""
    query = (
        select(Difference.about)
        .where(Difference.compared == compared, Difference.state.in_(OPEN))
        .order_by(Difference.last_seen_at)
        .limit(_AGAIN)
    )
    return list(tx.scalars(query))
