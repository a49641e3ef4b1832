"""What follows from what is known of a cash order: settled, voided, or given back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.settlement.models.cash import CashOrder, CashRefund
from app.settlement.models.purchase import Settlement
from app.settlement.models.quote import Quote
from app.settlement.ports import CashStatus, Mandates, MutualAid
from app.settlement.service.cash.orders import move_order, open_refund
from app.settlement.service.ledger import accounts as names
from app.settlement.service.ledger.posting import (
    POSTED,
    VOIDED,
    credit,
    debit,
    entries_of,
    post,
    resolve,
)
from app.settlement.service.purchase import telling
from app.settlement.service.purchase.telling import Happened, Telling
from app.settlement.service.purchase.writing import lock_settlement, move
from app.settlement.service.purchase.year import Year, YearRecomputing, lock
from app.settlement.states import OPEN, CashState, RefundState, SettlementState

PAID: Final = frozenset({"PAID", "REFUNDED"})
ENDED: Final = frozenset({"FAILED", "CLOSED"})
log = structlog.get_logger("settlement")


class CashOutcomes:
    """Applies what is known, in the caller's transaction. Applying it twice changes nothing."""

    def __init__(
        self,
        *,
        clock: Clock,
        years: YearRecomputing,
        mandates: Mandates,
        mutual: MutualAid,
        telling: Telling,
    ) -> None:
        """Take the ports."""
        self._clock = clock
        self._years = years
        self._mandates = mandates
        self._mutual = mutual
        self._telling = telling

    def apply(self, tx: Session, order_id: str, status: CashStatus) -> None:
        """Do what follows from a status of an order.

        1. PAID: what was held is posted; if it was voided meanwhile, the money goes back.
        2. FAILED, CLOSED: what was held is given free.
        3. PENDING: the settlement waits for the person.
        4. Anything else, or another amount than was ordered: nothing follows.

        Locks settlement, order, year and accounts, in this order.
        """
        order = tx.get(CashOrder, order_id)
        if order is None or status.amount != order.amount:  # 4
            log.warning("cash_status_ignored", known=order is not None)
            return
        settlement = lock_settlement(tx, order.settlement_id)
        if status.state in PAID:  # 1
            self._paid(tx, order, settlement, status.provider_ref)
        elif status.state in ENDED:  # 2
            if move_order(tx, order.id, CashState.DROPPED, ended_at=self._clock.now()):
                self.void(tx, settlement)
        elif status.state == "PENDING":  # 3
            ref = status.provider_ref or None
            move_order(tx, order.id, CashState.PENDING, provider_ref=ref)
            move(tx, settlement.id, SettlementState.CASH_PENDING)

    def give_up(self, tx: Session, order_id: str) -> None:
        """Void the settlement of an order that nothing is known of; it is still asked about.

        Nothing is taken from anybody: what was held is given free. If the money turns up after
        all, it goes back by itself.
        """
        order = tx.get_one(CashOrder, order_id)
        settlement = lock_settlement(tx, order.settlement_id)
        if move_order(tx, order.id, CashState.LOST):
            self.void(tx, settlement)

    def refunded(self, tx: Session, cash_refund_id: str) -> None:
        """Note that cash has gone back, once."""
        now = self._clock.now()
        done = (
            update(CashRefund)
            .where(CashRefund.id == cash_refund_id, CashRefund.state == RefundState.WANTED)
            .values(state=RefundState.DONE, done_at=now)
            .returning(CashRefund.order_id, CashRefund.amount, CashRefund.refund_id)
            .execution_options(synchronize_session=False)
        )
        row = tx.execute(done).one_or_none()
        if row is not None and row.refund_id is None:
            entries = [
                *debit(names.LATE_CASH, row.amount),
                *credit(names.PROVIDER_CASH, row.amount),
            ]
            post(tx, entries, kind="late_cash_returned", about=row.order_id, now=now)

    def void(self, tx: Session, settlement: Settlement) -> None:
        """Give free what a settlement held, and bring its year in order."""
        now = self._clock.now()
        if settlement.hold_id is None or settlement.state not in OPEN:
            return
        year = Year(person_id=settlement.person_id, scheme=settlement.scheme, year=settlement.year)
        payers = [names.own(person) for person, _, _ in settlement.sources]
        available = lock(tx, year, payers)
        move(tx, settlement.id, SettlementState.VOIDED, deductible_now=0, fund_now=0)
        held = entries_of(tx, settlement.hold_id)
        resolve(tx, held, pending=settlement.hold_id, about=settlement.id, now=now, phase=VOIDED)
        mine = names.own(settlement.person_id)
        freed = sum(entry.amount for entry in held if entry.account_id == mine)
        self._give_back(tx, settlement)
        self._recompute(
            tx, year, settlement, {**available, mine: available.get(mine, 0) + freed}, now
        )
        self._note(tx, settlement, telling.VOIDED, now)

    def _paid(self, tx: Session, order: CashOrder, settlement: Settlement, ref: str) -> None:
        now = self._clock.now()
        values = {"ended_at": now, "provider_ref": ref or order.provider_ref}
        if not move_order(tx, order.id, CashState.PAID, **values):
            return
        if settlement.state in OPEN and settlement.hold_id is not None:
            self._settle(tx, settlement, settlement.hold_id, now)
            return
        entries = [
            *debit(names.PROVIDER_CASH, order.amount),
            *credit(names.LATE_CASH, order.amount),
        ]
        post(tx, entries, kind="late_cash", about=order.id, now=now)
        open_refund(tx, order.id, amount=order.amount, refund_id=None, now=now)
        log.warning("cash_came_late", settlement=settlement.id)

    def _settle(self, tx: Session, settlement: Settlement, hold_id: str, now: datetime) -> None:
        year = Year(person_id=settlement.person_id, scheme=settlement.scheme, year=settlement.year)
        available = lock(tx, year, [names.own(person) for person, _, _ in settlement.sources])
        held = entries_of(tx, hold_id)
        resolve(tx, held, pending=hold_id, about=settlement.id, now=now, phase=POSTED)
        move(tx, settlement.id, SettlementState.SETTLED, settled_at=now)
        # While it waited its figures stood still; an earlier one may have gone meanwhile.
        self._recompute(tx, year, settlement, available, now)
        self._note(tx, settlement, telling.SETTLED, now)

    def _recompute(
        self,
        tx: Session,
        year: Year,
        settlement: Settlement,
        available: dict[str, int],
        now: datetime,
    ) -> None:
        moved = self._years.recompute(tx, year, cause=settlement.id, available=available, now=now)
        for settlement_id in moved:
            happened = Happened(
                event=telling.ADJUSTED,
                settlement_id=settlement_id,
                person_id=settlement.person_id,
                purpose="card",
                detail=settlement.id,
            )
            self._telling.note(tx, happened, now=now)

    def _give_back(self, tx: Session, settlement: Settlement) -> None:
        for _, fen, use_id in settlement.sources:
            if use_id is not None:
                self._mutual.give_back(tx, use_id=use_id, amount=fen)
        if settlement.mandate_use_id is not None:
            self._mandates.give_back(tx, use_id=settlement.mandate_use_id, amount=settlement.total)

    def _note(self, tx: Session, settlement: Settlement, event: str, now: datetime) -> None:
        purpose = tx.scalars(select(Quote.purpose).where(Quote.id == settlement.quote_id)).one()
        happened = Happened(
            event=event,
            settlement_id=settlement.id,
            person_id=settlement.person_id,
            purpose=purpose,
        )
        self._telling.note(tx, happened, now=now)
