"""Splits, totals and what became of messages, in columns a cashier can read."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sandbox.terminal.money import yuan

_LINES = ("total", "own", "over", "self_first", "in_scope", "fund", "account", "cash")
_HEADS = (
    "",
    "item",
    "qty",
    "price",
    "total",
    "own",
    "over",
    "first",
    "scope",
    "fund",
    "acct",
    "cash",
)
_PAYERS = (
    ("deductible", "deductible"),
    ("fund", "insurance pays"),
    ("account", "own account pays"),
    ("mutual", "  of it family"),
    ("cash", "CASH"),
)
_WIDE = {"W", "F"}


def split_table(quote: Mapping[str, Any], language: str) -> str:
    """Write who pays what of a quote or settlement, line by line, yuan."""
    word = "zh" if language.startswith("zh") else "en"
    rows: list[Sequence[str]] = [_HEADS]
    for line in quote["lines"]:
        figures = [yuan(line[name]) for name in _LINES]
        first = [str(line["n"]), line["names"][word], str(line["quantity"])]
        rows.append([*first, yuan(line["unit_price"]), *figures])
    split = quote["split"]
    rows.append(["", "TOTAL", "", "", *(yuan(split[name]) for name in _LINES)])
    payers = [f"{title:<18}{yuan(split[name]):>10}" for name, title in _PAYERS if split[name]]
    return "\n".join([columns(rows), "", *payers])


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Align rows: the second column to the left, numbers to the right."""
    listed = [list(row) for row in rows]
    widths = [max(_width(cell) for cell in column) for column in zip(*listed, strict=True)]
    return "\n".join(
        "  ".join(
            _padded(cell, width, left=n == 1)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in listed
    )


def _padded(cell: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(cell))
    return cell + space if left else space + cell


def _width(text: str) -> int:
    """Columns of a text on a screen: Chinese characters take two (UAX #11)."""
    return sum(2 if unicodedata.east_asian_width(one) in _WIDE else 1 for one in text)
