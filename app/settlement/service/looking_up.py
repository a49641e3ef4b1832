"""What became of a message, and the fence that keeps a late one out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import select

from app.core.access.principals import Terminal
from app.core.database import Database
from app.settlement.models.purchase import Settlement
from app.settlement.service.purchase.messages import FENCED, REJECTED, Messages
from app.settlement.states import OPEN, SettlementState

VOIDED: Final = "CASH_NOT_PAID"
"""Why a settlement that was held came to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of a message."""

    status: Literal["COMMITTED", "PENDING", "REJECTED", "NEVER_SEEN"]
    fenced: bool = False
    kind: str | None = None
    code: str | None = None
    settlement_id: str | None = None
    settlement_status: str | None = None
    refund_id: str | None = None


class LookingUp:
    """Looks messages up."""

    def __init__(self, *, database: Database, messages: Messages) -> None:
        """Take the ports."""
        self._database = database
        self._messages = messages

    def message(self, terminal: Terminal, msgid: str, *, fence: bool) -> Found:
        """What became of a message of the caller's merchant.

        NEVER_SEEN alone says nothing of the next moment; fenced, it holds for ever.
        """
        row = self._messages.find(terminal, msgid, fence=fence)
        if row is None or row.outcome == FENCED:
            return Found(status="NEVER_SEEN", fenced=fence or row is not None)
        if row.outcome == REJECTED:
            code = str((row.problem or {})["kind"]["code"])
            return Found(status="REJECTED", fenced=True, kind=row.kind, code=code)
        query = select(Settlement.state).where(Settlement.id == row.settlement_id)
        with self._database.transaction() as tx:
            state = tx.scalars(query).one()
        return Found(
            status=_status(row.kind, state),
            fenced=row.kind == "settle" and state is SettlementState.VOIDED,
            kind=row.kind,
            code=VOIDED if state is SettlementState.VOIDED else None,
            settlement_id=row.settlement_id,
            settlement_status=state.value,
            refund_id=row.refund_id,
        )


def _status(kind: str, state: SettlementState) -> Literal["COMMITTED", "PENDING", "REJECTED"]:
    if kind == "settle" and state in OPEN:
        return "PENDING"
    return "REJECTED" if state is SettlementState.VOIDED else "COMMITTED"
