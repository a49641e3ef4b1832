"""A payment provider and a family, in the test's own process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from app.core.errors import UNAVAILABLE, ErrorKind
from app.core.statements import Tx, rows
from app.settlement.errors import MANDATE_REFUSED

LOST: Final = "lost"
"""It was done, but the answer did not come."""
SILENT: Final = "silent"
"""Nothing was done and nothing came."""


@dataclass(frozen=True)
class Status:
    state: str
    amount: int
    provider_ref: str = "pay-1"
    refund_id: str | None = None


@dataclass
class FakePayments:
    """Takes money as a provider does; `faults` says how the next calls go wrong."""

    orders: dict[str, Status] = field(default_factory=dict)
    refunds: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    pays_at_once: bool = False
    lies_by: int = 0
    """How much more it says than was ordered."""

    def create(self, order_id: str, amount: int) -> Status:
        def do() -> Status:
            state = "PAID" if self.pays_at_once else "PENDING"
            return self.orders.setdefault(order_id, Status(state, amount))

        return self._answered("create", do)

    def query(self, order_id: str) -> Status:
        return self._answered("query", lambda: self.orders.get(order_id, Status("UNKNOWN", 0)))

    def close(self, order_id: str) -> Status:
        def do() -> Status:
            found = self.orders.get(order_id, Status("UNKNOWN", 0))
            if found.state == "PENDING":
                self.orders[order_id] = found = Status("CLOSED", found.amount)
            return found

        return self._answered("close", do)

    def refund(self, order_id: str, refund_id: str, amount: int) -> Status:
        def do() -> Status:
            assert self.orders[order_id].state == "PAID"
            self.refunds.setdefault(refund_id, amount)
            assert self.returned <= self.taken
            return Status("REFUNDED", amount, refund_id=refund_id)

        return self._answered("refund", do)

    def pay(self, state: str = "PAID") -> str:
        """The person pays the latest order, or fails to; returns its id."""
        order_id, order = list(self.orders.items())[-1]
        self.orders[order_id] = Status(state, order.amount)
        return order_id

    @property
    def taken(self) -> int:
        return sum(order.amount for order in self.orders.values() if order.state == "PAID")

    @property
    def returned(self) -> int:
        return sum(self.refunds.values())

    def _answered(self, name: str, do: object) -> Status:
        self.calls.append(name)
        fault = self.faults.pop(0) if self.faults else ""
        if fault == SILENT:
            raise UNAVAILABLE()
        assert callable(do)
        status: Status = do()
        if fault == LOST:
            raise UNAVAILABLE()
        if self.lies_by:
            return Status(status.state, status.amount + self.lies_by)
        return status


@dataclass
class FakeFamily:
    """Mandates and mutual aid: what is allowed and what was used."""

    payers: list[tuple[str, int]] = field(default_factory=list)
    mandate_left: int = 0
    uses: dict[str, int] = field(default_factory=dict)
    refuses: ErrorKind | None = None

    def available(self, tx: Tx, person_id: str) -> Sequence[tuple[str, int]]:
        assert rows(tx, "SELECT 1") == [(1,)]
        assert person_id
        return self.payers

    def consume(self, tx: Session, *, payer_id: str, beneficiary_id: str, amount: int) -> str:
        assert tx.is_active
        assert payer_id != beneficiary_id
        if self.refuses is not None:
            raise self.refuses(members={"action": "CANCEL"})
        return self._use(amount)

    def check_at_commit(
        self,
        tx: Session,
        *,
        mandate_id: str,
        principal_id: str,
        agent_id: str,
        purpose: str,
        amount: int,
        merchant_kind: str,
    ) -> str:
        assert tx.is_active
        assert mandate_id != principal_id != agent_id
        assert (purpose, merchant_kind) == ("02121", "pharmacy")
        if amount > self.mandate_left:
            raise MANDATE_REFUSED()
        self.mandate_left -= amount
        return self._use(amount)

    def give_back(self, tx: Session, *, use_id: str, amount: int) -> None:
        assert tx.is_active
        assert 0 < amount <= self.uses[use_id]
        self.uses[use_id] -= amount

    def _use(self, amount: int) -> str:
        use_id = f"use_{len(self.uses)}"
        self.uses[use_id] = amount
        return use_id
