"""Writing a settlement and its lines down, and reading them back locked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Jsonb
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.statements import Tx, changed
from app.settlement.errors import SETTLEMENT_UNKNOWN
from app.settlement.models.purchase import COMPONENTS, Settlement, SettlementLine
from app.settlement.service.ledger import accounts as names
from app.settlement.service.ledger.content import Entry
from app.settlement.service.ledger.posting import credit, debit
from app.settlement.states import SETTLEMENT_MOVES, SettlementState, sources

NONE: Final = "none"
TILL: Final = "till"
PROVIDER: Final = "provider"


_COLUMNS: Final = (
    "id",
    "quote_id",
    "presentation_id",
    "person_id",
    "merchant_id",
    "merchant_name",
    "terminal_id",
    "msgid",
    "mandate_use_id",
    "region",
    "scheme",
    "year",
    "state",
    "cash_by",
    "deductible_now",
    "fund_now",
    "sources",
    "hold_id",
    "created_at",
    "settled_at",
    *COMPONENTS,
)
_LINE: Final = ("n", "code", "category", "quantity", "unit_price", *COMPONENTS)
_TEXTS: Final = frozenset({"code", "category"})
# One statement, written out once: composing it anew for each basket costs more than it does.
_WRITE: Final = (
    "WITH made AS (INSERT INTO settlements ({columns}) VALUES ({values}) RETURNING id) "  # noqa: S608 - our own names
    "INSERT INTO settlement_lines (settlement_id, {line}) SELECT made.id, {line} "
    "FROM made, jsonb_to_recordset(%(lines)s) AS listed ({typed})".format(
        columns=", ".join(f'"{name}"' for name in _COLUMNS),
        values=", ".join(f"%({name})s" for name in _COLUMNS),
        line=", ".join(f'"{name}"' for name in _LINE),
        typed=", ".join(f'"{n}" {"text" if n in _TEXTS else "bigint"}' for n in _LINE),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedQuote:
    """A quote that a settlement has just used up."""

    id: str
    presentation_id: str
    person_id: str
    merchant_id: str
    terminal_id: str
    purpose: str
    mandate_id: str | None
    agent_id: str | None
    region: str
    scheme: str
    year: int
    rule_hash: str
    accumulator_version: int
    account_seen: int
    created_at: datetime
    content: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What family agreed on, and by which uses it gets back what is returned."""

    mandate_use_id: str | None
    sources: list[list[Any]]
    """Person, fen, use; the buyer's own first, without a use."""


def entries_for(quote: UsedQuote, *, cash_by: str) -> list[Entry]:
    """Who pays the merchant: fund, own accounts in their order, cash."""
    split = quote.content["split"]
    return [
        *debit(names.fund(quote.region, quote.scheme), split["fund"]),
        *(e for person, fen in quote.content["sources"] for e in debit(names.own(person), fen)),
        *debit(cash_account(quote.merchant_id, cash_by), split["cash"]),
        *credit(names.payable(quote.merchant_id), split["total"]),
    ]


def cash_account(merchant_id: str, cash_by: str) -> str:
    """Where the cash part is kept."""
    return names.PROVIDER_CASH if cash_by == PROVIDER else names.till(merchant_id)


def write_settlement(
    tx: Tx,
    quote: UsedQuote,
    *,
    settlement_id: str,
    merchant_name: str,
    msgid: str,
    agreed: Agreed,
    cash_by: str,
    hold_id: str | None,
    now: datetime,
) -> None:
    """Insert the settlement of a quote, done or held, with its lines, by one statement."""
    split = quote.content["split"]
    held = hold_id is not None
    values = {
        "id": settlement_id,
        "quote_id": quote.id,
        "presentation_id": quote.presentation_id,
        "person_id": quote.person_id,
        "merchant_id": quote.merchant_id,
        "merchant_name": merchant_name,
        "terminal_id": quote.terminal_id,
        "msgid": msgid,
        "mandate_use_id": agreed.mandate_use_id,
        "region": quote.region,
        "scheme": quote.scheme,
        "year": quote.year,
        "state": (SettlementState.HOLDING if held else SettlementState.SETTLED).value,
        "cash_by": cash_by,
        "deductible_now": split["deductible"],
        "fund_now": split["fund"],
        "sources": Jsonb(agreed.sources),
        "hold_id": hold_id,
        "created_at": now,
        "settled_at": None if held else now,
        **{name: split[name] for name in COMPONENTS},
    }
    changed(tx, _WRITE, {**values, "lines": Jsonb(quote.content["lines"])})


def lock_settlement(
    tx: Session, settlement_id: str, *, merchant_id: str | None = None
) -> Settlement:
    """Hold a settlement's row.

    Raises:
        DomainError: SETTLEMENT_UNKNOWN: there is none, or it is another merchant's.
    """
    query = (
        select(Settlement)
        .where(Settlement.id == settlement_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = tx.scalars(query).one_or_none()
    if found is None or merchant_id not in (None, found.merchant_id):
        raise SETTLEMENT_UNKNOWN()
    return found


def lines_of(tx: Session, settlement_id: str) -> Sequence[SettlementLine]:
    """Its lines, in the order of the basket."""
    query = (
        select(SettlementLine)
        .where(SettlementLine.settlement_id == settlement_id)
        .order_by(SettlementLine.n)
        .execution_options(populate_existing=True)
    )
    return tx.scalars(query).all()


def move(tx: Session, settlement_id: str, to: SettlementState, **values: object) -> bool:
    """Move a settlement if the table of moves allows it from where it is now."""
    change = (
        update(Settlement)
        .where(Settlement.id == settlement_id, Settlement.state.in_(sources(SETTLEMENT_MOVES, to)))
        .values(state=to, **values)
        .returning(Settlement.id)
        .execution_options(synchronize_session=False)
    )
    return tx.scalar(change) is not None
