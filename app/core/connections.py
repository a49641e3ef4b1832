"""Connections of the pool: whether one that waited is still good, and who commits on it."""

from __future__ import annotations

import select
import time
from typing import Any, Final, cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError

_TRUSTED_S: Final = 30.0
_USED: Final = "used"


def watch(engine: Engine) -> None:
    """Have every connection looked at when it is lent.

    1. A server that ends a connection says so: there is something to read on one that is at rest.
       Looking costs no journey.
    2. One that has rested for long is asked for a sign of life: what lies between may have
       forgotten it without a word.
    3. A connection that plain statements used commits by itself; a session's does not.
    """
    event.listen(engine, "checkout", _require_alive)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "begin", _take_over)


def _require_alive(driver: Any, record: Any, _: object) -> None:  # noqa: ANN401 - SQLAlchemy's
    if driver.closed or _speaks(driver):  # 1
        raise DisconnectionError
    if time.monotonic() - record.info.get(_USED, time.monotonic()) > _TRUSTED_S:  # 2
        try:
            driver.execute("SELECT 1")
            driver.rollback()
        except psycopg.Error:
            raise DisconnectionError from None


def _speaks(driver: psycopg.Connection[Any]) -> bool:
    waiting = select.poll()
    waiting.register(driver.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def _note_use(_: object, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
    record.info[_USED] = time.monotonic()


def _take_over(connection: Connection) -> None:
    driver = cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)
    if driver.autocommit and driver.pgconn.transaction_status == TransactionStatus.IDLE:  # 3
        driver.autocommit = False
