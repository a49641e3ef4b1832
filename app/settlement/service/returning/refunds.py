"""Refunds by line, and reversals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.audit.service import Actor
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.ids import new_id
from app.core.statements import Tx, composing
from app.settlement.benefits.outcome import LineSplit
from app.settlement.errors import SETTLEMENT_NOT_DONE, SETTLEMENT_REVERSED
from app.settlement.models.cash import CashOrder
from app.settlement.models.purchase import Refund, Settlement, SettlementLine
from app.settlement.models.quote import Quote
from app.settlement.ports import Mandates, MutualAid
from app.settlement.service.cash.orders import open_refund
from app.settlement.service.ledger import accounts as names
from app.settlement.service.ledger.posting import credit, debit, post
from app.settlement.service.purchase import telling
from app.settlement.service.purchase.messages import Done, Messages, Request
from app.settlement.service.purchase.telling import Happened, Telling
from app.settlement.service.purchase.writing import (
    PROVIDER,
    cash_account,
    lines_of,
    lock_settlement,
    move,
)
from app.settlement.service.purchase.year import Gone, Year, YearRecomputing, lock
from app.settlement.service.returning.parts import (
    Part,
    Units,
    accounts_of,
    parts_of,
    returned,
    sum_of,
)
from app.settlement.states import OPEN, STANDING, SettlementState


@dataclass(frozen=True, slots=True, kw_only=True)
class _Return:
    """One return under way; its settlement's row is held."""

    terminal: Terminal
    request: Request
    settlement: Settlement
    parts: Sequence[Part]
    whole: LineSplit
    """All parts together."""
    now: datetime

    @property
    def refund_id(self) -> str:
        return str(self.request.refund_id)

    @property
    def year(self) -> Year:
        one = self.settlement
        return Year(person_id=one.person_id, scheme=one.scheme, year=one.year)


class Refunding:
    """Gives back."""

    def __init__(
        self,
        *,
        clock: Clock,
        messages: Messages,
        years: YearRecomputing,
        mandates: Mandates,
        mutual: MutualAid,
        telling: Telling,
    ) -> None:
        """Take the ports."""
        self._clock = clock
        self._messages = messages
        self._years = years
        self._mandates = mandates
        self._mutual = mutual
        self._telling = telling

    def refund(
        self, terminal: Terminal, settlement_id: str, *, msgid: str, lines: Sequence[Units]
    ) -> Done:
        """Give units of lines back, once a message.

        1. The message's name is free; all that follows is one transaction.
        2. The settlement is this merchant's, is done, and its row is held.
        3. No line gives back more units than are left; each payer gets their part of each line
           and never more than they paid, as the database's constraints repeat.
        4. The ledger gets the opposite of what was posted; cash goes back as it came.
        5. The year it counted into is computed anew, whichever year it is now.

        Raises:
            DomainError: MSGID_REUSED, MSGID_FENCED, SETTLEMENT_UNKNOWN, SETTLEMENT_NOT_DONE,
                SETTLEMENT_REVERSED or REFUND_TOO_LARGE.
        """
        asked = {"settlement": settlement_id, "lines": sorted((u.n, u.quantity) for u in lines)}
        request = self._request(settlement_id, "refund", msgid, asked)
        return self._once(terminal, request, lines)

    def reverse(self, terminal: Terminal, settlement_id: str, *, msgid: str) -> Done:
        """Give all back that is left, once a message; otherwise as `refund`."""
        request = self._request(settlement_id, "reverse", msgid, {"settlement": settlement_id})
        return self._once(terminal, request, None)

    def _request(
        self, settlement_id: str, kind: str, msgid: str, asked: Mapping[str, object]
    ) -> Request:
        return Request(
            kind=kind,
            msgid=msgid,
            settlement_id=settlement_id,
            refund_id=new_id("rfd", self._clock.now()),
            asked=asked,
        )

    def _once(self, terminal: Terminal, request: Request, lines: Sequence[Units] | None) -> Done:
        def work(tx: Tx) -> None:
            with composing(tx) as session:
                self._work(session, terminal, request, lines)

        return self._messages.once(terminal, request, work)  # 1

    def _work(
        self, tx: Session, terminal: Terminal, request: Request, lines: Sequence[Units] | None
    ) -> None:
        settlement = lock_settlement(  # 2
            tx, request.settlement_id, merchant_id=terminal.merchant_id
        )
        _require_standing(settlement)
        parts = parts_of(lines_of(tx, settlement.id), lines)  # 3
        self._return(
            tx,
            _Return(
                terminal=terminal,
                request=request,
                settlement=settlement,
                parts=parts,
                whole=sum_of(parts),
                now=self._clock.now(),
            ),
        )

    def _return(self, tx: Session, one: _Return) -> None:
        settlement, whole = one.settlement, one.whole
        available = lock(tx, one.year, [names.own(p) for p, _, _ in settlement.sources])
        back = accounts_of(settlement, whole)
        txn_id = _post(tx, one, back)  # 4
        available[names.own(settlement.person_id)] += back.get(settlement.person_id, 0)
        self._give_back(tx, one, back)
        gone = Gone(in_scope=whole.in_scope, deductible=whole.deductible, fund=whole.fund)
        moved = self._years.recompute(  # 5
            tx,
            one.year,
            cause=one.refund_id,
            available=available,
            now=one.now,
            gone={settlement.id: gone},
        )
        _write(tx, one, txn_id)
        if settlement.cash_by == PROVIDER and whole.cash:
            _return_cash(tx, one)
        self._note(tx, one, moved)

    def _give_back(self, tx: Session, one: _Return, back: Mapping[str, int]) -> None:
        for person, _, use_id in one.settlement.sources:
            if use_id is not None and person in back:
                self._mutual.give_back(tx, use_id=use_id, amount=back[person])
        mandate_use_id = one.settlement.mandate_use_id
        if mandate_use_id is not None:
            self._mandates.give_back(tx, use_id=mandate_use_id, amount=one.whole.total)

    def _note(self, tx: Session, one: _Return, moved: Sequence[str]) -> None:
        settlement, terminal = one.settlement, one.terminal
        purpose = tx.scalars(select(Quote.purpose).where(Quote.id == settlement.quote_id)).one()
        actor = Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name)
        own_event = telling.REVERSED if one.request.kind == "reverse" else telling.REFUNDED
        events = [(own_event, settlement.id), *((telling.ADJUSTED, other) for other in moved)]
        for event, settlement_id in events:
            happened = Happened(
                event=event,
                settlement_id=settlement_id,
                person_id=settlement.person_id,
                purpose=purpose,
                by=actor,
                detail=one.refund_id,
            )
            self._telling.note(tx, happened, now=one.now)


