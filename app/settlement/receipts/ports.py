"""What receipts need of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Aliases(Protocol):
    """Pairwise names of persons; the card's service implements it."""

    def alias(self, *, person_id: str, merchant_id: str) -> str:
        """The name of a person at a merchant: the same at each visit, another at each merchant."""
        ...


class ReceiptPrinter(Protocol):
    """Lays receipts out and signs the files; the documents' workshop is the real one."""

    def receipt(
        self,
        claims: Mapping[str, Any],
        *,
        names: Sequence[tuple[str, str]],
        signed: str,
        check_url: str,
        check_page: str,
    ) -> bytes:
        """A signed PDF.

        Args:
            claims: what the receipt states.
            names: of the goods, line by line, Chinese and English.
            signed: the receipt itself, attached to the file.
            check_url: what the QR holds.
            check_page: the address a person types.

        Raises:
            DomainError: BUSY; CERTIFICATE_NOT_MADE.
        """
        ...
