"""Whoever changes a row, or whatever goes wrong between two books, is found and told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

import pytest
from sqlalchemy import select

from app.outbox.models import OutboxMessage
from app.settlement.models.ledger import LedgerTxn
from app.settlement.ports import CashPayments
from app.settlement.reconciliation.models import Difference, ReconciliationCursor
from app.settlement.reconciliation.service.watching.watch import CHECKS, BooksWatch
from app.settlement.service.cash.saga import CashSaga
from app.settlement.service.ledger.chaining import Sequencer
from app.wiring.notifications import build_dispatcher
from app.wiring.reconciliation import build_watch
from tests.app.device import Device
from tests.app.settlement.fakes import SILENT, FakePayments, Status
from tests.app.settlement.reconciliation.steps import OPERATOR, listed, tamper
from tests.app.settlement.steps import Shop, plain
from tests.app.world import World

BIG: Final = plain(2_000, 10)
"""More than the own account holds: some of it is cash."""


@pytest.fixture
def watch(world: World, payments: CashPayments) -> BooksWatch:
    return build_watch(world.shared, payments)


def new(watch: BooksWatch) -> dict[str, int]:
    """What a round found that was not known, by check."""
    return {name: count for name, count in watch.round().items() if count}


def found(world: World) -> list[tuple[str, str]]:
    """Open differences: what was compared, and the class."""
    with world.database.separate() as tx:
        query = select(Difference.compared, Difference.kind).where(Difference.closed_at.is_(None))
        return sorted((row.compared.value, row.kind.value) for row in tx.execute(query))


@dataclass(frozen=True)
class Fault:
    """What somebody does to a row, how it is undone, and what is found."""

    do: str
    undo: str
    found: tuple[str, str]


FAULTS: Final = {
    "a settlement's row is changed": Fault(
        "UPDATE settlements SET account = account - 1, cash = cash + 1 WHERE id = :id",
        "UPDATE settlements SET account = account + 1, cash = cash - 1 WHERE id = :id",
        ("ledger", "amount"),
    ),
    "a line is changed": Fault(
        "UPDATE settlement_lines SET cash = cash + 1, account = account - 1 "
        "WHERE settlement_id = :id",
        "UPDATE settlement_lines SET cash = cash - 1, account = account + 1 "
        "WHERE settlement_id = :id",
        ("ledger", "amount"),
    ),
    "what was posted is about something else": Fault(
        "UPDATE ledger_txns SET about = 'lost ' || about WHERE about = :id AND kind = 'settle'",
        "UPDATE ledger_txns SET about = :id WHERE about = 'lost ' || :id",
        ("ledger", "missing_there"),
    ),
    "something is posted twice": Fault(
        "UPDATE ledger_txns SET about = :id WHERE about = :other AND kind = 'settle'",
        "UPDATE ledger_txns SET about = :other WHERE id = :txn",
        ("ledger", "duplicate"),
    ),
    "a refund's row is changed": Fault(
        "UPDATE refunds SET account = account - 1, cash = cash + 1",
        "UPDATE refunds SET account = account + 1, cash = cash - 1",
        ("refund", "amount"),
    ),
    "an entry's amount is changed": Fault(
        "UPDATE ledger_entries SET amount = amount + 1 WHERE n = 1 AND txn_id = :credit",
        "UPDATE ledger_entries SET amount = amount - 1 WHERE n = 1 AND txn_id = :credit",
        ("entries", "amount"),
    ),
    "a transaction lacks an entry": Fault(
        "UPDATE ledger_txns SET entries = entries + 1 WHERE id = :credit",
        "UPDATE ledger_txns SET entries = entries - 1 WHERE id = :credit",
        ("entries", "missing_there"),
    ),
    "a year's figures are changed": Fault(
        "UPDATE accumulators SET deductible_paid = deductible_paid - 1",
        "UPDATE accumulators SET deductible_paid = deductible_paid + 1",
        ("year", "amount"),
    ),
    "a balance is changed": Fault(
        "UPDATE ledger_accounts SET posted = posted + 1 WHERE id = :own",
        "UPDATE ledger_accounts SET posted = posted - 1 WHERE id = :own",
        ("balance", "amount"),
    ),
    "something is set aside that is not": Fault(
        "UPDATE ledger_accounts SET reserved = reserved + 1 WHERE id = :own",
        "UPDATE ledger_accounts SET reserved = reserved - 1 WHERE id = :own",
        ("balance", "amount"),
    ),
}


def test_each_fault_is_found_told_and_closed_when_it_is_undone(
    shop: Shop, world: World, watch: BooksWatch, console: Device
) -> None:
    first, second = shop.buy(BIG), shop.buy(plain(700))
    shop.refund(first["settlement_id"], (1, 1))
    Sequencer(database=world.database).run_all()
    assert new(watch) == {}
    with world.database.separate() as tx:
        values = {
            "id": first["settlement_id"],
            "other": second["settlement_id"],
            "credit": tx.scalars(select(LedgerTxn.id).where(LedgerTxn.kind == "credit")).one(),
            "txn": tx.scalars(
                select(LedgerTxn.id).where(LedgerTxn.about == second["settlement_id"])
            ).one(),
            "own": f"own:{shop.person_id}",
        }
    for name, fault in FAULTS.items():
        used = {one: value for one, value in values.items() if f":{one}" in fault.do + fault.undo}
        _tamper(world, fault.do, used)
        watch.round()
        assert fault.found in found(world), name
        assert new(watch) == {}, name
        _tamper(world, fault.undo, used)
        watch.round()
        assert found(world) == [], name
    assert {one["status"] for one in listed(console, status="closed")} == {"EQUAL"}
    told = console.get(f"{OPERATOR}/watch").json["items"]
    assert sorted(one["compared"] for one in told) == sorted(
        [*(check.compared.value for check in CHECKS), "provider"]
    )
    assert all(one["rounds"] > len(FAULTS) for one in told)


def _tamper(world: World, sql: str, values: dict[str, str]) -> None:
    tamper(world.database, sql, **{k: v for k, v in values.items() if f":{k}" in sql})


def test_a_message_tells_operators_once_and_without_an_amount(
    shop: Shop, world: World, watch: BooksWatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bought = shop.buy(BIG)
    _tamper(world, FAULTS["a line is changed"].do, {"id": bought["settlement_id"]})
    dispatcher = build_dispatcher(world.shared)
    while dispatcher.run(most=50):
        pass
    capsys.readouterr()
    assert new(watch) == {"ledger": 1}
    assert new(watch) == {}
    dispatcher.run(most=50)
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    (told,) = [line for line in lines if line["event"] == "books_differ"]
    assert told["source"] == "ledger"
    assert told.keys() == {"event", "source", "kind", "level", "request_id", "timestamp"}
    with world.database.separate() as tx:
        topics = select(OutboxMessage.topic).where(OutboxMessage.delivered_at.is_(None))
        assert "reconciliation.difference" not in set(tx.scalars(topics))


def test_what_the_provider_was_paid_and_we_do_not_know_is_found(
    shop: Shop, world: World, watch: BooksWatch, payments: FakePayments, saga: CashSaga
) -> None:
    held = shop.buy(BIG, cash="provider")
    order_id = payments.pay("CLOSED")
    world.clock.advance(minutes=6)
    saga.resolve()
    assert shop.read(held["settlement_id"])["status"] == "VOIDED"
    world.clock.advance(minutes=5)
    Sequencer(database=world.database).run_all()
    assert new(watch) == {}
    payments.orders[order_id] = Status("PAID", held["split"]["cash"])
    payments.faults = [SILENT]
    assert new(watch) == {}
    assert new(watch) == {"provider": 1}
    assert found(world) == [("provider", "missing_here")]
    # What the provider tells in the end is given back, and the books agree again.
    with world.database.separate() as tx:
        saga.on_event(tx, order_id, payments.orders[order_id])
    saga.resolve()
    Sequencer(database=world.database).run_all()
    world.clock.advance(minutes=5)
    assert new(watch) == {}
    assert found(world) == []


def test_what_we_call_paid_and_the_provider_does_not_is_found(
    shop: Shop, world: World, watch: BooksWatch, payments: FakePayments, saga: CashSaga
) -> None:
    held = shop.buy(BIG, cash="provider")
    order_id = payments.pay()
    world.clock.advance(seconds=30)
    saga.resolve()
    assert shop.read(held["settlement_id"])["status"] == "SETTLED"
    world.clock.advance(minutes=5)
    Sequencer(database=world.database).run_all()
    assert new(watch) == {}
    cash = held["split"]["cash"]
    payments.orders[order_id] = Status("CLOSED", cash)
    assert new(watch) == {"provider": 1}
    payments.orders[order_id] = Status("PAID", cash + 1)
    new(watch)
    assert found(world) == [("provider", "amount")]
    payments.orders[order_id] = Status("UNKNOWN", cash)
    new(watch)
    assert found(world) == [("provider", "amount")]
    payments.orders[order_id] = Status("PAID", cash)
    new(watch)
    tamper(world.database, "UPDATE cash_orders SET state = 'DROPPED'")
    payments.orders[order_id] = Status("CLOSED", cash)
    assert new(watch) == {"cash": 1}
    assert found(world) == [("cash", "missing_there")]


def test_a_payment_event_without_its_settlement_is_found(
    shop: Shop, world: World, watch: BooksWatch
) -> None:
    held = shop.buy(BIG, cash="provider")
    assert held["cash_order_id"]
    cash = held["split"]["cash"]
    now = world.clock.now()
    tamper(
        world.database,
        "INSERT INTO payment_orders (order_id, amount, refund_asked, created_at) "
        "VALUES (:id, :cash, 0, :now)",
        id=held["cash_order_id"],
        cash=cash,
        now=now,
    )
    tamper(
        world.database,
        "INSERT INTO payment_events (id, order_id, state, amount, provider_ref, occurred_at, "
        "received_at, sha256) VALUES ('evt_1', :id, 'PAID', :cash, 'pay-1', :now, :now, "
        "decode(repeat('00', 32), 'hex'))",
        id=held["cash_order_id"],
        cash=cash,
        now=now,
    )
    assert new(watch) == {}
    world.clock.advance(minutes=2)
    assert new(watch) == {"payment": 1}
    assert found(world) == [("payment", "missing_here")]


def test_a_round_is_bounded_and_goes_on_where_it_was(
    shop: Shop, world: World, watch: BooksWatch
) -> None:
    for _ in range(2):
        shop.buy(plain(100))
    world.clock.advance(seconds=1)
    big = shop.buy(BIG)["settlement_id"]
    _tamper(world, FAULTS["a settlement's row is changed"].do, {"id": big})
    assert watch.round(most=2)["ledger"] == 0
    with world.database.separate() as tx:
        cursor = tx.get_one(ReconciliationCursor, "ledger")
        assert cursor.rounds == 0
        assert "" < cursor.position < big
    other = build_watch(world.shared, None)
    assert other.round(most=2)["ledger"] == 1
    assert other.all()["ledger"] == 0
    # What is open is looked at however old it is.
    world.clock.advance(days=5)
    _tamper(world, FAULTS["a settlement's row is changed"].undo, {"id": big})
    other.round()
    assert ("ledger", "amount") not in found(world)


def test_a_ledger_that_is_not_chained_any_more_is_late(
    shop: Shop, world: World, watch: BooksWatch
) -> None:
    shop.buy(plain(100))
    assert new(watch) == {}
    world.clock.advance(minutes=6)
    assert "entries" in new(watch)
    assert set(found(world)) == {("entries", "late")}
    Sequencer(database=world.database).run_all()
    new(watch)
    assert found(world) == []
