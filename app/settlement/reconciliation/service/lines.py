"""A line of a day's details, and what lines add up to: the same for a merchant's book and ours."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

SETTLEMENT: Final = "settlement"
REFUND: Final = "refund"
KINDS: Final = (SETTLEMENT, REFUND)
COMPONENTS: Final = ("fund", "account", "cash")
EQUAL: Final = "000000"
DIFFERENT: Final = "000103"
"""Answers of the national interface 3201."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Who paid, or got back, how much of a line; fen."""

    fund: int
    account: int
    """Mutual aid included."""
    cash: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.fund + self.account + self.cash

    def less(self, other: Figures | None) -> dict[str, int]:
        """What is more here, by component; those that are equal are left out."""
        found = {
            name: getattr(self, name) - (0 if other is None else getattr(other, name))
            for name in COMPONENTS
        }
        return {name: amount for name, amount in found.items() if amount}


NOTHING: Final = Figures(fund=0, account=0, cash=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One purchase or return as a merchant has it: named by `msgid`, by `id`, or by both."""

    kind: str
    """settlement or refund."""
    msgid: str | None
    """Of the request that made it."""
    id: str | None
    """Of the settlement or the refund."""
    settlement_id: str | None = None
    """Of a refund: what it was given back from."""
    figures: Figures

    @property
    def name(self) -> str:
        """What a difference about it is called by where only the merchant has it."""
        return f"{self.kind}:{self.msgid or self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OurLine(Line):
    """The same as we have it."""

    day: date | None
    """In Asia/Shanghai; None: it is not finished, or was voided."""
    open: bool = False
    """Whether it still waits for its cash."""
    edge: bool = False
    """Whether it lies so near to midnight that another clock puts it on the other day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the lines of a kind add up to."""

    count: int
    fund: int
    account: int
    cash: int


def totals_of(lines: Iterable[Line]) -> dict[str, Totals]:
    """The totals of each kind."""
    counts = dict.fromkeys(KINDS, 0)
    sums = {kind: dict.fromkeys(COMPONENTS, 0) for kind in KINDS}
    for line in lines:
        counts[line.kind] += 1
        for name in COMPONENTS:
            sums[line.kind][name] += getattr(line.figures, name)
    return {kind: Totals(count=counts[kind], **sums[kind]) for kind in KINDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """What settlements less returns come to; below nought where more came back. Fen."""

    count: int
    """Of settlements and of returns: each is a settlement of its own in the national sense."""
    total: int
    fund: int
    account: int
    """Mutual aid included."""
    cash: int


_NO_TOTALS: Final = Totals(count=0, fund=0, account=0, cash=0)


def net_of(totals: Mapping[str, Totals], *, refunds: bool = True) -> Net:
    """Settlements less returns, or settlements alone."""
    plus, minus = totals[SETTLEMENT], totals[REFUND] if refunds else _NO_TOTALS
    parts = {name: getattr(plus, name) - getattr(minus, name) for name in COMPONENTS}
    return Net(count=plus.count + minus.count, total=sum(parts.values()), **parts)


def digest_of(totals: Mapping[str, Totals], lines: Sequence[Line] | None) -> bytes:
    """SHA-256 of a book's day; the order of lines does not count."""
    content = {
        "totals": {kind: asdict(totals[kind]) for kind in KINDS},
        "lines": None
        if lines is None
        else sorted(
            [
                line.kind,
                line.msgid or "",
                line.id or "",
                line.settlement_id or "",
                *(getattr(line.figures, name) for name in COMPONENTS),
            ]
            for line in lines
        ),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()
