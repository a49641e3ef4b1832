"""Looking at purchases: what a merchant sees of its own, what a holder sees of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Citizen, Terminal
from app.core.database import Database
from app.settlement.errors import PURCHASE_UNKNOWN, QUOTE_UNKNOWN, SETTLEMENT_UNKNOWN
from app.settlement.models.cash import CashOrder
from app.settlement.models.purchase import Adjustment, Refund, Settlement, SettlementLine
from app.settlement.models.quote import Quote
from app.settlement.service.purchase.writing import lines_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A settlement with all that belongs to it."""

    settlement: Settlement
    lines: Sequence[SettlementLine]
    content: dict[str, Any]
    """Of the quote: names, rule, trace."""
    refunds: Sequence[Refund]
    adjustments: Sequence[Adjustment]
    cash_order: CashOrder | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A settlement as it was made, whatever came since."""

    id: str
    msgid: str
    cash_by: str
    held: bool
    """Until the person has paid the cash part."""
    created_at: datetime
    settled_at: datetime | None
    content: dict[str, Any]
    """Of the quote, whose split it has."""
    cash_order_id: str | None


_MADE: Final = """
SELECT made.id, made.msgid, made.cash_by, made.hold_id IS NOT NULL, made.created_at,
  made.settled_at, quote.content, cash.id
FROM settlements AS made JOIN quotes AS quote ON quote.id = made.quote_id
LEFT JOIN cash_orders AS cash ON cash.settlement_id = made.id
WHERE made.id = %(id)s AND made.merchant_id = %(merchant)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasePage:
    """Some purchases, newest first, and the cursor of the next page."""

    items: Sequence[Settlement]
    next: str | None


class PurchaseReading:
    """Reads purchases."""

    def __init__(self, *, database: Database, accesses: AccessLog) -> None:
        """Take the ports."""
        self._database = database
        self._accesses = accesses

    def quote(self, terminal: Terminal, quote_id: str) -> Quote:
        """A quote this terminal was given.

        Raises:
            DomainError: QUOTE_UNKNOWN.
        """
        with self._database.transaction() as tx:
            found = tx.get(Quote, quote_id)
        if found is None or found.terminal_id != terminal.terminal_id:
            raise QUOTE_UNKNOWN()
        return found

    def of_merchant(self, terminal: Terminal, settlement_id: str) -> Purchase:
        """A settlement of the terminal's merchant.

        Raises:
            DomainError: SETTLEMENT_UNKNOWN.
        """
        with self._database.transaction() as tx:
            found = tx.get(Settlement, settlement_id)
            if found is None or found.merchant_id != terminal.merchant_id:
                raise SETTLEMENT_UNKNOWN()
            return _purchase(tx, found)

    def made(self, terminal: Terminal, settlement_id: str) -> Made:
        """What a message of the terminal's merchant led to, by one look."""
        values = {"id": settlement_id, "merchant": terminal.merchant_id}
        (found,) = self._database.look(_MADE, values)
        made_id, msgid, cash_by, held, created_at, settled_at, content, cash_order_id = found
        return Made(
            id=made_id,
            msgid=msgid,
            cash_by=cash_by,
            held=held,
            created_at=created_at,
            settled_at=settled_at,
            content=content,
            cash_order_id=cash_order_id,
        )

    def refund(self, refund_id: str) -> Refund:
        """A refund that a message of the caller's led to."""
        with self._database.transaction() as tx:
            return tx.get_one(Refund, refund_id)

    def of_holder(self, citizen: Citizen, settlement_id: str) -> Purchase:
        """A purchase of the caller's.

        Raises:
            DomainError: PURCHASE_UNKNOWN.
        """
        with self._database.transaction() as tx:
            found = tx.get(Settlement, settlement_id)
            if found is None or found.person_id != citizen.person_id:
                raise PURCHASE_UNKNOWN()
            self._record(citizen)
            return _purchase(tx, found)

    def page(self, citizen: Citizen, *, before: str | None, limit: int) -> PurchasePage:
        """The caller's purchases, newest first.

        Args:
            citizen: the caller.
            before: cursor: the last id of the page before.
            limit: purchases a page.
        """
        query = select(Settlement).where(Settlement.person_id == citizen.person_id)
        if before is not None:
            query = query.where(Settlement.id < before)
        with self._database.transaction() as tx:
            self._record(citizen)
            found = tx.scalars(query.order_by(Settlement.id.desc()).limit(limit + 1)).all()
        return PurchasePage(
            items=found[:limit], next=found[limit - 1].id if len(found) > limit else None
        )

    def _record(self, citizen: Citizen) -> None:
        self._accesses.record(
            person_id=citizen.person_id,
            actor=Actor(kind="self", id=citizen.thumbprint, name="本人"),
            action=actions.PURCHASE_READ,
            purpose="card",
        )


def _purchase(tx: Session, settlement: Settlement) -> Purchase:
    refunds = select(Refund).where(Refund.settlement_id == settlement.id).order_by(Refund.id)
    changes = (
        select(Adjustment).where(Adjustment.settlement_id == settlement.id).order_by(Adjustment.id)
    )
    order = select(CashOrder).where(CashOrder.settlement_id == settlement.id)
    return Purchase(
        settlement=settlement,
        lines=lines_of(tx, settlement.id),
        content=tx.get_one(Quote, settlement.quote_id).content,
        refunds=tx.scalars(refunds).all(),
        adjustments=tx.scalars(changes).all(),
        cash_order=tx.scalars(order).one_or_none(),
    )
