"""When provisional certificates were confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.confirmation_models import CONFIRMED, CertificateConfirmation
from app.documents.models import Certificate


def confirmed_times(tx: Session, rows: Iterable[Certificate | None]) -> dict[str, datetime]:
    """When each of these certificates was confirmed, by id; the others are left out."""
    provisional = [row.id for row in rows if row is not None and row.provisional]
    if not provisional:
        return {}
    found = CertificateConfirmation
    query = select(found.id, found.settled_at).where(
        found.id.in_(provisional), found.state == CONFIRMED
    )
    return {one.id: one.settled_at for one in tx.execute(query)}
