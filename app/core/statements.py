"""Plain statements: SQL that is written out once and sent by the driver itself.

For what every purchase runs through: composing a statement anew, and a unit of work around it,
cost several times what the server needs for it. Everything else composes its statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

from psycopg import Connection, Cursor
from sqlalchemy.orm import Session

Values = Mapping[str, Any]
"""By the names in the statement, `%(name)s`."""
Row = tuple[Any, ...]
Driver = Connection[Row]
_NOTHING: Final[Values] = {}


class Direct:
    """A transaction of plain statements; `Database.direct` opens and ends it."""

    def __init__(self, driver: Driver, *, session: Callable[[], Session]) -> None:
        """Take a connection that commits by itself, and what makes a session on it.

        Args:
            driver: lent by the pool.
            session: called at most once, when somebody who composes statements joins.
        """
        self._cursor: Final[Cursor[Row]] = driver.cursor()
        self._driver = driver
        self._make_session = session
        self._session: Session | None = None
        self._last: list[tuple[str, Values]] = []
        self._begun = False

    @contextmanager
    def joined(self) -> Iterator[Session]:
        """Be joined by somebody who needs a session; what they did is written afterwards."""
        if self._session is None:
            self._begin()
            self._session = self._make_session()
        yield self._session
        self._session.flush()

    def run(self, statement: str, values: Values) -> Cursor[Row]:
        """Run a statement; the first one takes the beginning along."""
        if self._begun:
            return self._cursor.execute(statement, values)
        with self._driver.pipeline():
            self._begin()
            self._cursor.execute(statement, values)
        return self._cursor

    def put_off(self, statement: str, values: Values) -> None:
        """Have a statement that nobody waits for travel with the commit."""
        self._last.append((statement, values))

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Try something: what fails within is undone alone, also of what was put off."""
        self.run("SAVEPOINT attempt", _NOTHING)
        put_off = len(self._last)
        try:
            yield
        except BaseException:
            del self._last[put_off:]
            self._cursor.execute("ROLLBACK TO SAVEPOINT attempt")
            self._cursor.execute("RELEASE SAVEPOINT attempt")
            raise
        self._cursor.execute("RELEASE SAVEPOINT attempt")

    def commit(self) -> None:
        """Do what was put off, and commit: one journey for all of it."""
        if not self._last:
            self._driver.commit()  # nothing where nothing was begun
            return
        with self._driver.pipeline():
            self._begin()
            for statement, values in self._last:
                self._cursor.execute(statement, values)
            self._cursor.execute("COMMIT")

    def end(self) -> None:
        """Let go of what joined. An open transaction is rolled back by the pool."""
        if self._session is not None:
            self._session.close()

    def _begin(self) -> None:
        if not self._begun:
            self._cursor.execute("BEGIN")
            self._begun = True


Tx = Session | Direct
"""A transaction, whoever opened it."""


@contextmanager
def composing(tx: Tx) -> Iterator[Session]:
    """The same transaction for somebody who composes statements."""
    if isinstance(tx, Direct):
        with tx.joined() as session:
            yield session
    else:
        yield tx


@contextmanager
def attempt(tx: Tx) -> Iterator[None]:
    """Try something in a transaction: where it raises it is undone, and the rest can go on."""
    if isinstance(tx, Direct):
        with tx.attempt():
            yield
    else:
        with tx.begin_nested():
            yield


def rows(tx: Tx, statement: str, values: Values = _NOTHING) -> list[Row]:
    """Run a plain statement in a transaction; returns all its rows."""
    return _run(tx, statement, values).fetchall()


def row(tx: Tx, statement: str, values: Values = _NOTHING) -> Row | None:
    """Run a plain statement that has one row at most."""
    return _run(tx, statement, values).fetchone()


def changed(tx: Tx, statement: str, values: Values = _NOTHING) -> int:
    """Run a plain statement; returns how many rows it changed."""
    return _run(tx, statement, values).rowcount


def finally_run(tx: Tx, statement: str, values: Values) -> None:
    """Run a statement whose outcome nobody waits for, at the latest with the commit.

    If it fails the transaction does. Only for rows that nothing else of the transaction reads.
    """
    if isinstance(tx, Direct):
        tx.put_off(statement, values)
    else:
        _run(tx, statement, values)


def _run(tx: Tx, statement: str, values: Values) -> Cursor[Row]:
    if isinstance(tx, Direct):
        return tx.run(statement, values)
    tx.flush()  # what is composed was meant to come first
    driver = cast("Driver", tx.connection().connection.dbapi_connection)
    return driver.execute(statement, values)
