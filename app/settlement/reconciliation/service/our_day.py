"""What our books have of a merchant's day, and of whatever else the merchant names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.settlement.reconciliation.errors import RECONCILIATION_TOO_LARGE
from app.settlement.reconciliation.service.lines import Figures, Line, OurLine
from app.settlement.reconciliation.service.reading_lines import MOST_LINES
from app.settlement.service.quoting.standing import CHINA, today

EDGE: Final = timedelta(minutes=10)
"""How far the clocks of a till and ours may be apart around midnight."""
_OPEN: Final = frozenset({"HOLDING", "CASH_PENDING"})
_COLUMNS: Final = """
SELECT kind, msgid, id, settlement_id, fund, account, cash, at, state FROM (
  SELECT 'settlement' AS kind, msgid, id, NULL AS settlement_id, fund, account, cash,
    settled_at AS at, state, merchant_id FROM settlements
  UNION ALL
  SELECT 'refund', msgid, id, settlement_id, fund, account, cash, at, 'DONE', merchant_id
  FROM refunds) AS book
WHERE merchant_id = :merchant
"""
_DAY: Final = text(_COLUMNS + " AND at >= :start AND at < :end LIMIT :most")
_NAMED: Final = text(
    _COLUMNS
    + " AND (at IS NULL OR at < :start OR at >= :end)"
    + " AND (msgid = ANY(CAST(:msgids AS text[])) OR id = ANY(CAST(:ids AS text[])))"
    + " LIMIT :most"
)


def our_day(tx: Session, merchant_id: str, day: date) -> list[OurLine]:
    """What counts into a day: what was settled and what was given back on it.

    Raises:
        DomainError: RECONCILIATION_TOO_LARGE.
    """
    rows = tx.execute(_DAY, {**_period(merchant_id, day), "most": MOST_LINES + 1}).all()
    if len(rows) > MOST_LINES:
        raise RECONCILIATION_TOO_LARGE()
    return [_line(row) for row in rows]


def named_elsewhere(
    tx: Session, merchant_id: str, day: date, lines: Sequence[Line]
) -> list[OurLine]:
    """What a merchant names that does not count into the day."""
    values = {
        **_period(merchant_id, day),
        "msgids": [line.msgid for line in lines if line.msgid is not None],
        "ids": [line.id for line in lines if line.msgid is None],
        "most": 2 * MOST_LINES,
    }
    return [_line(row) for row in tx.execute(_NAMED, values)]


def _period(merchant_id: str, day: date) -> dict[str, object]:
    start = datetime.combine(day, time.min, tzinfo=CHINA)
    return {"merchant": merchant_id, "start": start, "end": start + timedelta(days=1)}


def _line(row: Row[Any]) -> OurLine:
    return OurLine(
        kind=row.kind,
        msgid=row.msgid,
        id=row.id,
        settlement_id=row.settlement_id,
        figures=Figures(fund=row.fund, account=row.account, cash=row.cash),
        day=None if row.at is None else today(row.at),
        open=row.state in _OPEN,
        edge=row.at is not None and today(row.at - EDGE) != today(row.at + EDGE),
    )
