"""Makes and fills the fund's database, and the role that may read its view and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from sandbox.departments.housing_fund.accounts import Account, accounts, digest_of

DATABASE, READER, VIEW = "housing_fund", "housing_fund_reader", "housing_fund.deposit"
_SCHEMA = Path(__file__).with_name("schema.sql")
_READER_SETTINGS: tuple[LiteralString, ...] = (
    # A role can lift these of its own session: what it may not do is a matter of its grants.
    "ALTER ROLE housing_fund_reader SET default_transaction_read_only = on",
    "ALTER ROLE housing_fund_reader SET statement_timeout = '5s'",
    "ALTER ROLE housing_fund_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE",
    "ALTER ROLE housing_fund_reader NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 32",
    "REVOKE ALL ON DATABASE housing_fund FROM PUBLIC, housing_fund_reader",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    # Large objects are the one thing everybody may write.
    "REVOKE EXECUTE ON FUNCTION lo_create(oid), lo_creat(integer) FROM PUBLIC",
    "REVOKE EXECUTE ON FUNCTION lo_from_bytea(oid, bytea) FROM PUBLIC",
    "GRANT CONNECT ON DATABASE housing_fund TO housing_fund_reader",
    "GRANT USAGE ON SCHEMA housing_fund TO housing_fund_reader",
    "GRANT SELECT ON housing_fund.deposit TO housing_fund_reader",
)


def establish(dsn: str, *, reader_password: str) -> str:
    """Make what is missing: the database, then in one transaction tables, accounts and reader.

    Accounts that were corrected stay so until the city they were drawn from changes.

    Args:
        dsn: libpq's, of a role that may make databases and roles, to any database of the server.
        reader_password: of the role `READER`; it becomes this one.

    Returns:
        The DSN of the fund's database, for the same role.

    Raises:
        ValueError: the password is empty.
        psycopg.Error: the server cannot be reached, or does not let us.
    """
    if not reader_password:
        msg = "an empty reader's password would let everybody in"
        raise ValueError(msg)
    own = make_conninfo(dsn, dbname=DATABASE)
    with psycopg.connect(dsn, autocommit=True) as connection:
        # One at a time, until this session ends: two launches may establish the fund at once.
        connection.execute("SELECT pg_advisory_lock(hashtext('housing_fund'))")
        _ensure_database(connection)
        with psycopg.connect(own) as inside:
            _fill(inside, accounts())
            _ensure_reader(inside, reader_password)
    return own


def _ensure_database(connection: psycopg.Connection[Any]) -> None:
    known = "SELECT 1 FROM pg_database WHERE datname = %s"
    if connection.execute(known, (DATABASE,)).fetchone() is None:
        # Not even their order may depend on where the server stands.
        make = "CREATE DATABASE {} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
        connection.execute(sql.SQL(make).format(sql.Identifier(DATABASE)))


def _fill(connection: psycopg.Connection[Any], held: Sequence[Account]) -> None:
    digest = digest_of(tuple(held))
    if _standing(connection) == digest:
        return
    connection.execute("DROP SCHEMA IF EXISTS housing_fund CASCADE")
    connection.execute(_schema())
    connection.execute("INSERT INTO housing_fund.source VALUES (%s)", (digest,))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO housing_fund.employer VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [(one.employer_code, one.employer_name) for one in held],
        )
        cursor.executemany(
            "INSERT INTO housing_fund.member VALUES (%s, %s)",
            [(one.citizen_number, one.name) for one in held],
        )
        cursor.executemany(
            "INSERT INTO housing_fund.account VALUES (%s, %s, %s, %s, %s, %s, %s, 'paying')",
            [_account(one) for one in held],
        )


def _schema() -> bytes:
    return _SCHEMA.read_bytes()


def _standing(connection: psycopg.Connection[Any]) -> str | None:
    """Return the digest of what was filled in, if the tables are there."""
    made = connection.execute("SELECT to_regclass('housing_fund.source') IS NOT NULL").fetchone()
    if made != (True,):
        return None
    row = connection.execute("SELECT digest FROM housing_fund.source").fetchone()
    return row[0] if row else None


def _ensure_reader(connection: psycopg.Connection[Any], password: str) -> None:
    known = "SELECT 1 FROM pg_roles WHERE rolname = %s"
    if connection.execute(known, (READER,)).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(READER)))
    for setting in _READER_SETTINGS:
        connection.execute(setting)
    # Only what the server keeps of it travels: a statement may end up in a log.
    kept = connection.pgconn.encrypt_password(password.encode(), READER.encode(), b"scram-sha-256")
    change = sql.SQL("ALTER ROLE {} PASSWORD {}")
    connection.execute(change.format(sql.Identifier(READER), sql.Literal(kept.decode())))


def _account(one: Account) -> tuple[object, ...]:
    return (
        one.number,
        one.citizen_number,
        one.employer_code,
        one.opened_on,
        one.monthly_base_fen,
        one.percent,
        one.months_paid,
    )
