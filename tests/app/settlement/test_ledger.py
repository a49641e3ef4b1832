"""The ledger loses no fen, and whoever touches it is found out."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import DomainError
from app.settlement.models.ledger import LedgerAccount, LedgerTxn
from app.settlement.service.ledger import accounts as names
from app.settlement.service.ledger.accounts import Accounts
from app.settlement.service.ledger.chaining import Sequencer
from app.settlement.service.ledger.content import Entry
from app.settlement.service.ledger.posting import (
    PENDING,
    POSTED,
    VOIDED,
    credit,
    debit,
    entries_of,
    post,
    resolve,
)
from app.settlement.service.ledger.verifying import LedgerReport, LedgerVerification
from tests.fakes import FakeClock

OWN, FUND = names.own("prs_a"), names.fund("990100", "employee")
PREMIUMS, PAYABLE = names.premiums("990100", "employee"), names.payable("mer_a")


@pytest.fixture(autouse=True)
def _opened(accounts: Accounts) -> None:
    accounts.open([OWN, FUND, PREMIUMS, PAYABLE])


def put_in(database: Database, clock: FakeClock, amount: int) -> str:
    with database.separate() as tx:
        entries = [*debit(PREMIUMS, amount), *credit(OWN, amount)]
        return post(tx, entries, kind="credit", about="c", now=clock.now())


def spend(tx: Session, clock: FakeClock, amount: int, *, fund: int = 0, phase: str = POSTED) -> str:
    entries = [*debit(OWN, amount), *debit(FUND, fund), *credit(PAYABLE, amount + fund)]
    return post(tx, entries, kind="settle", about="s", now=clock.now(), phase=phase)


def balance(database: Database, account_id: str) -> tuple[int, int]:
    with database.separate() as tx:
        row = tx.get_one(LedgerAccount, account_id)
        return row.posted, row.reserved


def verified(database: Database, anchor: str | None = None) -> LedgerReport:
    return LedgerVerification(database=database).run(anchor=anchor)


def tamper(database: Database, sql: str) -> None:
    """As somebody who owns the database could."""
    with database.separate() as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        tx.execute(text(sql))


def test_balances_are_the_sums_of_their_entries(database: Database, clock: FakeClock) -> None:
    put_in(database, clock, 500)
    with database.separate() as tx:
        spend(tx, clock, 120, fund=80)
    assert balance(database, OWN) == (380, 0)
    assert balance(database, PAYABLE) == (0, 0)
    assert Sequencer(database=database).run_all() == 2
    assert balance(database, PAYABLE) == (200, 0)
    assert balance(database, FUND) == (80, 0)
    report = verified(database)
    assert report.intact
    assert (report.transactions, report.chained) == (2, 2)


def test_nothing_can_be_spent_twice(database: Database, clock: FakeClock) -> None:
    put_in(database, clock, 100)
    with database.separate() as tx:
        spend(tx, clock, 60)
    with pytest.raises(DomainError, match="BALANCE_MOVED"), database.separate() as tx:
        spend(tx, clock, 41)
    assert balance(database, OWN) == (40, 0)


def test_what_is_reserved_cannot_be_spent(database: Database, clock: FakeClock) -> None:
    put_in(database, clock, 100)
    with database.separate() as tx:
        spend(tx, clock, 60, phase=PENDING)
    assert balance(database, OWN) == (100, 60)
    with pytest.raises(DomainError, match="BALANCE_MOVED"), database.separate() as tx:
        spend(tx, clock, 41)
    assert verified(database).intact


@pytest.mark.parametrize(("phase", "left"), [(POSTED, (40, 0)), (VOIDED, (100, 0))])
def test_a_pending_transaction_is_posted_or_voided_once(
    database: Database, clock: FakeClock, phase: str, left: tuple[int, int]
) -> None:
    put_in(database, clock, 100)
    with database.separate() as tx:
        held = spend(tx, clock, 60, fund=5, phase=PENDING)
    with database.separate() as tx:
        resolve(tx, entries_of(tx, held), pending=held, about="s", now=clock.now(), phase=phase)
    assert balance(database, OWN) == left
    put_in(database, clock, 1)
    with database.separate() as tx:
        spend(tx, clock, 1, phase=PENDING)
    with (
        pytest.raises(
            (IntegrityError, DomainError), match=r"uq_ledger_txns_resolves|BALANCE_MOVED"
        ),
        database.separate() as tx,
    ):
        resolve(tx, entries_of(tx, held), pending=held, about="s", now=clock.now(), phase=VOIDED)
    Sequencer(database=database).run_all()
    assert verified(database).intact


def test_a_move_can_rest_on_what_was_seen(database: Database, clock: FakeClock) -> None:
    put_in(database, clock, 100)
    entries = [*debit(OWN, 50), *credit(PAYABLE, 50)]
    with pytest.raises(DomainError, match="BALANCE_MOVED"), database.separate() as tx:
        post(tx, entries, kind="settle", about="s", now=clock.now(), seen={OWN: 99})
    with database.separate() as tx:
        post(tx, entries, kind="settle", about="s", now=clock.now(), seen={OWN: 100})


def test_the_database_refuses_what_does_not_add_up(database: Database, clock: FakeClock) -> None:
    entries = [Entry(PREMIUMS, 5), Entry(PAYABLE, -4)]
    with pytest.raises(IntegrityError, match="does not balance"), database.separate() as tx:
        post(tx, entries, kind="credit", about="c", now=clock.now())


def test_no_entry_is_added_to_an_old_transaction(database: Database, clock: FakeClock) -> None:
    old = put_in(database, clock, 100)
    pair = text(
        "INSERT INTO ledger_entries (txn_id, n, account_id, amount) "
        "VALUES (:id, 3, :one, 7), (:id, 4, :other, -7)"
    )
    with pytest.raises(IntegrityError, match="does not balance"), database.separate() as tx:
        tx.execute(pair, {"id": old, "one": FUND, "other": PAYABLE})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_entries SET amount = amount * 2",
        "DELETE FROM ledger_entries",
        "UPDATE ledger_txns SET kind = 'other'",
        "UPDATE ledger_txns SET position = 7, chain_hash = content_hash, about = 'x'",
        "DELETE FROM ledger_txns",
    ],
)
def test_the_ledger_only_grows(database: Database, clock: FakeClock, change: str) -> None:
    put_in(database, clock, 100)
    with pytest.raises(IntegrityError, match=r"only grows|only chained"), database.separate() as tx:
        tx.execute(text(change))


def test_a_link_of_the_chain_is_made_once(database: Database, clock: FakeClock) -> None:
    put_in(database, clock, 100)
    Sequencer(database=database).run_all()
    with pytest.raises(IntegrityError, match="only chained, once"), database.separate() as tx:
        tx.execute(text("UPDATE ledger_txns SET position = 2"))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE ledger_entries SET amount = amount * 2", "altered"),
        ("UPDATE ledger_entries SET amount = 7 WHERE n = 1", "unbalanced"),
        ("DELETE FROM ledger_entries", "unbalanced"),
        ("UPDATE ledger_txns SET about = 'another'", "altered"),
        ("DELETE FROM ledger_txns WHERE position = 2", "broken"),
        ("UPDATE ledger_txns SET chain_hash = content_hash WHERE position = 2", "broken"),
        ("UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'own'", "balances"),
        ("UPDATE ledger_accounts SET posted = posted + 1 WHERE kind = 'premiums'", "balances"),
        ("UPDATE ledger_accounts SET reserved = 1 WHERE kind = 'own'", "balances"),
    ],
)
def test_verification_finds_what_was_tampered_with(
    database: Database, clock: FakeClock, change: str, fault: str
) -> None:
    for amount in (100, 200, 300):
        put_in(database, clock, amount)
    Sequencer(database=database).run_all()
    assert verified(database).intact
    tamper(database, change)
    report = verified(database)
    assert not report.intact
    assert getattr(report, fault)


def test_a_rewritten_chain_does_not_hold_the_hash_noted_before(
    database: Database, clock: FakeClock
) -> None:
    put_in(database, clock, 100)
    Sequencer(database=database).run_all()
    noted = verified(database).head
    put_in(database, clock, 200)
    Sequencer(database=database).run_all()
    assert verified(database, noted).anchor_found
    tamper(database, "UPDATE ledger_txns SET position = NULL, chain_hash = NULL")
    tamper(database, "UPDATE ledger_accounts SET posted = 0 WHERE NOT at_once")
    first = "(SELECT id FROM ledger_txns ORDER BY number LIMIT 1)"
    tamper(database, f"DELETE FROM ledger_entries WHERE txn_id = {first}")  # noqa: S608 - ours
    tamper(database, f"DELETE FROM ledger_txns WHERE id = {first}")  # noqa: S608 - ours
    tamper(database, "UPDATE ledger_accounts SET posted = 200 WHERE kind = 'own'")
    Sequencer(database=database).run_all()
    report = verified(database, noted)
    assert not report.broken
    assert report.anchor_found is False
    assert not report.intact


def test_the_chain_has_no_gaps_however_it_was_cut_into_batches(
    database: Database, clock: FakeClock
) -> None:
    sequencer = Sequencer(database=database)
    for amount in range(1, 8):
        put_in(database, clock, amount)
        sequencer.run(most=2)
    sequencer.run_all()
    with database.separate() as tx:
        positions = tx.scalars(select(LedgerTxn.position).order_by(LedgerTxn.number)).all()
    assert positions == list(range(1, 8))
    assert verified(database).intact


def test_an_account_is_opened_once(database: Database, clock: FakeClock) -> None:
    for _ in range(2):
        Accounts(database=database, clock=clock).open([OWN, names.own("prs_b")])
    with database.separate() as tx:
        assert tx.get_one(LedgerAccount, names.own("prs_b")).at_once
