"""Writing a transaction down, and moving the balances it touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from app.core.ids import new_id
from app.core.statements import Tx, changed, rows
from app.settlement.errors import BALANCE_MOVED
from app.settlement.service.ledger.accounts import nature
from app.settlement.service.ledger.content import Content, Entry

PENDING: Final = "pending"
POSTED: Final = "posted"
VOIDED: Final = "voided"
# Both in one statement: a settlement waits for as few answers of the database as can be.
_WRITE: Final = """
WITH written AS (
  INSERT INTO ledger_txns (id, kind, phase, about, resolves, entries, at, content_hash)
  VALUES (%(id)s, %(kind)s, %(phase)s, %(about)s, %(resolves)s, %(entries)s, %(at)s,
    %(content_hash)s)
  RETURNING id)
INSERT INTO ledger_entries (txn_id, n, account_id, amount)
SELECT written.id, listed.n, listed.account_id, listed.amount
FROM written, unnest(CAST(%(accounts)s AS text[]), CAST(%(amounts)s AS bigint[]))
  WITH ORDINALITY AS listed (account_id, amount, n)
"""
_MOVE: Final = """
UPDATE ledger_accounts
SET posted = posted + %(posted)s, reserved = reserved + %(reserved)s, version = version + 1
WHERE id = %(id)s AND (may_be_negative OR posted + %(posted)s >= reserved + %(reserved)s)
  AND reserved + %(reserved)s >= 0
"""
_MOVE_FROM: Final = _MOVE + " AND posted - reserved = %(seen)s"
_READ: Final = "SELECT account_id, amount FROM ledger_entries WHERE txn_id = %(id)s ORDER BY n"


def debit(account_id: str, amount: int) -> list[Entry]:
    """A debit, or nothing where there is nothing to post."""
    return [Entry(account_id, amount)] if amount else []


def credit(account_id: str, amount: int) -> list[Entry]:
    """A credit, or nothing."""
    return [Entry(account_id, -amount)] if amount else []


def post(
    tx: Tx,
    entries: Sequence[Entry],
    *,
    kind: str,
    about: str,
    now: datetime,
    phase: str = POSTED,
    seen: Mapping[str, int] | None = None,
) -> str:
    """Write a transaction, pending or posted at once.

    Each balance that is kept at once is moved by one conditional update, in the order of ids, so
    that two transactions never wait for each other in a circle.

    Args:
        tx: the database transaction.
        entries: adding up to nothing.
        kind: what it is for.
        about: id of what it is about.
        now: the moment.
        phase: PENDING reserves, POSTED moves.
        seen: what is available on an account as the caller saw it, where the move rests on it.

    Returns:
        The transaction's id.

    Raises:
        DomainError: BALANCE_MOVED: an account has too little, or not what was seen.
    """
    for account_id, (posted, held) in _moves(entries, phase=phase).items():
        _move(tx, account_id, posted=posted, reserved=held, seen=(seen or {}).get(account_id))
    return _write(tx, entries, kind=kind, about=about, now=now, phase=phase, resolves=None)


def resolve(
    tx: Tx, entries: Sequence[Entry], *, pending: str, about: str, now: datetime, phase: str
) -> str:
    """Post or void a pending transaction. The database refuses to resolve one twice.

    Args:
        tx: the database transaction.
        entries: of the pending transaction.
        pending: its id.
        about: id of what it is about.
        now: the moment.
        phase: POSTED or VOIDED.

    Returns:
        The id of the transaction that resolves it.
    """
    for account_id, (_, held) in _moves(entries, phase=PENDING).items():
        posted = -held if phase == POSTED else 0
        _move(tx, account_id, posted=posted, reserved=-held, seen=None)
    left = entries if phase == POSTED else ()
    kind = "post" if phase == POSTED else "void"
    return _write(tx, left, kind=kind, about=about, now=now, phase=phase, resolves=pending)


def entries_of(tx: Tx, txn_id: str) -> list[Entry]:
    """The entries of a transaction, in their order."""
    return [Entry(account_id, amount) for account_id, amount in rows(tx, _READ, {"id": txn_id})]


def _moves(entries: Iterable[Entry], *, phase: str) -> dict[str, tuple[int, int]]:
    """Change of posted and of reserved by account, of those kept at once."""
    sums: dict[str, int] = defaultdict(int)
    for entry in entries:
        how = nature(entry.account_id)
        if how.at_once:
            sums[entry.account_id] += entry.amount if how.normal_side == "debit" else -entry.amount
    if phase == PENDING:  # what may come in later cannot be spent yet
        return {one: (0, max(0, -sums[one])) for one in sorted(sums)}
    return {one: (sums[one], 0) for one in sorted(sums)}


def _move(tx: Tx, account_id: str, *, posted: int, reserved: int, seen: int | None) -> None:
    values: dict[str, object] = {"id": account_id, "posted": posted, "reserved": reserved}
    statement = _MOVE
    if seen is not None:
        statement, values = _MOVE_FROM, {**values, "seen": seen}
    if changed(tx, statement, values) != 1:
        raise BALANCE_MOVED()


def _write(
    tx: Tx,
    entries: Sequence[Entry],
    *,
    kind: str,
    about: str,
    now: datetime,
    phase: str,
    resolves: str | None,
) -> str:
    content = Content(
        id=new_id("txn", now),
        kind=kind,
        phase=phase,
        about=about,
        resolves=resolves,
        at=now,
        entries=entries,
    )
    values = {
        "id": content.id,
        "kind": kind,
        "phase": phase,
        "about": about,
        "resolves": resolves,
        "entries": len(entries),
        "at": now,
        "content_hash": content.hash(),
        "accounts": [entry.account_id for entry in entries],
        "amounts": [entry.amount for entry in entries],
    }
    changed(tx, _WRITE, values)
    return content.id
