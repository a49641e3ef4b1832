"""Writing down that something happened to a purchase: in the holder's log, and for all who hear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.audit import actions
from app.audit.service import SYSTEM, AccessLog, Actor
from app.core.statements import Tx
from app.outbox.service.posting import post_in

CHANGED: Final = "settlement.changed"
"""Topic of the outbox: `payload` has the settlement, the event and, of a refund, its id."""
SETTLED: Final = "settled"
HELD: Final = "held"
VOIDED: Final = "voided"
REFUNDED: Final = "refunded"
REVERSED: Final = "reversed"
ADJUSTED: Final = "adjusted"
_ACTIONS: Final = {
    SETTLED: actions.PURCHASE_SETTLED,
    HELD: actions.PURCHASE_HELD,
    VOIDED: actions.PURCHASE_VOIDED,
    REFUNDED: actions.PURCHASE_REFUNDED,
    REVERSED: actions.PURCHASE_REVERSED,
    ADJUSTED: actions.PURCHASE_ADJUSTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that happened to a purchase."""

    event: str
    settlement_id: str
    person_id: str
    purpose: str
    by: Actor = SYSTEM
    detail: str = ""
    """Id of the refund or of the cause."""


class Telling:
    """Notes events in the transaction that made them."""

    def __init__(self, *, accesses: AccessLog) -> None:
        """Take the access log."""
        self._accesses = accesses

    def note(self, tx: Tx, happened: Happened, *, now: datetime) -> None:
        """Note an event for the holder's log and the outbox."""
        self._accesses.record(
            person_id=happened.person_id,
            actor=happened.by,
            action=_ACTIONS[happened.event],
            purpose=happened.purpose,
            fields=("purchase",),
        )
        payload = {
            "settlement": happened.settlement_id,
            "event": happened.event,
            "detail": happened.detail,
            "at": now.isoformat(),
        }
        post_in(tx, CHANGED, key=happened.settlement_id, payload=payload, now=now)
