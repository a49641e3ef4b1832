"""PostgreSQL: one engine, and transactions that join."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, ClassVar, Final, cast

import psycopg
import structlog
from sqlalchemy import Connection, DateTime, MetaData, PoolProxiedConnection, create_engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session

from app.core.connections import watch
from app.core.errors import UNAVAILABLE
from app.core.statements import Direct, Driver, Row, Tx, Values, rows

_RETRY_AFTER_S: Final = 2
_POOL_WAIT_S: Final = 3
# A statement that takes longer is a fault; better one refused request than a stalled system.
_OPTIONS: Final = (
    "-c statement_timeout=10000 -c lock_timeout=4000 "
    "-c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
)
# As the library names them, and as the driver does.
_OUTAGES: Final = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
log = structlog.get_logger("database")


class Base(DeclarativeBase):
    """Base of all tables. Names of constraints are fixed so that migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: DateTime(timezone=True)}


class Database:
    """Opens transactions. A transaction inside another one joins it: one request, one commit."""

    def __init__(self, url: str, *, pool_size: int) -> None:
        """Prepare the pool; nothing is connected yet.

        Args:
            url: SQLAlchemy URL, driver psycopg.
            pool_size: connections kept; as many again may be opened for a moment.
        """
        self._engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=_POOL_WAIT_S,
            hide_parameters=True,
            connect_args={"options": _OPTIONS, "connect_timeout": 3},
        )
        watch(self._engine)
        self._current: ContextVar[Tx | None] = ContextVar("transaction", default=None)
        self._afterwards: ContextVar[list[Callable[[], None]]] = ContextVar("afterwards")

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Join the transaction under way in this request, or run one.

        Commits when the outermost block ends well, rolls back when it raises.

        Raises:
            DomainError: UNAVAILABLE when the database cannot be reached or does not answer.
        """
        under_way = self._current.get()
        if isinstance(under_way, Direct):
            with under_way.joined() as session:
                yield session
            return
        if under_way is not None:
            yield under_way
            return
        with self._calling_afterwards(), self.separate() as session:
            token = self._current.set(session)
            try:
                yield session
            finally:
                self._current.reset(token)

    @contextmanager
    def separate(self) -> Iterator[Session]:
        """Run a transaction of its own, even inside another: what it writes outlives a refusal.

        Raises:
            DomainError: UNAVAILABLE when the database cannot be reached or does not answer.
        """
        with (
            _outages(),
            Session(self._engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def direct(self) -> Iterator[Tx]:
        """Join the transaction under way, or run one of plain statements (`app.core.statements`).

        Commits when the outermost block ends well, rolls back when it raises. Whoever calls
        `transaction` within joins it.

        Raises:
            DomainError: UNAVAILABLE when the database cannot be reached or does not answer.
        """
        under_way = self._current.get()
        if under_way is not None:
            yield under_way
            return
        with self._calling_afterwards(), _outages(), self._lent() as (lent, driver):
            tx = Direct(driver, session=lambda: self._session_on(lent))
            token = self._current.set(tx)
            try:
                yield tx
                tx.commit()
            finally:
                self._current.reset(token)
                tx.end()

    def afterwards(self, call: Callable[[], None]) -> None:
        """Call once the transaction under way is committed; at once where none is under way.

        For waking somebody who would see nothing before. It is not called where the transaction
        is rolled back, nor where the process ends first: nothing may depend on it but speed. Where
        only an `attempt` within is undone, it is called all the same.

        Args:
            call: must not raise; what it was to follow has happened.
        """
        if self._current.get() is None:
            call()
        else:
            self._afterwards.get().append(call)

    def look(self, statement: str, values: Values) -> list[Row]:
        """Run one plain statement: in the transaction under way, or else outside of any.

        One statement sees one state of the database without a transaction around it, which would
        cost two journeys to the server more. For what every request looks up.

        Raises:
            DomainError: UNAVAILABLE when the database cannot be reached or does not answer.
        """
        under_way = self._current.get()
        if under_way is not None:
            return rows(under_way, statement, values)
        with _outages(), self._lent() as (_, driver):
            return driver.execute(statement, values).fetchall()

    @property
    def under_way(self) -> bool:
        """Whether a transaction is under way here: then nobody outside may be waited for."""
        return self._current.get() is not None

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Let nothing within join the transaction under way, as in another thread."""
        token = self._current.set(None)
        try:
            yield
        finally:
            self._current.reset(token)

    def ping(self) -> None:
        """Ask the server for a sign of life.

        Raises:
            DomainError: UNAVAILABLE.
        """
        with self.separate() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _calling_afterwards(self) -> Iterator[None]:
        calls: list[Callable[[], None]] = []
        token = self._afterwards.set(calls)
        try:
            yield
        finally:
            self._afterwards.reset(token)
        for call in calls:
            call()

    @contextmanager
    def _lent(self) -> Iterator[tuple[PoolProxiedConnection, Driver]]:
        """A connection of the pool that commits each statement; given back without one open."""
        lent = self._engine.raw_connection()
        try:
            driver = cast("Driver", lent.dbapi_connection)
            if not driver.autocommit:
                driver.autocommit = True
            yield lent, driver
        finally:
            lent.close()

    def _session_on(self, lent: PoolProxiedConnection) -> Session:
        """A session within a transaction that is begun and ended elsewhere."""
        return Session(bind=Connection(self._engine, connection=lent), expire_on_commit=False)


@contextmanager
def _outages() -> Iterator[None]:
    """Say of whatever means that the database does not answer that it does not."""
    try:
        yield
    except (*_OUTAGES, PoolTimeout) as failed:
        log.error("database_failed", error=type(failed).__name__)
        raise UNAVAILABLE(retry_after=_RETRY_AFTER_S) from failed
    except DBAPIError as failed:
        if not failed.connection_invalidated:
            raise
        log.error("database_lost", error=type(failed).__name__)
        raise UNAVAILABLE(retry_after=_RETRY_AFTER_S) from failed
