"""How the fund's database can be broken on purpose, and mended."""

from __future__ import annotations

from enum import StrEnum
from typing import LiteralString

import psycopg

_READ_OFF: tuple[LiteralString, ...] = (
    "ALTER ROLE housing_fund_reader NOLOGIN",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'housing_fund_reader'",
)
_MENDED: tuple[LiteralString, ...] = (
    "ALTER ROLE housing_fund_reader LOGIN",
    """DO $$ BEGIN
        ALTER VIEW housing_fund.deposit RENAME COLUMN base TO monthly_base_fen;
    EXCEPTION WHEN undefined_column THEN NULL;
    END $$""",
)


class FundFailure(StrEnum):
    """What becomes of the reader."""

    NONE = "none"
    DEAD = "dead"
    """Its sessions end and it is let in no more."""
    WRONG_SCHEMA = "wrong-schema"
    """A column of the view has another name."""


_BREAKING: dict[FundFailure, tuple[LiteralString, ...]] = {
    FundFailure.NONE: (),
    FundFailure.DEAD: _READ_OFF,
    FundFailure.WRONG_SCHEMA: (
        "ALTER VIEW housing_fund.deposit RENAME COLUMN monthly_base_fen TO base",
    ),
}


def switch(dsn: str, failure: FundFailure) -> None:
    """Mend the database, then break it in this way.

    Args:
        dsn: of the fund's database, for the role that established it.
        failure: what is to be; it stays until another switch.

    Raises:
        psycopg.Error: the server cannot be reached, or does not let us.
    """
    # Each statement for itself: a session that ends must find the door shut already.
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in (*_MENDED, *_BREAKING[failure]):
            connection.execute(statement)
