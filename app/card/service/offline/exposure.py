"""How much was sold on a card's offline codes in a day, and that it is not too much."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.card.offline_models import OfflineExposure

_CIVIL_TIME: Final = ZoneInfo("Asia/Shanghai")


def expose(tx: Session, card_id: str, *, at: datetime, amount_fen: int, cap_fen: int) -> bool:
    """Add a sale to a card's day, if the day's cap allows it: one conditional write.

    Args:
        tx: the transaction.
        card_id: whose day.
        at: the code's minute.
        amount_fen: what was sold.
        cap_fen: the cap of a day that has no sale yet; it stands for that day.

    Returns:
        Whether it was added.
    """
    if amount_fen > cap_fen:
        return False
    added = (
        insert(OfflineExposure)
        .values(
            card_id=card_id,
            day=at.astimezone(_CIVIL_TIME).date(),
            spent_fen=amount_fen,
            cap_fen=cap_fen,
        )
        .on_conflict_do_update(
            index_elements=[OfflineExposure.card_id, OfflineExposure.day],
            set_={"spent_fen": OfflineExposure.spent_fen + amount_fen},
            where=OfflineExposure.spent_fen + amount_fen <= OfflineExposure.cap_fen,
        )
        .returning(OfflineExposure.spent_fen)
    )
    return tx.scalar(added) is not None
