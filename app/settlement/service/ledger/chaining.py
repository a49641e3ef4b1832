"""The sequencer: gives transactions their place in the hash chain, and folds balances.

A settlement that chained itself would have to wait for the one before it, all over the city. So
transactions are written with the hash of their content alone, side by side, and one sequencer
chains what has been committed, some hundred at a time, within a second or two.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import DomainError
from app.settlement.service.ledger.content import GENESIS, chained

BATCH: Final = 500
_LOCK: Final = 0x6C65646765720001
_HEAD: Final = text(
    "SELECT position, chain_hash FROM ledger_txns "
    "WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1"
)
_NEXT: Final = text(
    "SELECT id, content_hash FROM ledger_txns WHERE position IS NULL ORDER BY number LIMIT :most"
)
_CHAIN: Final = text("""
UPDATE ledger_txns SET position = listed.position, chain_hash = listed.chain_hash
FROM unnest(CAST(:ids AS text[]), CAST(:positions AS bigint[]), CAST(:hashes AS bytea[]))
  AS listed (id, position, chain_hash)
WHERE ledger_txns.id = listed.id
""")
_FOLD: Final = text("""
UPDATE ledger_accounts
SET posted = posted + CASE normal_side WHEN 'debit' THEN moved.amount ELSE -moved.amount END,
    version = version + 1
FROM (
  SELECT entry.account_id, sum(entry.amount) AS amount
  FROM ledger_entries AS entry JOIN ledger_txns AS txn ON txn.id = entry.txn_id
  WHERE entry.txn_id = ANY(CAST(:ids AS text[])) AND txn.phase = 'posted'
  GROUP BY entry.account_id) AS moved
WHERE ledger_accounts.id = moved.account_id AND NOT at_once
""")
log = structlog.get_logger("ledger")


class Sequencer:
    """Chains what is not chained yet."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def run(self, *, most: int = BATCH) -> int:
        """Chain one batch.

        1. One sequencer at a time; another one leaves it to the first. The unique position would
           refuse a fork even so.
        2. Order of the chain is order of writing among what is committed. A refund is committed
           after its settlement, so it never comes before it.
        3. Balances that are not kept at once move in the same transaction.

        Returns:
            How many were chained; fewer than `most`: there is nothing more to do now.

        Raises:
            DomainError: UNAVAILABLE when the database does not answer.
        """
        with self._database.separate() as tx:
            if not tx.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}):  # 1
                return 0
            batch = [(row.id, row.content_hash) for row in tx.execute(_NEXT, {"most": most})]  # 2
            if batch:
                _chain(tx, batch)
                tx.execute(_FOLD, {"ids": [txn_id for txn_id, _ in batch]})  # 3
            return len(batch)

    def run_all(self) -> int:
        """Chain all there is; returns how many there were."""
        chained_now = 0
        while batch := self.run():
            chained_now += batch
        return chained_now


def sequence_until(stop: threading.Event, sequencer: Sequencer, pause_s: float) -> None:
    """Chain again and again until `stop` is set."""
    while not stop.is_set():
        try:
            sequencer.run_all()
        except DomainError as refused:  # the database is away; it is there again some time
            log.warning("sequencer_waits", code=refused.kind.code)
        stop.wait(pause_s)


def _chain(tx: Session, batch: Sequence[tuple[str, bytes]]) -> None:
    head = tx.execute(_HEAD).one_or_none()
    position, last = (0, GENESIS) if head is None else (head.position, bytes(head.chain_hash))
    hashes = []
    for _, content_hash in batch:
        last = chained(last, bytes(content_hash))
        hashes.append(last)
    tx.execute(
        _CHAIN,
        {
            "ids": [txn_id for txn_id, _ in batch],
            "positions": [position + n for n in range(1, len(batch) + 1)],
            "hashes": hashes,
        },
    )
