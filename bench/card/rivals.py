"""Customary ways of doing the same, for comparison on the same database in the same run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.access.principals import Terminal
from app.core.errors import DomainError
from app.core.statements import Tx, changed
from app.settlement.errors import PRESENCE_USED
from app.settlement.service.purchase.messages import Done, Messages, Request
from app.settlement.service.settling.settling import Order, Settling
from bench.card.desk import Desk

NAIVE, TABLE_LOCK, CONDITIONAL = "read then write", "lock the table", "conditional update"
NAMES: Final = (NAIVE, TABLE_LOCK, CONDITIONAL)
_THREADS: Final = 4
"""Of each of two processes: as many as an API process has at work."""
_MAKE: Final = (
    "CREATE TABLE IF NOT EXISTS bench_purses (id text PRIMARY KEY, used boolean NOT NULL)",
    "CREATE TABLE IF NOT EXISTS bench_spends (id text NOT NULL)",
)
_LOOK: Final = text("SELECT used FROM bench_purses WHERE id = :id")
_USE: Final = text("UPDATE bench_purses SET used = true WHERE id = :id")
_USE_ONCE: Final = text(
    "UPDATE bench_purses SET used = true WHERE id = :id AND NOT used RETURNING id"
)
_SPEND: Final = text("INSERT INTO bench_spends VALUES (:id)")
_TWICE: Final = text(
    "SELECT count(*) FROM (SELECT 1 FROM bench_spends GROUP BY id HAVING count(*) > 1) AS t"
)


def open_purses(desk: Desk, ids: Sequence[str]) -> None:
    """Make things that can be spent once."""
    with desk.database.separate() as tx:
        for statement in _MAKE:
            tx.execute(text(statement))
        tx.execute(text("TRUNCATE bench_purses, bench_spends"))
        rows = [{"id": one} for one in ids]
        tx.execute(text("INSERT INTO bench_purses VALUES (:id, false)"), rows)


def spent_twice(desk: Desk) -> int:
    """Return how many of them were spent more than once."""
    with desk.database.separate() as tx:
        return int(tx.scalar(_TWICE) or 0)


def forget_purses(desk: Desk) -> None:
    """Remove what was made."""
    with desk.database.separate() as tx:
        tx.execute(text("DROP TABLE IF EXISTS bench_purses, bench_spends"))


class Rivals:
    """Spends by each way."""

    def __init__(self, desk: Desk) -> None:
        """Take the database."""
        self._desk = desk

    def act(self, name: str) -> Callable[[str], object]:
        """Return what spends one thing by the way of this name.

        Raises:
            KeyError: there is none of this name.
        """
        ways = {NAIVE: _naive, TABLE_LOCK: _locked, CONDITIONAL: _conditional}
        way = ways[name]

        def spend(thing: str) -> None:
            with self._desk.database.separate() as tx:
                way(tx, {"id": thing})
                tx.execute(_SPEND, {"id": thing})

        return spend

    def seconds(self, till: Terminal, quotes: Sequence[str], *, locked: bool) -> str:
        """Settle quotes by several threads; returns how long it took.

        Args:
            till: whose quotes they are.
            quotes: ids.
            locked: every settlement has the table to itself, as those who fear races do it.
        """
        settling = self._desk.service(Settling)
        plain = settling._messages  # noqa: SLF001 - the rival takes the place of a part
        if locked:
            settling._messages = _OneAtATime(plain, self._desk)  # noqa: SLF001
        begun = time.perf_counter()
        parts = [quotes[n::_THREADS] for n in range(_THREADS)]
        threads = [threading.Thread(target=_settle, args=(settling, till, part)) for part in parts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        settling._messages = plain  # noqa: SLF001
        return str(time.perf_counter() - begun)


def _settle(settling: Settling, till: Terminal, quotes: Sequence[str]) -> None:
    for quote_id in quotes:
        settling.settle(till, Order(quote_id=quote_id, msgid=f"rival.{quote_id}", cash="till"))


class _OneAtATime(Messages):
    """Locks the whole table before it does anything."""

    def __init__(self, plain: Messages, desk: Desk) -> None:
        """Take what it stands in for."""
        super().__init__(database=plain._database, clock=desk.clock)  # noqa: SLF001

    def once(self, terminal: Terminal, request: Request, work: Callable[[Tx], None]) -> Done:
        """Do the work of a request with nobody beside it."""
        with self._database.direct() as tx:
            changed(tx, "LOCK TABLE settlements IN EXCLUSIVE MODE")
            return super().once(terminal, request, work)


def _naive(tx: Session, thing: dict[str, str]) -> None:
    if tx.scalar(_LOOK, thing):
        raise _gone()
    tx.execute(_USE, thing)


def _locked(tx: Session, thing: dict[str, str]) -> None:
    tx.execute(text("LOCK TABLE bench_purses IN EXCLUSIVE MODE"))
    _naive(tx, thing)


def _conditional(tx: Session, thing: dict[str, str]) -> None:
    if tx.scalar(_USE_ONCE, thing) is None:
        raise _gone()


def _gone() -> DomainError:
    return PRESENCE_USED()
