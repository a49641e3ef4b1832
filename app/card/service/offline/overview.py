"""What an operator looks at: offline codes that were used twice."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.card.errors import OFFLINE_DOUBLE_USE
from app.card.offline_models import OfflineCredential, OfflineUpload


def double_uses(tx: Session, *, most: int) -> list[dict[str, object]]:
    """The newest uploads of codes that had been accepted before: who brought them, who was first.

    Ids only; an operator who needs the person asks with a reason.

    Args:
        tx: the transaction.
        most: rows.
    """
    query = (
        select(OfflineUpload, OfflineCredential.terminal_id)
        .join(OfflineCredential, OfflineCredential.id == OfflineUpload.credential_id)
        .where(OfflineUpload.verdict == OFFLINE_DOUBLE_USE.code)
        .order_by(OfflineUpload.id.desc())
        .limit(most)
    )
    return [
        {
            "upload": upload.id,
            "credential": upload.credential_id,
            "terminal": upload.terminal_id,
            "first_terminal": first,
            "amount_fen": upload.amount_fen,
            "presented_at": upload.presented_at.isoformat(),
            "received_at": upload.received_at.isoformat(),
        }
        for upload, first in tx.execute(query)
    ]
