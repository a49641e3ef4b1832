"""What the phone shows of purchases made with the card. All money is whole fen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """One purchase: who paid what of it, and what came back since."""

    id: str
    at: str
    merchant: str
    status: str
    total: int
    fund: int
    account: int
    """Own account and mutual aid together."""
    cash: int
    returned: int

    @classmethod
    def from_json(cls, reply: Mapping[str, Any]) -> Self:
        """Read one entry of the list."""
        return cls(
            id=reply["id"],
            at=reply["at"],
            merchant=reply["merchant"],
            status=reply["status"],
            total=reply["total"],
            fund=reply["fund"],
            account=reply["account"],
            cash=reply["cash"],
            returned=reply["returned"],
        )
