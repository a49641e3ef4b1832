"""The housing fund on a real PostgreSQL: its reader sees the view and can do nothing else."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from sandbox.departments.city.city import city
from sandbox.departments.housing_fund.accounts import accounts
from sandbox.departments.housing_fund.database import VIEW, establish
from sandbox.departments.housing_fund.faults import FundFailure, switch
from tests.sandbox.departments.conftest import PASSWORD
from tests.sandbox.departments.people import AYNUR, OUYANG, ZHANG, ZHOU

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def corrected(server: str, fund: str) -> Iterator[psycopg.Connection]:
    """The fund's own role in a session; what it did to the accounts is undone after the test."""
    with psycopg.connect(fund, autocommit=True) as connection:
        yield connection
        connection.execute("DROP SCHEMA housing_fund CASCADE")
    establish(server, reader_password=PASSWORD)


def deposit(dsn: str, who: tuple[str, str]) -> list[dict[str, object]]:
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        asked = "SELECT * FROM housing_fund.deposit WHERE citizen_number = %s AND name = %s"
        return connection.execute(asked, who).fetchall()


def test_the_reader_sees_an_account_through_the_view(reader: str) -> None:
    (row,) = deposit(reader, ZHANG)

    assert row["account_number"] == "GJJ99010100000001"
    assert row["employer_name"] == "晴川市明远软件有限公司"
    assert row["monthly_base_fen"] == 1_800_000
    assert row["percent"] == 12
    assert row["monthly_deposit_fen"] == 432_000
    assert row["balance_fen"] == 432_000 * 148
    assert row["status"] == "paying"
    assert len(str(row["record_version"])) == 16
    assert row["as_of"] is not None


