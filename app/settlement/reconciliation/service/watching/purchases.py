"""Settlements and refunds against what the ledger posted for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from app.settlement.reconciliation.service.watching.check import Check, Verdict, by, less
from app.settlement.reconciliation.states import Compared, DifferenceClass

_PARTS: Final = ("fund", "account", "cash")
_DONE: Final = frozenset({"SETTLED", "PARTIALLY_REFUNDED", "REVERSED"})
# Of entries: what fund, own accounts and cash were debited, and what merchants were credited.
_SUMS: Final = """
count(DISTINCT txn.id) AS sets,
    coalesce(sum(entry.amount) FILTER (WHERE entry.account_id LIKE 'fund:%'), 0) AS fund,
    coalesce(sum(entry.amount) FILTER (WHERE entry.account_id LIKE 'own:%'), 0) AS account,
    coalesce(sum(entry.amount) FILTER (WHERE entry.account_id LIKE 'till:%'
      OR entry.account_id LIKE 'cash:%'), 0) AS cash,
    -coalesce(sum(entry.amount) FILTER (WHERE entry.account_id LIKE 'payable:%'), 0) AS total
  FROM ledger_txns AS txn JOIN ledger_entries AS entry ON entry.txn_id = txn.id
"""
_SETTLEMENTS: Final = f"""
SELECT one.id AS about, one.state, one.cash_by, one.fund, one.account, one.cash, one.total,
  one.returned_fund, one.returned_account, one.returned_cash,
  book.sets, book.fund AS book_fund, book.account AS book_account, book.cash AS book_cash,
  book.total AS book_total, line.fund AS line_fund, line.account AS line_account,
  line.cash AS line_cash, back.fund AS back_fund, back.account AS back_account,
  back.cash AS back_cash,
  EXISTS (SELECT FROM cash_orders WHERE settlement_id = one.id) AS ordered
FROM (SELECT * FROM settlements WHERE {{page}}) AS one
CROSS JOIN LATERAL (SELECT {_SUMS}
  WHERE txn.about = one.id AND txn.phase = 'posted' AND txn.kind IN ('settle', 'post')) AS book
CROSS JOIN LATERAL (SELECT coalesce(sum(fund), 0) AS fund, coalesce(sum(account), 0) AS account,
  coalesce(sum(cash), 0) AS cash FROM settlement_lines WHERE settlement_id = one.id) AS line
CROSS JOIN LATERAL (SELECT coalesce(sum(fund), 0) AS fund, coalesce(sum(account), 0) AS account,
  coalesce(sum(cash), 0) AS cash FROM refunds WHERE settlement_id = one.id) AS back
ORDER BY one.id
"""  # noqa: S608 - constants of this file
_REFUNDS: Final = f"""
SELECT one.id AS about, one.fund, one.account, one.cash, one.total, settlement.cash_by,
  book.sets, -book.fund AS book_fund, -book.account AS book_account, -book.cash AS book_cash,
  -book.total AS book_total,
  (SELECT coalesce(sum(amount), 0) FROM cash_refunds WHERE refund_id = one.id) AS returning_cash
FROM (SELECT * FROM refunds WHERE {{page}}) AS one
JOIN settlements AS settlement ON settlement.id = one.settlement_id
CROSS JOIN LATERAL (SELECT {_SUMS}
  WHERE txn.id = one.txn_id AND txn.phase = 'posted' AND txn.about = one.settlement_id) AS book
ORDER BY one.id
"""  # noqa: S608 - constants of this file


def _settlement(row: Row[Any], _: datetime) -> Verdict | None:
    """Judge a settlement.

    1. What is done was posted exactly once, what is not done was not.
    2. What was posted is what the settlement says.
    3. So are its lines; what came back is what its refunds say.
    4. Where the provider collects, there is an order.
    """
    ours, book = _figures(row, ""), _figures(row, "book_")
    done = row.state in _DONE
    if row.sets != int(done):  # 1
        return _wrong_number(row.sets, book, ours if done else None)
    if done and (book != ours or {row.book_total, sum(ours.values())} != {row.total}):  # 2
        return _verdict(DifferenceClass.AMOUNT, book, ours)
    for prefix, mine in (("line_", ours), ("back_", _figures(row, "returned_"))):  # 3
        if _figures(row, prefix) != mine:
            return _verdict(DifferenceClass.AMOUNT, _figures(row, prefix), mine)
    if row.cash_by == "provider" and not row.ordered:  # 4
        return _verdict(DifferenceClass.MISSING_THERE, None, {"cash": row.cash})
    return None


def _wrong_number(sets: int, book: dict[str, int], ours: dict[str, int] | None) -> Verdict:
    if ours is None:
        return _verdict(DifferenceClass.MISSING_HERE, book, None)
    if sets == 0:
        return _verdict(DifferenceClass.MISSING_THERE, None, ours)
    return _verdict(DifferenceClass.DUPLICATE, book, ours)


def _refund(row: Row[Any], _: datetime) -> Verdict | None:
    """Judge a refund: posted with its figures; cash goes back as it came."""
    ours, book = _figures(row, ""), _figures(row, "book_")
    if row.sets == 0:
        return _verdict(DifferenceClass.MISSING_THERE, None, ours)
    if book != ours or row.book_total != row.total:
        return _verdict(DifferenceClass.AMOUNT, book, ours)
    wanted = row.cash if row.cash_by == "provider" else 0
    if row.returning_cash != wanted:
        there = {"cash": int(row.returning_cash)}
        return _verdict(DifferenceClass.AMOUNT, there, {"cash": wanted})
    return None


def _figures(row: Row[Any], prefix: str) -> dict[str, int]:
    return {name: int(getattr(row, prefix + name)) for name in _PARTS}


def _verdict(
    kind: DifferenceClass, theirs: dict[str, int] | None, ours: dict[str, int] | None
) -> Verdict:
    nothing = dict.fromkeys(theirs or ours or {}, 0)
    amounts = less(theirs or nothing, ours or nothing)
    return Verdict(kind=kind, theirs=theirs, ours=ours, amounts=amounts or {"total": 0})


SETTLEMENTS: Final = Check(
    compared=Compared.LEDGER, rows=_SETTLEMENTS, key=by("id"), prefix="stl", judge=_settlement
)
REFUNDS: Final = Check(
    compared=Compared.REFUND, rows=_REFUNDS, key=by("id"), prefix="rfd", judge=_refund
)