def _require_standing(settlement: Settlement) -> None:
    if settlement.state in OPEN or settlement.state is SettlementState.VOIDED:
        raise SETTLEMENT_NOT_DONE()
    if settlement.state not in STANDING:
        raise SETTLEMENT_REVERSED()


def _post(tx: Session, one: _Return, back: Mapping[str, int]) -> str:
    settlement, whole = one.settlement, one.whole
    cash = cash_account(settlement.merchant_id, settlement.cash_by)
    entries = [
        *debit(names.payable(settlement.merchant_id), whole.total),
        *credit(names.fund(settlement.region, settlement.scheme), whole.fund),
        *(e for person, fen in sorted(back.items()) for e in credit(names.own(person), fen)),
        *credit(cash, whole.cash),
    ]
    return post(tx, entries, kind=one.request.kind, about=settlement.id, now=one.now)


def _write(tx: Session, one: _Return, txn_id: str) -> None:
    for part in one.parts:
        units = part.row.returned_quantity + part.units
        tx.execute(
            update(SettlementLine)
            .where(
                SettlementLine.settlement_id == one.settlement.id,
                SettlementLine.n == part.row.n,
            )
            .values(returned_quantity=units, **returned(part.row, part.split))
            .execution_options(synchronize_session=False)
        )
    _move_on(tx, one.settlement, one.whole)
    paid = {name: getattr(one.whole, name) for name in ("total", "fund", "account", "mutual")}
    tx.add(
        Refund(
            id=one.refund_id,
            settlement_id=one.settlement.id,
            merchant_id=one.settlement.merchant_id,
            terminal_id=one.terminal.terminal_id,
            msgid=one.request.msgid,
            whole=one.request.kind == "reverse",
            lines=[part.told() for part in one.parts],
            cash=one.whole.cash,
            txn_id=txn_id,
            at=one.now,
            **paid,
        )
    )
    tx.flush()


def _move_on(tx: Session, settlement: Settlement, whole: LineSplit) -> None:
    values = returned(settlement, whole)
    done = values["returned_total"] == settlement.total
    to = SettlementState.REVERSED if done else SettlementState.PARTIALLY_REFUNDED
    if to is not settlement.state:
        move(tx, settlement.id, to, **values)
        return
    tx.execute(
        update(Settlement)
        .where(Settlement.id == settlement.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _return_cash(tx: Session, one: _Return) -> None:
    query = select(CashOrder.id).where(CashOrder.settlement_id == one.settlement.id)
    order_id = tx.scalars(query).one()
    amount = one.whole.cash
    open_refund(tx, order_id, amount=amount, refund_id=one.refund_id, now=one.now)
