"""Faults put into the books behind every trigger, and how soon the running system tells of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.settlement.reconciliation.models import Difference
from bench.card.desk import Desk

PATIENCE_S: Final = 300.0
_AGAIN_S: Final = 0.1
# Account and cash are told apart wrongly; the sums of the row itself still hold.
_SHIFT: Final = text(
    "UPDATE settlements SET account = account + :fen, cash = cash - :fen WHERE id = :id"
)
_SOUND: Final = text(
    "SELECT id FROM settlements WHERE state = 'SETTLED' AND account > 1 AND cash > 1 "
    "AND returned_total = 0 ORDER BY random() LIMIT :most"
)


def found_after_s(
    desk: Desk, count: int, *, clock: Callable[[], float] = time.monotonic
) -> list[float]:
    """Change settlements one after the other; seconds until each is told as a difference.

    The dispatcher of the running system compares the books meanwhile, as always. Each row is put
    right again before the next one is changed.

    Args:
        desk: services over the database.
        count: how many.
        clock: monotonic seconds.

    Returns:
        One figure a fault; `PATIENCE_S` where it was not told in that time.
    """
    with desk.database.separate() as tx:
        ids = list(tx.scalars(_SOUND, {"most": count}))
    return [_found(desk, one, clock) for one in ids]


def _found(desk: Desk, settlement_id: str, clock: Callable[[], float]) -> float:
    _shift(desk, settlement_id, fen=-1)
    begun = clock()
    try:
        while (waited := clock() - begun) < PATIENCE_S:
            with desk.database.separate() as tx:
                if _is_told(tx, settlement_id):
                    return waited
            time.sleep(_AGAIN_S)
        return PATIENCE_S
    finally:
        _shift(desk, settlement_id, fen=1)


def _shift(desk: Desk, settlement_id: str, *, fen: int) -> None:
    with desk.database.separate() as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        tx.execute(_SHIFT, {"id": settlement_id, "fen": fen})


def _is_told(tx: Session, settlement_id: str) -> bool:
    query = select(Difference.id).where(Difference.about == settlement_id)
    return tx.scalar(query.limit(1)) is not None
