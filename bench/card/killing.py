"""Processes that are killed while they settle with a cash part, and what becomes of it.

A child settles through the payment provider and, if its customer pays, brings the order to its end;
after a time drawn by chance it gets SIGKILL, wherever it is. The system's own dispatcher, and the
provider's notifications, do the rest. Converged is what came to one of three ends, in our book and
in the provider's alike: settled and paid; voided and not paid; never begun.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import secrets
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, Final

import urllib3
from sqlalchemy import select

from app.core.access.principals import Terminal
from app.core.clock import SystemClock
from app.core.errors import DomainError
from app.settlement.models.cash import CashOrder
from app.settlement.models.purchase import Settlement
from app.settlement.service.cash.saga import CashSaga
from app.settlement.service.settling.settling import Order, Settling
from app.settlement.states import SettlementState
from app.wiring.settlement import build_saga, connected_payments
from bench.card.desk import Desk
from bench.card.tills import Till
from config import Settings

_PATIENCE_S: Final = 120.0
_CONVERGES_WITHIN_S: Final = 60.0
_LATER: Final = timedelta(minutes=11)
"""After which nobody waits for a customer any more."""
_LOOK_S: Final = 0.25
_NEVER_AFTER_S: Final = 5.0
"""What a dead process has not committed by then it never will: the server saw it hang up."""
_LONGEST_S: Final = 0.8
"""The kill comes at any time until then."""


@dataclass(slots=True, kw_only=True)
class Victim:
    """A purchase whose process was killed."""

    msgid: str
    pays: bool
    killed_at: float
    """Monotonic, seconds."""
    end: str = ""
    """settled, voided, never begun; empty: none of them yet."""
    ended_after_s: float = 0.0


@dataclass(slots=True, kw_only=True)
class Converged:
    """What came of all."""

    runs: int
    ends: dict[str, int] = field(default_factory=dict)
    longest_s: float = 0.0
    """From the kill to the end, of those that were paid for."""

    @property
    def converged(self) -> int:
        """How many came to one of the ends."""
        return sum(count for end, count in self.ends.items() if end)


class Provider:
    """The sandbox's payment provider: its book, and the customers who pay there."""

    def __init__(self, path: Path) -> None:
        """Read where it is."""
        told = json.loads(path.read_text(encoding="utf-8"))
        self._control, self._token = str(told["control"]), str(told["token"])
        self._pool = urllib3.PoolManager(retries=False, timeout=10.0)

    def pay(self, order_id: str) -> None:
        """Pay an order, if the provider knows it and it can still be paid."""
        self._pool.request(
            "POST",
            f"{self._control}/sandbox/payments",
            json={"order_id": order_id},
            headers=self._headers,
        )

    def order(self, order_id: str) -> tuple[str, int]:
        """Return state and amount in the provider's book; `NONE` where it has no such order."""
        url = f"{self._control}/sandbox/orders/{order_id}"
        answer = self._pool.request("GET", url, headers=self._headers)
        if answer.status == 404:  # noqa: PLR2004 - RFC 9110, 15.5.5
            return "NONE", 0
        told = answer.json()
        return str(told["state"]), int(told["amount_fen"])

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


class _Later(SystemClock):
    """The time when nobody waits any more."""

    def now(self) -> datetime:
        """Return it."""
        return super().now() + _LATER


