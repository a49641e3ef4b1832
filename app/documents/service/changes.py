"""Writes down that a certificate's state changed, so that holder and checkers are told."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.documents.models import CertificateChange
from app.documents.moves import Reason
from app.outbox.service.posting import post_in

CHANGED: Final = "certificate.changed"
"""Topic of the outbox: `payload.change` is the id of a row of `certificate_changes`."""


def note_change(
    tx: Session, certificate_id: str, *, state: str, reason: Reason, by: str, now: datetime
) -> None:
    """Note a change in the transaction that made it, after the certificate's row was changed.

    Args:
        tx: of the change.
        certificate_id: whose state it is.
        state: the new one.
        reason: why.
        by: opaque id of who did it.
        now: the moment.
    """
    change = CertificateChange(
        id=new_id("chg", now),
        certificate_id=certificate_id,
        state=state,
        reason=reason.value,
        changed_by=by,
        at=now,
    )
    tx.add(change)
    tx.flush()
    post_in(tx, CHANGED, key=certificate_id, payload={"change": change.id}, now=now)
