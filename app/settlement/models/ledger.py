"""The ledger: accounts, transactions and entries that only grow, and what a person used up."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base

HASH_BYTES: Final = 32


class LedgerAccount(Base):
    """One account. Amounts are fen, in the direction of the account's normal side."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('own', 'due', 'fund', 'payable', 'till', 'cash', 'premiums', 'suspense')",
            name="kind",
        ),
        CheckConstraint("owner <> '' AND id = kind || ':' || owner", name="named"),
        CheckConstraint("normal_side IN ('debit', 'credit')", name="normal_side"),
        CheckConstraint("reserved >= 0", name="reserved"),
        CheckConstraint("may_be_negative OR posted >= reserved", name="covered"),
        CheckConstraint("at_once OR reserved = 0", name="reserves_at_once"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """Kind and owner, such as `own:prs_…`, `fund:<region>:<scheme>`, `payable:mer_…`."""
    kind: Mapped[str]
    owner: Mapped[str]
    normal_side: Mapped[str]
    may_be_negative: Mapped[bool]
    at_once: Mapped[bool]
    """Whether the balance moves with each entry. Those of others, which every purchase touches,
    are brought up to date by the sequencer, so that no settlement waits for another's row."""
    posted: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger)
    """Of it set aside by pending transactions."""
    version: Mapped[int] = mapped_column(BigInteger)
    """Moves with each change."""
    created_at: Mapped[datetime]


class LedgerTxn(Base):
    """One transaction: entries that add up to nothing. Rows are added, and chained once."""

    __tablename__ = "ledger_txns"
    __table_args__ = (
        CheckConstraint("phase IN ('pending', 'posted', 'voided')", name="phase"),
        CheckConstraint("entries = 0 AND phase = 'voided' OR entries >= 2", name="entries"),
        CheckConstraint("phase <> 'voided' OR resolves IS NOT NULL", name="voids_another"),
        CheckConstraint("phase <> 'pending' OR resolves IS NULL", name="pending_resolves_none"),
        CheckConstraint("octet_length(content_hash) = 32", name="content_hash"),
        CheckConstraint("(position IS NULL) = (chain_hash IS NULL)", name="chained"),
        CheckConstraint("position >= 1 AND octet_length(chain_hash) = 32", name="chain"),
        Index("ix_ledger_txns_unchained", "number", postgresql_where=text("position IS NULL")),
        Index("ix_ledger_txns_about", "about"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    """What it was for, such as `settle` or `refund`."""
    phase: Mapped[str]
    about: Mapped[str]
    """Id of what it is about: a settlement, a credit."""
    resolves: Mapped[str | None] = mapped_column(ForeignKey("ledger_txns.id"), unique=True)
    """The pending one it posts or voids; each is resolved at most once."""
    entries: Mapped[int]
    """How many there are, so that none can be added later."""
    at: Mapped[datetime]
    content_hash: Mapped[bytes]
    """SHA-256 of the canonical content, written with it."""
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """Place in the chain, from 1 without gaps; None: the sequencer has not come by yet."""
    chain_hash: Mapped[bytes | None]
    """SHA-256 of the predecessor's chain hash and the content hash."""


class LedgerEntry(Base):
    """One side of a transaction."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount"),
        Index("ix_ledger_entries_account_id", "account_id"),
    )

    txn_id: Mapped[str] = mapped_column(ForeignKey("ledger_txns.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    """Place within the transaction, from 1."""
    account_id: Mapped[str] = mapped_column(ForeignKey("ledger_accounts.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    """Fen; debits are positive, credits negative."""


class Accumulator(Base):
    """What a person used up in a scheme and year; with what is held but not settled yet."""

    __tablename__ = "accumulators"
    __table_args__ = (
        CheckConstraint("year BETWEEN 2000 AND 2199", name="year"),
        CheckConstraint("deductible_paid BETWEEN 0 AND deductible_limit", name="deductible"),
        CheckConstraint("fund_paid BETWEEN 0 AND fund_limit", name="cap"),
        CheckConstraint("deductible_paid + fund_paid <= in_scope", name="in_scope"),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    scheme: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    deductible_paid: Mapped[int] = mapped_column(BigInteger)
    deductible_limit: Mapped[int] = mapped_column(BigInteger)
    fund_paid: Mapped[int] = mapped_column(BigInteger)
    fund_limit: Mapped[int] = mapped_column(BigInteger)
    in_scope: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)
    """Moves with each change; a quote names the one it was made from."""
