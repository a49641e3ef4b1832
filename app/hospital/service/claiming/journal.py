"""What others are told of an appointment: one message a change, in its transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from app.core.statements import Tx
from app.outbox.service.posting import POSTING, post_in, posted

CHANGED: Final = "appointment.changed"
"""Topic of the outbox: `payload.appointment` had its event number `payload.sequence`, of the kind
`payload.kind`, at `payload.at`. The appointment is the key: its events keep their order."""


ANNOUNCING: Final = POSTING
"""The same as a part of the statement that makes the change, one message for each row of
`{source}`; its values are those of `announcement`."""


def announce(tx: Tx, appointment_id: str, *, sequence: int, kind: str, at: datetime) -> None:
    """Post one event; the row of the appointment must be locked or new."""
    payload = _payload(appointment_id, sequence=sequence, kind=kind, at=at)
    post_in(tx, CHANGED, key=appointment_id, payload=payload, now=at)


def announcement(
    appointment_id: str, *, sequence: int, kind: str, at: datetime
) -> Mapping[str, Any]:
    """What `ANNOUNCING` is told of one event."""
    payload = _payload(appointment_id, sequence=sequence, kind=kind, at=at)
    return posted(CHANGED, key=appointment_id, payload=payload, now=at)


def _payload(appointment_id: str, *, sequence: int, kind: str, at: datetime) -> Mapping[str, Any]:
    return {
        "appointment": appointment_id,
        "sequence": sequence,
        "kind": kind,
        "at": at.isoformat(),
    }
