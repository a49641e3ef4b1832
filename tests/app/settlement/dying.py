"""A process that settles through the payment provider, and is killed at a chosen step."""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.access.principals import Terminal
from app.identity.service.persons import Persons
from app.settlement.models.cash import CashOrder
from app.settlement.ports import CashStatus
from app.settlement.service.cash.outcomes import CashOutcomes
from app.settlement.service.cash.saga import CashSaga
from app.settlement.service.settling.settling import Order, Settling
from app.wiring.settlement import build_saga, build_settlement
from tests.app.settlement.fakes import Status
from tests.app.settlement.racers import Race, infrastructure
from tests.fakes import FakeClock


class FilePayments:
    """A provider whose memory outlives the process that asks it."""

    def __init__(self, path: Path, *, die_at: str = "") -> None:
        self._path = path
        self._die_at = die_at

    def create(self, order_id: str, amount: int) -> Status:
        _die(self._die_at, "claimed")
        orders = self._orders()
        orders.setdefault(order_id, ["PENDING", amount])
        self._path.write_text(json.dumps(orders), encoding="utf-8")
        _die(self._die_at, "created")
        return self.query(order_id)

    def query(self, order_id: str) -> Status:
        state, amount = self._orders().get(order_id, ("UNKNOWN", 0))
        return Status(state, amount)

    def close(self, order_id: str) -> Status:
        return self.query(order_id)

    def refund(self, order_id: str, refund_id: str, amount: int) -> Status:
        assert order_id in self._orders()
        return Status("REFUNDED", amount, refund_id=refund_id)

    def pay_all(self) -> None:
        orders = {order_id: ["PAID", amount] for order_id, (_, amount) in self._orders().items()}
        self._path.write_text(json.dumps(orders), encoding="utf-8")

    @property
    def taken(self) -> int:
        return sum(amount for state, amount in self._orders().values() if state == "PAID")

    def _orders(self) -> dict[str, Any]:
        if not self._path.exists():
            return {}
        orders: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
        return orders


class DyingOutcomes(CashOutcomes):
    """Dies after everything was done and before it is committed."""

    die_at = ""

    def apply(self, tx: Session, order_id: str, status: CashStatus) -> None:
        super().apply(tx, order_id, status)
        tx.flush()
        _die(self.die_at, "settling" if status.state == "PAID" else "applied")


def _die(wanted: str, point: str) -> None:
    if wanted == point:
        os.kill(os.getpid(), signal.SIGKILL)


def main(told: dict[str, Any]) -> None:
    terminal_id, merchant_id = told["terminal"]
    terminal = Terminal(
        terminal_id=terminal_id,
        merchant_id=merchant_id,
        merchant_name="平安大药房",
        thumbprint="",
        purposes=frozenset({"02121"}),
        scope=frozenset({"settlement"}),
    )
    race = Race(
        database_url=told["database_url"],
        redis_url=told["redis_url"],
        var_dir=Path(told["var_dir"]),
        now=datetime.fromisoformat(told["now"]),
        terminal=terminal,
    )
    point, shared = told["point"], infrastructure(race)
    payments = FilePayments(Path(told["provider"]), die_at=point)
    persons = Persons(database=shared.database, cipher=shared.cipher, clock=shared.clock)
    services = build_settlement(shared, persons=persons, payments=payments)
    saga = build_saga(shared, payments=payments)
    DyingOutcomes.die_at = point
    saga._outcomes.__class__ = DyingOutcomes
    settling = services[Settling]
    assert isinstance(settling, Settling)
    settling._saga = Held(saga, point)
    order = Order(quote_id=told["quote"], msgid=told["msgid"], cash="provider")
    settling.settle(terminal, order)
    payments.pay_all()
    _die(point, "paid")
    clock = shared.clock
    assert isinstance(clock, FakeClock)
    clock.advance(seconds=30)
    with shared.database.separate() as tx:
        order_id = tx.scalars(select(CashOrder.id)).one()
    saga.advance(order_id)
    _die(point, "settled")


class Held(CashSaga):
    """Dies between the commit of the hold and the first step of the saga."""

    def __init__(self, saga: CashSaga, point: str) -> None:
        self._saga_of_test = saga
        self._point = point

    def start(self, settlement_id: str) -> None:
        _die(self._point, "held")
        self._saga_of_test.start(settlement_id)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
