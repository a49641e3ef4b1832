"""The continuous comparison: a bounded part of each check a round, again and again."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.settlement.ports import CashPayments, CashStatus
from app.settlement.reconciliation.service.recording import Found, close_equal, record
from app.settlement.reconciliation.service.watching.asking import ENDED, MOST_ASKED, ask, judge
from app.settlement.reconciliation.service.watching.balances import BALANCES, ENTRIES, YEARS
from app.settlement.reconciliation.service.watching.cash import ORDERS, PAYMENTS
from app.settlement.reconciliation.service.watching.check import Check, Verdict
from app.settlement.reconciliation.service.watching.cursors import alone, move_on, next_page
from app.settlement.reconciliation.service.watching.purchases import REFUNDS, SETTLEMENTS
from app.settlement.service.quoting.standing import today

CHECKS: Final = (SETTLEMENTS, REFUNDS, ENTRIES, ORDERS, PAYMENTS, YEARS, BALANCES)
MOST: Final = 10_000
"""Rows of each check a round, so that a round stays short however many there are."""
# An account that every purchase touches has a long history.
_PATIENCE: Final = text("SET LOCAL statement_timeout = '60s'")
Judged = tuple[str, Verdict | None]
log = structlog.get_logger("reconciliation")


class BooksWatch:
    """Compares our books with one another, and with the payment provider's."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        payments: CashPayments | None,
        checks: Sequence[Check] = CHECKS,
    ) -> None:
        """Take the ports; without a payment provider none is asked."""
        self._database = database
        self._clock = clock
        self._payments = payments
        self._checks = checks

    def round(self, *, most: int = MOST) -> dict[str, int]:
        """Go on with each check; one that another process is at is left to it.

        Returns:
            By check: how many differences are new.
        """
        found = {check.compared.value: self._tried(check, most) for check in self._checks}
        if self._payments is not None:
            found[ENDED.compared.value] = self._provider(self._payments)
        return found

    def all(self) -> dict[str, int]:
        """Go through everything once: on to the end, then from the beginning to the end.

        Returns:
            By check: how many differences are new.
        """
        found: dict[str, int] = {}
        for _ in range(2):
            for check in self._checks:
                ended = False
                while not ended:
                    new, ended = self._page(check, MOST)
                    found[check.compared.value] = found.get(check.compared.value, 0) + new
        if self._payments is not None:
            found[ENDED.compared.value] = self._provider(self._payments)
        return found

    def _tried(self, check: Check, most: int) -> int:
        """One check that cannot be read now keeps none of the others from going on."""
        try:
            return self._page(check, most)[0]
        except DomainError as refused:
            log.warning("check_waits", source=check.compared.value, code=refused.kind.code)
            return 0

    def _page(self, check: Check, most: int) -> tuple[int, bool]:
        now = self._clock.now()
        with self._database.separate() as tx:
            if not alone(tx, check.compared):
                return 0, True
            tx.execute(_PATIENCE)
            page = next_page(tx, check, now=now, most=most)
            new = _write(tx, check, [(row.about, check.judge(row, now)) for row in page.rows], now)
            move_on(tx, check, page, now=now)
        return new, page.ended

    def _provider(self, payments: CashPayments) -> int:
        """Ask about some orders, outside of transactions, then write down what came of it."""
        now = self._clock.now()
        with self._database.separate() as tx:
            page = next_page(tx, ENDED, now=now, most=MOST_ASKED)
        answers = list(_answers(payments, page.rows, now))
        with self._database.separate() as tx:
            if not alone(tx, ENDED.compared):
                return 0
            judged = [(row.about, judge(tx, row, status)) for row, status in answers]
            new = _write(tx, ENDED, judged, now)
            move_on(tx, ENDED, page, now=now)
        return new


def watch_until(stop: threading.Event, watch: BooksWatch, pause_s: float) -> None:
    """Compare again and again until `stop` is set."""
    while not stop.is_set():
        try:
            watch.round()
        except DomainError as refused:  # the database is away; it is there again some time
            log.warning("reconciliation_waits", code=refused.kind.code)
        stop.wait(pause_s)


def _answers(
    payments: CashPayments, rows: Iterable[Row[Any]], now: datetime
) -> Iterable[tuple[Row[Any], CashStatus]]:
    for row in rows:
        try:
            status = ask(payments, row, now)
        except DomainError as refused:
            log.warning("provider_not_asked", code=refused.kind.code)
            return
        if status is not None:
            yield row, status


def _write(tx: Session, check: Check, judged: Sequence[Judged], now: datetime) -> int:
    """Write differences down; close what was open and is equal now."""
    equal = [about for about, verdict in judged if verdict is None]
    close_equal(tx, check.compared, equal, now=now)
    differing = [_found(check, about, one, now) for about, one in judged if one is not None]
    return record(tx, differing, now=now)


def _found(check: Check, about: str, one: Verdict, now: datetime) -> Found:
    return Found(
        compared=check.compared,
        kind=one.kind,
        key=about,
        about=about,
        day=today(now),
        theirs=one.theirs,
        ours=one.ours,
        amounts=one.amounts,
    )
