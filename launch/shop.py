"""What the pharmacy sells in the journey: a basket, its quote, its settlement, what comes back.

All money is whole fen.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self

from sandbox.terminal.purchases import SETTLEMENTS, Purchases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sandbox.terminal.client import Terminal

_NAME_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a basket."""

    code: str
    """Of the catalogue."""
    quantity: int
    unit_price_fen: int


BASKET = (
    Item(code="ZY01ZZA0034010100034", quantity=2, unit_price_fen=85_00),  # 甲
    Item(code="ZY05ZZA0258010100258", quantity=3, unit_price_fen=98_00),  # 乙, above its limit
    Item(code="ZY06ZZA0327010100327", quantity=1, unit_price_fen=30_00),  # 丙
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Who pays how much."""

    total: int
    fund: int
    account: int
    """Own account and mutual aid together."""
    cash: int

    @classmethod
    def of(cls, reply: Mapping[str, Any]) -> Self:
        """Read any answer that has these members."""
        return cls(**{one.name: reply[one.name] for one in fields(cls)})

    @property
    def holds(self) -> bool:
        """Whether the parts are the whole."""
        return self.total == self.fund + self.account + self.cash


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a basket would cost."""

    id: str
    split: Split
    categories: tuple[str, ...]
    """Of each line: A, B or C."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A purchase."""

    id: str
    status: str
    split: Split


class Shop:
    """Sells at a till that is signed in for it. Every call raises ``Refused`` on a no."""

    def __init__(
        self,
        till: Terminal,
        *,
        name: Callable[[], str] = lambda: secrets.token_hex(_NAME_BYTES),
    ) -> None:
        """Take the till.

        Args:
            till: has a token with both scopes.
            name: makes a `msgid` that was never used before.
        """
        self.http = till.http
        self._purchases = Purchases(till)
        self._name = name

    def quote(self, presence_token: str, basket: Sequence[Item] = BASKET) -> Quote:
        """Ask who would pay what; nothing is reserved."""
        reply = self._purchases.quote(presence_token, [asdict(item) for item in basket])
        categories = tuple(line["category"] for line in reply["lines"])
        return Quote(id=reply["quote_id"], split=Split.of(reply["split"]), categories=categories)

    def settle(self, quote: Quote) -> Settlement:
        """Settle it; the cash part lies in the till."""
        body = {"quote_id": quote.id, "msgid": self._name(), "cash": "till"}
        reply = self._purchases.send(SETTLEMENTS, body)
        return Settlement(
            id=reply["settlement_id"], status=reply["status"], split=Split.of(reply["split"])
        )

    def refund(self, settlement: Settlement, *, n: int, quantity: int) -> Split:
        """Take units of the n-th line back, counted from 1; return what each payer got."""
        body = {"msgid": self._name(), "lines": [{"n": n, "quantity": quantity}]}
        path = f"{SETTLEMENTS}/{settlement.id}/refunds"
        return Split.of(self._purchases.send(path, body))
