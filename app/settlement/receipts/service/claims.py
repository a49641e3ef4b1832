"""What a receipt states, from a purchase as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.settlement.models.purchase import Adjustment, Refund, SettlementLine
from app.settlement.service.quoting.content import SPLIT_FIELDS
from app.settlement.service.reading import Purchase

REFUND_PARTS: Final = ("total", "fund", "account", "mutual", "cash")
# What follows from the rest (person, in scope) is left out of lines: a basket may have a hundred.
_LINE_PARTS: Final = (
    *("n", "code", "category", "quantity", "unit_price"),
    *(name for name in SPLIT_FIELDS if name not in {"person", "in_scope"}),
)


def claims_of(purchase: Purchase, *, holder: str) -> dict[str, object]:
    """The claims about a purchase; amounts are fen, times seconds since 1970 in UTC.

    Neither name nor number of anybody is in it: the holder is called by their alias at this
    merchant, and family who paid only counts (`split.mutual`).

    Args:
        purchase: done.
        holder: the alias.
    """
    one, rule = purchase.settlement, purchase.content["rule"]
    return {
        "settlement": one.id,
        "msgid": one.msgid,
        "status": one.state.value,
        "merchant": {"id": one.merchant_id, "name": one.merchant_name},
        "terminal": one.terminal_id,
        "holder": holder,
        "bought_at": int(one.created_at.timestamp()),
        "region": one.region,
        "scheme": one.scheme,
        "year": one.year,
        "cash_by": one.cash_by,
        "rule": {name: rule[name] for name in ("id", "version", "sha256")},
        "split": dict(purchase.content["split"]),
        "lines": [
            _line(told, row)
            for told, row in zip(purchase.content["lines"], purchase.lines, strict=True)
        ],
        "trace": _trace(purchase.content["trace"]),
        "refunds": [_refund(refund) for refund in purchase.refunds],
        "returned": one.returned_total,
        "adjustments": [_adjustment(change) for change in purchase.adjustments],
    }


def _line(told: Mapping[str, Any], row: SettlementLine) -> dict[str, Any]:
    """What is nought is left out."""
    line = {name: told[name] for name in _LINE_PARTS if told[name] != 0}
    return {**line, "returned_quantity": row.returned_quantity} if row.returned_quantity else line


def _trace(steps: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Code, line (0: the whole basket) and numbers of each step; a reader has the words."""
    return [[step["code"], step["line"] or 0, step["numbers"]] for step in steps]


def _refund(refund: Refund) -> dict[str, object]:
    return {
        "id": refund.id,
        "at": int(refund.at.timestamp()),
        **{name: getattr(refund, name) for name in REFUND_PARTS},
    }


def _adjustment(change: Adjustment) -> dict[str, object]:
    return {
        "id": change.id,
        "at": int(change.at.timestamp()),
        **{name: getattr(change, name) for name in ("deductible", "fund", "account", "due")},
    }
