"""Plain statements: one transaction, whoever joins it, on connections that are looked at first."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from app.core.database import Database
from app.core.errors import FORBIDDEN, DomainError
from app.core.statements import Tx, attempt, changed, composing, finally_run, row, rows
from tests.conftest import Servers

ADD = "INSERT INTO test_plain VALUES (%(n)s)"
ALL = "SELECT n FROM test_plain ORDER BY n"
OPEN = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"


@pytest.fixture
def database(servers: Servers) -> Iterator[Database]:
    made = Database(servers.database_url, pool_size=1)
    with made.separate() as tx:
        tx.execute(text("CREATE TABLE test_plain (n integer UNIQUE)"))
    try:
        yield made
    finally:
        with made.separate() as tx:
            tx.execute(text("DROP TABLE test_plain"))
        made.close()


def numbers(database: Database) -> list[int]:
    return [n for (n,) in database.look(ALL, {})]


def test_what_ends_well_is_committed_together(database: Database) -> None:
    with database.direct() as tx:
        assert changed(tx, ADD, {"n": 1}) == 1
        finally_run(tx, ADD, {"n": 2})
        assert rows(tx, ALL) == [(1,)]  # nobody waits for what was put off
        assert row(tx, "SELECT n FROM test_plain WHERE n = 7") is None
    assert numbers(database) == [1, 2]


def test_nothing_is_left_of_what_raises(database: Database) -> None:
    def refuse() -> None:
        with database.direct() as tx:
            changed(tx, ADD, {"n": 1})
            finally_run(tx, ADD, {"n": 2})
            raise FORBIDDEN()

    with pytest.raises(DomainError, match="FORBIDDEN"):
        refuse()
    assert numbers(database) == []


@pytest.mark.parametrize("direct", [True, False], ids=["plain", "composed"])
def test_an_attempt_that_fails_is_undone_alone(database: Database, *, direct: bool) -> None:
    def fail(tx: Tx) -> None:
        with attempt(tx):
            changed(tx, ADD, {"n": 2})
            finally_run(tx, ADD, {"n": 3})
            changed(tx, ADD, {"n": 1})

    with database.direct() if direct else database.transaction() as tx:
        finally_run(tx, ADD, {"n": 0})
        with attempt(tx):
            changed(tx, ADD, {"n": 1})
        with pytest.raises(psycopg.errors.UniqueViolation):
            fail(tx)
        changed(tx, ADD, {"n": 4})
    assert numbers(database) == [0, 1, 4]


def test_what_was_put_off_and_fails_undoes_all_of_it(database: Database) -> None:
    def fail() -> None:
        with database.direct() as tx:
            changed(tx, ADD, {"n": 1})
            finally_run(tx, ADD, {"n": 1})

    with pytest.raises(psycopg.errors.UniqueViolation):
        fail()
    assert numbers(database) == []
    assert database.look(OPEN, {}) == [(0,)]


def test_a_first_statement_that_fails_leaves_nothing_open(database: Database) -> None:
    def fail() -> None:
        with database.direct() as tx:
            rows(tx, "SELECT nothing")

    with pytest.raises(psycopg.errors.UndefinedColumn):
        fail()
    assert database.look(OPEN, {}) == [(0,)]


def test_only_put_off_statements_are_a_transaction_too(database: Database) -> None:
    with database.direct() as tx:
        finally_run(tx, ADD, {"n": 1})
        finally_run(tx, ADD, {"n": 2})
    assert numbers(database) == [1, 2]


def test_whoever_composes_joins_it(database: Database) -> None:
    def refuse() -> None:
        with database.direct() as tx:
            changed(tx, ADD, {"n": 1})
            with database.transaction() as joined:
                joined.execute(text("INSERT INTO test_plain VALUES (2)"))
            with composing(tx) as composed, composed.begin_nested():
                assert composed.scalars(text("SELECT n FROM test_plain ORDER BY n")).all() == [1, 2]
            assert rows(tx, ALL) == [(1,), (2,)]
            raise FORBIDDEN()

    with pytest.raises(DomainError, match="FORBIDDEN"):
        refuse()
    assert numbers(database) == []


def test_a_savepoint_within_undoes_its_own_part_only(database: Database) -> None:
    with database.direct() as tx:
        changed(tx, ADD, {"n": 1})
        with composing(tx) as session:
            nested = session.begin_nested()
            session.execute(text("INSERT INTO test_plain VALUES (2)"))
            nested.rollback()
        changed(tx, ADD, {"n": 3})
    assert numbers(database) == [1, 3]


def test_plain_statements_join_a_transaction_that_is_under_way(database: Database) -> None:
    def refuse() -> None:
        with database.transaction() as session, database.direct() as tx:
            assert tx is session
            changed(tx, ADD, {"n": 1})
            finally_run(tx, ADD, {"n": 2})
            assert rows(tx, ALL) == [(1,), (2,)]
            raise FORBIDDEN()

    with pytest.raises(DomainError, match="FORBIDDEN"):
        refuse()
    assert numbers(database) == []


def test_one_connection_serves_both_kinds_in_turns(database: Database) -> None:
    """Whoever had it last, a session's transaction is whole and a look leaves none open."""

    def fail() -> None:
        with database.transaction() as session:
            session.execute(text("DELETE FROM test_plain"))
            raise ZeroDivisionError

    for n in range(3):
        with database.direct() as tx:
            changed(tx, ADD, {"n": 10 + n})
        with pytest.raises(ZeroDivisionError):
            fail()
        assert database.look(OPEN, {}) == [(0,)]
    assert numbers(database) == [10, 11, 12]


def test_a_connection_that_the_server_ended_meanwhile_is_replaced_unnoticed(
    servers: Servers, database: Database
) -> None:
    other = Database(servers.database_url, pool_size=1)
    try:
        pids = set()
        for use in (lambda: numbers(database), database.ping):
            ((pid,),) = database.look("SELECT pg_backend_pid()", {})
            other.look("SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": pid})
            use()
            pids.add(pid)
        assert len(pids) == 2
    finally:
        other.close()


def test_one_that_has_rested_for_long_is_asked_for_a_sign_of_life(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.connections._TRUSTED_S", -1.0)
    with database.direct() as tx:
        changed(tx, ADD, {"n": 1})
    with database.transaction() as session:
        session.execute(text("INSERT INTO test_plain VALUES (2)"))
    assert numbers(database) == [1, 2]
    assert database.look(OPEN, {}) == [(0,)]


def test_a_statement_that_is_not_answered_is_an_outage(database: Database) -> None:
    def lose() -> None:
        with database.direct() as tx:
            changed(tx, ADD, {"n": 1})
            rows(tx, "SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(DomainError) as refused:
        lose()
    assert refused.value.kind.code == "UNAVAILABLE"
    assert numbers(database) == []  # and the next one works


def test_a_session_in_which_the_server_is_lost_by_a_plain_statement_is_an_outage(
    database: Database,
) -> None:
    with pytest.raises(DomainError) as refused, database.transaction() as tx:
        rows(tx, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert refused.value.kind.code == "UNAVAILABLE"
    assert numbers(database) == []
