"""The table of refusals in docs/pharmacy.md, written from the kinds themselves.

After a change: `python -c "from app.wiring.pharmacy_table import write; write()"`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from app.card.errors import ACTIONS as CARD
from app.core.access.errors import ALL as ACCESS
from app.core.cashier import Action, general_action
from app.core.errors import GENERAL, ErrorKind
from app.family.errors import ACTIONS as FAMILY
from app.settlement.chs.errors import ACTIONS as NATIONAL
from app.settlement.errors import ACTIONS as SETTLEMENT
from app.settlement.reconciliation.errors import ACTIONS as RECONCILIATION

FILE: Final = Path(__file__).resolve().parents[2] / "docs" / "pharmacy.md"
_BEGIN: Final = "<!-- refusals: written by app/wiring/pharmacy_table.py -->\n"
_END: Final = "<!-- end of refusals -->\n"
_HEAD: Final = (
    "| At | Code | Status | Action | English | 中文 |",
    "| --- | --- | --- | --- | --- | --- |",
)


def pharmacy_table() -> str:
    """Every code a terminal can meet, as Markdown."""
    return "\n".join([*_HEAD, *(_row(*told) for told in told_to_terminals()), ""])


def documented(page: str) -> str:
    """The table that a page holds.

    Raises:
        ValueError: it has no place for one.
    """
    _, _, rest = page.partition(_BEGIN)
    table, mark, _ = rest.partition(_END)
    if not mark:
        msg = "no marks for the table"
        raise ValueError(msg)
    return table


def write() -> None:
    """Bring the page up to date."""
    page = FILE.read_text(encoding="utf-8")
    before = f"{_BEGIN}{documented(page)}{_END}"
    FILE.write_text(page.replace(before, f"{_BEGIN}{pharmacy_table()}{_END}"), encoding="utf-8")


def told_to_terminals() -> Iterator[tuple[str, ErrorKind, Action]]:
    """Every refusal a terminal can meet: where, its kind, and what the cashier does next."""
    tables: tuple[tuple[str, Mapping[ErrorKind, Action]], ...] = (
        ("decode", CARD),
        ("quote, settle, refund", SETTLEMENT),
        ("quote, settle, refund", FAMILY),
        ("reconcile", RECONCILIATION),
        ("`/chs`", NATIONAL),
    )
    for at, actions in tables:
        for kind, action in actions.items():
            yield at, kind, action
    for kind in (*ACCESS, *GENERAL):
        yield "any call", kind, general_action(kind)


def _row(at: str, kind: ErrorKind, action: Action) -> str:
    return f"| {at} | `{kind.code}` | {kind.status} | {action.value} | {kind.en} | {kind.zh} |"
