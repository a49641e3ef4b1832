"""The housing fund's view as we read it: within its time and size, each fault by its name."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from app.exchange.connectors.sql import SqlConnector
from app.exchange.connectors.watch import Overdue, ended_after
from app.exchange.contracts.terms import Envelope
from app.exchange.errors import Failure
from sandbox.departments.housing_fund.database import DATABASE, READER
from sandbox.departments.housing_fund.faults import FundFailure, switch
from tests.sandbox.departments.asking import LIBRARY, PAUSES, changed, failure, question, told
from tests.sandbox.departments.conftest import PASSWORD
from tests.sandbox.departments.people import OUYANG, ZHANG, ZHOU

FUND = LIBRARY.contract("housing_fund")


@pytest.fixture
def view(reader: str) -> Iterator[SqlConnector]:
    with closing(SqlConnector(url=reader, pauses=PAUSES)) as made:
        yield made


@pytest.fixture
def wide(fund: str) -> Iterator[SqlConnector]:
    """Reads any view of the fund's database: some that no department should have."""
    with psycopg.connect(fund, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA odd")
        for name, what in ODD.items():
            connection.execute(f"CREATE VIEW odd.{name} AS {what}".encode())
        with closing(SqlConnector(url=fund, pauses=PAUSES)) as made:
            yield made
        connection.execute("DROP SCHEMA odd CASCADE")


FROM = "FROM housing_fund.deposit"
ODD = {
    "many": f"SELECT d.* {FROM} AS d, generate_series(1, 101)",
    "few": f"SELECT d.* {FROM} AS d, generate_series(1, 100)",
    "timeless": (
        "SELECT citizen_number, name, account_number, record_version, as_of::timestamp AS as_of"
        f" {FROM}"
    ),
    "undated": (
        "SELECT citizen_number, name, account_number, record_version, NULL::timestamptz AS as_of"
        f" {FROM}"
    ),
    "unversioned": (
        f"SELECT citizen_number, name, account_number, NULL::text AS record_version, as_of {FROM}"
    ),
}


def test_a_record_comes_with_version_and_time(view: SqlConnector) -> None:
    found = told(FUND, view, question(FUND, ZHANG, ["account_number", "opened_on"]))
    assert found is not None
    assert found.records == ({"account_number": "GJJ99010100000001", "opened_on": "2014-07-01"},)
    assert len(found.record_version) == 16


def test_nobody_of_that_number_and_name_is_an_answer_with_a_version(view: SqlConnector) -> None:
    for who in (ZHOU, (ZHANG[0], OUYANG[1])):
        found = told(FUND, view, question(FUND, who))
        assert found is not None
        assert (found.records, len(found.record_version)) == ((), 16)


def test_a_dead_fund_is_unreachable_and_answers_again_once_mended(
    view: SqlConnector, fund: str
) -> None:
    assert failure(FUND, view, ZHANG) is None
    switch(fund, FundFailure.DEAD)
    assert failure(FUND, view, ZHANG) is Failure.UNREACHABLE
    switch(fund, FundFailure.NONE)
    assert failure(FUND, view, ZHANG) is None


def test_sessions_the_server_has_ended_are_made_anew(view: SqlConnector, fund: str) -> None:
    idle = [view._taken() for _ in range(3)]
    for one in idle:
        view._give_back(one)
    with psycopg.connect(fund, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (READER,)
        )
    assert failure(FUND, view, ZHANG) is None


def test_a_view_without_a_column_is_not_what_was_agreed(view: SqlConnector, fund: str) -> None:
    switch(fund, FundFailure.WRONG_SCHEMA)
    try:
        assert failure(FUND, view, ZHANG) is Failure.CONTRACT_BROKEN
    finally:
        switch(fund, FundFailure.NONE)
    assert failure(FUND, view, ZHANG) is None


def test_a_statement_that_waits_ends_in_its_time(view: SqlConnector, fund: str) -> None:
    with psycopg.connect(fund) as connection:
        connection.execute("LOCK TABLE housing_fund.account IN ACCESS EXCLUSIVE MODE")
        hasty = changed(FUND, timeout_ms=150)
        assert failure(hasty, view, ZHANG) is Failure.TIMED_OUT
    assert failure(FUND, view, ZHANG) is None


def test_a_server_that_never_ends_a_statement_is_cut_off(reader: str) -> None:
    with psycopg.connect(reader, autocommit=True) as connection:
        connection.execute("SET statement_timeout = 0")
        with pytest.raises(Overdue), ended_after(connection, 0.1):
            connection.execute("SELECT pg_sleep(60)")
        assert connection.broken


def test_a_connection_that_was_not_cut_stays_good(reader: str) -> None:
    with psycopg.connect(reader, autocommit=True) as connection:
        for _ in range(3):
            with ended_after(connection, 60):
                connection.execute("SELECT 1")
        with pytest.raises(psycopg.errors.UndefinedTable), ended_after(connection, 60):
            connection.execute("SELECT * FROM nowhere")
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_role_that_may_not_read_is_our_own_trouble(view: SqlConnector, fund: str) -> None:
    with psycopg.connect(fund, autocommit=True) as connection:
        connection.execute("REVOKE SELECT ON housing_fund.deposit FROM housing_fund_reader")
        try:
            assert failure(FUND, view, ZHANG) is Failure.NOT_AUTHENTICATED
        finally:
            connection.execute("GRANT SELECT ON housing_fund.deposit TO housing_fund_reader")
    assert failure(FUND, view, ZHANG) is None


def test_a_password_that_is_not_believed_is_our_own_trouble(server: str, reader: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        (told_at,) = connection.execute("SHOW hba_file").fetchone() or ("",)
        rules = Path(told_at)
        before = rules.read_text()
        rules.write_text(f"local {DATABASE} {READER} scram-sha-256\n{before}")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("SELECT pg_sleep(0.2)")
        try:
            wrong = make_conninfo(reader, password=f"not {PASSWORD}")
            with closing(SqlConnector(url=wrong, pauses=PAUSES)) as stranger:
                assert failure(FUND, stranger, ZHANG) is Failure.NOT_AUTHENTICATED
            with closing(SqlConnector(url=reader, pauses=PAUSES)) as known:
                assert failure(FUND, known, ZHANG) is None
        finally:
            rules.write_text(before)
            connection.execute("SELECT pg_reload_conf()")


def test_nobody_at_the_address_is_unreachable(tmp_path: Path) -> None:
    nowhere = make_conninfo(host=str(tmp_path), user=READER, dbname=DATABASE)
    with closing(SqlConnector(url=nowhere, pauses=PAUSES)) as connector:
        assert failure(FUND, connector, ZHANG) is Failure.UNREACHABLE


@pytest.mark.parametrize("path", ["a.b.c", 'x"; DROP SCHEMA housing_fund', "", "A.b", "a..b"])
def test_a_view_of_another_form_is_never_asked(view: SqlConnector, path: str) -> None:
    assert failure(changed(FUND, path=path), view, ZHANG) is Failure.REQUEST_REFUSED


def test_rows_and_bytes_are_bounded_by_the_server(wide: SqlConnector, view: SqlConnector) -> None:
    assert failure(changed(FUND, path="odd.few"), wide, ZHANG) is None
    assert failure(changed(FUND, path="odd.many"), wide, ZHANG) is Failure.TOO_LARGE
    small = changed(FUND, path="odd.few", answer_limit_kib=1)
    assert failure(small, wide, ZHANG) is Failure.TOO_LARGE
    one = changed(FUND, envelope=Envelope.ONE, path="odd.few")
    assert failure(one, wide, ZHANG) is Failure.CONTRACT_BROKEN
    assert failure(FUND, view, ZHANG) is None


@pytest.mark.parametrize("name", ["timeless", "undated", "unversioned"])
def test_a_row_without_version_or_time_is_not_what_was_agreed(
    wide: SqlConnector, name: str
) -> None:
    asked = changed(FUND, path=f"odd.{name}")
    with pytest.raises(Exception, match="contract_broken"):
        told(asked, wide, question(asked, ZHANG, ["account_number"]))
