"""A view of a department's database, read by a role that may do nothing else."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg import errors, sql

from app.exchange.connectors.answers import Told, write_answer
from app.exchange.connectors.trying import Pauses, twice
from app.exchange.connectors.watch import Overdue, ended_after
from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Request

_CONNECT_S: Final = 2
"""libpq knows no shorter wait for a connection."""
_MOST_ROWS: Final = 100
_VIEW: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?")
_VERSION, _AS_OF = "@version", "@as_of"
# The server bounds what it sends: rows by LIMIT, bytes by counting before any is sent.
_QUERY: Final = """
    WITH told AS MATERIALIZED (
        SELECT to_json(one)::text AS line
        FROM (
            SELECT {fields}, record_version AS {version}, as_of AS {as_of}
            FROM {view}
            WHERE citizen_number = %(number)s AND name = %(name)s
            ORDER BY record_version
            LIMIT %(rows)s
        ) AS one
    )
    SELECT
        statement_timestamp(),
        count(*),
        CASE WHEN coalesce(sum(octet_length(line)), 0) <= %(bytes)s THEN array_agg(line) END
    FROM told
"""
_CLASSES: Final = {
    "08": Failure.UNREACHABLE,  # the connection broke
    "42": Failure.CONTRACT_BROKEN,  # no such view or column: not what was agreed
    "53": Failure.OVERLOADED,
    "57": Failure.UNREACHABLE,  # the server stops, or ends our session
}
"""By the first two characters of an SQLSTATE (PostgreSQL, appendix A)."""


class SqlConnector:
    """Reads views of one database. Thread-safe; connections are kept and shared.

    The view has the columns `citizen_number`, `name`, `record_version`, `as_of` beside the fields
    of its contract. The role's rights are the department's to limit; the session asks for no more
    than to read all the same.
    """

    def __init__(
        self,
        *,
        url: str,
        pauses: Pauses,
        connections: int = 8,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare; nothing is connected yet.

        Args:
            url: libpq's, with the role's password; it is shown to nobody.
            pauses: between a broken connection and the second try.
            connections: how many are kept open.
            timer: monotonic seconds.
        """
        self._url = url
        self._pauses = pauses
        self._most = connections
        self._timer = timer
        self._lock = threading.Lock()
        self._idle: list[psycopg.Connection[Any]] = []

    def ask(self, request: Request) -> bytes:
        """Read the view; once more on a new connection if the connection failed.

        Raises:
            ExchangeFailed: no usable answer within the time.
        """
        deadline = self._timer() + request.timeout_s
        return twice(lambda: self._once(request, deadline), pauses=self._pauses)

    def close(self) -> None:
        """Close all connections that nobody uses."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _once(self, request: Request, deadline: float) -> bytes:
        left = deadline - self._timer()
        if left <= 0:
            raise ExchangeFailed(Failure.TIMED_OUT)
        query, connection = _query(request), self._taken()
        try:
            row = _read(connection, query, request, seconds=left)
        except Overdue:
            connection.close()
            raise ExchangeFailed(Failure.TIMED_OUT) from None
        except psycopg.Error as error:
            self._after(connection)
            raise ExchangeFailed(_failure_of(error)) from None
        self._give_back(connection)
        if row is None:
            raise ExchangeFailed(Failure.CONTRACT_BROKEN)
        return _answer(request, *row)

    def _taken(self) -> psycopg.Connection[Any]:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        try:
            return psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=_CONNECT_S,
                application_name="zero-run",
                options="-c default_transaction_read_only=on -c timezone=UTC",
            )
        except psycopg.Error as error:
            raise ExchangeFailed(_refusal_of(error)) from None

    def _give_back(self, connection: psycopg.Connection[Any]) -> None:
        with self._lock:
            if len(self._idle) < self._most:
                self._idle.append(connection)
                return
        connection.close()

    def _after(self, connection: psycopg.Connection[Any]) -> None:
        """Where one connection broke, the idle ones are broken too: the next try makes its own."""
        if not connection.broken and not connection.closed:
            self._give_back(connection)
            return
        connection.close()
        self.close()


def _read(
    connection: psycopg.Connection[Any], query: sql.Composed, request: Request, *, seconds: float
) -> tuple[datetime, int, list[str] | None] | None:
    """Ask the server, which ends a statement in time; where it does not, we end the connection."""
    question = request.question
    values = {
        "number": question.citizen_number,
        "name": question.name,
        "rows": _MOST_ROWS + 1,
        "bytes": request.answer_limit,
    }
    with ended_after(connection, seconds):
        limit = str(max(1, int(seconds * 1000)))
        connection.execute("SELECT set_config('statement_timeout', %s, false)", (limit,))
        return connection.execute(query, values).fetchone()


def _query(request: Request) -> sql.Composed:
    if _VIEW.fullmatch(request.path) is None:
        raise ExchangeFailed(Failure.REQUEST_REFUSED)
    return sql.SQL(_QUERY).format(
        fields=sql.SQL(", ").join(map(sql.Identifier, request.question.fields)),
        version=sql.Identifier(_VERSION),
        as_of=sql.Identifier(_AS_OF),
        view=sql.Identifier(*request.path.split(".")),
    )


def _answer(request: Request, asked_at: datetime, count: int, lines: list[str] | None) -> bytes:
    if count > _MOST_ROWS or (count and lines is None):
        raise ExchangeFailed(Failure.TOO_LARGE)
    rows = [json.loads(line) for line in lines or ()]
    told = [Told(version=row.pop(_VERSION), record=row) for row in rows if row[_VERSION]]
    if len(told) < len(rows):
        raise ExchangeFailed(Failure.CONTRACT_BROKEN)
    with suppress(TypeError, ValueError):
        as_of = min((_moment(row.pop(_AS_OF)) for row in rows), default=asked_at)
        return write_answer(request, told, contract=request.contract, as_of=as_of)
    raise ExchangeFailed(Failure.CONTRACT_BROKEN)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        msg = "no time zone"
        raise ValueError(msg)
    return moment


def _failure_of(error: psycopg.Error) -> Failure:
    if isinstance(error, errors.QueryCanceled):
        return Failure.TIMED_OUT
    if isinstance(error, errors.InsufficientPrivilege):
        return Failure.NOT_AUTHENTICATED
    if error.sqlstate is None:
        return Failure.UNREACHABLE
    return _CLASSES.get(error.sqlstate[:2], Failure.UNEXPECTED_STATUS)


def _refusal_of(error: psycopg.Error) -> Failure:
    """Why there is no connection: who was asked for a password and failed was not believed."""
    asked = error.pgconn is not None and error.pgconn.used_password
    return Failure.NOT_AUTHENTICATED if asked else Failure.UNREACHABLE
