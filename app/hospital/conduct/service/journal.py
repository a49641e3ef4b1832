"""What others are told of a point: one message a change, in its transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.core.statements import Tx
from app.hospital.conduct.states import PointState
from app.outbox.service.posting import post_in

CHANGED: Final = "conduct.changed"
"""Topic of the outbox: the point `payload.point` took the state `payload.state` at `payload.at`."""


def announce(tx: Tx, point_id: str, state: PointState, now: datetime) -> None:
    """Post one change; the row of the point must be locked or new."""
    payload = {"point": point_id, "state": state.value, "at": now.isoformat()}
    post_in(tx, CHANGED, key=point_id, payload=payload, now=now)
