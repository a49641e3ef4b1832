"""Computing the whole ledger anew: every hash, every sum, every balance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.core.database import Database
from app.settlement.service.ledger.content import GENESIS, Content, Entry, chained

_PAGE: Final = 1000
_SHOWN: Final = 20
_TXNS: Final = text("""
SELECT txn.*, coalesce(listed.accounts, '{}') AS accounts, coalesce(listed.amounts, '{}') AS amounts
FROM ledger_txns AS txn
LEFT JOIN LATERAL (
  SELECT array_agg(account_id ORDER BY n) AS accounts, array_agg(amount ORDER BY n) AS amounts
  FROM ledger_entries WHERE txn_id = txn.id) AS listed ON true
WHERE txn.number > :after ORDER BY txn.number LIMIT :most
""")
_LINKS: Final = text("""
SELECT position, id, content_hash, chain_hash FROM ledger_txns
WHERE position > :after ORDER BY position LIMIT :most
""")
# An account kept at once counts everything written, the others what has been chained.
_BALANCES: Final = text("""
WITH moved AS (
  SELECT entry.account_id,
    sum(entry.amount) FILTER (WHERE txn.phase = 'posted') AS all_posted,
    sum(entry.amount) FILTER (WHERE txn.phase = 'posted' AND txn.position IS NOT NULL) AS folded,
    sum(entry.amount) FILTER (WHERE txn.phase = 'pending' AND later.id IS NULL) AS pending
  FROM ledger_entries AS entry JOIN ledger_txns AS txn ON txn.id = entry.txn_id
  LEFT JOIN ledger_txns AS later ON later.resolves = txn.id
  GROUP BY entry.account_id)
SELECT account.id FROM ledger_accounts AS account LEFT JOIN moved ON moved.account_id = account.id
CROSS JOIN LATERAL (SELECT CASE normal_side WHEN 'debit' THEN 1 ELSE -1 END AS sign) AS side
WHERE posted <> side.sign * coalesce(CASE WHEN at_once THEN all_posted ELSE folded END, 0)
  OR at_once AND reserved <> greatest(0, -side.sign * coalesce(pending, 0))
ORDER BY account.id LIMIT :most
""")


@dataclass(kw_only=True)
class LedgerReport:
    """How the ledger stands."""

    transactions: int = 0
    chained: int = 0
    head: str = ""
    """Chain hash of the last one, hexadecimal. Whoever notes it elsewhere can prove later that
    nothing before it was changed."""
    unbalanced: list[str] = field(default_factory=list)
    """Transactions whose entries do not add up to nothing."""
    altered: list[str] = field(default_factory=list)
    """Transactions that are not what their hash says."""
    broken: list[str] = field(default_factory=list)
    """Transactions whose place in the chain is wrong."""
    balances: list[str] = field(default_factory=list)
    """Accounts whose balance is not the sum of their entries."""
    anchor_found: bool | None = None
    """Whether the hash noted earlier is still in the chain; None: none was given."""

    @property
    def intact(self) -> bool:
        """Whether nothing at all is wrong."""
        faults = (self.unbalanced, self.altered, self.broken, self.balances)
        return not any(faults) and self.anchor_found is not False


class LedgerVerification:
    """Reads the ledger as an auditor does."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def run(self, *, anchor: str | None = None) -> LedgerReport:
        """Compute everything anew, in one snapshot; memory is bounded by a page.

        1. Each transaction adds up to nothing and is what its content hash says.
        2. Each link follows from the one before it, without gaps, from the beginning.
        3. Each balance is the sum of its entries.

        Args:
            anchor: a chain hash that was noted earlier, hexadecimal.
        """
        report = LedgerReport(anchor_found=None if anchor is None else False)
        with self._database.separate() as tx:
            tx.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            # An audit reads for as long as it takes.
            tx.execute(text("SET LOCAL statement_timeout = 0"))
            for row in _rows(tx, _TXNS, "number"):  # 1
                _judge(row, report)
            _follow(tx, report, anchor)  # 2
            found = tx.scalars(_BALANCES, {"most": _SHOWN}).all()  # 3
            report.balances.extend(str(account_id) for account_id in found)
        return report


def _rows(tx: Session, query: Any, column: str) -> Iterator[Row[Any]]:  # noqa: ANN401 - a text
    after = 0
    while page := tx.execute(query, {"after": after, "most": _PAGE}).all():
        yield from page
        after = getattr(page[-1], column)


def _judge(row: Row[Any], report: LedgerReport) -> None:
    report.transactions += 1
    content = Content(
        id=row.id,
        kind=row.kind,
        phase=row.phase,
        about=row.about,
        resolves=row.resolves,
        at=row.at,
        entries=[Entry(*one) for one in zip(row.accounts, row.amounts, strict=True)],
    )
    if sum(row.amounts) or len(row.amounts) != row.entries:
        _note(report.unbalanced, row.id)
    if content.hash() != bytes(row.content_hash):
        _note(report.altered, row.id)


def _follow(tx: Session, report: LedgerReport, anchor: str | None) -> None:
    last = GENESIS
    for row in _rows(tx, _LINKS, "position"):
        report.chained += 1
        expected = chained(last, bytes(row.content_hash))
        if row.position != report.chained or expected != bytes(row.chain_hash):
            _note(report.broken, row.id)
        last = bytes(row.chain_hash)
        if anchor is not None and last.hex() == anchor.lower():
            report.anchor_found = True
    report.head = last.hex()


def _note(found: list[str], txn_id: str) -> None:
    if len(found) < _SHOWN:
        found.append(txn_id)
