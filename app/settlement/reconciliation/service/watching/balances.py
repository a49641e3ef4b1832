"""Ledger transactions against their entries, balances against entries, years against settlements.

`verify-ledger` does as much with every hash, from the beginning. This does not look at hashes: it
finds within minutes what that finds at night.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row

from app.settlement.reconciliation.service.watching.check import Check, Key, Verdict, by, less
from app.settlement.reconciliation.states import Compared, DifferenceClass

UNCHAINED: Final = timedelta(minutes=5)
"""The sequencer chains within seconds; after this it has come to a halt."""
_NOTHING: Final = {"total": 0}
_TXNS: Final = """
SELECT one.id AS about, one.entries, one.at, one.position, found.n, found.amount
FROM (SELECT * FROM ledger_txns WHERE {page}) AS one
CROSS JOIN LATERAL (SELECT count(*) AS n, coalesce(sum(amount), 0) AS amount
  FROM ledger_entries WHERE txn_id = one.id) AS found
ORDER BY one.id
"""
# An account kept at once counts everything written, the others what has been chained.
_ACCOUNTS: Final = """
SELECT one.id AS about, one.posted, one.reserved,
  side.sign * coalesce(CASE WHEN one.at_once THEN moved.posted ELSE moved.folded END, 0) AS sums,
  CASE WHEN one.at_once THEN greatest(0, -side.sign * coalesce(moved.pending, 0)) ELSE 0 END AS held
FROM (SELECT * FROM ledger_accounts WHERE {page}) AS one
CROSS JOIN LATERAL (
  SELECT CASE one.normal_side WHEN 'debit' THEN 1 ELSE -1 END AS sign) AS side
CROSS JOIN LATERAL (
  SELECT sum(entry.amount) FILTER (WHERE txn.phase = 'posted') AS posted,
    sum(entry.amount) FILTER (WHERE txn.phase = 'posted' AND txn.position IS NOT NULL) AS folded,
    sum(entry.amount) FILTER (WHERE txn.phase = 'pending' AND NOT EXISTS (
      SELECT FROM ledger_txns AS later WHERE later.resolves = txn.id)) AS pending
  FROM ledger_entries AS entry JOIN ledger_txns AS txn ON txn.id = entry.txn_id
  WHERE entry.account_id = one.id) AS moved
ORDER BY one.id
"""
_KEY: Final = "(person_id || ' ' || scheme || ' ' || year)"
_YEAR_KEY: Final = Key(
    id=_KEY,
    after="(person_id, scheme, year) > (split_part(:after, ' ', 1), split_part(:after, ' ', 2), "
    "CAST(coalesce(nullif(split_part(:after, ' ', 3), ''), '0') AS integer)) "
    "AND person_id >= :floor",
    order="person_id, scheme, year",
)
_YEARS: Final = f"""
SELECT {_KEY} AS about, one.deductible_paid, one.fund_paid, one.in_scope,
  used.deductible, used.fund, used.scope
FROM (SELECT * FROM accumulators WHERE {{page}}) AS one
CROSS JOIN LATERAL (SELECT coalesce(sum(deductible_now), 0) AS deductible,
  coalesce(sum(fund_now), 0) AS fund, coalesce(sum(in_scope - returned_in_scope), 0) AS scope
  FROM settlements WHERE settlements.person_id = one.person_id
    AND settlements.scheme = one.scheme AND settlements.year = one.year
    AND settlements.state <> 'VOIDED') AS used
ORDER BY one.person_id, one.scheme, one.year
"""  # noqa: S608 - constants of this file


def _txn(row: Row[Any], now: datetime) -> Verdict | None:
    """Judge a transaction: all entries there, adding up to nothing, and chained in time."""
    ours, theirs = {"entries": int(row.entries)}, {"entries": int(row.n)}
    amounts = {"total": -int(row.amount)}
    if row.n != row.entries:
        kind = DifferenceClass.MISSING_THERE if row.n < row.entries else DifferenceClass.DUPLICATE
        return Verdict(kind=kind, theirs=theirs, ours=ours, amounts=amounts)
    if row.amount != 0:
        return Verdict(kind=DifferenceClass.AMOUNT, theirs=theirs, ours=ours, amounts=amounts)
    if row.position is None and row.at < now - UNCHAINED:
        return Verdict(kind=DifferenceClass.LATE, theirs=None, ours=ours, amounts=_NOTHING)
    return None


def _account(row: Row[Any], _: datetime) -> Verdict | None:
    """Judge a balance: the sum of its entries, what is set aside included."""
    ours = {"posted": int(row.posted), "reserved": int(row.reserved)}
    theirs = {"posted": int(row.sums), "reserved": int(row.held)}
    return _amount(theirs, ours)


def _year(row: Row[Any], _: datetime) -> Verdict | None:
    """Judge a year: what its settlements count for now."""
    ours = {
        "deductible": int(row.deductible_paid),
        "fund": int(row.fund_paid),
        "in_scope": int(row.in_scope),
    }
    theirs = {
        "deductible": int(row.deductible),
        "fund": int(row.fund),
        "in_scope": int(row.scope),
    }
    return _amount(theirs, ours)


def _amount(theirs: dict[str, int], ours: dict[str, int]) -> Verdict | None:
    amounts = less(theirs, ours)
    if not amounts:
        return None
    return Verdict(kind=DifferenceClass.AMOUNT, theirs=theirs, ours=ours, amounts=amounts)


ENTRIES: Final = Check(
    compared=Compared.ENTRIES, rows=_TXNS, key=by("id"), prefix="txn", judge=_txn
)
BALANCES: Final = Check(
    compared=Compared.BALANCE, rows=_ACCOUNTS, key=by("id"), prefix=None, judge=_account
)
YEARS: Final = Check(compared=Compared.YEAR, rows=_YEARS, key=_YEAR_KEY, prefix=None, judge=_year)