@dataclass(frozen=True, slots=True, kw_only=True)
class Killing:
    """Kills, and looks what becomes of it."""

    desk: Desk
    environment: Mapping[str, str]
    provider: Path
    till: Till
    seed: int

    def measure(self, quotes: Sequence[str]) -> Converged:
        """Settle each quote in a process of its own that is killed; half of the customers pay."""
        rng = Random(self.seed)  # noqa: S311 - when, not what
        victims = []
        for quote_id in quotes:
            pays = rng.random() < 0.5  # noqa: PLR2004 - every other one
            victims.append(self._killed(quote_id, pays=pays, after_s=rng.uniform(0, _LONGEST_S)))
            self._look(victims)
        self._wait(victims)
        self._give_up(victims)
        ends = {end: sum(v.end == end for v in victims) for end in {v.end: 0 for v in victims}}
        longest = max((v.ended_after_s for v in victims if v.end == "settled"), default=0.0)
        return Converged(runs=len(victims), ends=ends, longest_s=round(longest, 1))

    def _killed(self, quote_id: str, *, pays: bool, after_s: float) -> Victim:
        msgid = secrets.token_hex(8)
        order = Order(quote_id=quote_id, msgid=msgid, cash="provider")
        errand = _Errand(
            environment=self.environment,
            provider=self.provider,
            till=self.till.principal,
            order=order,
            pays=pays,
        )
        with _child(errand) as (pid, pipe):
            pipe.send("go")
            time.sleep(after_s)
            os.kill(pid, signal.SIGKILL)
        return Victim(msgid=msgid, pays=pays, killed_at=time.monotonic())

    def _wait(self, victims: Sequence[Victim]) -> None:
        until = time.monotonic() + _CONVERGES_WITHIN_S
        while time.monotonic() < until and any(not v.end for v in self._awaited(victims)):
            self._look(victims)
            time.sleep(_LOOK_S)

    def _awaited(self, victims: Sequence[Victim]) -> list[Victim]:
        """Return those of whom an end is to come by itself: the others first have to be late."""
        with self.desk.database.separate() as tx:
            begun = set(tx.scalars(select(Settlement.msgid)))
        return [v for v in victims if v.pays or v.msgid not in begun]

    def _give_up(self, victims: Sequence[Victim]) -> None:
        """Look with a clock that is ahead: what nobody has paid for is voided."""
        with Desk(self.desk.shared.settings, clock=_Later()) as later:
            payments = connected_payments(later.shared, later.closing)
            if payments is None:
                msg = "no payment provider is connected"
                raise RuntimeError(msg)
            build_saga(later.shared, payments=payments).resolve(most=len(victims) + 1)
        self._look(victims, last=True)

    def _look(self, victims: Sequence[Victim], *, last: bool = False) -> None:
        """See who has come to an end; customers who pay do it as soon as they can."""
        provider = Provider(self.provider)
        for victim in victims:
            if victim.end:
                continue
            order_id, victim.end = self._end(provider, victim)
            if victim.end:
                victim.ended_after_s = time.monotonic() - victim.killed_at
            elif order_id and victim.pays and not last:
                provider.pay(order_id)

    def _end(self, provider: Provider, victim: Victim) -> tuple[str, str]:
        """Return the order's id and the end, each empty where there is none."""
        query = (
            select(Settlement.state, CashOrder.id, CashOrder.amount)
            .join(CashOrder, CashOrder.settlement_id == Settlement.id)
            .where(Settlement.msgid == victim.msgid)
        )
        with self.desk.database.separate() as tx:
            row = tx.execute(query).one_or_none()
        if row is None:
            gone = time.monotonic() - victim.killed_at > _NEVER_AFTER_S
            return "", "never begun" if gone else ""
        state, order_id, amount = row
        theirs, paid = provider.order(order_id)
        if state is SettlementState.SETTLED and (theirs, paid) == ("PAID", amount):
            return order_id, "settled"
        if state is SettlementState.VOIDED and theirs in {"NONE", "CLOSED", "FAILED", "REFUNDED"}:
            return order_id, "voided"
        return order_id, ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Errand:
    """What a child is to do."""

    environment: Mapping[str, str]
    provider: Path
    till: Terminal
    order: Order
    pays: bool


@contextmanager
def _child(errand: _Errand) -> Iterator[tuple[int, Connection]]:
    """Start a process that settles when it is told to; its remains are cleared away."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    ours, theirs = context.Pipe()
    process = context.Process(target=_settle, args=(errand, theirs))
    process.start()
    try:
        if not ours.poll(_PATIENCE_S) or process.pid is None:
            raise TimeoutError
        ours.recv()
        yield process.pid, ours
    finally:
        process.kill()
        process.join(_PATIENCE_S)


def _settle(errand: _Errand, pipe: Connection) -> None:
    with Desk(Settings.from_environment(errand.environment)) as desk:
        desk.database.ping()
        payments: Any = connected_payments(desk.shared, desk.closing)
        saga, provider = build_saga(desk.shared, payments=payments), Provider(errand.provider)
        pipe.send("ready")
        pipe.recv()
        settled = desk.service(Settling).settle(errand.till, errand.order)
        query = select(CashOrder.id).where(CashOrder.settlement_id == settled.settlement_id)
        with desk.database.separate() as tx:
            order_id = tx.scalars(query).one()
        if errand.pays:
            provider.pay(order_id)
            _advance(saga, order_id)
        time.sleep(_PATIENCE_S)  # until it is killed


def _advance(saga: CashSaga, order_id: str) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        try:
            saga.advance(order_id)
        except DomainError:
            return
        time.sleep(_LOOK_S)
