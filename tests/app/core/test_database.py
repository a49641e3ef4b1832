"""Transactions join, and what the library raises is translated."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Thread

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InterfaceError, ProgrammingError
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import FORBIDDEN, DomainError
from tests.conftest import Servers

ROWS = "SELECT n FROM test_rows ORDER BY n"


@pytest.fixture
def database(servers: Servers) -> Iterator[Database]:
    made = Database(servers.database_url, pool_size=1)
    with made.separate() as tx:
        tx.execute(text("CREATE TABLE test_rows (n integer UNIQUE)"))
    try:
        yield made
    finally:
        with made.separate() as tx:
            tx.execute(text("DROP TABLE test_rows"))
        made.close()


def add(tx: Session, n: int) -> None:
    tx.execute(text("INSERT INTO test_rows VALUES (:n)"), {"n": n})


def run(database: Database, *statements: str, pause: float = 0) -> None:
    """All statements in one transaction, with a pause before each."""
    with database.transaction() as tx:
        for statement in statements:
            time.sleep(pause)
            tx.execute(text(statement))


def rows(database: Database) -> list[int]:
    with database.separate() as tx:
        return sorted(tx.scalars(text("SELECT n FROM test_rows")).all())


def refuse_after_adding(database: Database, *, survives: bool) -> None:
    with database.transaction() as tx:
        add(tx, 1)
        with database.separate() if survives else database.transaction() as inner:
            add(inner, 2)
        raise FORBIDDEN()


def test_a_transaction_inside_another_joins_it(database: Database) -> None:
    with pytest.raises(DomainError, match="FORBIDDEN"):
        refuse_after_adding(database, survives=False)
    assert rows(database) == []


def test_a_separate_one_outlives_the_refusal(database: Database) -> None:
    with pytest.raises(DomainError, match="FORBIDDEN"):
        refuse_after_adding(database, survives=True)
    assert rows(database) == [2]


def test_threads_do_not_join_each_others_transactions(database: Database) -> None:
    def elsewhere() -> None:
        with database.transaction() as tx:
            add(tx, 2)

    def refuse() -> None:
        with database.transaction() as tx:
            add(tx, 1)
            thread = Thread(target=elsewhere)
            thread.start()
            thread.join()
            raise FORBIDDEN()

    with pytest.raises(DomainError):
        refuse()
    assert rows(database) == [2]


@pytest.mark.parametrize("opened", ["transaction", "direct"])
def test_what_is_to_follow_is_called_once_all_is_there_to_see(
    database: Database, opened: str
) -> None:
    seen: list[list[int]] = []
    with getattr(database, opened)(), database.transaction() as tx:
        add(tx, 1)
        database.afterwards(lambda: seen.append(rows(database)))
        with tx.begin_nested():
            add(tx, 2)
        assert seen == []
    assert seen == [[1, 2]]
    with getattr(database, opened)():
        pass
    assert len(seen) == 1


@pytest.mark.parametrize("opened", ["transaction", "direct"])
def test_nothing_follows_what_is_rolled_back(database: Database, opened: str) -> None:
    called: list[int] = []

    def refuse() -> None:
        with getattr(database, opened)():
            database.afterwards(lambda: called.append(1))
            raise FORBIDDEN()

    with pytest.raises(DomainError):
        refuse()
    with getattr(database, opened)():
        pass
    assert called == []


def test_where_nothing_is_under_way_it_follows_at_once(database: Database) -> None:
    called: list[str] = []
    database.afterwards(lambda: called.append("alone"))
    with database.transaction(), database.apart():
        database.afterwards(lambda: called.append("apart"))
        assert called == ["alone", "apart"]


def test_a_look_sees_the_transaction_under_way(database: Database) -> None:
    with database.transaction() as tx:
        add(tx, 1)
        assert database.look(ROWS, {}) == [(1,)]
        tx.rollback()
    assert database.look(ROWS, {}) == []


def test_a_look_leaves_no_transaction_open_and_the_next_ones_are_whole(database: Database) -> None:
    for _ in range(3):  # one connection, used in turns
        assert database.look(ROWS, {}) == []
        with pytest.raises(DomainError):
            refuse_after_adding(database, survives=False)
    with database.separate() as tx:
        query = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        assert tx.scalar(text(query)) == 0


def test_a_look_that_is_not_answered_is_an_outage(database: Database) -> None:
    with pytest.raises(DomainError) as refused:
        database.look("SELECT pg_terminate_backend(pg_backend_pid())", {})
    is_unavailable(refused)
    assert database.look(ROWS, {}) == []  # and the next one works


def test_a_look_hides_no_fault_of_a_statement(database: Database) -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn):
        database.look("SELECT nothing", {})


def is_unavailable(refused: pytest.ExceptionInfo[DomainError]) -> None:
    assert refused.value.kind.code == "UNAVAILABLE"
    assert refused.value.retry_after == 2


@pytest.mark.parametrize(
    "statements",
    [
        ("SELECT pg_terminate_backend(pg_backend_pid())",),
        ("SET LOCAL statement_timeout = 20", "SELECT pg_sleep(5)"),
    ],
    ids=["connection lost", "statement too slow"],
)
def test_a_failing_connection_is_an_outage(database: Database, statements: tuple[str, ...]) -> None:
    with pytest.raises(DomainError) as refused:
        run(database, *statements)
    is_unavailable(refused)
    assert rows(database) == []  # and the next one works


def test_a_transaction_that_idles_is_ended_by_the_server(database: Database) -> None:
    with pytest.raises(DomainError) as refused:
        run(database, "SET LOCAL idle_in_transaction_session_timeout = 20", "SELECT 1", pause=0.2)
    is_unavailable(refused)
    assert rows(database) == []


def test_a_row_somebody_holds_is_waited_for_only_so_long(database: Database) -> None:
    with database.separate() as tx:
        add(tx, 1)
    with database.separate() as holder:
        holder.execute(text("SELECT n FROM test_rows FOR UPDATE"))
        with pytest.raises(DomainError) as refused:
            run(database, "SET LOCAL lock_timeout = 20", "UPDATE test_rows SET n = 2")
    is_unavailable(refused)
    assert rows(database) == [1]


def test_a_fault_of_the_drivers_interface_is_an_outage(database: Database) -> None:
    fault = InterfaceError("SELECT", None, Exception())
    with pytest.raises(DomainError) as refused, database.transaction():
        raise fault
    is_unavailable(refused)


def test_more_requests_than_connections_are_an_outage_not_a_queue_without_end(
    database: Database,
) -> None:
    with ExitStack() as held:
        for _ in range(2):  # one kept, one more for a moment
            held.enter_context(database.separate()).execute(text("SELECT 1"))
        with pytest.raises(DomainError) as refused:
            database.ping()
    is_unavailable(refused)
    database.ping()


def test_a_server_that_is_not_there_is_an_outage() -> None:
    nowhere = Database("postgresql+psycopg://u@127.0.0.1:1/d", pool_size=1)
    with pytest.raises(DomainError) as refused:
        nowhere.ping()
    is_unavailable(refused)


def test_a_fault_of_the_program_is_not_called_an_outage(database: Database) -> None:
    with pytest.raises(ProgrammingError):
        run(database, "SELEKT 1")
    with pytest.raises(IntegrityError):
        run(database, "INSERT INTO test_rows VALUES (1), (1)")


def test_no_value_of_a_statement_is_in_an_errors_text(database: Database) -> None:
    with pytest.raises(ProgrammingError) as failed, database.transaction() as tx:
        tx.execute(text("SELECT :number FROM nowhere"), {"number": "330102199003071234"})
    assert "330102199003071234" not in str(failed.value)
