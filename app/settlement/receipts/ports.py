"""What receipts need of others."""

from __future__ import annotations

from typing import Protocol


class Aliases(Protocol):
    """Pairwise names of persons; the card's service implements it."""

    def alias(self, *, person_id: str, merchant_id: str) -> str:
        """The name of a person at a merchant: the same at each visit, another at each merchant."""
        ...
