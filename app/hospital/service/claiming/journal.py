"""What others are told of an appointment: one message a change, in its transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.core.statements import Tx
from app.outbox.service.posting import post_in

CHANGED: Final = "appointment.changed"
"""Topic of the outbox: `payload.appointment` had its event number `payload.sequence`, of the kind
`payload.kind`, at `payload.at`. The appointment is the key: its events keep their order."""


def announce(tx: Tx, appointment_id: str, *, sequence: int, kind: str, at: datetime) -> None:
    """Post one event; the row of the appointment must be locked or new."""
    payload = {
        "appointment": appointment_id,
        "sequence": sequence,
        "kind": kind,
        "at": at.isoformat(),
    }
    post_in(tx, CHANGED, key=appointment_id, payload=payload, now=at)
