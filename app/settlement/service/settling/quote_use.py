"""The one statement that uses a quote up, and the second look when it did not."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Final

from app.core.access.principals import Terminal
from app.core.statements import Tx, row
from app.settlement.errors import QUOTE_EXPIRED, QUOTE_UNKNOWN, QUOTE_USED
from app.settlement.service.purchase.writing import UsedQuote

_USED: Final = tuple(field.name for field in fields(UsedQuote))
_USE_UP: Final = (
    "UPDATE quotes SET settlement_id = %(settlement)s, used_at = %(now)s "  # noqa: S608 - own columns
    "WHERE id = %(id)s AND terminal_id = %(terminal)s AND settlement_id IS NULL "
    f"AND expires_at > %(now)s RETURNING {', '.join(_USED)}"
)
_BY: Final = "SELECT settlement_id FROM quotes WHERE id = %(id)s AND terminal_id = %(terminal)s"


def use_quote(
    tx: Tx, terminal: Terminal, quote_id: str, settlement_id: str, now: datetime
) -> UsedQuote:
    """Use a quote up: one conditional update, so at most one settlement ever has it.

    Args:
        tx: the transaction of the settlement.
        terminal: who asks; a quote is its terminal's alone.
        quote_id: which.
        settlement_id: what it is used up for.
        now: the present moment.

    Raises:
        DomainError: QUOTE_UNKNOWN, QUOTE_EXPIRED or QUOTE_USED.
    """
    values = {
        "id": quote_id,
        "terminal": terminal.terminal_id,
        "settlement": settlement_id,
        "now": now,
    }
    used = row(tx, _USE_UP, values)
    if used is not None:
        return UsedQuote(**dict(zip(_USED, used, strict=True)))
    found = row(tx, _BY, {"id": quote_id, "terminal": terminal.terminal_id})
    if found is None:
        raise QUOTE_UNKNOWN(pointer="/quote_id")
    raise QUOTE_EXPIRED() if found == (None,) else QUOTE_USED()