def test_every_account_of_the_city_is_there_and_no_other(reader: str) -> None:
    with psycopg.connect(reader) as connection:
        told = connection.execute(
            "SELECT citizen_number, name FROM housing_fund.deposit"
        ).fetchall()

    names = city().names()
    assert {number for number, _ in told} == {one.person for one in city().jobs if one.fund_percent}
    assert all(names[number] == name for number, name in told)
    assert len(told) == len(accounts()) > 50
    assert [len(deposit(reader, who)) for who in (OUYANG, ZHOU, AYNUR)] == [1, 0, 0]
    assert deposit(reader, (ZHANG[0], ZHOU[1])) == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM housing_fund.account",
        "SELECT * FROM housing_fund.member",
        "SELECT * FROM housing_fund.employer",
        "SELECT * FROM housing_fund.source",
        "INSERT INTO housing_fund.member VALUES ('990101199008151084', 'x')",
        "UPDATE housing_fund.account SET percent = 5",
        "DELETE FROM housing_fund.account",
        "TRUNCATE housing_fund.account",
        "DELETE FROM housing_fund.deposit",
        "UPDATE housing_fund.deposit SET name = 'x'",
        "DROP SCHEMA housing_fund CASCADE",
        "CREATE OR REPLACE VIEW housing_fund.deposit AS SELECT 1",
        "CREATE TABLE housing_fund.mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "CREATE TEMPORARY TABLE mine (a int)",
        "CREATE SCHEMA mine",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, '')",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT rolpassword FROM pg_authid",
        "SET ROLE zero_run",
    ],
)
def test_the_reader_can_do_nothing_else_even_if_it_lifts_its_own_settings(
    reader: str, statement: str
) -> None:
    with psycopg.connect(reader, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        # Postgres answers to a view that cannot be written to before it asks who wants to.
        with pytest.raises((errors.InsufficientPrivilege, errors.ObjectNotInPrerequisiteState)):
            connection.execute(statement.encode())


def test_the_readers_sessions_are_read_only_from_the_start(reader: str) -> None:
    with psycopg.connect(reader) as connection:
        assert connection.execute("SHOW transaction_read_only").fetchone() == ("on",)
        assert connection.execute("SHOW statement_timeout").fetchone() == ("5s",)


def test_nobody_else_gets_into_the_fund(server: str, fund: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE ROLE stranger LOGIN")
        try:
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                psycopg.connect(make_conninfo(fund, user="stranger"))
        finally:
            connection.execute("DROP ROLE stranger")


def test_a_corrected_account_has_another_version_and_the_others_keep_theirs(
    corrected: psycopg.Connection, reader: str
) -> None:
    before = {who: deposit(reader, who)[0]["record_version"] for who in (ZHANG, OUYANG)}
    change = "UPDATE housing_fund.account SET status = 'suspended' WHERE citizen_number = %s"
    corrected.execute(change, ZHANG[:1])

    after = {who: deposit(reader, who)[0]["record_version"] for who in (ZHANG, OUYANG)}
    assert after[ZHANG] != before[ZHANG]
    assert after[OUYANG] == before[OUYANG]


def test_a_version_does_not_depend_on_how_a_session_writes_dates(reader: str) -> None:
    with psycopg.connect(reader, autocommit=True) as connection:
        asked = "SELECT record_version FROM housing_fund.deposit ORDER BY 1"
        usual = connection.execute(asked).fetchall()
        connection.execute("SET datestyle = 'German'")
        connection.execute("SET timezone = 'Asia/Shanghai'")

        assert connection.execute(asked).fetchall() == usual


def test_what_was_corrected_outlives_another_start_but_not_another_city(
    server: str, corrected: psycopg.Connection, reader: str
) -> None:
    corrected.execute("DELETE FROM housing_fund.account WHERE citizen_number = %s", ZHANG[:1])

    establish(server, reader_password=PASSWORD)
    assert deposit(reader, ZHANG) == []
    assert len(deposit(reader, OUYANG)) == 1

    corrected.execute("UPDATE housing_fund.source SET digest = 'of another city'")
    establish(server, reader_password=PASSWORD)
    assert len(deposit(reader, ZHANG)) == 1


def test_two_that_establish_the_fund_at_once_do_not_disturb_each_other(
    server: str, reader: str
) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE housing_fund WITH (FORCE)")

    with ThreadPoolExecutor(max_workers=2) as pool:
        own = list(pool.map(lambda _: establish(server, reader_password=PASSWORD), range(2)))

    assert own[0] == own[1]
    assert len(deposit(reader, ZHANG)) == 1


def test_a_dead_fund_lets_the_reader_in_no_more_until_it_is_mended(fund: str, reader: str) -> None:
    with psycopg.connect(reader) as session:
        switch(fund, FundFailure.DEAD)
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1 FROM housing_fund.deposit")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        deposit(reader, ZHANG)

    switch(fund, FundFailure.NONE)
    assert len(deposit(reader, ZHANG)) == 1


def test_a_fund_of_a_wrong_schema_lacks_a_column_until_it_is_mended(fund: str, reader: str) -> None:
    for _ in range(2):
        switch(fund, FundFailure.WRONG_SCHEMA)
        assert "monthly_base_fen" not in deposit(reader, ZHANG)[0]

    switch(fund, FundFailure.NONE)
    assert "monthly_base_fen" in deposit(reader, ZHANG)[0]


def test_an_empty_password_is_refused(server: str) -> None:
    with pytest.raises(ValueError, match="everybody"):
        establish(server, reader_password="")


def run(dsn: str, *words: str, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "sandbox.departments.housing_fund", *words],
        cwd=ROOT,
        env={"HOUSING_FUND_DSN": dsn, "HOUSING_FUND_READER_PASSWORD": password},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_program_establishes_breaks_and_mends_the_fund(server: str, reader: str) -> None:
    made, broken = run(server), run(server, "--fail=dead")
    with pytest.raises(psycopg.OperationalError):
        deposit(reader, ZHANG)
    mended = run(server)

    assert [made.returncode, broken.returncode, mended.returncode] == [0, 0, 0]
    assert VIEW in made.stdout
    assert PASSWORD not in made.stdout + made.stderr
    assert len(deposit(reader, ZHANG)) == 1


def test_the_program_says_what_is_missing() -> None:
    nowhere = run("host=/nonexistent user=x dbname=x")
    unnamed = run("")

    assert (nowhere.returncode, unnamed.returncode) == (1, 1)
    assert "housing fund cannot start" in nowhere.stderr
    assert "HOUSING_FUND_DSN" in unnamed.stderr
    assert "Traceback" not in nowhere.stderr + unnamed.stderr
