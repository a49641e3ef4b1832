"""A merchant's day: totals first, then details; the same day against the same books is one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.settlement.reconciliation.errors import (
    RECONCILIATION_DAY,
    RECONCILIATION_SUMS,
    RECONCILIATION_UNKNOWN,
)
from app.settlement.reconciliation.models import Difference, ReconciliationRun
from app.settlement.reconciliation.service.comparing import Comparison, Differing, Ours, compare
from app.settlement.reconciliation.service.lines import (
    DIFFERENT,
    EQUAL,
    KINDS,
    Line,
    OurLine,
    Totals,
    digest_of,
    totals_of,
)
from app.settlement.reconciliation.service.our_day import named_elsewhere, our_day
from app.settlement.reconciliation.service.outcomes import note
from app.settlement.reconciliation.service.pairing import without_pairs
from app.settlement.reconciliation.service.recording import (
    Found,
    close_equal,
    close_gone,
    figures_of,
    record,
)
from app.settlement.reconciliation.states import OPEN, Compared
from app.settlement.service.quoting.standing import today

OLDEST: Final = timedelta(days=400)
MOST_WRITTEN: Final = 1_000
"""Differences that one run writes down: a day that differs more is sent again as a whole."""
SHOWN: Final = 200
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a merchant sends of a day."""

    day: date
    form: str
    """json or tsv."""
    totals: Mapping[str, Totals]
    """By kind."""
    lines: Sequence[Line] | None = field(repr=False)
    """None: totals alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport:
    """How a day stands."""

    run: ReconciliationRun
    differences: Sequence[Difference]
    """Open ones of that day, the oldest first; some hundred at most."""
    open: int
    """How many there are."""
    replayed: bool = False
    """Whether this was compared before, with the same outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Both:
    """Both books of a day."""

    terminal: Terminal
    sent: Sent
    ours: Sequence[OurLine]

    @property
    def totals(self) -> Mapping[str, Totals]:
        return totals_of(self.ours)


class ReconciliationDays:
    """Compares days."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def send(self, terminal: Terminal, sent: Sent) -> DayReport:
        """Compare a day of the caller's merchant with our books.

        1. The day has begun, and is not too long ago.
        2. What the merchant says agrees with itself: details add up to the totals.
        3. One comparison of a merchant's day at a time.
        4. The same day against the same books is the same run, and has no further effect.
        5. Totals are compared, then details: new differences are written down, what was open and
           is not found any more is closed as equal.

        Raises:
            DomainError: RECONCILIATION_DAY, RECONCILIATION_SUMS or RECONCILIATION_TOO_LARGE.
        """
        now = self._clock.now()
        if not today(now - OLDEST) <= sent.day <= today(now):  # 1
            raise RECONCILIATION_DAY()
        if sent.lines is not None and totals_of(sent.lines) != sent.totals:  # 2
            raise RECONCILIATION_SUMS()
        with self._database.transaction() as tx:
            tx.execute(_LOCK, {"name": f"reconciliation:{terminal.merchant_id}:{sent.day}"})  # 3
            ours = our_day(tx, terminal.merchant_id, sent.day)
            both = _Both(terminal=terminal, sent=sent, ours=ours)
            run = _same_run(tx, both)  # 4
            if run is not None:
                return _report(tx, run, replayed=True)
            return _report(tx, self._compare(tx, both), replayed=False)  # 5

    def read(self, terminal: Terminal, day: date) -> DayReport:
        """The latest run of a day of the caller's merchant.

        Raises:
            DomainError: RECONCILIATION_UNKNOWN.
        """
        query = (
            select(ReconciliationRun)
            .where(
                ReconciliationRun.merchant_id == terminal.merchant_id,
                ReconciliationRun.day == day,
            )
            .order_by(ReconciliationRun.number.desc())
            .limit(1)
        )
        with self._database.transaction() as tx:
            run = tx.scalars(query).one_or_none()
            if run is None:
                raise RECONCILIATION_UNKNOWN()
            return _report(tx, run, replayed=False)

    def _compare(self, tx: Session, both: _Both) -> ReconciliationRun:
        now, sent = self._clock.now(), both.sent
        details = _details(tx, both)
        run = ReconciliationRun(
            id=new_id("rcn", now),
            merchant_id=both.terminal.merchant_id,
            terminal_id=both.terminal.terminal_id,
            day=sent.day,
            form=sent.form,
            **_digests(both),
            code=EQUAL if sent.totals == both.totals else DIFFERENT,
            totals=_totals(both),
            lines=None if sent.lines is None else len(sent.lines),
            found=None if details is None else len(details.differences),
            at=now,
        )
        tx.add(run)
        tx.flush()
        if details is not None:
            self._write(tx, run, details)
            note(tx, run, details.differences)
        return run

    def _write(self, tx: Session, run: ReconciliationRun, details: Comparison) -> None:
        now, merchant_id = run.at, run.merchant_id
        found = [_found(run, one) for one in details.differences]
        left = without_pairs(tx, found, run.day, now=now)
        equal = [f"{merchant_id}:{name}" for name in details.equal]
        close_equal(tx, Compared.MERCHANT, equal, now=now)
        close_gone(tx, merchant_id, run.day, but=[one.key for one in left], now=now)
        record(tx, left[:MOST_WRITTEN], now=now)


def _details(tx: Session, both: _Both) -> Comparison | None:
    sent = both.sent
    if sent.lines is None:
        return None
    elsewhere = named_elsewhere(tx, both.terminal.merchant_id, sent.day, sent.lines)
    return compare(sent.lines, Ours([*both.ours, *elsewhere]), sent.day)


def _digests(both: _Both) -> dict[str, bytes]:
    return {
        "digest": digest_of(both.sent.totals, both.sent.lines),
        "ours": digest_of(both.totals, both.ours),
    }


def _same_run(tx: Session, both: _Both) -> ReconciliationRun | None:
    query = select(ReconciliationRun).filter_by(
        merchant_id=both.terminal.merchant_id, day=both.sent.day, **_digests(both)
    )
    return tx.scalars(query).one_or_none()


def _totals(both: _Both) -> list[dict[str, Any]]:
    theirs, ours = both.sent.totals, both.totals
    return [
        {
            "kind": kind,
            "equal": theirs[kind] == ours[kind],
            "theirs": asdict(theirs[kind]),
            "ours": asdict(ours[kind]),
        }
        for kind in KINDS
    ]


def _found(run: ReconciliationRun, one: Differing) -> Found:
    return Found(
        compared=Compared.MERCHANT,
        kind=one.kind,
        key=f"{run.merchant_id}:{one.name}",
        about=one.about,
        day=run.day,
        theirs=figures_of(one.theirs),
        ours=figures_of(one.ours),
        amounts=one.amounts,
        merchant_id=run.merchant_id,
        run_id=run.id,
    )


def _report(tx: Session, run: ReconciliationRun, *, replayed: bool) -> DayReport:
    query = (
        select(Difference)
        .where(
            Difference.merchant_id == run.merchant_id,
            Difference.day == run.day,
            Difference.state.in_(OPEN),
        )
        .order_by(Difference.id)
    )
    found = tx.scalars(query.limit(MOST_WRITTEN + 1)).all()
    return DayReport(run=run, differences=found[:SHOWN], open=len(found), replayed=replayed)
